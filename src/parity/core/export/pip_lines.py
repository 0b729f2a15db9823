"""Distributions → lines of a requirements file, as pip and uv read them, also inside an `environment.yml`."""

from collections.abc import Sequence

from parity.core.addresses import kept
from parity.core.dataclass import dataclass
from parity.core.export import losses
from parity.core.export.model import Subject
from parity.core.findings import Finding
from parity.core.lockfile.model import LockedWheel

_DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class PipLines:
    """`options` come first. `hashed`: every requirement has its hash behind it, which pip then demands of all."""

    options: tuple[str, ...]
    requirements: tuple[str, ...]
    hashed: bool
    losses: tuple[Finding, ...]


def pip_lines(subject: Subject) -> PipLines:
    """Return the distributions of a target, each pinned to its file.

    pip wants hashes for all or for none, and has none for folders and repositories: with one of those among them, what
    comes from an index is pinned by version alone, which is a loss.
    """
    wheels = subject.wheels
    hashed = all(wheel.sha256 for wheel in wheels)
    found = [losses.local_path(wheel.name, wheel.path) for wheel in wheels if wheel.path]
    unhashed = [] if hashed else [wheel for wheel in wheels if wheel.index]
    if unhashed:
        blame = losses.named(wheel.name for wheel in wheels if not wheel.sha256)
        hint = f"pip takes hashes for all or none, and {blame} can have none"
        found.append(losses.hashes(len(unhashed), "distributions", hint))
    options, more = _index_options(subject, wheels, hashed=hashed)
    options += [f"--no-binary {wheel.name}" for wheel in wheels if wheel.is_built and wheel.index]
    return PipLines(
        options=tuple(options),
        requirements=tuple(_line(subject, wheel, hashed=hashed) for wheel in wheels),
        hashed=hashed,
        losses=(*found, *more),
    )


def index_options(subject: Subject) -> list[str]:
    """Return the lines that name the indexes whose addresses the manifests give, without credentials."""
    lines = []
    used = {wheel.index for wheel in subject.wheels}
    for index in subject.indexes:
        if index.explicit and index.name not in used:
            continue
        address = kept(index.url)
        if index.default:
            lines.append(f"--index-url {address}" if address else "--no-index")
        elif index.flat:
            lines.append(f"--find-links {address if '://' in address else subject.placed(address)}")
        else:
            lines.append(f"--extra-index-url {address}")
    return lines


def _index_options(subject: Subject, wheels: Sequence[LockedWheel], *, hashed: bool) -> tuple[list[str], list[Finding]]:
    used = dict.fromkeys(wheel.index for wheel in wheels if wheel.index)
    if not used:
        return [], []
    known = {index.name for index in subject.indexes}
    found = [
        losses.unknown_index(name, [wheel for wheel in wheels if wheel.index == name])
        for name in used
        if name not in known | {_DEFAULT}
    ]
    # a hash decides which file it is, whoever serves it
    found += [
        losses.open_index(index.name)
        for index in subject.indexes
        if index.explicit and index.name in used and not hashed
    ]
    return index_options(subject), found


def _line(subject: Subject, wheel: LockedWheel, *, hashed: bool) -> str:
    digest = f" --hash=sha256:{wheel.sha256}" if hashed else ""
    if wheel.path:
        return f"{'-e ' if wheel.editable else ''}{subject.placed(wheel.path)}{digest}"
    if wheel.commit:
        place = f"#subdirectory={wheel.subdirectory}" if wheel.subdirectory else ""
        return f"{wheel.name} @ git+{wheel.url.removeprefix('git+')}@{wheel.commit}{place}"
    if wheel.url:
        return f"{wheel.name} @ {_address(wheel, hashed=hashed)}{digest}"
    return f"{wheel.name}=={wheel.version}{digest}"


def _address(wheel: LockedWheel, *, hashed: bool) -> str:
    """Return an address with the hash in its fragment, where the line has none behind it: pip looks at that too."""
    if hashed or not wheel.sha256 or "sha256=" in wheel.url:
        return wheel.url
    return f"{wheel.url}{'&' if '#' in wheel.url else '#'}sha256={wheel.sha256}"
