"""The environment of a script that says in its comments what it needs (PEP 723), where it was made before.

Part of `parity run SCRIPT.py`: imports only what costs nothing.
"""

from __future__ import annotations

import os

from parity.core.manifests.script_blocks import block_of

TYPE_CHECKING = False  # importing typing would cost more than this module
if TYPE_CHECKING:
    from parity.engines.store.roots import Roots


def root_of(roots: Roots, script: str) -> str:
    """Return the root of the environment that a script asks for, made or not; nothing where it asks for none.

    What a script says and where it stands decide; the code below does not. Raises OSError, ValueError for a script
    that is no UTF-8 or has two blocks.
    """
    folder, _, name = os.path.join(os.getcwd(), script).rpartition("/")
    data = roots.read_file(folder, name)
    if data is None or b"# /// script" not in data:
        return ""
    block = block_of(data.decode("utf-8-sig"))
    return roots.named.passing_root("script", os.path.normpath(folder), block[1]) if block else ""
