"""The words that a shell completes: asked at every TAB, so this imports only what costs nothing."""

from __future__ import annotations

from parity.workflows.quick import LOCK_NAME, MANIFEST_NAMES

TYPE_CHECKING = False  # importing typing would cost more than this module
if TYPE_CHECKING:
    from collections.abc import Callable

    from parity.engines.store.roots import Roots

KINDS = ("packages", "environments", "pythons", "targets")


def words(roots: Roots, directory: str, kind: str, pythons: Callable[[], list[str]]) -> list[str]:
    """Return the words of a kind, sorted: what is locked around a folder, and what this store has.

    A lock is not read as one, only looked through for names. Raises OSError.
    """
    if kind == "environments":
        return [name for each in roots.named.roots() if "/" not in (name := roots.named.title(each))]
    if kind == "pythons":
        return pythons()
    project = roots.find_project(directory, (LOCK_NAME, *MANIFEST_NAMES))
    text = roots.read_file(project, LOCK_NAME) if project else None
    tables = (b"conda", b"pypi") if kind == "packages" else (b"target",)
    return sorted({name.decode("utf-8", "replace") for name in _names(text or b"", tables)})


def _names(text: bytes, tables: tuple[bytes, ...]) -> list[bytes]:
    """Return the `name` of each table of some kinds; it is the first line of a table."""
    found = []
    heads = {b"[[" + table + b"]]" for table in tables}
    before = b""
    for line in text.splitlines():
        if before in heads and line.startswith(b'name = "'):
            found.append(line[8:].rstrip(b'"'))
        before = line
    return found
