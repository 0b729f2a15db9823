"""What is installed, independent of where it is, when it was made and by whom: one digest, and everything it is of.

Two environments of one lock have one fingerprint on every machine with the same interpreter. Paths in site-packages
begin with `@/`. Left out are times, owners and all permissions but the executable bit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field
from hashlib import sha256
from typing import Any, NamedTuple

from parity.core.conda.relocation import ENVIRONMENT
from parity.core.contents import SITE
from parity.core.dataclass import dataclass
from parity.core.lockfile.model import LockedConda, LockedWheel

SCHEMA = "parity-fingerprint/1"
INTERPRETER = "{interpreter}"  # where a link leads to that leads to the environment's interpreter
PROJECT = "{project}"  # the folder of the project, in what is installed from it
_PLACES = ("home", "uv")  # of `pyvenv.cfg`: where the interpreter is, and who made the file


class Piece(NamedTuple):
    """One file or link. `kind` and `digest` are those of a manifest's entry; `package` brings it, empty for none."""

    path: str
    kind: str
    executable: bool
    digest: str
    package: str


class Package(NamedTuple):
    """What of a package decides its files: its version, and which build of it, as far as it has a name.

    `channel` is where a conda package is from; a distribution of an index has none.
    """

    version: str
    build: str
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """Everything that is installed. `interpreter` reads like `cpython 3.13.2`; `pieces` are sorted by path."""

    interpreter: str
    packages: Mapping[str, Package]
    pieces: tuple[Piece, ...]
    variables: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def digest(self) -> str:
        """The one digest. What a package is called decides nothing: its files do."""
        lines = [SCHEMA, f"interpreter\t{_escape(self.interpreter)}"]
        lines += [f"variable\t{name}\t{_escape(value)}" for name, value in sorted(self.variables.items())]
        lines += [
            f"{piece.kind}{'x' if piece.executable else '-'}\t{_escape(piece.digest)}\t{_escape(piece.path)}"
            for piece in self.pieces
        ]
        return sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """Return what `parity fingerprint --full` prints."""
        return {
            "schema": SCHEMA,
            "fingerprint": self.digest,
            "interpreter": self.interpreter,
            "packages": {name: package._asdict() for name, package in sorted(self.packages.items())},
            "variables": dict(sorted(self.variables.items())),
            "entries": [piece._asdict() for piece in self.pieces],
        }


def from_dict(data: Mapping[str, Any]) -> Fingerprint:
    """Return a fingerprint from what `to_dict` gave. Raises ValueError where it is not one, or not what it says."""
    try:
        if data["schema"] != SCHEMA:
            raise ValueError(f"it is of another form: `{data['schema']}`")
        found = Fingerprint(
            interpreter=str(data["interpreter"]),
            packages={name: Package(**each) for name, each in data["packages"].items()},
            pieces=tuple(Piece(**each) for each in data["entries"]),
            variables=dict(data["variables"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("it has not the keys of a fingerprint") from error
    if found.digest != data.get("fingerprint"):
        raise ValueError("its entries do not give its digest")
    return found


def sorted_pieces(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Return pieces by path."""
    return tuple(sorted(pieces, key=lambda piece: piece.path))


def path_of(path: str, site: str) -> str:
    """Return how a path in an environment whose site-packages is at `site` is called everywhere."""
    return f"{SITE}{path[len(site) + 1 :]}" if path.startswith(f"{site}/") else path


def settings_of(text: str) -> dict[str, str]:
    """Return what a `pyvenv.cfg` says (`name = value`, a line each, as `venv` writes it)."""
    pairs = (line.partition("=") for line in text.splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


def settings_digest(text: str) -> str:
    """Return the SHA-256 of a `pyvenv.cfg` without what says where and by whom it was made."""
    lines = (f"{name} = {value}\n" for name, value in settings_of(text).items() if name not in _PLACES)
    return sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def packages_of(conda: Iterable[LockedConda], wheels: Iterable[LockedWheel]) -> dict[str, Package]:
    """Return what of each package of a lock decides its files, by name; a distribution goes over its namesake."""
    packages = {each.name: Package(each.version, each.build, each.channel) for each in conda}
    return packages | {wheel.name: _package_of(wheel) for wheel in wheels}


def link_of(target: str, environment: str) -> str:
    """Return where a link leads to, however the environment is called."""
    return target.replace(environment, ENVIRONMENT)


def _package_of(wheel: LockedWheel) -> Package:
    address = wheel.path or "@".join(filter(None, [wheel.url, wheel.commit]))
    return Package(wheel.version, wheel.file or address)


def _escape(word: str) -> str:
    return word.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
