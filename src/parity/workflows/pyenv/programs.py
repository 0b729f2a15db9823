"""Finding and running programs: which, whence, exec, rehash, shims, hooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.pyenv.reply import Reply, answered, failed
from parity.core.pyenv.usage import usage
from parity.workflows import shims as shimming
from parity.workflows.pyenv.state import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parity.workflows.pyenv.state import Pyenv

_HOOKS = ("/usr/etc/pyenv.d", "/usr/local/etc/pyenv.d", "/etc/pyenv.d", "/usr/lib/pyenv/hooks")


def which(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Answer which file a program is; exit 127, and say who else has it, where it is none."""
    if not words:
        return failed(*usage("which"))
    path, absent = _found(pyenv, words[0], system="--nosystem" not in words)
    if path:
        return answered(path)
    lines = [f"pyenv: version `{name}' is not installed (set by {pyenv.origin})" for name in absent]
    lines.append(f"pyenv: {words[0]}: command not found")
    others = [name for name, _ in _having(pyenv, words[0])]
    if others and "--skip-advice" not in words:
        lines += ["", f"The `{words[0]}' command exists in these Python versions:", *(f"  {name}" for name in others)]
        lines += ["", "Note: See 'pyenv help global' for tips on allowing multiple"]
        lines += ["      Python versions to be found at the same time."]
    return failed(*lines, code=127)


def whence(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Answer the versions that have a program, or its paths."""
    paths = words[:1] == ["--path"]
    if not words[paths:]:
        return failed(*usage("whence"))
    found = _having(pyenv, words[paths])
    return Reply(out=tuple(each[paths] for each in found), code=0 if found else 1)


def exec_(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Become a program of the chosen versions; answers only where there is none."""
    if not words:
        return failed(*usage("exec"))
    answer = which(pyenv, words[:1])
    if not answer.out:
        return answer
    path = answer.out[0]
    environ = {**pyenv.environ, "PYENV_VERSION": ":".join(pyenv.chosen(force=True)[0])}
    if any(path.startswith(f"{prefix}/bin/") for prefix in pyenv.versions.values()):
        environ["PATH"] = f"{path.rpartition('/')[0]}:{environ.get('PATH', '')}"
    if words[0].startswith("pip") and {"install", "uninstall"} & {*words[1:2]}:
        code = pyenv.run([path, *words[1:]], environ)
        shimming.refresh(pyenv.made)
        return Reply(code=code)
    return Reply(code=pyenv.become([path, *words[1:]], environ))


def rehash(pyenv: Pyenv, _: Sequence[str]) -> Reply:
    """Make the shims anew."""
    shimming.refresh(pyenv.made)
    return Reply()


def sh_rehash(pyenv: Pyenv, _: Sequence[str]) -> Reply:
    """Answer what the shell is to evaluate so that it forgets where programs were."""
    shimming.refresh(pyenv.made)
    return answered(*([] if pyenv.shell in {"fish", "pwsh"} else ["hash -r 2>/dev/null || true"]))


def shims(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Answer the names of the shims, or their paths."""
    names = pyenv.made.shims.names()
    return answered(*(names if "--short" in words else [f"{pyenv.made.shims.folder}/{name}" for name in names]))


def hooks(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Answer the scripts that plugins have for a command. They are named, and never run."""
    if not words:
        return failed(*usage("hooks"))
    named = [folder for folder in pyenv.environ.get("PYENV_HOOK_PATH", "").split(":") if folder]
    folders = [*named, f"{pyenv.root}/pyenv.d", *_HOOKS, *pyenv.files.plugin_hooks()]
    return answered(*pyenv.files.hook_scripts(folders, words[0]))


def _found(pyenv: Pyenv, program: str, *, system: bool) -> tuple[str, list[str]]:
    """Return the file of a program, or nothing, and the chosen versions that are not installed."""
    absent = []
    for name in [*pyenv.chosen(force=True)[0], *([SYSTEM] if system else [])]:
        if name == SYSTEM:
            path = pyenv.of_system(program)
        elif latest := pyenv.latest(name):
            path = f"{pyenv.prefix(latest)}/bin/{program}"
        else:
            absent.append(name)
            continue
        if path and pyenv.files.is_file(path) and pyenv.files.is_program(path):
            return path, absent
    return "", absent


def _having(pyenv: Pyenv, program: str) -> list[tuple[str, str]]:
    paths = [(name, f"{prefix}/bin/{program}") for name, prefix in pyenv.versions.items()]
    return [(name, path) for name, path in paths if pyenv.files.is_program(path)]
