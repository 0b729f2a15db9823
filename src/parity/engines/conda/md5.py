"""Asking channels for the MD5 of packages of which a lock knows the SHA-256."""

from collections.abc import Mapping, Sequence
from itertools import chain

from rattler import MatchSpec
from rattler.exceptions import GatewayError
from rattler.platform import Subdir

from parity.core.conda.channels import Channel
from parity.core.conda.errors import ChannelUnreachable
from parity.core.dataclass import dataclass
from parity.core.lockfile.model import LockedConda
from parity.engines.conda import loop
from parity.engines.conda.gateways import Gateways, reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Md5Book:
    """A book of MD5s (core/ports.py), read from the channels' repodata."""

    gateways: Gateways

    def md5s(self, packages: Sequence[LockedConda], channels: Sequence[Channel]) -> Mapping[str, str]:
        """Return the MD5 of packages by their SHA-256, as far as channels tell it. Raises ChannelUnreachable."""
        return loop.run(self._md5s(packages, channels))

    async def _md5s(self, packages: Sequence[LockedConda], channels: Sequence[Channel]) -> Mapping[str, str]:
        platforms = sorted({package.subdir for package in packages} | {"noarch"})
        reached = await self.gateways.reach(channels, platforms)
        await reached.listing
        sources = [reached.opened[source.address] for channel in channels for source in channel.sources]
        specs = [MatchSpec(f'{package.name}[sha256="{package.sha256}"]') for package in packages]
        try:
            found = await reached.gateway.query(
                sources, [Subdir(each) for each in platforms], specs, recursive=False, channel_relations="disabled"
            )
        except GatewayError as error:
            raise ChannelUnreachable(
                f"the repodata of the channels cannot be read to its end: {reason(str(error))}",
                hint="run it again when the channels answer, without `--offline`",
            ) from None
        records = [record for record in chain(*found) if record.sha256 is not None and record.md5 is not None]
        return {(record.sha256 or b"").hex(): (record.md5 or b"").hex() for record in records}
