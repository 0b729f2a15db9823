"""Switch this shell to a named environment, or to a project's, wherever it goes; `parity deactivate` ends it.

A program cannot change the shell it was called from: this needs the integration, `parity hook`.
"""

import argparse

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.core.activation.choice import chosen
from parity.core.errors import ShellIntegrationMissing
from parity.workflows import project, wiring


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what is to be switched to."""
    parser.add_argument(
        "name", metavar="NAME", help="a named environment, or with a `/` in it the path of a project or an environment"
    )


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Answer what the shell is to evaluate. Raises EnvironmentUnknown, EnvironmentMissing, ShellIntegrationMissing."""
    root = project.chosen_root(wiring.roots(context.environ), context.directory, arguments.name)
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
