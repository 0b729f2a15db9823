"""`parity python install`: fetched ready, or compiled here."""

import argparse
from typing import Any

from parity.cli.answers import Answer
from parity.cli.commands.python import requests_of
from parity.cli.context import Context
from parity.core.errors import UsageError
from parity.workflows import shims, wiring, wiring_pythons, wiring_shells

_OF_BUILDS = ("optimize", "debug_build", "free_threaded", "with", "keep", "patch", "archive", "allow_missing")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Install interpreters, and make shims for their programs; every archive is checked against its SHA-256."""
    given = "" if arguments.build else next((name for name in _OF_BUILDS if getattr(arguments, name)), "")
    if given:
        word = {"debug_build": "debug"}.get(given, given.replace("_", "-"))
        raise UsageError(f"`--{word}` says how to build", hint="add `--build`")
    answer = _build(arguments, context) if arguments.build else _fetch(arguments, context)
    shims.refresh(wiring_shells.shim_tools(context.environ))
    return answer


def downloads_of(arguments: argparse.Namespace, context: Context) -> str:
    """Return the user's own download list: an address, or a path made absolute."""
    source: str = arguments.downloads_json or context.environ.get("PARITY_PYTHON_DOWNLOADS", "")
    return source if not source or "://" in source else str(context.directory / source)


def _fetch(arguments: argparse.Namespace, context: Context) -> Answer:
    from parity.workflows.python import install_python  # noqa: PLC0415 - builds do without

    find, install = wiring_pythons.prebuilt(
        context.environ,
        offline=context.offline,
        mirror=arguments.mirror or context.environ.get("PARITY_PYTHON_MIRROR", ""),
        downloads=downloads_of(arguments, context),
        again=arguments.reinstall,
    )
    fetched = install_python(requests_of(arguments.requests), find=find, install=install, reporter=context.reporter)
    return _answer(fetched, [{} for _ in fetched], ())


def _build(arguments: argparse.Namespace, context: Context) -> Answer:
    from parity.core.builds.recipe import BuildOptions, normalised_parts  # noqa: PLC0415 - only builds need it
    from parity.core.builds.sources import mirrors_of  # noqa: PLC0415 - same
    from parity.workflows.python_build import build_python, sources_of  # noqa: PLC0415 - same

    def located(path: str) -> str:
        return str(context.directory / path)

    options = BuildOptions(
        optimize=arguments.optimize,
        debug=arguments.debug_build,
        free_threaded=arguments.free_threaded,
        arguments=tuple(getattr(arguments, "with")),
        keep=normalised_parts(arguments.keep),
        patches=tuple(map(located, arguments.patch)),
        allow_missing=tuple(arguments.allow_missing),
    )
    base = mirrors_of(
        context.environ, flag=arguments.mirror or "", setting=sources_of(context.directory, wiring.reader())
    )
    built = build_python(
        requests_of(arguments.requests),
        options,
        wiring_pythons.source_builds(context.environ, offline=context.offline, base=base, again=arguments.reinstall),
        context.reporter,
        archive=located(arguments.archive) if arguments.archive else "",
    )
    more = [{"recipe": each.recipe, "missing": list(each.missing), "log": each.log} for each in built]
    return _answer(built, more, [finding for each in built for finding in each.findings])


def _answer(made: Any, more: Any, findings: Any) -> Answer:
    """Return the answer about interpreters that are here now; `more` is what only a build knows."""
    nothing = {"recipe": None, "missing": None, "log": None}
    data = [
        {
            **each.interpreter.to_dict(),
            "file": each.file,
            "sha256": each.sha256,
            "reused": each.reused,
            **nothing,
            **own,
        }
        for each, own in zip(made, more, strict=True)
    ]
    new = sum(not each.reused for each in made)
    return Answer(
        data={"interpreters": data},
        lines=tuple(each.interpreter.path for each in made),
        summary=f"installed {new}, {len(made) - new} already here",
        findings=tuple(findings),
    )
