"""A rollback to an environment that is there: a link and two records, without a look at any lock.

As in `quick`, whoever finds anything out of the ordinary returns None, and the long way says what it is.
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would cost more than this module
if TYPE_CHECKING:
    from collections.abc import Sequence

    from parity.engines.store.roots import Roots

_KEY, _LOCK, _ORIGIN = 1, 3, 5  # of a generation's row


def go_back(roots: Roots, project: str, number: str) -> tuple[str, str, bool] | None:
    """Roll a root back to a generation (empty: the one before) and hold it there.

    Returns the number that it went back to, the key of the environment, and whether it is another one than before.
    """
    if not roots.trusted():
        return None
    with roots.lock(project):
        linked = roots.linked(project)
        chosen = _chosen(roots.generations(project), linked.removeprefix(roots.environment("")), number)
        if chosen is None or not roots.owns_link(project):
            return None
        environment, origin = roots.environment(chosen[_KEY]), _origin(chosen)
        if not roots.is_complete(environment):
            return None
        roots.switch_back(project, chosen[_KEY], chosen[_LOCK], origin)
        roots.hold_at(project, environment, origin)
    return str(origin), chosen[_KEY], linked != environment


def _chosen(past: Sequence[Sequence[str]], key: str, number: str) -> Sequence[str] | None:
    """Return the row of a generation, as core/generations chooses it."""
    if number:
        return next((row for row in past if row[0] == number), None)
    start = next((row for row in reversed(past) if row[_KEY] == key), past[-1] if past else None)
    return start and next((row for row in reversed(past) if int(row[0]) < _origin(start)), None)


def _origin(row: Sequence[str]) -> int:
    return int(row[_ORIGIN]) if len(row) > _ORIGIN and int(row[_ORIGIN]) else int(row[0])
