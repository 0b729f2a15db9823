"""The tokens that `anaconda login` has kept: one file for each site, which is called like the site's address.

Followed: the places and names that conda and anaconda-client agree on (`BINSTAR_CONFIG_DIR`, the user's configuration
folder, the user's data folder for files from before conda 24.1).
"""

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote_plus

from parity.core.conda.errors import CondaSettingsInvalid
from parity.engines.system.files import read_text

_SUFFIX = ".token"
_API = re.compile(r"(?<=[./])api(?=[./]|$)")
_TOKEN = re.compile(r"[!-~]*")


def read_tokens(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the token of each site, by the site's address without a slash at its end.

    A site that is logged into at `api` serves its channels at `conda`, and is known by both addresses. Raises
    CondaSettingsInvalid where a file holds what cannot be a token, OSError where one cannot be read.
    """
    found: dict[str, str] = {}
    for folder in _folders(environ):
        for path in sorted(path for path in folder.glob(f"*{_SUFFIX}") if path.is_file()):
            site = unquote_plus(path.name.removesuffix(_SUFFIX)).rstrip("/")
            if token := _token(path):
                found |= dict.fromkeys((site, _API.sub("conda", site, count=1)), token)
    return found


def _folders(environ: Mapping[str, str]) -> Sequence[Path]:
    """Return where the files may be; what the last of them has counts."""
    if chosen := environ.get("BINSTAR_CONFIG_DIR"):
        return [Path(chosen) / "data"]
    home = Path(environ.get("HOME", ""))
    if sys.platform == "darwin":
        return [home / "Library" / "Application Support" / "binstar"]
    older = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return [folder / "binstar" for folder in (older, Path(environ.get("XDG_CONFIG_HOME") or home / ".config"))]


def _token(path: Path) -> str:
    """Return what a file holds; nothing of it is ever shown."""
    try:
        found = _TOKEN.fullmatch((read_text(path) or "").strip())
    except UnicodeDecodeError:
        found = None
    if not found:
        raise CondaSettingsInvalid(f"`{path}` holds no token", hint="run `anaconda login` again, or delete the file")
    return found[0]
