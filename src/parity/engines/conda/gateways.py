"""Reading channels: over the network, or what the cache still has where that fails, and the reason where both do."""

import asyncio
import hashlib
import re
import time
from collections.abc import Awaitable, Collection, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import field
from itertools import chain
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from rattler import PackageName, RepoDataRecord
from rattler.channel import Channel as RattlerChannel
from rattler.exceptions import GatewayError
from rattler.networking import CacheAction
from rattler.platform import Subdir
from rattler.repo_data.gateway import Gateway, SourceConfig
from rattler.repo_data.source import RepoDataSource

from parity.core.conda.channels import Channel, Source, without_secrets_in
from parity.core.conda.errors import ChannelUnreachable
from parity.core.dataclass import dataclass
from parity.core.findings import Finding
from parity.engines.conda.client import make_client
from parity.engines.conda.kept_repodata import keep, put_back

_STATUS = re.compile(r"HTTP status (?:client|server) error \((?P<code>\d+) (?P<words>[^)]*)\)")
_REFUSED = frozenset({"401", "403", "404", "407", "410"})
_UNREADABLE = ("failed to parse", "error decoding")
_STAMPS = "reached"
_ABSENT = b"absent"
_NOBODY = "parity-asks-whether-anybody-answers"  # no package: a question about it reads what there is, and no more


Opened = RattlerChannel | RepoDataSource
_ByPlatform = Mapping[str, frozenset[str]]
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Channels that can be read, through one gateway.

    By the source's address: `opened` is what rattler knows it as, `names` are those of the packages that it has. They
    are there once `listing` was awaited, as everybody does who reaches channels: taking over tens of thousands of names
    is work that rattler's solver need not wait for.
    """

    gateway: Gateway
    opened: Mapping[str, Opened]
    names: Mapping[str, frozenset[str]]
    listing: Awaitable[None]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateways:
    """What opens channels. `cache` is the folder of parity's own cache of repodata.

    What was read for one target serves the next, and is let go of with the object: that takes time too.
    """

    cache: Path
    offline: bool = False
    _made: dict[object, Gateway] = field(default_factory=dict[object, Gateway], init=False)

    async def reach(self, channels: Sequence[Channel], platforms: Sequence[str]) -> Reached:
        """Read the index of every source. Raises ChannelUnreachable for the first that cannot be read at all."""
        (self.cache / _STAMPS).mkdir(parents=True, exist_ok=True)
        sources = [source for channel in channels for source in channel.sources]
        reading = _Reading(
            cache=self.cache, offline=self.offline, sources=sources, platforms=platforms, made=self._made
        )
        online = reading.gateway({})
        found = await asyncio.gather(*(reading.attempt(source, online) for source in sources))
        actions = {source.address: one.action for source, one in zip(sources, found, strict=True) if one.action}
        gateway = reading.gateway(actions) if actions else online
        names: dict[str, frozenset[str]] = {}

        async def list_all() -> None:
            for source, one in zip(sources, found, strict=True):
                names[source.address] = frozenset().union(*(await one.listing).values())

        return Reached(
            gateway=gateway,
            names=names,
            listing=asyncio.ensure_future(list_all()),
            opened={source.address: one.opened(source, gateway) for source, one in zip(sources, found, strict=True)},
            findings=tuple(one.finding for one in found if one.finding),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """How one source was read.

    `listing` gives the names in each of its folders; it has come already where some folders are `absent`.
    """

    listing: asyncio.Future[_ByPlatform]
    absent: frozenset[str] = frozenset()
    action: CacheAction | None = None
    finding: Finding | None = None

    def opened(self, source: Source, gateway: Gateway) -> Opened:
        channel = RattlerChannel(source.address)
        return _Folders(channel, gateway, self.listing.result(), self.absent) if self.absent else channel


class _Folders:
    """A channel out of the cache, of which some folders do not exist: rattler would want them in its cache too."""

    def __init__(
        self,
        channel: RattlerChannel,
        gateway: Gateway,
        names: Mapping[str, frozenset[str]],
        absent: Collection[str],
    ) -> None:
        self._channel = channel
        self._gateway = gateway
        self._names = names
        self._absent = absent

    async def fetch_package_records(self, platform: Subdir, name: PackageName) -> list[RepoDataRecord]:
        """Return the records of one name in one folder."""
        if str(platform) in self._absent:
            return []
        found = await self._gateway.query([self._channel], [platform], [name.normalized], recursive=False)
        return list(chain(*found))

    def package_names(self, platform: Subdir) -> list[str]:
        """Return the names in one folder."""
        return sorted(self._names.get(str(platform), ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """The sources of one question being read."""

    cache: Path
    offline: bool
    sources: Sequence[Source]
    platforms: Sequence[str]
    made: MutableMapping[object, Gateway]

    async def attempt(self, source: Source, online: Gateway) -> _Attempt:
        """Read one source: over the network where that is allowed, else or where that fails from the cache."""
        local = source.address.startswith("file:")
        if self.offline and not local:
            return await self._cached(source, "")
        try:
            await self._open(online, source)
        except GatewayError as error:
            if any(word in str(error) for word in _UNREADABLE) and not local:
                return await self._anew(source)
            return await self._without(source, str(error))
        return _Attempt(listing=asyncio.ensure_future(self._answered(online, source)))

    async def _anew(self, source: Source) -> _Attempt:
        """Fetch without looking at the cache: what was cut or garbled once is kept there and believed."""
        gateway = self.gateway({source.address: "no-cache"})
        try:
            await self._open(gateway, source)
        except GatewayError as error:
            put_back(self.cache, source.address, self.platforms)
            return await self._without(source, str(error))
        return _Attempt(listing=asyncio.ensure_future(self._answered(gateway, source)), action="cache-or-fetch")

    async def _without(self, source: Source, said: str) -> _Attempt:
        status = _STATUS.search(said)
        if source.address.startswith("file:") or (status and status["code"] in _REFUSED):
            raise _unreachable(source, said)
        return await self._cached(source, said)

    async def _cached(self, source: Source, said: str) -> _Attempt:
        stamps = {platform: self._stamp_of(source, platform) for platform in self.platforms}
        absent = {platform for platform, path in stamps.items() if path.is_file() and path.read_bytes() == _ABSENT}
        gateway = self.gateway({source.address: "force-cache-only"})
        try:
            there = [each for each in self.platforms if each not in absent]
            listing = asyncio.ensure_future(self._names(gateway, source, there))
            await listing
        except GatewayError:
            raise _unreachable(source, said) from None
        return _Attempt(
            listing=listing,
            absent=frozenset(absent),
            action="force-cache-only",
            finding=_aged(source, said, [path.stat().st_mtime for path in stamps.values() if path.is_file()]),
        )

    async def _open(self, gateway: Gateway, source: Source) -> None:
        """Have a gateway read what a source has in each folder, without taking it over. Raises GatewayError."""
        channel = [RattlerChannel(source.address)]
        await _all([gateway.query(channel, [Subdir(each)], [_NOBODY], recursive=False) for each in self.platforms])

    async def _names(self, gateway: Gateway, source: Source, platforms: Sequence[str]) -> _ByPlatform:
        channel = [RattlerChannel(source.address)]
        found = await _all([gateway.names(channel, [Subdir(platform)]) for platform in platforms])
        return {
            platform: frozenset(name.normalized for name in names)
            for platform, names in zip(platforms, found, strict=True)
        }

    def gateway(self, actions: Mapping[str, CacheAction]) -> Gateway:
        """Return a gateway that reads each source as its action says, the same one for the same."""
        key = (tuple(self.sources), *sorted(actions.items()))
        if key not in self.made:
            self.made[key] = self._make(actions)
        return self.made[key]

    def _make(self, actions: Mapping[str, CacheAction]) -> Gateway:
        mirrored = any(len(source.fetched_from) > 1 for source in self.sources)
        return Gateway(
            cache_dir=self.cache,
            client=make_client(self.sources, retries=1 if mirrored else 0),
            # one for each: they hold for every address that begins alike, and a label begins as its channel does
            per_channel_config={
                f"{source.address}/": SourceConfig(cache_action=actions.get(source.address, "cache-or-fetch"))
                for source in self.sources
            },
        )

    async def _answered(self, gateway: Gateway, source: Source) -> _ByPlatform:
        """Return the names that a source has, which has just answered.

        That it did is noted, which folders it lacks, and what it said: rattler remembers none of it.
        """
        found = await self._names(gateway, source, self.platforms)
        if not source.address.startswith("file:"):
            keep(self.cache, source.address, self.platforms)
        for platform, names in found.items():
            self._stamp_of(source, platform).write_bytes(b"" if names else _ABSENT)
        return found

    def _stamp_of(self, source: Source, platform: str) -> Path:
        return self.cache / _STAMPS / f"{hashlib.sha256(source.address.encode()).hexdigest()[:16]}-{platform}"


async def _all(asked: Iterable[Awaitable[Answer]]) -> list[Answer]:
    """Return what comes of all; the first error is raised when all have ended: who is late would write into a cache."""
    said = await asyncio.gather(*asked, return_exceptions=True)
    for one in said:
        if isinstance(one, BaseException):
            raise one
    return [one for one in said if not isinstance(one, BaseException)]


def _aged(source: Source, said: str, times: Sequence[float]) -> Finding:
    age = f"{_duration(time.time() - min(times))} old" if times else "of unknown age"
    why = f"cannot be reached ({reason(said)})" if said else "is not asked offline"
    return Finding(
        code="repodata-stale",
        severity="warning" if said else "info",
        subject=source.name,
        message=f"the channel `{source.name}` {why}; what it has is taken from the cache, {age}",
        hint="run it again when the channel answers" if said else "",
    )


def _unreachable(source: Source, said: str) -> ChannelUnreachable:
    if not said:
        return ChannelUnreachable(
            f"nothing of the channel `{source.name}` ({source.address}) is in the cache, and it is not asked offline",
            hint="run it once without `--offline`",
        )
    if source.address.startswith("file:"):
        folder = unquote(urlsplit(source.address).path)
        why = f"there is no `{folder}/noarch/repodata.json`" if "No such file" in said else reason(said)
        hint = "a channel is a folder with `noarch/repodata.json` in it, even where that names no package"
        return ChannelUnreachable(f"the channel `{source.name}` cannot be read: {why}", hint=hint)
    status = _STATUS.search(said)
    code = status["code"] if status else ""
    hints = {
        "401": "the channel wants credentials: keep them in `~/.netrc`, or where rattler or Anaconda keeps them",
        "403": "the channel refuses: it wants other credentials, or has none for you",
        "404": "there is no such channel at this address: check its name, and the channel alias",
    }
    return ChannelUnreachable(
        f"the channel `{source.name}` ({source.address}) cannot be read: {reason(said)}",
        hint=hints.get(code, "check the address, the network and proxies"),
    )


def reason(said: str) -> str:
    """Return in few words what rattler says of a channel that it could not read."""
    if status := _STATUS.search(said):
        return f"{status['code']} {status['words']}".strip()
    causes = [line.removeprefix("Caused by: ").strip() for line in said.splitlines() if line.strip()]
    innermost = re.sub(r" \(os error \d+\)$", "", causes[-1]) if causes else "it does not say why"
    first = causes[0] if causes and any(word in causes[0] for word in _UNREADABLE) else ""
    text = without_secrets_in(": ".join(filter(None, [first, innermost])))
    return text[:1].lower() + text[1:]


def _duration(seconds: float) -> str:
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {word}{'s' if count > 1 else ''}"
    return "less than a minute"
