"""The same environment under another name, or at another address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.errors import EnvironmentUnknown
from parity.core.lockfile import v1
from parity.workflows.env_create import Created, is_free, made, root_for
from parity.workflows.env_ingredients import kept
from parity.workflows.lock import Wish
from parity.workflows.project import held, held_as_named
from parity.workflows.quick import LOCK_NAME

if TYPE_CHECKING:
    from pathlib import Path

    from parity.workflows.env_create import Tools


def clone(tools: Tools, source: Path, *, name: str, prefix: str) -> Created:
    """Make an environment of what another is made of, with its lock. Raises EnvironmentExists, NameInvalid."""
    root = root_for(tools.roots, name, prefix)
    with held_as_named(tools.roots, root, tools.reporter):
        is_free(tools.roots, root, prefix)
        lock = v1.decode(tools.roots.read_file(str(source), LOCK_NAME) or b"", LOCK_NAME)
        return made(tools, root, kept(tools.roots, str(source)), prefix, Wish(), lock=lock)


def rename(tools: Tools, source: Path, name: str) -> Path:
    """Give an environment another name, and return its folder; its history comes along.

    Raises EnvironmentExists, EnvironmentUnknown where another parity removed it meanwhile, NameInvalid.
    """
    roots, root = tools.roots, root_for(tools.roots, name, "")
    is_free(roots, root, "")
    first, second = sorted((source, root))  # whoever renames the other way round takes them in the same order
    # a sync holds the last one alone: it would go on in a folder that is no more
    both = held_as_named(roots, first, tools.reporter), held_as_named(roots, second, tools.reporter)
    with both[0], both[1], held(roots, source, tools.reporter):
        if not roots.named.exists(str(source)):
            raise EnvironmentUnknown(
                f"`{source.name}` is no environment any more", hint="`parity env list` shows those that are there"
            )
        is_free(roots, root, "")
        roots.forget(str(root))
        roots.rename(str(source), str(root))
        if sources := roots.named.sources(str(root)):
            sources.prefix = ""
            roots.named.note(str(root), sources)
        roots.named.publish(str(root))
    return root
