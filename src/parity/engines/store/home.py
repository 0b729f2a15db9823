"""Where the store and the caches are, and whether they may be trusted.

Read by every `parity run`: `os` alone, because pathlib or platformdirs would cost more than all the rest of it.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # importing typing would cost more than this module
if TYPE_CHECKING:
    from collections.abc import Mapping


def home_folder(environ: Mapping[str, str]) -> str:
    """Return the store's folder: `PARITY_HOME`, else the platform's user data folder (XDG, Apple's guidelines)."""
    if chosen := environ.get("PARITY_HOME"):
        return _absolute(chosen, environ)
    if sys.platform == "darwin":
        return os.path.join(_user(environ), "Library", "Application Support", "parity")
    return os.path.join(_base(environ, "XDG_DATA_HOME", os.path.join(".local", "share")), "parity")


def cache_folder(environ: Mapping[str, str]) -> str:
    """Return the caches' folder: `PARITY_CACHE_DIR`, else `cache` in `PARITY_HOME`, else the platform's.

    Beside a home that was moved on purpose, because hard links between the two need one file system.
    """
    if chosen := environ.get("PARITY_CACHE_DIR"):
        return _absolute(chosen, environ)
    if chosen := environ.get("PARITY_HOME"):
        return os.path.join(_absolute(chosen, environ), "cache")
    if sys.platform == "darwin":
        return os.path.join(_user(environ), "Library", "Caches", "parity")
    return os.path.join(_base(environ, "XDG_CACHE_HOME", ".cache"), "parity")


def configuration_folder(environ: Mapping[str, str]) -> str:
    """Return the folder of what a user has written himself (XDG), on macOS too."""
    return os.path.join(_base(environ, "XDG_CONFIG_HOME", ".config"), "parity")


def make_folders(environ: Mapping[str, str]) -> None:
    """Make the store's and the caches' folders where there are none, for this user alone whatever the umask says.

    Made before anything is put there: what makes folders on the way to a file of its own leaves them to the umask, and
    with one that lets a group write, parity would not trust its own store. Raises OSError.
    """
    for folder in (home_folder(environ), cache_folder(environ)):
        os.makedirs(folder, mode=0o700, exist_ok=True)


def distrust(folder: str) -> str:
    """Return why a folder must not be trusted (it is another user's, or others may write to it), or nothing.

    A folder that does not exist yet is trusted. Raises OSError where it cannot be looked at.
    """
    try:
        found = os.stat(folder)
    except FileNotFoundError:
        return ""
    if found.st_uid != os.geteuid():
        return f"it belongs to user {found.st_uid}, not to {os.geteuid()}"
    if found.st_mode & 0o022:
        return "others may write to it"
    return ""


def _base(environ: Mapping[str, str], name: str, default: str) -> str:
    """Return a base folder of the XDG specification, which has it that a path that is not absolute is ignored."""
    chosen = environ.get(name, "")
    return chosen if os.path.isabs(chosen) else os.path.join(_user(environ), default)


def _absolute(chosen: str, environ: Mapping[str, str]) -> str:
    """Return the whole path of a folder that a variable names; a shell leaves `~` as it is between quotes."""
    if chosen == "~" or chosen.startswith("~/"):
        chosen = _user(environ) + chosen[1:]
    return os.path.abspath(chosen)


def _user(environ: Mapping[str, str]) -> str:
    return environ.get("HOME") or os.path.expanduser("~")
