"""Saying and choosing versions: version…, versions, global, local, shell, prefix, latest, root."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from parity.core.pyenv.reply import Refused, Reply, answered, failed
from parity.core.pyenv.shell_code import keep_and_set, keep_and_unset, swap
from parity.core.pyenv.usage import usage
from parity.workflows.pyenv.state import PIN, SYSTEM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parity.workflows.pyenv.state import Pyenv

_FORCE = {"-f", "--force"}


def root(pyenv: Pyenv, _: Sequence[str]) -> Reply:
    """Answer where versions are kept."""
    return answered(pyenv.root)


def version_file(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Answer which file chooses; of a folder that is named, exit 1 where there is none."""
    if not words:
        return answered(pyenv.version_file())
    found = pyenv.nearest(pyenv.located(words[0]) if words[0] else pyenv.directory)
    return answered(found) if found else Reply(code=1)


def version_file_read(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Answer the versions that a file names, with colons between."""
    names, remarks = pyenv.read_file(pyenv.located(words[0]), words[0]) if words else ([], [])
    return Reply(out=(":".join(names),) if names else (), err=tuple(remarks), code=0 if names else 1)


def version_file_write(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Write versions into a file; each must be installed, unless forced."""
    force = bool(_FORCE & {*words[:1]})
    path, *versions = [*words[force:], ""] if len(words) == force else words[force:]
    if not path or not versions:
        return failed(*usage("version-file-write"))
    if not force:
        pyenv.prefixes(versions)
    pyenv.files.write(pyenv.located(path), versions)
    return Reply()


def version_name(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Answer the chosen versions, with colons between."""
    names, lines = pyenv.chosen(force=bool(_FORCE & {*words}))
    return Reply(out=(":".join(names),), err=tuple(lines), code=1 if lines else 0)


def version_origin(pyenv: Pyenv, _: Sequence[str]) -> Reply:
    """Answer who chose."""
    return answered(pyenv.origin)


def version(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Answer the chosen versions, a line each, and who chose them."""
    if set(words) - {"--bare"}:
        return failed(*usage("version"))
    names, lines = pyenv.chosen()
    said = names if words else [f"{name} (set by {pyenv.origin})" for name in names]
    return Reply(out=tuple(said), err=tuple(lines), code=1 if lines else 0)


def versions(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Answer all installed versions; `*` marks the chosen ones."""
    if set(words) - {"--bare", "--skip-aliases", "--skip-envs", "--executables"}:
        return failed(*usage("versions"))
    if "--executables" in words:
        programs = {name for prefix in pyenv.versions.values() for name in pyenv.made.programs(f"{prefix}/bin")}
        return answered(*sorted(programs))
    names = [
        name
        for name in pyenv.versions
        if not ("--skip-aliases" in words and _is_alias(pyenv, name.partition("/")[0]))
        and not ("--skip-envs" in words and "/envs/" in name)
    ]
    if "--bare" in words:
        return answered(*names)
    chosen, lines = pyenv.chosen()
    names = [SYSTEM, *names] if pyenv.system_python() else names
    rows = [row(pyenv, name, chosen) for name in names]
    if not rows:
        return failed(*lines, "Warning: no Python detected on the system")
    return Reply(out=tuple(rows), err=tuple(lines))


def row(pyenv: Pyenv, name: str, chosen: Sequence[str], more: str = "") -> str:
    """Return the line of a version in a list."""
    prefix = pyenv.prefix(name)
    leads = f" --> {pyenv.files.leads_to(prefix)}" if name != SYSTEM and pyenv.files.leads_to(prefix) else more
    return f"* {name}{leads} (set by {pyenv.origin})" if name in chosen else f"  {name}{leads}"


def _is_alias(pyenv: Pyenv, name: str) -> bool:
    prefix = pyenv.prefix(name)
    if not pyenv.files.leads_to(prefix):
        return False
    real, folder = pyenv.files.real(prefix), pyenv.files.real(f"{pyenv.root}/versions")
    inside = os.path.relpath(real, folder).split("/")
    return inside[0] != ".." and (len(inside) == 1 or inside[1:2] == ["envs"])


def prefix(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Answer where versions are installed, with colons between."""
    return answered(":".join(pyenv.prefixes(words)))


def latest(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Answer the newest version with a prefix, of those that are installed or of those that are known."""
    flags = {word for word in words if word.startswith("-")}
    asked = next((word for word in words if not word.startswith("-")), "")
    known = bool(flags & {"-k", "--known"})
    found = pyenv.installer().latest(asked) if known else pyenv.latest(asked)
    if found is not None:
        return answered(found)
    code = 0 if flags & _FORCE else 1
    if flags & {"-b", "--bypass", *_FORCE}:
        return Reply(out=(asked,), code=code)
    return failed(f"pyenv: no {'known' if known else 'installed'} versions match the prefix `{asked}'")


def global_(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Answer or write the versions for everywhere."""
    if words:
        return version_file_write(pyenv, [f"{pyenv.root}/version", *words])
    for name in ("version", "global", "default"):
        found, _ = pyenv.read_file(f"{pyenv.root}/{name}")
        if found:
            return answered(*found)
    return answered(SYSTEM)


def local(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Answer, write or remove the versions for a folder."""
    if words[:1] == ["--unset"]:
        pyenv.files.remove_file(pyenv.located(PIN))
        return Reply()
    force = bool(_FORCE & {*words[:1]})
    if words[force:]:
        return version_file_write(pyenv, [*words[:force], PIN, *words[force:]])
    file = pyenv.nearest(pyenv.directory)
    if not file:
        return failed("pyenv: no local version configured for this directory")
    names, remarks = pyenv.read_file(file)
    return Reply(out=tuple(names), err=tuple(remarks), code=0 if names else 1)


def sh_shell(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Answer what the shell is to evaluate for another version of its own."""
    current = pyenv.environ.get("PYENV_VERSION", "")
    if not words:
        return answered('echo "$PYENV_VERSION"') if current else failed("pyenv: no shell-specific version configured")
    if words[0] == "--unset":
        return answered(*keep_and_unset(pyenv.shell))
    if words[0] == "-":
        return answered(*swap(pyenv.shell))
    try:
        pyenv.prefixes(words)
    except Refused as refused:
        return Reply(out=("false",), err=refused.reply.err, code=1)
    chosen = ":".join(words)
    return answered(*([] if chosen == current else keep_and_set(pyenv.shell, chosen)))
