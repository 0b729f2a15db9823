"""Another tool's lock → `parity.lock` with the same artifacts, beside a manifest that asks for them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from parity.core.conda.errors import SolveImpossible
from parity.core.dataclass import dataclass
from parity.core.errors import ManifestError, ManifestMissing, ResolutionImpossible, WheelNone
from parity.core.findings import Finding
from parity.core.imports.errors import ImportImpossible, ImportMismatch
from parity.core.imports.held import differences, has_md5_alone, held_to, other_files, unasked, unhashed
from parity.core.imports.manifest import ENVIRONMENT, PYPROJECT, environment_text, pyproject_text
from parity.core.imports.prefix import drift, expected_files, read_environment, strays
from parity.core.negotiation.errors import AgreementImpossible
from parity.core.spec import CondaSettings
from parity.workflows import lock as locking
from parity.workflows.lock_text import lock_text
from parity.workflows.quick import LOCK_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from parity.core.conda.channels import AddressBook
    from parity.core.imports.model import Foreign
    from parity.core.imports.prefix import Prefix
    from parity.workflows.lock import LockResult, Wish

_YAML = (".yml", ".yaml")
_REFUSED = (ResolutionImpossible, WheelNone, SolveImpossible, AgreementImpossible)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What taking over needs of the world: that of locking, where channels are, and what is in a made environment."""

    lock: locking.Tools
    book: Callable[[CondaSettings], AddressBook]
    read_prefix: Callable[[Path], Prefix]
    digests_of: Callable[[Path, Iterable[str]], Mapping[str, str]]


def environment(folder: Path, tools: Tools) -> Foreign:
    """Return what an environment says of itself, with what of its files is not as it says.

    Raises ForeignUnknown where it is none, ForeignDamaged, OSError.
    """
    prefix = tools.read_prefix(folder)
    foreign = read_environment(prefix)
    found = tools.digests_of(folder, expected_files(prefix))
    return replace(foreign, findings=(*foreign.findings, *drift(prefix, found), *strays(prefix)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A lock that is there now; `manifest` is the file that was written for it, or nothing."""

    manifest: str
    result: LockResult
    findings: tuple[Finding, ...]


def import_file(root: Path, foreign: Foreign, wish: Wish, tools: Tools, *, replaces: bool = False) -> Imported:
    """Lock a project to what another tool has locked.

    The project's own manifest says what is asked for; where there is none that can, one is written. `replaces`: a
    `parity.lock` that is there gives way. Nothing is written unless all of it can be locked just so. Raises
    ImportImpossible, TargetUnknown, and what locking raises. The caller holds the project's lock.
    """
    if not replaces and lock_text(tools.lock.read, root) is not None:
        raise ImportImpossible(
            f"there is a `{LOCK_NAME}` in `{root}` already", hint=f"`--force` puts one made of `{foreign.file}` there"
        )
    foreign = _named(foreign, tools)
    wish = replace(wish, route=foreign.route, targets=wish.targets or _targets(foreign, tools))
    manifest, text = _manifest(root, foreign, wish, tools)
    written: dict[Path, str] = {}
    result = _locked(root, foreign, wish, _beside(tools.lock, root / manifest, text, written))
    platforms = {target.name: tools.lock.targets.named(target.name).platform for target in result.lock.targets}
    if manifest and (more := unasked(foreign, result.lock, platforms)):
        foreign = replace(foreign, wheels=(*foreign.wheels, *more))
        manifest, text = _manifest(root, foreign, wish, tools)
        result = _locked(root, foreign, wish, _beside(tools.lock, root / manifest, text, written))
    # the lock first: a manifest alone would be locked to whatever is newer today
    for path, content in {**written, **({root / manifest: text} if manifest else {})}.items():
        tools.lock.write(path, content)
    found = differences(foreign, result.lock, platforms) if foreign.exact else []
    return Imported(
        manifest=manifest,
        result=result,
        findings=(*foreign.findings, *_lost_platforms(foreign, tools), *found, *result.findings),
    )


def _named(foreign: Foreign, tools: Tools) -> Foreign:
    """Return the same with the names of channels in the place of their addresses, where they have one."""
    book = tools.book(CondaSettings())
    addresses = dict.fromkeys((*foreign.channels, *(package.channel for package in foreign.packages)))
    names = {each: book.named(each) if "://" in each else each for each in addresses}
    return replace(
        foreign,
        channels=tuple(dict.fromkeys(names[channel] for channel in foreign.channels)),
        packages=tuple(replace(package, channel=names[package.channel]) for package in foreign.packages),
    )


def _targets(foreign: Foreign, tools: Tools) -> tuple[str, ...]:
    """Return the targets of the platforms that a file is for. Raises ImportImpossible where parity has none of them."""
    known = tuple(name for name in foreign.platforms if name in tools.lock.targets.plain)
    if foreign.platforms and not known:
        listed = ", ".join(f"`{name}`" for name in foreign.platforms)
        raise ImportImpossible(
            f"`{foreign.file}` is for {listed} alone, which parity makes no environments for",
            hint="have its own tool lock for Linux or macOS too",
        )
    return known


def _lost_platforms(foreign: Foreign, tools: Tools) -> list[Finding]:
    lost = [name for name in foreign.platforms if name not in tools.lock.targets.plain]
    if not lost:
        return []
    return [
        Finding(
            code="import-lost",
            severity="warning",
            subject=foreign.file,
            message=f"parity makes no environments for {', '.join(f'`{name}`' for name in lost)}: left out",
        )
    ]


def _manifest(root: Path, foreign: Foreign, wish: Wish, tools: Tools) -> tuple[str, str]:
    """Return the name and text of the manifest that has to be written; nothing where the project's own will do.

    Raises ImportImpossible where one is in the way, ManifestError.
    """
    if _says_enough(root, foreign, wish, tools):
        return "", ""
    taken = {name for name in (ENVIRONMENT, PYPROJECT) if tools.lock.read(root / name) is not None}
    if foreign.route == "venv" and PYPROJECT not in taken:
        return PYPROJECT, pyproject_text(foreign, root.name)
    if ENVIRONMENT in taken:
        raise ImportImpossible(
            f"`{ENVIRONMENT}` is in the way of the one that `{foreign.file}` would need",
            hint="rename it, or name the files that count in `[tool.parity] manifests`",
        )
    return ENVIRONMENT, environment_text(foreign, root.name)


def _says_enough(root: Path, foreign: Foreign, wish: Wish, tools: Tools) -> bool:
    """Say whether the project's manifest can ask for what a file has. Raises ManifestError."""
    try:
        spec = locking.manifests_of(root, wish, tools.lock).spec
    except ManifestMissing:
        return False
    except ManifestError as error:
        if all(fault.place.key.startswith("tool.poetry") for fault in error.faults):
            return False
        raise
    return foreign.route == "venv" or bool(spec.conda) or any(name.endswith(_YAML) for name in spec.manifests)


def _beside(tools: locking.Tools, manifest: Path, text: str, written: dict[Path, str]) -> locking.Tools:
    """Return tools for which the manifest is there already and no lock is; what they write is kept in `written`."""

    def read(path: Path) -> str | None:
        if path.name == LOCK_NAME:
            return None
        return text if text and path == manifest else tools.read(path)

    return replace(tools, read=read, write=written.__setitem__)


def _locked(root: Path, foreign: Foreign, wish: Wish, tools: locking.Tools) -> LockResult:
    """Lock, held to what the file says. Raises ImportMismatch, ImportImpossible where that cannot be."""
    try:
        return locking.lock(root, wish, tools, held=held_to(foreign, _platforms(wish, tools)))
    except _REFUSED as error:
        if not foreign.exact:
            raise
        _refuse_other_files(root, foreign, wish, tools)
        raise ImportImpossible(
            f"what `{foreign.file}` has locked cannot be locked here just so: {error.message}",
            hint=error.hint or "where it is older than the manifest, have its own tool lock again",
        ) from error


def _refuse_other_files(root: Path, foreign: Foreign, wish: Wish, tools: locking.Tools) -> None:
    """Raise ImportMismatch where the same versions can be locked, and only their files are others.

    Of an MD5 no lock tells which one that is: ImportImpossible.
    """
    with suppress(*_REFUSED):
        # without its hashes: what is found then is what stands in the place of what was locked
        found = locking.lock(root, wish, tools, held=held_to(unhashed(foreign), _platforms(wish, tools))).lock
        places = {target.name: tools.targets.named(target.name).platform for target in found.targets}
        if faults := other_files(foreign, found, places):
            raise ImportMismatch(foreign.file, faults)
        if any(each.conda and has_md5_alone(each) for each in foreign.packages):
            raise ImportImpossible(
                f"the versions and builds of `{foreign.file}` can be locked, and an MD5 in it is that of another file",
                hint="have its own tool list it again; a list with SHA-256 tells which package it is",
            )


def _platforms(wish: Wish, tools: locking.Tools) -> list[str]:
    return [tools.targets.named(name).platform for name in wish.targets or tuple(tools.targets.plain)]
