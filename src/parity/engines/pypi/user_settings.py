"""Where a user has told uv to fetch from, once for all his projects: `uv.toml`.

uv itself runs without configuration, since most of what can stand there would change the answer from one machine
to the next. What says where and how to fetch is taken over as the variables that say the same; a variable that is
set wins. Followed: uv's reference of settings and of configuration files.
"""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from parity.core.errors import UvSettingsInvalid
from parity.engines.system.files import read_text


def with_user_settings(environ: Mapping[str, str], *, system: Path = Path("/etc/uv/uv.toml")) -> dict[str, str]:
    """Return the environment, with what `uv.toml` says about indexes, credentials and certificates added to it.

    The user's file comes before the system's. Raises UvSettingsInvalid where one is not TOML, OSError.
    """
    settled = dict(environ)
    if environ.get("UV_NO_CONFIG"):
        return settled
    for path in _files(environ, system):
        for name, value in _variables(_read(path)).items():
            settled.setdefault(name, value)
    return settled


def _files(environ: Mapping[str, str], system: Path) -> Sequence[Path]:
    if chosen := environ.get("UV_CONFIG_FILE"):
        return [Path(chosen)]
    folder = environ.get("XDG_CONFIG_HOME")
    configuration = Path(folder) if folder else Path(environ.get("HOME", "")) / ".config"
    return [configuration / "uv" / "uv.toml", system]


def _read(path: Path) -> Mapping[str, Any]:
    text = read_text(path)
    try:
        return tomllib.loads(text or "")
    except tomllib.TOMLDecodeError as error:
        raise UvSettingsInvalid(f"`{path}` is not TOML: {error}", hint="mend it, or set `UV_NO_CONFIG=1`") from error


def _variables(said: Mapping[str, Any]) -> dict[str, str]:
    pip = said.get("pip", {})
    indexes = [index for index in said.get("index", []) if not index.get("explicit")]
    default = [index["url"] for index in indexes if index.get("default")] or _texts(said, pip, "index-url")
    others = [_named(index) for index in indexes if not index.get("default")] + _texts(said, pip, "extra-index-url")
    found = {
        "UV_DEFAULT_INDEX": " ".join(default[:1]),
        "UV_INDEX": " ".join(others),
        "UV_FIND_LINKS": ",".join(_texts(said, pip, "find-links")),
        "UV_INSECURE_HOST": " ".join(_texts(said, pip, "allow-insecure-host")),
        "UV_KEYRING_PROVIDER": " ".join(_texts(said, pip, "keyring-provider")),
        "UV_SYSTEM_CERTS": "1" if said.get("system-certs") or said.get("native-tls") else "",
    }
    return {name: value for name, value in found.items() if value}


def _texts(said: Mapping[str, Any], pip: Mapping[str, Any], key: str) -> list[str]:
    value = said.get(key, pip.get(key, []))
    return [value] if isinstance(value, str) else [str(each) for each in value]


def _named(index: Mapping[str, Any]) -> str:
    return f"{index['name']}={index['url']}" if index.get("name") else str(index["url"])
