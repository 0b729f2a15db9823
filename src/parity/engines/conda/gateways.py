"""Reading channels: over the network, or what the cache still has where that fails, and the reason where both do."""

import asyncio
import hashlib
import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from rattler.channel import Channel as RattlerChannel
from rattler.exceptions import GatewayError
from rattler.networking import CacheAction
from rattler.platform import Subdir
from rattler.repo_data.gateway import Gateway, SourceConfig

from parity.core.conda.channels import Channel, Source, without_secrets_in
from parity.core.errors import ChannelUnreachable
from parity.core.findings import Finding
from parity.engines.conda.client import make_client

_STATUS = re.compile(r"HTTP status (?:client|server) error \((?P<code>\d+) (?P<words>[^)]*)\)")
_REFUSED = frozenset({"401", "403", "404", "407", "410"})
_UNREADABLE = ("failed to parse", "error decoding")
_STAMPS = "reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Channels that can be read. `names` are those of the packages that each source has, by the source's address."""

    gateway: Gateway
    names: Mapping[str, frozenset[str]]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateways:
    """What opens channels. `cache` is the folder of parity's own cache of repodata."""

    cache: Path
    offline: bool = False

    async def reach(self, channels: Sequence[Channel], platforms: Sequence[str]) -> Reached:
        """Read the index of every source. Raises ChannelUnreachable for the first that cannot be read at all."""
        self.cache.mkdir(parents=True, exist_ok=True)
        sources = [source for channel in channels for source in channel.sources]
        online = self._gateway(sources, {})
        attempts = [self._attempt(source, online, sources, platforms) for source in sources]
        found = await asyncio.gather(*attempts)
        actions = {source.address: one.action for source, one in zip(sources, found, strict=True) if one.action}
        return Reached(
            gateway=self._gateway(sources, actions) if actions else online,
            names={source.address: one.names for source, one in zip(sources, found, strict=True)},
            findings=tuple(one.finding for one in found if one.finding),
        )

    async def _attempt(
        self, source: Source, online: Gateway, sources: Sequence[Source], platforms: Sequence[str]
    ) -> "_Attempt":
        local = source.address.startswith("file:")
        if self.offline and not local:
            return await self._cached(source, sources, platforms, "")
        try:
            names = await _names(online, source, platforms)
        except GatewayError as error:
            if any(word in str(error) for word in _UNREADABLE) and not local:
                return await self._anew(source, sources, platforms)
            return await self._without(source, sources, platforms, str(error))
        self._stamp(source)
        return _Attempt(names=names)

    async def _anew(self, source: Source, sources: Sequence[Source], platforms: Sequence[str]) -> "_Attempt":
        """Fetch without looking at the cache: what was cut or garbled once is kept there and believed."""
        try:
            names = await _names(self._gateway(sources, {source.address: "no-cache"}), source, platforms)
        except GatewayError as error:
            return await self._without(source, sources, platforms, str(error))
        self._stamp(source)
        return _Attempt(names=names, action="cache-or-fetch")

    async def _without(
        self, source: Source, sources: Sequence[Source], platforms: Sequence[str], said: str
    ) -> "_Attempt":
        status = _STATUS.search(said)
        if source.address.startswith("file:") or (status and status["code"] in _REFUSED):
            raise _unreachable(source, said)
        return await self._cached(source, sources, platforms, said)

    async def _cached(
        self, source: Source, sources: Sequence[Source], platforms: Sequence[str], said: str
    ) -> "_Attempt":
        gateway = self._gateway(sources, {source.address: "force-cache-only"})
        try:
            names = await _names(gateway, source, platforms)
        except GatewayError:
            raise _unreachable(source, said) from None
        return _Attempt(names=names, action="force-cache-only", finding=self._aged(source, said))

    def _gateway(self, sources: Sequence[Source], actions: Mapping[str, CacheAction]) -> Gateway:
        mirrored = any(len(source.fetched_from) > 1 for source in sources)
        return Gateway(
            cache_dir=self.cache,
            client=make_client(sources, retries=1 if mirrored else 0),
            # one for each: they hold for every address that begins alike, and a label begins as its channel does
            per_channel_config={
                f"{source.address}/": SourceConfig(cache_action=actions.get(source.address, "cache-or-fetch"))
                for source in sources
            },
        )

    def _stamp(self, source: Source) -> None:
        """Note when a source last answered: its repodata in the cache is at least as young."""
        path = self._stamp_of(source)
        path.parent.mkdir(exist_ok=True)
        path.touch()
        os.utime(path)

    def _stamp_of(self, source: Source) -> Path:
        return self.cache / _STAMPS / hashlib.sha256(source.address.encode()).hexdigest()[:16]

    def _aged(self, source: Source, said: str) -> Finding:
        try:
            age = f"{_duration(time.time() - self._stamp_of(source).stat().st_mtime)} old"
        except FileNotFoundError:
            age = "of unknown age"
        why = f"cannot be reached ({reason(said)})" if said else "is not asked offline"
        return Finding(
            code="repodata-stale",
            severity="warning" if said else "info",
            subject=source.name,
            message=f"the channel `{source.name}` {why}; what it has is taken from the cache, {age}",
            hint="run it again when the channel answers" if said else "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    names: frozenset[str]
    action: CacheAction | None = None
    finding: Finding | None = None


async def _names(gateway: Gateway, source: Source, platforms: Sequence[str]) -> frozenset[str]:
    found = await gateway.names([RattlerChannel(source.address)], [Subdir(platform) for platform in platforms])
    return frozenset(name.normalized for name in found)


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
        "401": "the channel wants credentials: keep them in `~/.netrc`, or where rattler keeps them",
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
