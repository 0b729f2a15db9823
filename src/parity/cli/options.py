"""Options that several commands share, and what they mean."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from parity.core.errors import UsageError
from parity.workflows import project, wiring

if TYPE_CHECKING:
    from pathlib import Path

    from parity.cli.context import Context
    from parity.workflows.lock import Wish


def add_lock_options(parser: argparse.ArgumentParser) -> None:
    """Add what decides what is locked. What is given by flag is recorded in the lock and stays in force."""
    group = add_import_options(parser)
    group.add_argument("--route", choices=["venv", "conda"], help="how the environment is made")


def add_import_options(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Add what decides what is locked where the route is settled."""
    group = parser.add_argument_group("what to lock (recorded in the lock, in force until changed)")
    group.add_argument(
        "--target",
        action="append",
        default=[],
        metavar="TARGET",
        help="a machine to lock for, by its name or its file (repeat)",
    )
    group.add_argument("--group", action="append", metavar="NAME", help="a dependency group to include (repeat)")
    group.add_argument("--extra", action="append", metavar="NAME", help="an extra of the project to include (repeat)")
    group.add_argument("--no-groups", action="store_true", help="leave all groups out again")
    group.add_argument("--no-extras", action="store_true", help="leave all extras out again")
    return group


def add_root_options(parser: argparse.ArgumentParser) -> None:
    """Add what says whose environment is meant, where it is not that of the project around the working directory."""
    add_named_options(parser).add_argument(
        "--project", default="", metavar="DIR", help="the project in DIR, without going there as `-C` does"
    )


def add_named_options(parser: argparse.ArgumentParser) -> argparse._MutuallyExclusiveGroup:
    """Add what names an environment that belongs to no project, and return the group of which one may be given."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("-n", "--name", default="", action=_Named, metavar="NAME", help="the named environment NAME")
    group.add_argument(
        "-p", "--prefix", default="", action=_Named, metavar="PREFIX", help="the environment at the address PREFIX"
    )
    return group


class _Named(argparse.Action):
    """Keeps what names an environment; nothing would mean the project here. Raises UsageError."""

    def __call__(
        self, _parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, _option: str | None = None
    ) -> None:
        if not values:
            hint = "perhaps a variable of the shell has nothing in it"
            raise UsageError("the name of the environment is empty", hint=hint)
        setattr(namespace, self.dest, values)


def root_of(arguments: argparse.Namespace, context: Context, *, unlinked: bool = False) -> Path:
    """Return the root that the options mean: a named environment's, else that of the project around the folder.

    `unlinked`: also that of an environment whose link at its address is gone. Raises ProjectMissing,
    EnvironmentUnknown, NameInvalid.
    """
    roots = wiring.roots(context.environ)
    name, prefix = arguments.name, arguments.prefix
    named: str = getattr(arguments, "project", "")
    directory = context.directory / named
    if not directory.is_dir():
        raise UsageError(f"there is no folder `{named}`", hint="name the folder of a project")
    return project.find_root(roots, directory, name=name, prefix=prefix, unlinked=unlinked)


def add_several_roots_options(parser: argparse.ArgumentParser) -> None:
    """Add what says which environments are meant, where there may be two of them."""
    several: dict[str, Any] = {"dest": "roots", "action": "append", "default": []}
    parser.add_argument(
        *("-n", "--name"), **several, type=_by_name, metavar="NAME", help="the named environment NAME (repeat for two)"
    )
    parser.add_argument(
        *("-p", "--prefix"), **several, type=_at_prefix, metavar="PREFIX", help="the environment at PREFIX (repeat)"
    )


def roots_of(arguments: argparse.Namespace, context: Context) -> list[Path]:
    """Return the roots that the options mean, in their order. Raises EnvironmentUnknown, NameInvalid."""
    roots = wiring.roots(context.environ)
    return [project.find_root(roots, context.directory, **meant) for meant in arguments.roots]


def _by_name(word: str) -> dict[str, str]:
    return {"name": word}


def _at_prefix(word: str) -> dict[str, str]:
    return {"prefix": word}


def named_root_of(arguments: argparse.Namespace, context: Context) -> Path:
    """Return the root that the options mean, which must be one of an environment that belongs to no project.

    Raises UsageError, EnvironmentUnknown, NameInvalid.
    """
    if not (arguments.name or arguments.prefix):
        raise UsageError(
            "no environment is named", hint="name one with `-n NAME`, or give its address with `-p PREFIX`"
        )
    return root_of(arguments, context)


def add_sync_options(parser: argparse.ArgumentParser) -> None:
    """Add what decides whether the lock is looked at."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--locked", action="store_true", help="refuse to change the lock")
    group.add_argument("--frozen", action="store_true", help="take the lock as it is, without a look at the manifests")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--allow-cpu",
        action="store_true",
        default=None,
        help="take a target without an accelerator where this machine satisfies none with one, from now on",
    )
    choice.add_argument(
        "--no-allow-cpu", action="store_false", dest="allow_cpu", help="refuse that again, also against the settings"
    )


def wish_of(arguments: argparse.Namespace, context: Context, *, upgrade: tuple[str, ...] = ()) -> Wish:
    """Return what the options say about a lock; files of targets are relative to the folder of the command."""
    from parity.core.own_targets import is_file  # noqa: PLC0415 - likewise
    from parity.workflows.lock import Wish  # noqa: PLC0415 - who only names an environment reads no manifest

    return Wish(
        route=getattr(arguments, "route", None) or "",
        targets=tuple(str(context.directory / each) if is_file(each) else each for each in arguments.target),
        groups=() if arguments.no_groups else _given(arguments.group),
        extras=() if arguments.no_extras else _given(arguments.extra),
        upgrade=upgrade,
    )


def _given(values: list[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)
