"""Asking uv which distributions answer a question, in a folder of ours.

Two runs answer one question: the first says which distributions and files (`pylock.toml`), the second, held to the
first one's versions, who asked for each and which index has it (the annotations of `requirements.txt`; PEP 751 files
made by uv say neither).
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path

from packaging.utils import canonicalize_name

from parity.core.dataclass import dataclass
from parity.core.errors import PathMissing, ResolutionImpossible
from parity.core.findings import Finding
from parity.core.lockfile.model import LockedWheel
from parity.core.resolution import Provided, Question
from parity.core.spec import WheelRequirement
from parity.engines.pypi.annotations import Annotation, read_annotations
from parity.engines.pypi.convert import Conversion
from parity.engines.pypi.extras import with_extras
from parity.engines.pypi.indexes import IndexSettings
from parity.engines.pypi.pylock import Answered, read_pylock
from parity.engines.pypi.shelf import shelf_of
from parity.engines.pypi.stubs import LOCAL, write_stubs
from parity.engines.pypi.uv import Uv, extras_missing, failure
from parity.engines.pypi.workspace import PROJECT, REQUIREMENTS, Workspace
from parity.engines.system.process import Outcome
from parity.engines.system.scratch import scratch_folder

_STUBS = "stubs"
_PROVIDED = "provided.in"
_MANIFESTS = frozenset({f"-r {REQUIREMENTS}", f"{PROJECT} (pyproject.toml)"})


@dataclass(frozen=True, slots=True, kw_only=True)
class UvResolver:
    """A resolver (core/ports.py). `root` is the project's folder, to which relative paths refer."""

    uv: Uv
    root: Path
    _remarks: dict[Finding, None] = field(default_factory=dict[Finding, None], init=False)

    def versions(self) -> dict[str, str]:
        """Return the name and version of what resolves, for the lock's `made-with`."""
        return {"uv": self.uv.version()}

    def resolve(self, question: Question) -> tuple[LockedWheel, ...]:
        """Return the distributions that answer, sorted by name, for the one target of the question.

        Raises ResolutionImpossible, NetworkFailed, UvFailed, WheelNone, PathMissing.
        """
        _check_paths(question, self.root)
        if not question.provided:
            return tuple(wheel for wheel, _ in self._resolved(question))
        while True:
            found = self._resolved(question)
            complete = with_extras(question, found, shelf_of(self.uv, self.root, question))
            if complete == question:
                return tuple(wheel for wheel, _ in found)
            question = complete

    def _resolved(self, question: Question) -> list[tuple[LockedWheel, Answered]]:
        settings = IndexSettings(indexes=question.indexes, environ=self.uv.environ, root=self.root)
        with scratch_folder(str(self.uv.cache.with_name("questions"))) as name:
            folder = Path(name).resolve()
            work = Workspace(folder=folder, root=self.root, settings=settings)
            held = _held(work, question.provided)
            remarks: list[Finding] = []
            attempt = _Attempt(uv=self.uv, work=work, question=question, settings=settings, remarks=remarks)
            question = replace(question, requirements=tuple(map(attempt.named, question.requirements)))
            attempt = replace(attempt, question=question, inputs=(*work.write_inputs(question), *held))
            answered = attempt.answer()
            annotations = attempt.annotations(answered)
        self._remarks.update(dict.fromkeys(remarks))
        conversion = Conversion(question=question, settings=settings, folder=folder, annotations=annotations)
        return [(conversion.locked(each), each) for each in answered]

    def remarks(self) -> tuple[Finding, ...]:
        """Return what there is to say about the answers so far, each remark once."""
        return tuple(self._remarks)


def _check_paths(question: Question, root: Path) -> None:
    for requirement in [*question.requirements, *question.constraints]:
        if requirement.path and not (root / requirement.path).exists():
            raise PathMissing(f"there is nothing at `{requirement.path}`", place=requirement.place)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """One question under way."""

    uv: Uv
    work: Workspace
    question: Question
    settings: IndexSettings
    remarks: list[Finding]
    inputs: tuple[str, ...] = ()

    def named(self, requirement: WheelRequirement) -> WheelRequirement:
        """Return a requirement with its name: uv builds only what it is told by name may be built.

        The user gave the folder or address himself, so that asking its build for its name needs no further leave.
        """
        if requirement.name:
            return requirement
        line = self.work.line(requirement)
        answered = self._compile([self.work.write("unnamed.in", [line])], ["--no-deps"], pins=False)
        return replace(requirement, name=answered[0].name) if answered else requirement

    def answer(self) -> tuple[Answered, ...]:
        """Return what answers; wheels only, except for what may be built."""
        question = self.question
        if ":all:" in question.no_binary or "*" in question.sdists:
            return self._compile_inputs(only=question.only_binary, build=self._built())
        if not question.sdists:
            return self._compile_inputs(only=[":all:"], build=self._built())
        return self._answer_with_sdists()

    def _answer_with_sdists(self) -> tuple[Answered, ...]:
        """Let some be built where they have no wheel, and no others.

        uv either forces a source distribution or forbids it; to leave the choice open for some names, all others must
        be forbidden by name. Which others there are shows in an answer, so this goes on until no new name appears.
        """
        allowed = frozenset(map(canonicalize_name, self.question.sdists)) | frozenset(self._built())
        try:
            answered = self._compile_inputs(only=[":all:"], build=self._built())
        except ResolutionImpossible:
            answered = self._compile_inputs(only=[":all:"], build=sorted(allowed))
        closed: set[str] = set()
        while new := {each.name for each in answered} - closed - allowed:
            closed |= new
            answered = self._compile_inputs(only=sorted(closed), build=self._built())
        return answered if closed else self._compile_inputs(only=[], build=self._built())

    def _built(self) -> list[str]:
        """Return the names that are built in any case: as the user said, or because he gave a folder or repository."""
        given = {
            requirement.name
            for requirement in [*self.question.requirements, *self.question.constraints]
            if requirement.name and (address := requirement.path or requirement.url) and not _is_wheel(address)
        }
        return sorted({*given, *self.question.no_binary})

    def _compile_inputs(self, *, only: Iterable[str], build: Iterable[str]) -> tuple[Answered, ...]:
        held = {each.name for each in self.question.provided}
        flags = [*_each("--only-binary", {*only, *held}), *_each("--no-binary", build)]
        flags += _each("--no-emit-package", held)
        return self._compile(self.inputs, flags, pins=True)

    def _compile(self, inputs: Sequence[str], flags: Sequence[str], *, pins: bool) -> tuple[Answered, ...]:
        output = self.work.write_pins(self.question.pins if pins else {}, self.question.requirements)
        outcome = self._run([*inputs, *flags, *self._flags(), "--format", "pylock.toml", "--output-file", output])
        self.remarks[:] = [_no_extra(*each, self.question.provided) for each in extras_missing(outcome)]
        return read_pylock(self.work.read(output))

    def annotations(self, answered: Sequence[Answered]) -> Mapping[str, Annotation]:
        """Ask again, held to an answer, for who asked for what and where it is."""
        pinned = [f"{each.name}=={each.version}" for each in answered if each.files]
        build = [each.name for each in answered if not each.files or not _has_wheel(each)]
        wheels = [each.name for each in answered if each.name not in build]
        outcome = self._run([
            *self.inputs,
            *_each("--only-binary", wheels),
            *_each("--no-binary", {*build, *self._built()} & {each.name for each in answered}),
            *self._flags(refresh=False),
            *("--constraints", self.work.write("pins.in", pinned)),
            *("--format", "requirements.txt", "--annotation-style", "split", "--emit-index-annotation"),
        ])  # fmt: skip
        return read_annotations(outcome.stdout, manifests=_MANIFESTS)

    def _flags(self, *, refresh: bool = True) -> list[str]:
        question = self.question
        flags = ["--no-header", "--python-platform", question.target.uv]
        flags += ["--python-version", question.python_version, "--python", question.interpreter or sys.executable]
        flags += self.settings.flags()
        if question.prereleases:
            flags += ["--prerelease", "allow"]
        if question.exclude_newer:
            flags += ["--exclude-newer", question.exclude_newer]
        if refresh and not self.uv.offline:
            everything = "*" in question.refresh
            flags += ["--refresh"] if everything else [*_each("--refresh-package", question.refresh)]
        return flags

    def _run(self, arguments: Sequence[str]) -> Outcome:
        macos = self.question.target.macos
        extra = self.settings.environment() | ({"MACOSX_DEPLOYMENT_TARGET": macos} if macos else {})
        if self.question.provided:
            known = extra.get("UV_FIND_LINKS") or self.uv.environ.get("UV_FIND_LINKS", "")
            extra["UV_FIND_LINKS"] = ",".join(filter(None, [known, str(self.work.folder / _STUBS)]))
        outcome = self.uv.call(["pip", "compile", *arguments], cwd=self.work.folder, extra=extra)
        if outcome.status:
            subject = f"nothing can be locked for `{self.question.target.name}`"
            ours = {f"{self.work.folder}/": "", f"file://{self.work.root}/": "", f"{self.work.root}/": ""}
            ours |= {f"{each.name}=={each.version}{LOCAL}": _told(each) for each in self.question.provided}
            raise failure(outcome, subject, replace=ours | {f"{PROJECT} depends on": "you require"})
        return outcome


def _no_extra(name: str, version: str, extra: str, provided: Sequence[Provided]) -> Finding:
    brought = next((each for each in provided if each.name == name), None)
    if brought is None:
        message, hint = f"`{name}` {version} has no extra `{extra}`: it adds nothing", "look for another spelling of it"
    else:
        message = (
            f"`{name}` comes with conda's package `{brought.package}`, and what its extra `{extra}` needs does not"
        )
        hint = "name that under `pip:`, or among the conda dependencies"
    return Finding(code="extra-missing", severity="warning", subject=name, message=message, hint=hint, package=name)


def _held(work: Workspace, provided: Sequence[Provided]) -> list[str]:
    """Return the arguments that have uv choose what is provided, and nothing else of those names."""
    if not provided:
        return []
    constraints = work.write(_PROVIDED, write_stubs(work.folder / _STUBS, provided))
    return ["--constraints", constraints]


def _told(provided: Provided) -> str:
    return f"{provided.name}=={provided.version} of conda's package {provided.package}"


def _each(flag: str, values: Iterable[str]) -> list[str]:
    return [word for value in sorted(values) for word in (flag, value)]


def _is_wheel(address: str) -> bool:
    return address.split("#", 1)[0].split("?", 1)[0].endswith(".whl")


def _has_wheel(answered: Answered) -> bool:
    return any(file.name.endswith(".whl") for file in answered.files)
