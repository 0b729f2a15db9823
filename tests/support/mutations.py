"""Random changes to the files of a folder, of every kind that somebody could make."""

import os
import random
import stat
from collections.abc import Callable
from pathlib import Path

Mutation = Callable[[Path, random.Random], None]


def delete(path: Path, _chance: random.Random) -> None:
    """Remove a file."""
    path.unlink()


def flip(path: Path, chance: random.Random) -> None:
    """Change a bit where nobody looks: through every link, with size and time as they were."""
    _stamped(path, lambda: path.write_bytes(flipped(path.read_bytes(), chance)))


def edit(path: Path, chance: random.Random) -> None:
    """Change a bit through every link; the size stays."""
    mode = path.stat().st_mode
    path.chmod(mode | 0o200)
    path.write_bytes(flipped(path.read_bytes(), chance))
    path.chmod(mode)


def replace(path: Path, chance: random.Random) -> None:
    """Put another file in its place, one bit different."""
    data, mode = flipped(path.read_bytes(), chance), path.stat().st_mode
    path.unlink()
    path.write_bytes(data)
    path.chmod(mode)


def append(path: Path, _chance: random.Random) -> None:
    """Write more into it, with the time put back."""
    _stamped(path, lambda: path.write_bytes(path.read_bytes() + b"#"))


def truncate(path: Path, _chance: random.Random) -> None:
    """Cut it off, or make an empty one longer."""
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] or b"\n")


def permit(path: Path, _chance: random.Random) -> None:
    """Change its permissions."""
    path.chmod(stat.S_IMODE(path.stat().st_mode) ^ 0o111)


def to_link(path: Path, _chance: random.Random) -> None:
    """Make it a link to its own copy."""
    aside = Path(os.environ["HOME"], f"aside-{os.urandom(4).hex()}")
    aside.write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(aside)


def to_folder(path: Path, _chance: random.Random) -> None:
    """Make it a folder with something in it."""
    path.unlink()
    path.mkdir()
    (path / "inside").touch()


def add(path: Path, chance: random.Random) -> None:
    """Add a file beside it."""
    (path.parent / f"added-{chance.randrange(1000)}.py").write_bytes(b"")


MUTATIONS: tuple[Mutation, ...] = (delete, flip, edit, replace, append, truncate, permit, to_link, to_folder, add)


def mutate(folder: Path, chance: random.Random) -> str:
    """Carry out one random mutation of an environment and return what it was."""
    open_folders(folder)
    there = [path for path in folder.rglob("*") if ".parity" not in path.relative_to(folder).parts]
    links = sorted(path for path in there if path.is_symlink())
    if links and chance.random() < 1 / len(MUTATIONS):
        link = chance.choice(links)
        link.unlink()
        link.symlink_to("elsewhere")
        return f"relink {link.relative_to(folder)}"
    mutation = chance.choice(MUTATIONS)
    path = chance.choice(sorted(path for path in there if path.is_file() and not path.is_symlink()))
    mutation(path, chance)
    return f"{mutation.__name__} {path.relative_to(folder)}"


def open_folders(folder: Path) -> None:
    """Let the user write to every folder below one."""
    for below, _, _ in os.walk(folder):
        Path(below).chmod(0o755)


def flipped(data: bytes, chance: random.Random) -> bytes:
    """Return data with one bit changed; one byte where there is none."""
    changed = bytearray(data or b"\0")
    changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _stamped(path: Path, action: Callable[[], object]) -> None:
    """Do something to a file that leaves its mode and time as they were."""
    found = path.stat()
    path.chmod(found.st_mode | 0o200)
    action()
    path.chmod(found.st_mode)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
