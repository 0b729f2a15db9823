"""Write down everything that decides bytes: manifests → parity.lock.

The lock keeps what still fits; `--upgrade` moves on.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from parity.cli.answers import Answer
from parity.cli.options import add_lock_options, add_root_options, root_of, wish_of
from parity.core.amounts import counted
from parity.workflows import lock, project, wiring

if TYPE_CHECKING:
    import argparse

    from parity.cli.context import Context
    from parity.core.lockfile.diff import Change


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity lock`."""
    add_root_options(parser)
    add_lock_options(parser)
    parser.add_argument("--check", action="store_true", help="only say whether the lock is current; no network")
    parser.add_argument(
        "--upgrade",
        nargs="*",
        metavar="PACKAGE",
        help="take the newest versions that fit, of everything or of these packages",
    )


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Lock, or check the lock."""
    roots = wiring.roots(context.environ)
    root = root_of(arguments, context)

    def tools() -> lock.Tools:
        return wiring.lock_tools(context.environ, root, offline=context.offline, reporter=context.reporter)

    upgrade = () if arguments.upgrade is None else tuple(arguments.upgrade) or ("*",)
    wish = wish_of(arguments, context, upgrade=upgrade)
    if arguments.check:
        return _answer(lock.check(root, wish, tools()))
    with project.held(roots, root, context.reporter):
        # built after the wait: what a named environment is made of may be something else by then
        return _answer(lock.lock(root, wish, tools()))


def _answer(result: lock.LockResult) -> Answer:
    return Answer(
        data={
            "path": str(result.path),
            "changed": result.changed,
            "targets": [{"name": each.name, "conda": each.conda, "pypi": each.pypi} for each in result.targets],
            "changes": [change.to_dict() for change in result.changes],
        },
        findings=result.findings,
        summary=summary_of(result),
    )


def summary_of(result: lock.LockResult) -> str:
    """Return in a few lines what locking did."""
    counts = ", ".join(f"{counted(each.conda + each.pypi, 'package')} for {each.name}" for each in result.targets)
    if not result.changed:
        return f"{result.path.name} is current: {counts}"
    return "\n".join([*_shown_changes(result), f"locked {counts}"])


def _shown_changes(result: lock.LockResult) -> list[str]:
    """Return a line for each change; a target that is new or gone is one thing, and so are other files of a version."""
    packages = {target.name: target.conda + target.pypi for target in result.targets}
    lines: list[str] = []
    for name, group in groupby(result.changes, key=lambda change: change.target):
        changes = list(group)
        if name not in packages:
            lines.append(f"  {name} is no target any more: `--target` names all that there are to be")
        elif sum(change.kind == "added" for change in changes) < packages[name]:
            files = [change for change in changes if _is_file(change)]
            lines += [shown(change) for change in changes if change not in files]
            lines += (
                [f"  {counted(len(files), 'package')} with other files of the same version ({name})"] if files else []
            )
    return lines


def _is_file(change: Change) -> bool:
    """Say whether a change is about files of one version, whose names tell nobody anything."""
    return change.kind == "changed" and change.after.endswith((".whl)", ".tar.gz)", ".zip)"))


def shown(change: Change) -> str:
    """Return a line for a change."""
    versions = f"{change.before or 'new'} → {change.after or 'gone'}"
    return f"  {change.name} {versions} ({change.target})"
