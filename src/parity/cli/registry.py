"""Every command, as a table: help is shown without importing one of them.

A command's module has `configure(parser)` and `run(arguments, context) -> Answer`.
"""

from typing import NamedTuple


class Entry(NamedTuple):
    """Where a command lives and what it does, in the words of `parity --help`."""

    module: str
    summary: str
    raw: bool = False  # all words behind its name are its own, those too that look like options


_AT = "parity.cli.commands."

COMMANDS = {
    "init": Entry(_AT + "init", "begin a manifest where there is none"),
    "add": Entry(_AT + "add", "ask for packages: the manifest, the lock and the environment follow"),
    "remove": Entry(_AT + "remove", "ask for packages no more"),
    "update": Entry(_AT + "update", "take the newest versions that fit, and sync"),
    "lock": Entry(_AT + "lock", "write down everything that decides bytes: manifests → parity.lock"),
    "sync": Entry(_AT + "sync", "make the environment what the lock says: parity.lock → .venv"),
    "run": Entry(_AT + "run", "run a command in the environment, in sync first"),
    "list": Entry(_AT + "list", "show what is in the environment, and who asked for it"),
    "why": Entry(_AT + "why", "show who asked for a package, and why it is this version"),
    "verify": Entry(_AT + "verify", "prove that what is on disk is what was locked"),
    "repair": Entry(_AT + "repair", "put right what differs from the lock, and only that"),
    "fingerprint": Entry(_AT + "fingerprint", "say in one digest what is installed, independent of where"),
    "history": Entry(_AT + "history", "show what the environment was, a generation for every switch"),
    "rollback": Entry(_AT + "rollback", "go back to an earlier generation, and stay there until the next sync"),
    "diff": Entry(_AT + "diff", "say what is different between two environments, locks or machines"),
    "gc": Entry(_AT + "gc", "remove environments that nothing uses any more, and what killed processes left"),
    "cache": Entry(_AT + "cache", "show, prove and clean what is kept for the next environment"),
    "exec": Entry(_AT + "exec", "run a program as its shim would: the project's, or the pinned version's"),
    "which": Entry(_AT + "which", "say which program a name means here, and who chose it"),
    "hook": Entry(_AT + "hook", "print a shell's integration: shims on PATH, switching on `cd`, completions"),
    "shell": Entry(_AT + "shell", "start a shell in the environment, in sync first"),
    "activate": Entry(_AT + "activate", "switch a shell with the integration to a named environment"),
    "deactivate": Entry(_AT + "deactivate", "switch it back to what the working directory says"),
    "pyenv": Entry(_AT + "pyenv", "pyenv's own commands, over pyenv's own folder", raw=True),
    "export": Entry(_AT + "export", "write what is locked in another tool's format"),
    "env": Entry(_AT + "env", "make, list and remove environments that belong to no project"),
    "matrix": Entry(_AT + "matrix", "run a command in many environments at once: Pythons, targets, versions"),
    "kernel": Entry(_AT + "kernel", "let Jupyter run notebooks in an environment, whatever is locked by then"),
    "check": Entry(_AT + "check", "say whether the lock runs on a machine, before anything is copied there"),
    "probe": Entry(_AT + "probe", "record what this machine is, for checks on another"),
    "import": Entry(_AT + "import_", "take over from another tool: pyenv's versions and pins"),
    "python": Entry(_AT + "python", "list, find and install interpreters"),
}
