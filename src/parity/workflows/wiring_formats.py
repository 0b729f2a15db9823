"""Building the engines of what goes to other tools and comes from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.workflows import wiring

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from parity.core.ports import Locator, Md5s, Reporter
    from parity.core.spec import Index
    from parity.workflows import export, import_file


def export_tools(environ: Mapping[str, str], root: Path, *, offline: bool, reporter: Reporter) -> export.Tools:
    """Return what exporting needs; uv is asked only for formats that want addresses."""
    from functools import partial

    from parity.engines.system.files import is_standard_output
    from parity.workflows.export import Tools

    return Tools(
        is_output=is_standard_output,
        lock=wiring.lock_tools(environ, root, offline=offline, reporter=reporter),
        book=partial(wiring.address_book, environ, root),
        locator=partial(_locator, environ, root, offline=offline),
        md5s=partial(_md5s, environ, offline=offline),
    )


def import_tools(environ: Mapping[str, str], root: Path, *, offline: bool, reporter: Reporter) -> import_file.Tools:
    """Return what taking over another tool's lock needs."""
    from functools import partial

    from parity.engines.machine.prefix import digests_of, read_prefix
    from parity.workflows.import_file import Tools

    lock = wiring.lock_tools(environ, root, offline=offline, reporter=reporter)
    book = partial(wiring.address_book, environ, root)
    return Tools(lock=lock, book=book, read_prefix=read_prefix, digests_of=digests_of)


def _md5s(environ: Mapping[str, str], *, offline: bool) -> Md5s:
    from parity.engines.conda.md5 import Md5Book

    return Md5Book(gateways=wiring.gateways(environ, offline=offline))


def _locator(environ: Mapping[str, str], root: Path, indexes: Sequence[Index], *, offline: bool) -> Locator:
    from parity.engines.pypi.indexes import IndexSettings
    from parity.engines.pypi.locate import UvLocator

    runner = wiring.uv(environ, offline=offline)
    return UvLocator(uv=runner, settings=IndexSettings(indexes=indexes, environ=runner.environ, root=root))
