"""What a shell reads to work as with pyenv: `init` and `virtualenv-init`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.activation.posix import quoted
from parity.core.pyenv.reply import Reply, answered
from parity.core.pyenv.usage import OF_SHELLS
from parity.workflows import shims

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parity.workflows.pyenv.state import Pyenv

_KNOWN = ("bash", "zsh", "fish", "ksh", "pwsh")


def init(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Answer what a shell evaluates; without `-`, say to a person what to write where, exit 1."""
    flags = [word for word in words if word.startswith("-")]
    named = [word for word in words if not word.startswith("-")]
    shell = named[0] if named else pyenv.shell or "bash"
    if "-" not in flags and "--path" not in flags and "--detect-shell" not in flags:
        return Reply(err=_advice(shell), code=1)
    if "--detect-shell" in flags:
        profile, start = _files(shell)
        return answered(f"PYENV_SHELL_DETECT={shell}", f"PYENV_PROFILE_DETECT={profile}", f"PYENV_RC_DETECT={start}")
    if "--no-rehash" not in flags and pyenv.made.shims.outdated(pyenv.root):
        shims.refresh(pyenv.made)
    path = _path(shell, pyenv.made.shims.folder)
    return answered(*path, *(_functions(shell) if "-" in flags else ()))


def virtualenv_init(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Answer what has a shell enter and leave projects' environments with `cd`: parity's own integration."""
    named = [word for word in words if not word.startswith("-")]
    shell = named[0] if named else pyenv.shell or "bash"
    if "-" not in words:
        line = "pyenv virtualenv-init - | source" if shell == "fish" else 'eval "$(pyenv virtualenv-init -)"'
        return Reply(
            err=("# Activate by itself what a folder asks for: add this behind `pyenv init':", "", line), code=1
        )
    return answered(*pyenv.integration(shell).splitlines())


def _path(shell: str, folder: str) -> tuple[str, ...]:
    if shell == "fish":
        return (f"contains -- '{folder}' $PATH; or set -gx PATH '{folder}' $PATH",)
    if shell == "pwsh":
        return (f"if (-not ($Env:PATH.Split(':') -ccontains '{folder}')) {{ $Env:PATH = '{folder}:' + $Env:PATH }}",)
    return (f'case ":$PATH:" in *:{quoted(folder)}:*) ;; *) export PATH={quoted(folder)}":$PATH" ;; esac',)


def _functions(shell: str) -> tuple[str, ...]:
    """Return what lets `pyenv shell` and its like change the shell they are called from."""
    if shell == "fish":
        return (
            "set -gx PYENV_SHELL fish",
            "function pyenv",
            f'  if contains -- "$argv[1]" {" ".join(OF_SHELLS)}',
            "    command pyenv sh-$argv[1] $argv[2..] | source",
            "  else",
            "    command pyenv $argv",
            "  end",
            "end",
        )
    if shell == "pwsh":
        return (
            '$Env:PYENV_SHELL = "pwsh"',
            "function pyenv {",
            "  $program = (Get-Command -CommandType Application pyenv)[0]",
            f"  if ('{' '.join(OF_SHELLS)}'.Split(' ') -ccontains $args[0]) {{",
            '    & $program "sh-$($args[0])" @($args | Select-Object -Skip 1) | Out-String | Invoke-Expression',
            "  } else { & $program @args }",
            "}",
        )
    return (
        f"export PYENV_SHELL={shell}",
        "pyenv() {",
        '  case "${1-}" in',
        f'  {"|".join(OF_SHELLS)}) set -- "sh-$1" "$@"; eval "$(__pyenv_words "$@")" ;;',
        '  *) command pyenv "$@" ;;',
        "  esac",
        "}",
        '__pyenv_words() { __pyenv_word=$1; shift 2; command pyenv "$__pyenv_word" "$@"; }',
    )


def _files(shell: str) -> tuple[str, str]:
    known = {
        "bash": ("~/.profile", "~/.bashrc"),
        "zsh": ("~/.zprofile", "~/.zshrc"),
        "fish": ("", ""),
        "pwsh": ("~/.config/powershell/profile.ps1", "~/.config/powershell/profile.ps1"),
    }
    return known.get(shell, ("~/.profile", "~/.profile") if shell in _KNOWN else ("", ""))


def _advice(shell: str) -> tuple[str, ...]:
    if shell == "fish":
        return ("# Add this to ~/.config/fish/config.fish:", "", "pyenv init - fish | source", "")
    return (
        f"# Add this to {_files(shell)[1] or 'the start-up file of your shell'}:",
        "",
        f'eval "$(pyenv init - {shell})"',
        "",
    )
