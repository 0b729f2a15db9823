"""Asking rattler which packages of conda channels answer a question, and why none do."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from importlib.metadata import version
from itertools import chain

from rattler import MatchSpec, RepoDataRecord, Version
from rattler.channel import ChannelPriority
from rattler.exceptions import GatewayError, SolverError
from rattler.platform import Subdir
from rattler.repo_data.multi_source import MultiSource
from rattler.solver import solve

from parity.core.conda.channels import Channel, Source, name_of
from parity.core.conda.errors import ChannelUnreachable, PackageMissing, SolveImpossible
from parity.core.conda.failures import explain, lacking
from parity.core.conda.missing import Offer, missing
from parity.core.conda.questions import CondaAnswer, CondaQuestion
from parity.core.dataclass import dataclass
from parity.core.errors import ParityError
from parity.core.lockfile.model import LockedConda
from parity.core.spec import CondaRequirement
from parity.engines.conda import loop
from parity.engines.conda.gateways import Gateways, Opened, Reached, reason
from parity.engines.conda.records import locked, virtual
from parity.engines.conda.specs import specs_of

_NOARCH = "noarch"


@dataclass(frozen=True, slots=True, kw_only=True)
class RattlerSolver:
    """A solver (core/ports.py)."""

    gateways: Gateways

    def versions(self) -> dict[str, str]:
        """Return the name and version of what solves, for the lock's `made-with`."""
        return {"rattler": version("py-rattler")}

    def solve(self, question: CondaQuestion) -> CondaAnswer:
        """Return the packages that answer, sorted by name, for the one target of the question.

        Raises SolveImpossible, PackageMissing, PackageUnhashed, ChannelUnreachable, ManifestError for a MatchSpec that
        rattler does not understand.
        """
        return loop.run(self._solve(question))

    async def _solve(self, question: CondaQuestion) -> CondaAnswer:
        channels = (*question.channels, *question.extra)
        reached = await self.gateways.reach(channels, [question.target.platform, _NOARCH])
        return await _Attempt(question=question, channels=channels, reached=reached).answer()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """One question under way, with its channels open."""

    question: CondaQuestion
    channels: tuple[Channel, ...]
    reached: Reached
    platforms: list[Subdir] = field(init=False)

    def __post_init__(self) -> None:
        platforms = [Subdir(self.question.target.platform), Subdir(_NOARCH)]
        object.__setattr__(self, "platforms", platforms)

    async def answer(self) -> CondaAnswer:
        try:
            records = await self._chosen()
            await self._refuse_hidden()
        except GatewayError as error:
            raise self._cut_off(str(error)) from None
        called = cache(partial(name_of, channels=self.channels))
        packages = sorted((self._locked(each, called) for each in records), key=lambda package: package.name)
        return CondaAnswer(packages=tuple(packages), findings=self.reached.findings)

    async def _chosen(self) -> list[RepoDataRecord]:
        """Return the records that answer, and wait until all names are known, with which a failure is explained."""
        specs = self._specs(self.question.requirements)
        if self.question.kept or not self._asks_what_is_read():
            await self.reached.listing
            self._refuse_missing()
        held = [MatchSpec(f'{package.name}[sha256="{package.sha256}"]') for package in self.question.held]
        try:
            return await self._solved([*specs, *held], kept=await self._kept())
        except SolverError as error:
            await self.reached.listing
            self._refuse_missing()
            await self._refuse_hidden()
            raise await self._failure(str(error)) from None
        finally:
            await self.reached.listing

    def _asks_what_is_read(self) -> bool:
        """Say whether every channel that a requirement names is one of the question's."""
        return {each.channel for each in self.question.requirements} <= {"", *(each.name for each in self.channels)}

    async def _solved(
        self,
        specs: Sequence[MatchSpec],
        *,
        kept: Sequence[RepoDataRecord] = (),
        constraints: Sequence[MatchSpec] = (),
    ) -> list[RepoDataRecord]:
        question = self.question
        return await solve(
            [self._opened(channel) for channel in self.channels],
            specs,
            self.reached.gateway,
            platforms=self.platforms,
            locked_packages=kept,
            constraints=[*constraints, *self._specs(question.constraints)],
            virtual_packages=[virtual(text) for text in question.target.virtual_packages],
            channel_priority=ChannelPriority.Strict if question.priority == "strict" else ChannelPriority.Disabled,
            exclude_newer=self._newest(),
            channel_relations="disabled",  # the channels are those that the manifest names, and no others
        )

    def _opened(self, channel: Channel) -> Opened | MultiSource:
        opened = [self.reached.opened[source.address] for source in channel.sources]
        return MultiSource(channel.name, opened) if channel.is_group else opened[0]

    def _newest(self) -> datetime | None:
        """Return the last moment that counts: the question says the first that does not."""
        text = self.question.exclude_newer
        return datetime.fromisoformat(text) - timedelta(milliseconds=1) if text else None

    def _specs(self, requirements: Iterable[CondaRequirement]) -> list[MatchSpec]:
        return specs_of(requirements, self.channels)

    def _refuse_missing(self) -> None:
        """Refuse names that no channel has, all of them together."""
        offers = [self._offer(requirement, ()) for requirement in self.question.requirements]
        absent = [offer for offer in offers if not offer.having]
        if absent:
            asked = ", ".join(f"`{channel.name}`" for channel in self.channels)
            names = [offer.requirement.name for offer in absent]
            hint = f"the channels are {asked}; add the one that has it"
            raise PackageMissing(missing(absent), names=names, hint=hint)

    async def _refuse_hidden(self) -> None:
        """Refuse what only a channel of lower priority answers.

        rattler drops what a requirement's version rules out before it looks at priorities, and would take it.
        """
        if self.question.priority != "strict":
            return
        asked = self.question.requirements
        shared = [each for each in asked if _is_narrow(each) and len(self._offer(each, ()).having) > 1]
        if faults := missing([offer for offer in await self._offers(shared) if offer.is_hidden]):
            raise PackageMissing(faults)

    async def _offers(self, requirements: Sequence[CondaRequirement]) -> list[Offer]:
        """Return what the channels have that answers these requirements."""
        specs = self._specs(requirements)
        found = await self._records(specs) if specs else []
        return [
            self._offer(requirement, [record for record in found if spec.matches(record)])
            for requirement, spec in zip(requirements, specs, strict=True)
        ]

    def _offer(self, requirement: CondaRequirement, matching: Iterable[RepoDataRecord]) -> Offer:
        among = [channel for channel in self.channels if requirement.channel in {"", channel.name}]
        having = [each.name for each in among if any(self._has(source, requirement.name) for source in each.sources)]
        every = (self.reached.names[source.address] for each in among for source in each.sources)
        answering = {name_of(record.channel or "", self.channels) for record in matching}
        return Offer(
            requirement=requirement,
            asked=tuple(channel.name for channel in among),
            having=tuple(having),
            answering=tuple(
                each.name for each in among if answering.intersection(source.name for source in each.sources)
            ),
            known=frozenset() if having else frozenset(chain(*every)),
            platform=self.question.target.platform,
            strict=self.question.priority == "strict",
        )

    def _has(self, source: Source, name: str) -> bool:
        return name in self.reached.names[source.address] or name.startswith("__")

    async def _kept(self) -> list[RepoDataRecord]:
        """Return the channels' own records of what is to be kept where it fits.

        rattler would take a record from anywhere, one that a channel has withdrawn, that a channel of higher priority
        hides or that is too new as well; so only what could be chosen today is handed to it.
        """
        kept = {package.sha256: package for package in self.question.kept if self._may_stay(package)}
        if not kept:
            return []
        specs = [MatchSpec(f'{package.name}[sha256="{digest}"]') for digest, package in kept.items()]
        found = await self._records(specs)
        known = [record for record in found if record.sha256 is not None and record.sha256.hex() in kept]
        return [record for record in known if self._is_allowed(record, kept[(record.sha256 or b"").hex()])]

    async def _records(self, specs: Sequence[MatchSpec]) -> list[RepoDataRecord]:
        sources = [self.reached.opened[source.address] for each in self.channels for source in each.sources]
        found = await self.reached.gateway.query(
            sources, self.platforms, specs, recursive=False, channel_relations="disabled"
        )
        return list(chain(*found))

    def _may_stay(self, package: LockedConda) -> bool:
        """Say whether the channels, in their order, would still give this name from where it was taken."""
        for channel in self.question.channels:
            if any(source.name == package.channel for source in channel.sources):
                return True
            if self.question.priority == "strict" and any(self._has(each, package.name) for each in channel.sources):
                return self._is_pinned(package)
        return self._is_pinned(package)

    def _is_pinned(self, package: LockedConda) -> bool:
        pinned = {each.channel for each in self.question.requirements if each.name == package.name and each.channel}
        channels = [each for each in self.channels if each.name in pinned]
        return any(source.name == package.channel for each in channels for source in each.sources)

    def _is_allowed(self, record: RepoDataRecord, package: LockedConda) -> bool:
        newest = self._newest()
        stamp = record.indexed_timestamp or record.timestamp
        young_enough = newest is None or (stamp is not None and stamp <= newest)
        return young_enough and name_of(record.channel or "", self.channels) == package.channel

    def _locked(self, record: RepoDataRecord, called: Callable[[str], str]) -> LockedConda:
        return locked(record, called, self.question.target.name, self.question.requirements)

    async def _failure(self, said: str) -> ParityError:
        """Return the error for a question without an answer: what the channels lack, else the chain of requirements."""
        requirements = self.question.requirements
        offers = await self._offers([each for each in requirements if _is_narrow(each)])
        if faults := missing(
            [replace(each, versions=await self._versions(each)) for each in offers if each.is_lacking]
        ):
            return PackageMissing(faults)
        report = await self._report(said)
        virtual = sorted(lacking(report))
        target = self.question.target
        tree = "\n".join(f"  {line}" for line in explain(report, requirements, target))
        hint = "ask for less, or for other versions, of what stands at the left"
        if virtual:
            listed = " and ".join(f"`{name}`" for name in virtual)
            said = f", say `--target {target.name}+cu126`" if virtual == ["__cuda"] and not target.cuda else ""
            hint = f"{listed} is of the machine: lock for a target that has it{said}"
        return SolveImpossible(f"nothing can be locked for `{target.name}`:\n{tree}", hint=hint)

    async def _versions(self, offer: Offer) -> tuple[str, ...]:
        """Return what there is instead: the newest versions of a name, the newest first."""
        found = await self._records([MatchSpec(offer.requirement.name)])
        names = {source.name for each in self.channels if each.name in offer.having for source in each.sources}
        fitting = [record for record in found if name_of(record.channel or "", self.channels) in names]
        return tuple(dict.fromkeys(str(each.version) for each in sorted(fitting, key=_by_version, reverse=True)))

    async def _report(self, said: str) -> str:
        """Ask again in the form in which the report names the true chain: names asked for, all else as constraints."""
        requirements = self.question.requirements
        names = [CondaRequirement(name=each.name, place=each.place, channel=each.channel) for each in requirements]
        narrow = [each for each in requirements if _is_narrow(each)]
        try:
            await self._solved(self._specs(names), constraints=self._specs(narrow))
        except SolverError as error:
            return str(error)
        return said

    def _cut_off(self, said: str) -> ChannelUnreachable:
        listed = ", ".join(f"`{channel.name}`" for channel in self.channels)
        return ChannelUnreachable(
            f"the repodata of {listed} cannot be read to its end: {reason(said)}",
            hint="run it again when the channels answer, without `--offline`",
        )


def _is_narrow(requirement: CondaRequirement) -> bool:
    """Say whether a requirement rules out packages of its name."""
    return bool(requirement.version or requirement.build or requirement.build_number or requirement.others)


def _by_version(record: RepoDataRecord) -> Version:
    return record.version
