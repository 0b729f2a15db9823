"""Say what is different between two environments, what matters most first.

A and B are generations of `parity history`, locks, environments, projects, or files that `parity fingerprint --full`
wrote on another machine; B is the project's environment where it is left out. A lock may also be one of git's, as
`REVISION:PATH`; of two locks every target is compared. With `-n NAME` or `-p PREFIX` they are generations of that
environment, and B is what it is now; given twice, the two are compared.
"""

import argparse
from collections.abc import Iterator, Sequence

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.options import add_several_roots_options, roots_of
from parity.cli.render import markdown
from parity.core.amounts import counted
from parity.core.comparison import Difference
from parity.core.errors import UsageError
from parity.core.lock_comparison import LockComparison
from parity.workflows import wiring_upkeep
from parity.workflows.diff import diff, diff_locks

_MOST_FILES = 20  # on a terminal


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity diff`."""
    add_several_roots_options(parser)
    parser.add_argument(
        "before", metavar="A", nargs="?", default="", help="a generation, lock, environment, project or fingerprint"
    )
    parser.add_argument("after", metavar="B", nargs="?", default="", help="the same (default: the project's)")
    parser.add_argument("--target", default="", metavar="NAME", help="which target of a lock (default: this machine's)")
    parser.add_argument("--markdown", action="store_true", help="as Markdown, for a comment on a pull request")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Compare two sides."""
    tools = wiring_upkeep.diff_tools(context.environ)
    sides = [word for word in (arguments.before, arguments.after) if word]
    roots = roots_of(arguments, context)
    if len(roots) + len(sides) > 2 and len(roots) != 1:  # noqa: PLR2004 - a comparison has two sides
        raise UsageError("a comparison has two sides", hint="name two of them, as in `parity diff -n one -n two`")
    if not roots and not sides:
        raise UsageError("nothing is named to compare with", hint="name a generation of `parity history`, or `-n NAME`")
    context.reporter.phase("reading both")
    two = len(sides) == 2 and not roots and not arguments.target  # noqa: PLR2004 - same
    locks = diff_locks(tools, context.directory, sides) if two else None
    found = diff(tools, context.directory, sides, roots, target=arguments.target)
    data = {"entries": [each.to_dict() for each in found], "locks": locks.to_dict() if locks else None}
    if locks is not None:
        lines = _markdown_of_locks(locks, sides) if arguments.markdown else _of_locks(locks)
        return Answer(data=data, lines=tuple(lines), summary=_summary(len(locks), 0))
    if arguments.markdown:
        return Answer(data=data, lines=_markdown([(each, ()) for each in found]), summary=_summary(len(found), 0))
    files = [each for each in found if each.kind == "file"]
    left_out = {each.name for each in files[_MOST_FILES:]}
    shown = tuple(_line(each) for each in found if each.kind != "file" or each.name not in left_out)
    return Answer(data=data, lines=shown, summary=_summary(len(found), len(left_out)))


def _of_locks(locks: LockComparison) -> Iterator[str]:
    """Yield the lines about two locks; where some targets differ and others do not, it is said which."""
    for setting in locks.settings:
        yield f"{'lock':<11} {setting.name}: {setting.before or 'nothing'} → {setting.after or 'nothing'}"
    for word, names in (("removed", locks.removed), ("added", locks.added)):
        yield from (f"{'target':<11} {name}: {word}" for name in names)
    for each in locks.entries:
        where = "" if each.targets == locks.shared else f" ({', '.join(each.targets)})"
        yield f"{_line(each.difference)}{where}"


def _markdown_of_locks(locks: LockComparison, sides: Sequence[str]) -> Iterator[str]:
    yield f"### {markdown.code(sides[0])} → {markdown.code(sides[1])}"
    yield ""
    if not len(locks):
        yield "No difference."
        return
    yield f"{_summary(len(locks), 0).capitalize()} on {', '.join(map(markdown.code, locks.shared)) or 'no target'}."
    whole = [(name, markdown.code(old), markdown.code(new)) for name, old, new in locks.settings]
    whole += [("target", markdown.code(name), "") for name in locks.removed]
    whole += [("target", "", markdown.code(name)) for name in locks.added]
    if whole:
        yield from ("", *markdown.table(("lock", "before", "after"), whole))
    if locks.entries:
        told = [(each.difference, () if each.targets == locks.shared else each.targets) for each in locks.entries]
        yield from ("", *_markdown(told))


def _markdown(found: Sequence[tuple[Difference, tuple[str, ...]]]) -> tuple[str, ...]:
    """Return a table of differences, and of the targets on which they are some, where that is not all of them."""
    some = any(targets for _, targets in found)
    heading = ("kind", "name", "before", "after", *(["only on"] if some else []))
    rows = [
        (
            each.kind,
            markdown.code(each.name),
            markdown.code(each.before),
            markdown.code(each.after),
            *([", ".join(map(markdown.code, targets))] if some else []),
        )
        for each, targets in found
    ]
    return markdown.table(heading, rows) if rows else ("No difference.",)


def _line(each: Difference) -> str:
    name = "" if each.kind == each.name else f" {each.name}"
    return f"{each.kind:<11}{name}: {each.before or 'nothing'} → {each.after or 'nothing'}"


def _summary(count: int, left_out: int) -> str:
    if not count:
        return "no difference"
    more = f" ({counted(left_out, 'file')} more with `--json`)" if left_out else ""
    return f"{counted(count, 'difference')}{more}"
