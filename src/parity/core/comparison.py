"""Two environments side by side: what is different, what matters most first."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from parity.core.conda.prefix_records import HISTORY, STATE
from parity.core.dataclass import dataclass
from parity.core.fingerprint import Fingerprint, Package, Piece
from parity.core.lockfile.model import LockedTarget

Kind = Literal["interpreter", "abi", "provider", "package", "build", "channel", "file", "variable"]

# Rank 1 decides what every other can be: a difference explains those below it.
_RANKS: Mapping[Kind, int] = {
    "interpreter": 1,
    "abi": 2,
    "provider": 3,
    "package": 4,
    "build": 5,
    "channel": 6,
    "file": 7,
    "variable": 8,
}
# what brings CUDA, BLAS and the like: the same program computes other numbers, or none, with another one
_PROVIDERS = ("cuda", "cudnn", "nccl", "nvidia-", "mkl", "openblas", "libopenblas", "libblas", "libcblas", "liblapack")
_PROVIDERS_TOO = {
    *("blas", "cudatoolkit", "intel-openmp", "jaxlib", "libtorch", "llvm-openmp", "pytorch", "pytorch-cuda"),
    *("pytorch-mutex", "tensorflow", "tensorflow-base", "torch", "triton"),
}
# what compiled code is linked against, and has to have again wherever it runs
_ABI = {"python_abi", "libgcc", "libgcc-ng", "libstdcxx", "libstdcxx-ng", "libcxx", "libgfortran", "libgfortran5"}
_PYTHON = "python"
_SHOWN = 12  # of a digest


class Difference(NamedTuple):
    """One thing that is not the same; `before` and `after` are empty where there is nothing."""

    kind: Kind
    name: str
    before: str
    after: str

    @property
    def rank(self) -> int:
        """How much it matters, from 1."""
        return _RANKS[self.kind]

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as `parity diff --json` has it."""
        return {
            "kind": self.kind,
            "name": self.name,
            "before": self.before or None,
            "after": self.after or None,
            "rank": self.rank,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two. A lock promises packages and names no files; an interpreter may be known by its minor version."""

    fingerprint: Fingerprint
    has_files: bool = True


def interpreter_of(target: LockedTarget) -> str:
    """Return the interpreter that a lock asks for, as a fingerprint has it."""
    python = target.python
    return f"{python.implementation} {python.version}{'t' if python.free_threaded else ''}"


def compare(before: Side, after: Side) -> tuple[Difference, ...]:
    """Return every difference by rank and name.

    Files count where both sides know theirs and the package that brings them is the same: that another version has
    other files says nothing.
    """
    old, new = before.fingerprint, after.fingerprint
    found = list(_interpreters(before, after))
    found += _packages(old.packages, new.packages)
    if before.has_files and after.has_files:
        same = {name for name, package in old.packages.items() if new.packages.get(name) == package}
        repeating = {HISTORY} if same != old.packages.keys() | new.packages.keys() else set()  # it lists the packages
        repeating |= {STATE} if old.variables != new.variables else set()
        found += [each for each in _files(old.pieces, new.pieces, {*same, ""}) if each.name not in repeating]
    found += [
        Difference("variable", name, old.variables.get(name, ""), new.variables.get(name, ""))
        for name in old.variables.keys() | new.variables.keys()
        if old.variables.get(name) != new.variables.get(name)
    ]
    return tuple(sorted(found, key=lambda each: (each.rank, each.name)))


def _interpreters(before: Side, after: Side) -> Iterable[Difference]:
    old, new = before.fingerprint.interpreter, after.fingerprint.interpreter
    found, asked = (old, new) if before.has_files else (new, old)
    promised = before.has_files != after.has_files and _answers(found, asked)
    if old != new and not promised:
        yield Difference("interpreter", "interpreter", old, new)


def _answers(found: str, asked: str) -> bool:
    """Say whether an interpreter is what a lock asks for, which may be a minor version."""
    return found.endswith("t") == asked.endswith("t") and found.startswith(f"{asked.removesuffix('t')}.")


def _packages(old: Mapping[str, Package], new: Mapping[str, Package]) -> Iterable[Difference]:
    for name in old.keys() | new.keys():
        before, after = old.get(name), new.get(name)
        kind = _kind(name)
        if before is None or after is None or before.version != after.version:
            if name != _PYTHON:  # that is the interpreter, of which its version has been told
                yield Difference(kind, name, _version(before), _version(after))
        elif before.build != after.build:
            with_build = kind != "package"  # which BLAS there is, is in the build of an interface to it
            yield Difference(
                kind if with_build else "build",
                name,
                f"{before.version} {before.build}" if with_build else before.build,
                f"{after.version} {after.build}" if with_build else after.build,
            )
        elif before.channel != after.channel:
            yield Difference("channel", name, before.channel, after.channel)


def _version(package: Package | None) -> str:
    return package.version if package else ""


def _kind(name: str) -> Kind:
    if name == _PYTHON:
        return "interpreter"
    if name in _ABI:
        return "abi"
    return "provider" if name in _PROVIDERS_TOO or name.startswith(_PROVIDERS) else "package"


def _files(old: Iterable[Piece], new: Iterable[Piece], packages: set[str]) -> Iterable[Difference]:
    before, after = ({piece.path: piece for piece in pieces} for pieces in (old, new))
    for path in before.keys() | after.keys():
        first, second = before.get(path), after.get(path)
        if all(piece is None or piece.package in packages for piece in (first, second)):
            words = _shown(first), _shown(second)
            if words[0] != words[1]:
                yield Difference("file", path, words[0], words[1])
            elif first and second and first.digest != second.digest:
                yield Difference("file", path, first.digest, second.digest)


def _shown(piece: Piece | None) -> str:
    if piece is None:
        return ""
    if piece.kind == "l":
        return f"-> {piece.digest}"
    return f"{piece.digest[:_SHOWN]}{' (executable)' if piece.executable else ''}" or "special"
