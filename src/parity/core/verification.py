"""What belongs into an environment against what is there."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from parity.core.contents import Entry
from parity.core.findings import Finding

_BYTECODE = re.compile(r"[^.]+\.[a-z]+-?\d+t?(?:\.opt-[0-9A-Za-z]+)?\.pyc")
_EXAMPLES, _PACKAGES = 3, 12  # files of each package that are told, and packages of which any are
_ABOUT_FILES = {
    "file-missing": "missing",
    "file-changed": "changed",
    "file-extra": "added",
    "mode-changed": "with another mode",
    "link-changed": "leading elsewhere",
    "cache-file": "cached by a program",
}
_WORDS = {"f": "file", "l": "link", "o": "special file"}


class Difference(NamedTuple):
    """One path that is not as it was recorded. `code` is that of its finding."""

    code: str
    path: str
    message: str


def compare(expected: Mapping[str, tuple[Entry, str]], found: Iterable[Entry]) -> list[Difference]:
    """Return every difference that shows without reading a file: by kind, mode, size, time and link.

    `found` are the entries of the disk, their digests empty for files. Bytecode that Python wrote beside a recorded
    module differs by the code `cache-file`, which is no drift.
    """
    differences = []
    seen = set()
    for entry in found:
        seen.add(entry.path)
        recorded = expected.get(entry.path)
        if recorded is None:
            differences.append(_extra(entry, expected))
        elif (difference := _differing(recorded[0], entry)) is not None:
            differences.append(difference)
    differences.extend(Difference("file-missing", path, "it is missing") for path in expected if path not in seen)
    return sorted(differences, key=lambda difference: difference.path)


def findings(differences: Iterable[Difference], expected: Mapping[str, tuple[Entry, str]]) -> tuple[Finding, ...]:
    """Return differences as findings: what Python caches is information, everything else an error."""
    return tuple(
        Finding(
            code=difference.code,
            severity="info" if difference.code == "cache-file" else "error",
            subject=difference.path,
            message=difference.message,
            package=expected[difference.path][1] if difference.path in expected else "",
        )
        for difference in differences
    )


def drift(findings: Iterable[Finding]) -> tuple[int, int, int]:
    """Return how many of the files that belong there are not as they were, how many others there are, how much else."""
    errors = {(finding.code, finding.subject) for finding in findings if finding.severity == "error"}
    extra = sum(code == "file-extra" for code, _ in errors)
    differing = {subject for code, subject in errors if code in _ABOUT_FILES and code != "file-extra"}
    return len(differing), extra, sum(code not in _ABOUT_FILES for code, _ in errors)


def condensed(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings as people can read them: a few files of each package, how many more there are, then the rest.

    Findings that are not about a file are all told.
    """
    about: dict[tuple[str, str], list[Finding]] = {}
    told = []
    for finding in findings:
        if finding.code in _ABOUT_FILES:
            about.setdefault((finding.severity, finding.package), []).append(finding)
        else:
            told.append(finding)
    shown: list[Finding] = []
    for number, found in enumerate(about.values()):
        examples = _EXAMPLES if number < _PACKAGES else 0
        shown += found[: examples + 1] if len(found) == examples + 1 else found[:examples]
        rest = [] if len(found) == examples + 1 else found[examples:]
        shown += [_more(rest, examples)] if rest else []
    return (*shown, *told)


def _more(rest: Sequence[Finding], examples: int) -> Finding:
    """Return how many files of a package are left out, and what is wrong with them."""
    first = rest[0]
    kinds = Counter(_ABOUT_FILES[finding.code] for finding in rest)
    count = f"{len(rest)} {'more ' if examples else ''}file{'s' if len(rest) > 1 else ''}"
    what = ", ".join(f"{number} {kind}" if len(kinds) > 1 else kind for kind, number in kinds.items())
    return Finding(
        code=first.code,
        severity=first.severity,
        subject=first.package or "of no package",
        message=f"{count} {'' if first.severity == 'info' else 'differ: '}{what}",
        package=first.package,
    )


def source_of(path: str) -> str:
    """Return the module that a cached file was made from, by its name; empty where it says nothing.

    Cached beside a module are its bytecode (PEP 3147), what pytest makes of it, and numba's index and machine code.
    """
    folder, _, name = path.rpartition("/")
    if not folder.endswith("__pycache__") or not name.endswith((".pyc", ".nbi", ".nbc")):
        return ""
    return f"{folder.removesuffix('__pycache__')}{name.split('.', 1)[0]}.py"


def is_run_by_python(path: str) -> bool:
    """Say whether Python itself would run a file of `__pycache__` instead of its source (PEP 3147, PEP 488)."""
    return bool(_BYTECODE.fullmatch(path.rpartition("/")[2]))


def misplaced_bytecode(packages: Mapping[str, str]) -> list[str]:
    """Return the bytecode that stands beside another package's module; `packages` maps each path to its package.

    Unchecked bytecode is run without a look at its source, so where two packages bring one module, that of the
    package whose module is not kept must go too.
    """
    return [
        path
        for path, package in packages.items()
        if path.endswith(".pyc") and packages.get(source_of(path), package) != package
    ]


def _extra(entry: Entry, expected: Mapping[str, tuple[Entry, str]]) -> Difference:
    if entry.kind == "f" and (source := source_of(entry.path)) and source in expected:
        return Difference("cache-file", entry.path, f"a program wrote it for `{source}`")
    return Difference("file-extra", entry.path, f"this {_WORDS[entry.kind]} does not belong here")


def _differing(recorded: Entry, entry: Entry) -> Difference | None:
    path = entry.path
    if recorded.kind != entry.kind:
        message = f"it was a {_WORDS[recorded.kind]} and is a {_WORDS[entry.kind]}"
        return Difference("file-changed", path, message)
    if entry.kind == "l":
        if recorded.digest == entry.digest:
            return None
        return Difference("link-changed", path, f"it led to `{recorded.digest}` and leads to `{entry.digest}`")
    if recorded.size != entry.size:
        return Difference("file-changed", path, f"it had {recorded.size} bytes and has {entry.size}")
    if recorded.mtime != entry.mtime:
        return Difference("file-changed", path, "it was written to")
    if recorded.mode != entry.mode:
        return Difference("mode-changed", path, f"its mode was {recorded.mode:o} and is {entry.mode:o}")
    return None
