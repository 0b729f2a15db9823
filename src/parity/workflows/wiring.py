"""The only place that builds engines, each imported on first use: what is not needed costs nothing."""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would cost more than this module
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from parity.engines.store.roots import Roots


def roots(environ: Mapping[str, str]) -> Roots:
    """Return the records of this user's store."""
    from parity.engines.store.home import home_folder
    from parity.engines.store.roots import Roots

    return Roots(home_folder(environ))


def replace_process(command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Become another program; returns 127 only where there is no such program."""
    from parity.engines.system.execution import replace_process

    return replace_process(command, environ)
