"""The marker of an interpreter of parity's own: without it there is none, however much of it lies there.

<folder>/.parity/files      the manifest of its files, paths relative to the folder
<folder>/.parity/complete   the marker, written last: what it was made from
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

META = ".parity"


def is_complete(folder: str) -> bool:
    """Say whether a folder holds an interpreter that was completed."""
    return os.path.exists(os.path.join(folder, META, "complete"))


def read_marker(folder: str) -> Mapping[str, Any]:
    """Return what a complete interpreter was made from. Raises OSError, or ValueError where the marker is damaged."""
    marker: Mapping[str, Any] = json.loads(Path(folder, META, "complete").read_bytes())
    return marker
