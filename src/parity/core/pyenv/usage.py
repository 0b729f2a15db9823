"""How each of pyenv's commands is called, and what it does in a line: the interface as pyenv documents it."""

from collections.abc import Mapping
from typing import NamedTuple


class Entry(NamedTuple):
    """A command: how it is called (nothing where it takes nothing), and what it does."""

    usage: tuple[str, ...]
    summary: str


COMMANDS: Mapping[str, Entry] = {
    "--version": Entry((), "Show which pyenv this behaves like"),
    "activate": Entry(("activate <virtualenv>", "activate --unset"), "Work in a virtual environment"),
    "commands": Entry(("commands [--sh|--no-sh]",), "Name all commands"),
    "completions": Entry(("completions <command> [arg1 arg2...]",), "Name what can stand behind a command"),
    "deactivate": Entry(("deactivate",), "Leave the virtual environment"),
    "exec": Entry(("exec <command> [arg1 arg2...]",), "Run a program of the chosen version"),
    "global": Entry(("global <version> <version2> <..>",), "Say or choose the version for everywhere"),
    "help": Entry(("help [--usage] COMMAND",), "Explain a command"),
    "hooks": Entry(("hooks <command>",), "Name the hook scripts of a command"),
    "init": Entry(
        ('eval "$(pyenv init [-|--path] [--no-push-path] [--detect-shell] [--no-rehash] [<shell>])"',),
        "Print what a shell needs to work with versions",
    ),
    "install": Entry(
        ("install [-f|-s] [-g] [-kv] <version>...", "install -l|--list",
         "install --version"),
        "Install versions",
    ),
    "latest": Entry(("latest [-k|--known] <prefix>",), "Say the newest version that begins so"),
    "local": Entry(("local [-f|--force] [<version> [...]]", "local --unset"), "Say or choose the version for a folder"),
    "prefix": Entry(("prefix [<version>...]",), "Say where versions are installed"),
    "rehash": Entry((), "Make the shims anew"),
    "root": Entry((), "Say where versions are kept"),
    "shell": Entry(("shell <version>...", "shell -", "shell --unset"), "Say or choose the version for this shell"),
    "shims": Entry(("shims [--short]",), "Name the shims"),
    "uninstall": Entry(("uninstall [-f|--force] <version> ...",), "Remove versions"),
    "version": Entry(("version [--bare]",), "Say which version is chosen here, and by whom"),
    "version-file": Entry(("version-file [<dir>]",), "Say which file chooses"),
    "version-file-read": Entry(("version-file-read <file>",), "Read a file that chooses"),
    "version-file-write": Entry(
        ("version-file-write [-f|--force] <file> <version> [...]",), "Write a file that chooses"
    ),
    "version-name": Entry((), "Say which version is chosen here"),
    "version-origin": Entry((), "Say who chose it"),
    "versions": Entry(
        ("versions [--bare] [--skip-aliases] [--skip-envs] [--executables]",), "Name all installed versions"
    ),
    "virtualenv": Entry(
        ("virtualenv [-f|--force] [VIRTUALENV_OPTIONS] [version] <virtualenv-name>", "virtualenv --version",
         "virtualenv --help"),
        "Make a virtual environment of a version",
    ),
    "virtualenv-delete": Entry(("virtualenv-delete [-f|--force] <virtualenv>",), "Remove a virtual environment"),
    "virtualenv-init": Entry(
        ('eval "$(pyenv virtualenv-init - [<shell>])"',), "Print what a shell needs to activate by itself"
    ),
    "virtualenv-prefix": Entry(("virtualenv-prefix [<virtualenv>]",), "Say what a virtual environment was made from"),
    "virtualenvs": Entry(("virtualenvs [--bare] [--skip-aliases]",), "Name all virtual environments"),
    "whence": Entry(("whence [--path] <command>",), "Name the versions that have a program"),
    "which": Entry(("which <command> [--nosystem] [--skip-advice]",), "Say which file a program is"),
}  # fmt: skip

#: Those that change the shell they are called from: it evaluates what they print.
OF_SHELLS = ("activate", "deactivate", "rehash", "shell")


def usage(command: str) -> tuple[str, ...]:
    """Return how a command is called; nothing for one that takes nothing."""
    lines = COMMANDS[command].usage
    written = [line if line.startswith("eval") else f"pyenv {line}" for line in lines]
    return tuple(f"{'Usage:' if number == 0 else '      '} {line}" for number, line in enumerate(written))


def explanation(command: str) -> tuple[str, ...]:
    """Return what `pyenv help COMMAND` says."""
    return (*(usage(command) or (f"Usage: pyenv {command}",)), "", COMMANDS[command].summary, "")


def overview() -> tuple[str, ...]:
    """Return what `pyenv help` says."""
    rows = [f"   {name:<9}   {entry.summary}" for name, entry in COMMANDS.items()]
    return (
        "Usage: pyenv <command> [<args>]",
        "",
        "Some useful pyenv commands are:",
        *rows,
        "",
        "See `pyenv help <command>' for information on a specific command.",
        "For all the rest, see `parity --help'.",
    )
