"""The Pythons of a machine, and which of them answers a request."""

from collections.abc import Sequence
from typing import Any, Literal

from packaging.version import Version

from parity.core.dataclass import dataclass
from parity.core.errors import PythonMissing
from parity.core.python_request import PythonRequest

Source = Literal["parity", "pyenv", "uv", "path", "system", "conda"]

# Between equals, the interpreter whose life parity or the user decides about comes first. A conda base belongs to
# conda itself: an environment on top of it breaks with conda's next update.
_RANKS: dict[Source, int] = {"parity": 0, "pyenv": 1, "uv": 2, "path": 3, "system": 3, "conda": 4}
_LAST_RANK = 5
_UNMANAGED = frozenset({"path", "system"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """One interpreter of this machine.

    `version` is that of the language, with its pre-release (`3.13.0rc2`). `path` is the executable as it was found,
    `real_path` the same with links resolved. `name` is the folder's name where a manager gives one (pyenv's version,
    a conda environment; `base` for a conda installation). `platform` is conda's word for it (`linux-64`), `libc` is
    `glibc` or `musl` on Linux. `abi` is the ABI tag of wheels (`cp313t`). Empty text means that nobody knows.

    Of parity's own, `made` says how it came to be, `sha256` is the digest of its archive or of the recipe it was built
    by, and `file` is the archive of a prebuilt one.
    """

    implementation: str
    version: str
    path: str
    real_path: str
    source: Source
    free_threaded: bool = False
    debug: bool = False
    name: str = ""
    build: str = ""
    platform: str = ""
    libc: str = ""
    cache_tag: str = ""
    abi: str = ""
    made: Literal["", "prebuilt", "built"] = ""
    file: str = ""
    sha256: str = ""

    @property
    def prerelease(self) -> bool:
        """Whether it is an alpha, a beta, a release candidate or a development build."""
        return Version(self.version).is_prerelease

    @property
    def minor(self) -> str:
        """The language version without its patch release: `3.11`."""
        return ".".join(self.version.split(".")[:2])

    def to_dict(self) -> dict[str, Any]:
        """Return the interpreter as `parity python list --json` has it: `null` where nothing is known."""
        return {
            "implementation": self.implementation,
            "version": self.version,
            "path": self.path,
            "source": self.source,
            "build": self.build or None,
            "name": self.name or None,
            "platform": self.platform or None,
            "free_threaded": self.free_threaded,
            "debug": self.debug,
        }


def choose(requests: Sequence[PythonRequest], found: Sequence[Interpreter]) -> Interpreter | None:
    """Return the interpreter that answers the requests best, or None where none does.

    Requests of one file are alternatives, the first that is answered counts (pyenv's rule); requests of different
    files must all be met (a pin and `requires-python`). A name that matches exactly comes first, then the newest
    with that prefix, stable before pre-release; ranges take stable ones only, unless they name a pre-release.
    Free-threaded builds and other implementations are taken only when asked for. Between equals the order is
    parity's own, pyenv's, uv's, PATH in its order, conda's; `found` must list PATH in its order.
    """
    groups = _by_file(requests)
    pins = [request for group in groups for request in group if request.kind not in {"range", "any"}]
    if not pins:
        plain = [each for each in found if each.implementation == "cpython" and not each.free_threaded]
        fitting = [each for each in plain if _meets(groups, each, found) and not _unasked_prerelease(requests, each)]
        return min(fitting, key=_preference, default=None)
    for pin in pins:
        fitting = [each for each in _answering(pin, found) if _meets(groups, each, found)]
        if fitting:
            exact = [each for each in fitting if each.name == pin.text]
            return min(exact or fitting, key=_preference)
    return None


def answering(request: PythonRequest, found: Sequence[Interpreter]) -> list[Interpreter]:
    """Return every interpreter that answers a request, debug builds too."""
    if request.kind in {"range", "any"}:
        return [each for each in found if _meets_one(request, each, found)]
    if request.kind != "prefix":
        return _answering(request, found)
    return [
        each
        for each in found
        if request.matches(each.version, implementation=each.implementation, free_threaded=each.free_threaded)
    ]


def nearest(request: PythonRequest, found: Sequence[Interpreter], *, limit: int = 3) -> tuple[str, ...]:
    """Return the versions of this machine that come closest to a version that is missing, the closest first."""
    if request.kind != "prefix":
        return ()
    wanted = _padded(request.version)
    same = {each.version for each in found if each.implementation == request.implementation}
    return tuple(sorted(same, key=lambda version: (_distance(wanted, _padded(version)), version))[:limit])


def missing(
    requests: Sequence[PythonRequest], found: Sequence[Interpreter], *, environments: Sequence[str] = ()
) -> PythonMissing:
    """Return the error for requests that nothing answers: what was asked where, how to get it, what is near.

    `environments` are names of virtual environments that could be taken for interpreters.
    """
    groups = _by_file(requests)
    alone = [group for group in groups if choose(group, found) is None] or groups
    asked = " and ".join(_asked(group) for group in alone)
    hints = [_remedy(alone[0][0], environments)]
    if near := nearest(alone[0][0], found):
        hints.append(f"the nearest here: {', '.join(f'`{version}`' for version in near)}")
    return PythonMissing(f"no installed Python answers {asked}", hint="; ".join(hints))


def newest_stable(found: Sequence[Interpreter]) -> str | None:
    """Return the newest stable minor version of CPython (`3.13`) that is here, or None where there is none."""
    chosen = choose([], found)
    return chosen.minor if chosen else None


def preferred_order(found: Sequence[Interpreter]) -> list[Interpreter]:
    """Return the interpreters as a person wants to read them: by implementation, the newest first."""
    return sorted(found, key=lambda each: (each.implementation != "cpython", each.implementation, *_preference(each)))


def _asked(group: Sequence[PythonRequest]) -> str:
    texts = " or ".join(f"`{request.text}`" for request in group)
    return f"{texts} (asked for by `{group[0].place}`)" if group[0].place.file else texts


def _remedy(request: PythonRequest, environments: Sequence[str]) -> str:
    if request.kind == "prefix":
        return f"run `parity python install {request.text}`"
    if request.kind == "range":
        return f"run `parity python install '{request.text}'`"
    if request.kind == "any":
        return "run `parity python install 3`"
    if request.text in environments:
        return f"`{request.text}` is a virtual environment: name the version it was made from"
    return "run `parity python list` and name one of those"


def _by_file(requests: Sequence[PythonRequest]) -> list[list[PythonRequest]]:
    groups: dict[str, list[PythonRequest]] = {}
    for request in requests:
        groups.setdefault(request.place.file, []).append(request)
    return [*groups.values()]


def _meets(groups: Sequence[Sequence[PythonRequest]], each: Interpreter, found: Sequence[Interpreter]) -> bool:
    return all(any(_meets_one(request, each, found) for request in group) for group in groups)


def _meets_one(request: PythonRequest, each: Interpreter, found: Sequence[Interpreter]) -> bool:
    """Say whether a request is met; a range speaks of the language's version, whoever implements it."""
    if request.kind == "range":
        return request.specifiers.contains(Version(each.version), prereleases=True)
    return request.kind == "any" or each in _answering(request, found)


def _answering(pin: PythonRequest, found: Sequence[Interpreter]) -> list[Interpreter]:
    if pin.kind == "system":
        return [each for each in found if each.source in _UNMANAGED][:1]
    if pin.kind == "path":
        return [each for each in found if pin.text in {each.path, each.real_path}]
    if pin.kind == "name":
        return [each for each in found if each.name == pin.text and each.source in {"pyenv", "parity"}]
    return [each for each in found if _fits(pin, each)]


def _fits(pin: PythonRequest, each: Interpreter) -> bool:
    if each.debug and each.name != pin.text:
        return False
    return pin.matches(each.version, implementation=each.implementation, free_threaded=each.free_threaded)


def _unasked_prerelease(requests: Sequence[PythonRequest], each: Interpreter) -> bool:
    if each.debug:
        return True
    named = any(request.specifiers.prereleases for request in requests if request.kind == "range")
    return each.prerelease and not named


def _preference(each: Interpreter) -> tuple[bool, tuple[int, ...], bool, int]:
    version = Version(each.version)
    newest = tuple(-part for part in (*version.release, 0, 0)[:3])
    stage = -((("a", "b", "rc").index(version.pre[0]) + 1) * 1000 + version.pre[1]) if version.pre else 0
    return version.is_prerelease, (*newest, stage), each.debug, _rank(each)


def _rank(each: Interpreter) -> int:
    """Return the source's rank; whole distributions that pyenv installs (`miniconda3-…`) come last, like conda's."""
    is_base = each.source == "conda" and each.name == "base"
    is_distribution = each.source == "pyenv" and not each.name[:1].isdigit() and each.implementation == "cpython"
    return _LAST_RANK if is_base or is_distribution else _RANKS[each.source]


def _padded(version: str) -> tuple[int, int, int]:
    major, minor, patch = (*Version(version).release, 0, 0)[:3]
    return major, minor, patch


def _distance(wanted: tuple[int, int, int], other: tuple[int, int, int]) -> tuple[int, int, int]:
    return abs(wanted[0] - other[0]), abs(wanted[1] - other[1]), abs(wanted[2] - other[2])
