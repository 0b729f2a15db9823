"""The name of an environment in the store: same key, same bytes."""

import json
from base64 import b32encode
from collections.abc import Mapping
from hashlib import sha256

from parity.core.lockfile.model import LockedWheel

_FORMAT = 1
_LENGTH = 20  # 100 bits; a link to such an address stays short enough to live in its inode


def environment_key(
    *, platform: str, interpreter: Mapping[str, str], trees: Mapping[str, str], variables: Mapping[str, str]
) -> str:
    """Return the key of an environment from everything that decides its bytes.

    `interpreter` says which one it is on this machine; `trees` maps each package to the tree it was unpacked or built
    into.
    """
    decides = {
        "format": _FORMAT,
        "platform": platform,
        "interpreter": dict(interpreter),
        "trees": dict(trees),
        "variables": dict(variables),
    }
    text = json.dumps(decides, sort_keys=True, separators=(",", ":"))
    return b32encode(sha256(text.encode()).digest()).decode().lower()[:_LENGTH]


def build_request(wheel: LockedWheel, *, project: str, content: Mapping[str, str]) -> str:
    """Return the name under which the outcome of building something is remembered.

    `content` maps the files that decide how a folder is built to their digests; `project` is where relative paths
    start, so that what is installed from a path is the project's own.
    """
    decides = [wheel.name, wheel.version, wheel.sha256, wheel.url, wheel.commit, wheel.subdirectory]
    if wheel.path:
        decides += [project, wheel.path, str(wheel.editable), json.dumps(dict(content), sort_keys=True)]
    return sha256(json.dumps(decides).encode()).hexdigest()


def is_own(wheel: LockedWheel) -> bool:
    """Say whether something makes an environment the project's own: it is installed from a folder of the project."""
    return bool(wheel.path) and not wheel.path.endswith((".whl", ".tar.gz", ".zip"))
