"""Trees for the store's tests, made of a few files as if an installer had put them there."""

import csv
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from parity.engines.store.trees import Trees

SITE = "lib/python3.12/site-packages"


def make_trees(folder: Path) -> Trees:
    """Return an empty cache of trees."""
    folder.mkdir(parents=True, exist_ok=True)
    return Trees(str(folder))


def add_tree(
    trees: Trees,
    name: str,
    files: Mapping[str, bytes],
    *,
    expected: Mapping[str, str] | None = None,
    built: bool = False,
) -> str:
    """Publish a tree of these files and return its name. A path under `@/` belongs into site-packages.

    A path that ends in `*` is executable; one whose content begins with `-> ` is a link.
    """
    prepared = Path(trees.prepare(name))
    for path, content in files.items():
        plain = path.removesuffix("*")
        real = prepared / (f"site/{plain[2:]}" if plain.startswith("@/") else f"prefix/{plain}")
        real.parent.mkdir(parents=True, exist_ok=True)
        if content.startswith(b"-> "):
            real.symlink_to(content[3:].decode())
            continue
        real.write_bytes(content)
        real.chmod(0o755 if path.endswith("*") else 0o644)
    return trees.publish(name, expected or {}, built=built)


def names(folder: Path | str) -> list[str]:
    """Return the names of what is in a folder, sorted."""
    return sorted(each.name for each in Path(folder).iterdir())


def hashed(content: bytes) -> str:
    """Return a digest as RECORD states it."""
    return "sha256=" + urlsafe_b64encode(sha256(content).digest()).rstrip(b"=").decode()


def install(
    environment: Path, name: str, files: Mapping[str, bytes], *, rows: tuple[tuple[str, ...], ...] = ()
) -> Path:
    """Put a distribution into an environment as an installer does; return its `.dist-info`. `rows` are added."""
    info = environment / SITE / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    listed = []
    for path, content in files.items():
        real = environment / SITE / path
        real.parent.mkdir(parents=True, exist_ok=True)
        real.write_bytes(content)
        listed.append((path, hashed(content), str(len(content))))
    with (info / "RECORD").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([*listed, *rows, (f"{info.name}/RECORD", "", "")])
    return info
