"""Addresses as users write them: what of them a lock may keep, and which of them mean the same."""

import re
from urllib.parse import unquote, urlsplit, urlunsplit

_PUBLIC = re.compile(r"https://pypi\.org/simple/?")
# A name alone (`git@`) is part of an ssh address, a reference to a variable is none; anything else before the host
# is a secret, or next to one
_SECRET = re.compile(r"(?<=://)(?!git@)(?![^/@]*\$\{)[^/@]*@")


def kept(url: str) -> str:
    """Return an address as a lock keeps it: names and passwords taken out, references to variables left in."""
    return _SECRET.sub("", url)


def is_public_index(url: str) -> bool:
    """Say whether an address is that of the index which everybody has by default."""
    return bool(_PUBLIC.fullmatch(url))


def comparable(url: str) -> str:
    """Return an address without credentials and trailing slashes, its host in lower case."""
    parts = urlsplit(url)
    host = parts.netloc.rsplit("@", 1)[-1].lower()
    return urlunsplit((parts.scheme.lower(), host, parts.path.rstrip("/"), parts.query, ""))


def file_name(url: str) -> str:
    """Return the name of the file that an address or a path ends in."""
    if "://" not in url:
        return url.rstrip("/").rsplit("/", 1)[-1]
    return unquote(urlsplit(url).path.rstrip("/").rsplit("/", 1)[-1])


def repository(url: str) -> str:
    """Return the address of a repository, `git+` in front, without revision and fragment."""
    scheme, _, rest = url.removeprefix("git+").partition("://")
    host, _, path = re.split(r"[#?]", rest, maxsplit=1)[0].partition("/")
    return f"git+{scheme}://{host}/{path.split('@', 1)[0]}"
