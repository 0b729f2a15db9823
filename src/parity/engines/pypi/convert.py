"""uv's answer made into entries of a lock: what, not where from."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from packaging.utils import canonicalize_name

from parity.core.addresses import kept, repository
from parity.core.dataclass import dataclass
from parity.core.errors import WheelNone
from parity.core.lockfile.model import LockedWheel
from parity.core.resolution import Question
from parity.core.spec import WheelRequirement
from parity.core.wheel_files import DistributionFile, choose_file
from parity.engines.pypi.annotations import Annotation
from parity.engines.pypi.indexes import IndexSettings
from parity.engines.pypi.pylock import Answered

_NOBODY = Annotation(parents=frozenset(), requested=False, index="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """One answer on its way into a lock; `folder` is where uv was asked."""

    question: Question
    settings: IndexSettings
    folder: Path
    annotations: Mapping[str, Annotation]

    def locked(self, answered: Answered) -> LockedWheel:
        """Return one distribution as the lock has it. Raises WheelNone where no file of it fits."""
        annotation = self.annotations.get(answered.name, _NOBODY)
        entry = LockedWheel(
            name=answered.name,
            version=answered.version,
            targets=(self.question.target.name,),
            requires=tuple(sorted(name for name, each in self.annotations.items() if answered.name in each.parents)),
            requested=annotation.requested,
        )
        if answered.files:
            file = self._chosen(answered)
            index = self.settings.name_of(annotation.index)
            return replace(entry, index=index, file=file.name, sha256=file.sha256, size=file.size)
        return self._given(entry, answered)

    def _given(self, entry: LockedWheel, answered: Answered) -> LockedWheel:
        """Return what the user gave as an address, with the address as he wrote it."""
        asked = next((each for each in self._asked(answered.name) if each.path or each.url), None)
        if answered.file:
            file = answered.file
            entry = replace(entry, file=file.name, sha256=file.sha256, size=file.size)
        entry = replace(entry, subdirectory=answered.subdirectory)
        if answered.commit:
            url = repository(kept(asked.url if asked else answered.url))
            return replace(entry, url=url, commit=answered.commit)
        if answered.path:
            path = asked.path if asked and asked.path else self._relative(answered.path)
            return replace(entry, path=path, editable=asked.editable if asked else False)
        return replace(entry, url=kept(asked.url if asked else answered.url))

    def _asked(self, name: str) -> list[WheelRequirement]:
        every = [*self.question.requirements, *self.question.constraints]
        return [requirement for requirement in every if requirement.name == name]

    def _chosen(self, answered: Answered) -> DistributionFile:
        question, files = self.question, answered.files
        hashes = {digest.removeprefix("sha256:") for each in self._asked(answered.name) for digest in each.hashes}
        if hashes:
            files = tuple(file for file in files if file.sha256 in hashes)
        if hashes and not files:
            raise WheelNone(
                f"no file of `{answered.name}` {answered.version} has a hash that the manifest lists",
                hint="list the hashes of this version, or leave them to the lock",
                place=self._asked(answered.name)[0].place,
            )
        no_binary = frozenset(question.no_binary)
        return choose_file(
            files,
            question.target,
            question.python,
            package=answered.name,
            version=answered.version,
            sdist_allowed=bool({"*", answered.name} & set(map(_normalised, question.sdists))),
            sdist_only=bool({":all:", answered.name} & no_binary),
        )

    def _relative(self, path: str) -> str:
        """Return a path as a project says it: relative to the project where it is inside, else absolute."""
        found = (self.folder / path).resolve()
        root = self.settings.root.resolve()
        return found.relative_to(root).as_posix() if found.is_relative_to(root) else found.as_posix()


def _normalised(name: str) -> str:
    return name if name == "*" else canonicalize_name(name)
