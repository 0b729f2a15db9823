"""Channels: what a manifest calls them, what a lock calls them, and where they are on this machine.

A lock knows a channel by its name, or by the address or folder that the user gave; never by the address that a name
leads to. Followed: conda's documentation of channels, channel aliases, custom channels and multichannels.
"""

import posixpath
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from urllib.parse import quote, unquote, urlsplit

from parity.core.addresses import kept
from parity.core.conda.errors import ChannelInvalid
from parity.core.dataclass import dataclass

_NAME = re.compile(r"(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9._+-]*(/[A-Za-z0-9_][A-Za-z0-9._+-]*)*")
_TOKEN = re.compile(r"/t/[^/\s)]+(?=/|$)")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SUBDIR = re.compile(r"noarch|(?:linux|osx|win|freebsd|emscripten|wasi|zos)-[a-z0-9]+")
_SCHEMES = ("http", "https", "file", "oci", "s3", "gcs")
DEFAULT = "defaults"
NO_DEFAULTS = "nodefaults"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One place of packages.

    `name` is what a lock calls it. `address` is what it is known by on this machine, without credentials and without a
    slash at its end. `fetched_from` are the addresses that are really asked, the first preferred: mirrors, and
    addresses with the credentials that the user wrote into them. They are never to be shown or written.
    """

    name: str
    address: str
    fetched_from: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One channel of a manifest: a source, or several that share their priority (`defaults`)."""

    name: str
    sources: tuple[Source, ...]
    is_group: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressBook:
    """Where channels are, as the project and the machine settle it.

    `alias` is the address below which a name is looked for. `custom` are names, or beginnings of names, that are below
    another address. `groups` are names for several. `mirrors` maps a channel's name, or the beginning of its address,
    to the addresses that are asked in its place. `tokens` maps the address of a site, without a slash at its end, to
    the token that the user has for it. `root` and `home` are folders, for paths; `variables` are what `${NAME}` in an
    address stands for.
    """

    alias: str
    custom: Mapping[str, str] = field(default_factory=dict[str, str])
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    mirrors: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    tokens: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    root: str = "/"
    home: str = "/"
    variables: Mapping[str, str] = field(default_factory=dict[str, str])

    def channel(self, text: str) -> Channel:
        """Return the channel that a manifest, or a lock, calls by this text. Raises ChannelInvalid."""
        if members := self.groups.get(text):
            return Channel(name=text, sources=tuple(map(self.source, members)), is_group=True)
        source = self.source(text)
        return Channel(name=source.name, sources=(source,))

    def channels(self, texts: Iterable[str]) -> tuple[Channel, ...]:
        """Return the channels of a manifest in their order, each once; without any, `defaults` as conda has it.

        Raises ChannelInvalid.
        """
        texts = tuple(texts)
        named = [text for text in texts if text != NO_DEFAULTS]
        if NO_DEFAULTS in texts:
            named = [text for text in named if text != DEFAULT]
            if not named:
                raise ChannelInvalid("`nodefaults` leaves no channel at all", hint="name a channel, say `conda-forge`")
        return tuple({channel.name: channel for channel in map(self.channel, named or [DEFAULT])}.values())

    def named(self, address: str) -> str:
        """Return the name under which a manifest refers to the channel at an address; the address where it has none."""
        plain = without_secrets(address)
        for base in dict.fromkeys((*self.custom.values(), self.alias)):
            name = plain.removeprefix(f"{base.rstrip('/')}/")
            if name != plain and _NAME.fullmatch(name) and self._base(name) == base.rstrip("/"):
                return name
        return plain

    def source(self, name: str) -> Source:
        """Return the place that a lock calls by this name. Raises ChannelInvalid."""
        if "://" in name:
            written = self._expanded(name)
            address = without_secrets(written)
            return self._mirrored(without_secrets(name), address, _trimmed(written))
        if name.startswith(("/", "./", "../", "~/")) or name in {".", ".."}:
            address = self._folder(name)
            return self._mirrored(_plain_path(name), address, address)
        if not _NAME.fullmatch(name):
            raise ChannelInvalid(
                f"`{name}` is no channel", hint="write a name such as `conda-forge`, an address, or a folder (`./name`)"
            )
        written = f"{self._base(name)}/{name}"
        return self._mirrored(name, without_secrets(written), _trimmed(written))

    def _base(self, name: str) -> str:
        parts = name.split("/")
        beginnings = ("/".join(parts[:count]) for count in range(len(parts), 0, -1))
        found = next((self.custom[each] for each in beginnings if each in self.custom), self.alias)
        return self._expanded(found).rstrip("/")

    def _folder(self, path: str) -> str:
        whole = f"{self.home}/{path[2:]}" if path.startswith("~/") else posixpath.join(self.root, path)
        return f"file://{quote(posixpath.normpath(whole))}"

    def _mirrored(self, name: str, address: str, written: str) -> Source:
        for known in sorted(self.mirrors, key=len, reverse=True):
            beginning = name if "://" not in known else address
            known_trimmed = known.rstrip("/")
            if _is_below(beginning, known_trimmed):
                rest = beginning[len(known_trimmed) :]
                places = [self._with_token(self._mirror(mirror) + rest) for mirror in self.mirrors[known]]
                return Source(name=name, address=_stand_in(address, places), fetched_from=tuple(places))
        return Source(name=name, address=address, fetched_from=(self._with_token(written),))

    def _mirror(self, text: str) -> str:
        return _trimmed(self._expanded(text)) if "://" in text else self._folder(text)

    def _with_token(self, address: str) -> str:
        """Put the token of its site into an address that has none, after what channels are below, as conda does."""
        sites = [site for site in self.tokens if _is_below(address, site)]
        if not sites or _TOKEN.search(address):
            return address
        bases = [base.rstrip("/") for base in (self.alias, *self.custom.values())]
        host = "://".join(urlsplit(address)[:2])
        base = max((base for base in (host, f"{host}/conda", *bases) if _is_below(address, base)), key=len)
        return f"{base}/t/{quote(self.tokens[max(sites, key=len)], safe='')}{address[len(base) :]}"

    def _expanded(self, text: str) -> str:
        """Put values in the place of `${NAME}`, and refuse what no fetcher can read."""

        def value(match: re.Match[str]) -> str:
            if match[1] not in self.variables:
                raise ChannelInvalid(
                    f"the channel `{without_secrets(text)}` needs the variable `{match[1]}`, which is not set",
                    hint=f"set `{match[1]}`",
                )
            return quote(self.variables[match[1]], safe="/:")

        whole = _VARIABLE.sub(value, text)
        if urlsplit(whole).scheme not in _SCHEMES:
            known = ", ".join(f"`{scheme}://`" for scheme in _SCHEMES)
            raise ChannelInvalid(f"`{without_secrets(text)}` is no address of a channel", hint=f"parity reads {known}")
        return whole


def read_book(text: str) -> AddressBook:
    """Read the data file of channels (ours, TOML)."""
    data = tomllib.loads(text)
    return AddressBook(alias=data["alias"], custom=data["custom"], groups=data["groups"])


def without_secrets(address: str) -> str:
    """Return a channel's address as it may be shown and locked: no credentials, no token, no platform's folder."""
    return _TOKEN.sub("", kept(_trimmed(address)))


def without_secrets_in(text: str) -> str:
    """Return any text without the credentials and tokens that stand in its addresses."""
    return _TOKEN.sub("", kept(text))


def name_of(address: str, channels: Iterable[Channel]) -> str:
    """Return what a lock calls the source of a record, which says its channel's address; the address if none fits."""
    trimmed = address.rstrip("/")
    found = (source.name for channel in channels for source in channel.sources if _same(source.address, trimmed))
    return next(found, without_secrets(trimmed))


def _plain_path(path: str) -> str:
    """Return a path in one spelling that still is none of a name."""
    plain = posixpath.normpath(path)
    return plain if plain.startswith(("/", "~/", "../")) or plain in {".", ".."} else f"./{plain}"


def _same(one: str, other: str) -> bool:
    return unquote(one) == unquote(other)


def _is_below(address: str, beginning: str) -> bool:
    return f"{address}/".startswith(f"{beginning}/")


def _stand_in(address: str, mirrors: Sequence[str]) -> str:
    """Return the address that records carry: a mirror that is a folder cannot stand behind another address."""
    return without_secrets(mirrors[0]) if mirrors and mirrors[0].startswith("file://") else address


def _trimmed(address: str) -> str:
    trimmed = address.rstrip("/")
    before, _, last = trimmed.rpartition("/")
    return before if _SUBDIR.fullmatch(last) and "://" in before else trimmed
