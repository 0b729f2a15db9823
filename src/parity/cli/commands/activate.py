"""Switch this shell to a named environment, or to a project's, wherever it goes; `parity deactivate` ends it.

A program cannot change the shell it was called from: this needs the integration, `parity hook`.
"""

import argparse

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.core.activation.choice import chosen
from parity.core.errors import EnvironmentMissing, ShellIntegrationMissing
from parity.core.python_names import is_safe
from parity.workflows import wiring


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what is to be switched to."""
    parser.add_argument("name", metavar="NAME", help="a named environment, or a project's folder with a `/` in it")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Answer what the shell is to evaluate. Raises EnvironmentMissing, ShellIntegrationMissing."""
    roots = wiring.roots(context.environ)
    name: str = arguments.name
    by_path = "/" in name or name.startswith(".")
    if not by_path and not is_safe(name):
        raise EnvironmentMissing(f"`{name}` is not the name of an environment", hint="names have no spaces or slashes")
    root = (context.directory / name).resolve() if by_path else roots.named.root_of(name)
    if not roots.vouched(str(root)):
        raise EnvironmentMissing(
            f"there is no environment `{name}`",
            hint="run `parity sync` in the project first"
            if by_path
            else "`parity env list` shows those that have names",
        )
    return Answer(data={"root": str(root)}, lines=(chosen(shell_of(context), str(root)),))


def shell_of(context: Context) -> str:
    """Return the shell that evaluates the answer. Raises ShellIntegrationMissing where none will."""
    shell = context.environ.get("PARITY_SHELL", "")
    if not shell:
        raise ShellIntegrationMissing(
            "this shell does not have parity's integration",
            hint='add `eval "$(parity hook bash)"` to its start-up file, or use `parity shell` and `parity run`',
        )
    return shell
