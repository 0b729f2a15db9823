"""The packages of conda channels, one name at a time: what rattler would choose from, in the order of its liking."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field
from datetime import datetime, timedelta
from functools import cache, partial
from itertools import chain

from rattler import MatchSpec, PackageRecord, RepoDataRecord, Version
from rattler.exceptions import GatewayError
from rattler.package import BuildString
from rattler.platform import Subdir

from parity.core.conda.channels import Channel, name_of
from parity.core.conda.distributions import required_name
from parity.core.conda.errors import ChannelUnreachable
from parity.core.conda.questions import CondaQuestion
from parity.core.dataclass import dataclass
from parity.core.lockfile.model import LockedConda
from parity.core.spec import CondaRequirement
from parity.engines.conda.gateways import Gateways, Reached, reason
from parity.engines.conda.records import locked
from parity.engines.conda.specs import addressed

_NOARCH = "noarch"
_SETTLING = 0.01  # seconds; see `loop`


@dataclass(slots=True, kw_only=True)
class ChannelShelf:
    """A shelf (core/ports.py) of the channels of one question."""

    question: CondaQuestion
    channels: tuple[Channel, ...]
    reached: Reached
    runner: asyncio.Runner
    called: Callable[[str], str]
    _found: dict[str, list[tuple[RepoDataRecord, LockedConda]]] = field(default_factory=dict)
    _answers: dict[str, Sequence[LockedConda]] = field(default_factory=dict[str, Sequence[LockedConda]])

    def names(self) -> frozenset[str]:
        """Return every name that there is."""
        return frozenset().union(*self.reached.names.values())

    def records(self, name: str) -> Sequence[LockedConda]:
        """Return the packages of a name, the best first. Raises ChannelUnreachable."""
        self.read([name])
        return [package for _, package in self._found[name]]

    def read(self, names: Iterable[str]) -> None:
        """Read several names at once. Raises ChannelUnreachable."""
        missing = [name for name in dict.fromkeys(names) if name not in self._found and not name.startswith("__")]
        if not missing:
            return
        channels = {name: self._counting(name) for name in missing}
        for name in missing:
            self._found[name] = []
        for channel in self.channels:
            wanted = [name for name in missing if channel in channels[name]]
            for record in self.runner.run(self._query(channel, wanted)) if wanted else ():
                self._found[record.name.normalized].append((record, self._locked(record)))
        for name in missing:
            self._found[name].sort(key=lambda pair: _quality(pair[0]), reverse=True)

    def answers(self, requirement: CondaRequirement | str) -> Sequence[LockedConda]:
        """Return the packages that answer a requirement, the best first. Raises ChannelUnreachable."""
        plain = isinstance(requirement, str)
        text = requirement if isinstance(requirement, str) else addressed(requirement, self.channels).to_text()
        if text not in self._answers:
            name = required_name(requirement) if isinstance(requirement, str) else requirement.name
            spec = MatchSpec(text, strict=False) if plain else MatchSpec(text)
            self.read([name])
            self._answers[text] = [package for record, package in self._found[name] if spec.matches(record)]
        return self._answers[text]

    def holds(self, spec: str) -> bool:
        """Say whether a requirement on a virtual package holds on the target."""
        wanted = MatchSpec(spec, strict=False)
        return any(wanted.matches(_as_record(text)) for text in self.question.target.virtual_packages)

    async def _query(self, channel: Channel, names: Sequence[str]) -> list[RepoDataRecord]:
        sources = [self.reached.opened[source.address] for source in channel.sources]
        platforms = [Subdir(self.question.target.platform), Subdir(_NOARCH)]
        try:
            found = await self.reached.gateway.query(
                sources, platforms, names, recursive=False, channel_relations="disabled"
            )
        except GatewayError as error:
            raise ChannelUnreachable(
                f"the repodata of `{channel.name}` cannot be read to its end: {reason(str(error))}",
                hint="run it again when the channels answer, without `--offline`",
            ) from None
        return [record for record in chain(*found) if record.sha256 is not None and self._is_old_enough(record)]

    def _counting(self, name: str) -> Sequence[Channel]:
        """Return the channels from which a name may come: the first that has it, unless order decides nothing."""
        named = {each.channel for each in self.question.requirements if each.name == name and each.channel}
        if named:
            return [channel for channel in self.channels if channel.name in named]
        having = [channel for channel in self.question.channels if self._has(channel, name)]
        return having[:1] if self.question.priority == "strict" else having

    def _has(self, channel: Channel, name: str) -> bool:
        return any(name in self.reached.names[source.address] for source in channel.sources)

    def _is_old_enough(self, record: RepoDataRecord) -> bool:
        if not self.question.exclude_newer:
            return True
        newest = datetime.fromisoformat(self.question.exclude_newer) - timedelta(milliseconds=1)
        stamp = record.indexed_timestamp or record.timestamp
        return stamp is not None and stamp <= newest

    def _locked(self, record: RepoDataRecord) -> LockedConda:
        return locked(record, self.called, self.question.target.name, self.question.requirements)


@contextmanager
def open_shelf(gateways: Gateways, question: CondaQuestion) -> Iterator[ChannelShelf]:
    """Open the channels of a question for as long as the block lasts. Raises ChannelUnreachable."""
    channels = (*question.channels, *question.extra)
    with asyncio.Runner() as runner:
        try:
            reached = runner.run(gateways.reach(channels, [question.target.platform, _NOARCH]))
            runner.run(_listed(reached))
            called = cache(partial(name_of, channels=channels))
            yield ChannelShelf(question=question, channels=channels, reached=reached, runner=runner, called=called)
        finally:
            time.sleep(_SETTLING)


async def _listed(reached: Reached) -> None:
    await reached.listing


def _quality(record: RepoDataRecord) -> tuple[bool, Version, int, float]:
    """Return what orders packages of one name as conda's solvers do: features last, then by version and build."""
    stamp = record.timestamp
    return not record.track_features, record.version, record.build_number, stamp.timestamp() if stamp else 0.0


def _as_record(text: str) -> PackageRecord:
    name, _, rest = text.partition("=")
    number, _, build = rest.partition("=")
    return PackageRecord(name, number or "0", BuildString(build or "0"), 0, _NOARCH)
