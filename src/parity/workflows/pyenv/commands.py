"""pyenv's commands by name: from the words of a call to what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.pyenv.reply import Refused, Reply, answered, failed
from parity.core.pyenv.usage import COMMANDS, OF_SHELLS, explanation, overview, usage
from parity.workflows.pyenv import beginning, choosing, environments, installing, programs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from parity.workflows.pyenv.state import Pyenv

    Command = Callable[[Pyenv, Sequence[str]], Reply]


def answer(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Carry out one call and return what it answers. Raises what installing does, OSError."""
    words = list(words[1:] if words[:1] == ["--debug"] else words)
    if not words:
        return failed(_release(pyenv), *overview())
    command, rest = {"-v": "--version", "-h": "help", "--help": "help"}.get(words[0], words[0]), words[1:]
    if pyenv.environ.get("PARITY_SHELL") and f"sh-{command}" in _CARRIED_OUT:
        command = f"sh-{command}"  # what answers is evaluated, by parity's own integration
    if command not in _CARRIED_OUT:
        if command == "shell":
            return failed("pyenv: shell integration not enabled. Run `pyenv init' for instructions.")
        return failed(f"pyenv: no such command `{command}'")
    if rest[:1] == ["--help"] and command in COMMANDS:
        return answered(*explanation(command))
    try:
        return _CARRIED_OUT[command](pyenv, rest)
    except Refused as refused:
        return refused.reply


def _release(pyenv: Pyenv) -> str:
    return f"pyenv {pyenv.release} (parity)"


def _version(pyenv: Pyenv, _: Sequence[str]) -> Reply:
    return answered(_release(pyenv))


def _help(_: Pyenv, words: Sequence[str]) -> Reply:
    short = words[:1] == ["--usage"]
    names = words[short:]
    if not names or names[0] == "pyenv":
        return Reply(out=overview()[:1], code=1) if short else answered(*overview())
    if names[0] not in COMMANDS:
        return failed(f"pyenv: no such command `{names[0]}'")
    return answered(*(usage(names[0]) if short else explanation(names[0])))


def _commands(_: Pyenv, words: Sequence[str]) -> Reply:
    if "--sh" in words:
        return answered(*OF_SHELLS)
    own = {"activate", "deactivate", "rehash"}  # there in both forms
    names = [name for name in COMMANDS if "--no-sh" not in words or name not in OF_SHELLS or name in own]
    return answered(*sorted(names))


def _completions(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Answer what can stand behind a command."""
    if not words:
        return failed(*usage("completions"))
    versions = ["system", *(name for name in pyenv.versions)]
    offered: dict[str, Sequence[str]] = {
        **dict.fromkeys(("global", "prefix"), versions),
        **{name: ["--unset", *versions] for name in ("local", "shell")},
        **dict.fromkeys(("which", "whence", "exec"), pyenv.made.shims.names()),
        "uninstall": ["--force", *pyenv.versions],
        "help": ["--usage", *COMMANDS],
    }
    return answered("--help", *offered.get(words[0], ()))


def _without_shell(_: Pyenv, __: Sequence[str]) -> Reply:
    return failed("pyenv: shell integration not enabled. Run `pyenv init' for instructions.")


_CARRIED_OUT: dict[str, Command] = {
    "--version": _version,
    "activate": _without_shell,
    "commands": _commands,
    "completions": _completions,
    "deactivate": _without_shell,
    "exec": programs.exec_,
    "global": choosing.global_,
    "help": _help,
    "hooks": programs.hooks,
    "init": beginning.init,
    "install": installing.install,
    "latest": choosing.latest,
    "local": choosing.local,
    "prefix": choosing.prefix,
    "rehash": programs.rehash,
    "root": choosing.root,
    "sh-activate": environments.sh_activate,
    "sh-deactivate": environments.sh_deactivate,
    "sh-rehash": programs.sh_rehash,
    "sh-shell": choosing.sh_shell,
    "shims": programs.shims,
    "uninstall": installing.uninstall,
    "version": choosing.version,
    "version-file": choosing.version_file,
    "version-file-read": choosing.version_file_read,
    "version-file-write": choosing.version_file_write,
    "version-name": choosing.version_name,
    "version-origin": choosing.version_origin,
    "versions": choosing.versions,
    "virtualenv": environments.virtualenv,
    "virtualenv-delete": environments.virtualenv_delete,
    "virtualenv-init": beginning.virtualenv_init,
    "virtualenv-prefix": environments.virtualenv_prefix,
    "virtualenvs": environments.virtualenvs,
    "whence": programs.whence,
    "which": programs.which,
}
