"""Set, show and forget variables of an environment that belongs to no project.

`vars set NAME=VALUE …`, `vars list`, `vars unset NAME …`. What is set here wins over what a manifest says.
"""

import argparse
import re

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.options import add_named_options, named_root_of
from parity.core.amounts import counted
from parity.core.errors import UsageError
from parity.workflows import wiring
from parity.workflows.env_update import Variables, set_variables, variables_of

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity env config`."""
    parser.add_argument("subject", choices=["vars"], metavar="vars")
    parser.add_argument("action", choices=["set", "list", "unset"], metavar="set|list|unset")
    parser.add_argument("words", nargs="*", metavar="NAME[=VALUE]", help="what to set or forget")
    add_named_options(parser)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Do it, and show the variables as they are then."""
    root = named_root_of(arguments, context)
    roots = wiring.roots(context.environ)
    if bool(arguments.words) == (arguments.action == "list"):
        raise UsageError(
            f"`vars {arguments.action}` takes {'no name' if arguments.words else 'a name'}",
            hint="as in `parity env config vars set -n NAME VARIABLE=VALUE`",
        )
    if arguments.words:
        tools = wiring.env_tools(context.environ, offline=context.offline, reporter=context.reporter)
        set_variables(tools, root, _wanted(arguments.words, setting=arguments.action == "set"))
    variables = dict(variables_of(roots, root))
    lines = tuple(f"{name} = {value}" for name, value in variables.items())
    if arguments.action == "list":
        return Answer(data={"variables": variables}, lines=lines)
    count = counted(len(variables), "variable")
    summary = f"{roots.named.title(str(root))} has {count}: a shell that is in it has to activate it again"
    return Answer(data={"variables": variables}, summary=summary)


def _wanted(words: list[str], *, setting: bool) -> Variables:
    for word in words:
        if not word.partition("=")[0] or ("=" in word) != setting or "\0" in word:
            raise UsageError(f"`{word}` is not what is expected", hint="write `NAME=VALUE` to set, `NAME` to forget")
        if setting and not _NAME.fullmatch(word.partition("=")[0]):
            hint = "a name has letters, digits and `_`, and does not begin with a digit"
            raise UsageError(f"no shell can set `{word.partition('=')[0]}`", hint=hint)
        if setting and word.startswith("PATH="):
            hint = "a script in `etc/conda/activate.d` of a package may add to it"
            raise UsageError("`PATH` is what an environment is made of, and no variable of it", hint=hint)
    if not setting:
        return Variables(values={}, forgotten=words)
    return Variables(values={name: value for name, _, value in (word.partition("=") for word in words)})
