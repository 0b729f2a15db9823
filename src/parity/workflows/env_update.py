"""Changing what an environment that belongs to no project is made of."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from parity.core.dataclass import dataclass
from parity.core.errors import UsageError
from parity.core.lockfile import v1
from parity.workflows.env_create import Created, changed
from parity.workflows.env_ingredients import Asked, Ingredients, Reader, joined, kept
from parity.workflows.load import load
from parity.workflows.lock import Wish
from parity.workflows.lock_text import lock_of
from parity.workflows.project import held_as_named
from parity.workflows.quick import LOCK_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from parity.engines.store.roots import Roots
    from parity.workflows.env_create import Tools

VARIABLES = "variables.yml"
_KEY = "variables: "


def update(tools: Tools, root: Path, asked: Asked, wish: Wish, *, prune: bool) -> Created:
    """Add manifests to those of an environment, or have them in their place (`prune`); what still fits stays.

    Raises ManifestMissing, UsageError, and what locking and syncing raise; the environment is then as it was.
    """
    with held_as_named(tools.roots, root, tools.reporter):
        new = Reader(cache(tools.read), asked, wish).ingredients(root)
        return changed(tools, root, new if prune else joined(kept(tools.roots, str(root)), new), wish)


def variables_of(roots: Roots, root: Path) -> Mapping[str, str]:
    """Return the variables that an environment sets, whoever says so. Raises LockfileError, OSError."""
    return lock_of(roots, root).variables


@dataclass(frozen=True, slots=True, kw_only=True)
class Variables:
    """What is to be done about variables: values to set, and names to forget."""

    values: Mapping[str, str]
    forgotten: Sequence[str] = ()

    def applied(self, before: Mapping[str, str]) -> dict[str, str]:
        """Return variables with this done to them."""
        return {name: value for name, value in {**before, **self.values}.items() if name not in self.forgotten}


def set_variables(tools: Tools, root: Path, wanted: Variables) -> Created:
    """Set and forget variables of an environment. Raises UsageError for a name that was not set this way."""
    with held_as_named(tools.roots, root, tools.reporter):
        old = kept(tools.roots, str(root))
        if old.lock:
            lock = v1.parse(old.lock, LOCK_NAME)
            _refuse_unknown(wanted, lock.variables, lock.variables)
            text = v1.dump(replace(lock, variables=wanted.applied(lock.variables)))
            return changed(tools, root, replace(old, lock=text), Wish())
        own: dict[str, str] = json.loads(old.texts[VARIABLES].removeprefix(_KEY)) if VARIABLES in old.texts else {}
        _refuse_unknown(wanted, own, variables_of(tools.roots, root))
        text = f"{_KEY}{json.dumps(wanted.applied(own))}\n"
        others = tuple(name for name in old.manifests if name != VARIABLES)
        new = Ingredients(manifests=(VARIABLES, *others), texts={**old.texts, VARIABLES: text})
        return changed(tools, root, new, Wish(), lock=_relocked(tools, root, new))


def _relocked(tools: Tools, root: Path, new: Ingredients) -> str:
    """Return the lock with what the manifests say of variables now: that decides nothing that is resolved."""
    lock = lock_of(tools.roots, root)
    texts = {str(root / path): text for path, text in new.texts.items()}
    spec = load(
        root,
        read=lambda path: texts.get(str(path)),
        manifests=new.manifests,
        groups=lock.groups,
        extras=lock.extras,
        platform=tools.lock_tools(root).host.platform,
        alone=True,
    ).spec
    return v1.dump(replace(lock, manifests=spec.manifests, variables=spec.variables))


def _refuse_unknown(wanted: Variables, own: Mapping[str, str], every: Mapping[str, str]) -> None:
    for name in wanted.forgotten:
        if name not in own:
            hint = "a manifest sets it: change it there and use `parity env update -f FILE`"
            hint = hint if name in every else "`parity env config vars list` shows those that are set"
            raise UsageError(f"`{name}` was not set with `parity env config vars set`", hint=hint)
