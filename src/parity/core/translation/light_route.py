"""conda's requirements → wheels, an interpreter and an accelerator: `environment.yml` without conda.

What has no equal on PyPI is refused with its place; what is lost on the way (channels, build strings) is told.
"""

import re
from collections.abc import Sequence

from packaging.utils import canonicalize_name

from parity.core.dataclass import dataclass
from parity.core.errors import Fault
from parity.core.findings import Finding
from parity.core.python_request import PythonRequest
from parity.core.spec import CondaRequirement, WheelRequirement
from parity.core.translation.accelerators import Accelerators
from parity.core.translation.names import Meaning, NameTable
from parity.core.translation.pythons import build_word, python_request
from parity.core.translation.versions import UntranslatableError, to_pep440

_PROJECT = re.compile(r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?:\[(?P<extras>[a-z0-9_,-]+)\])?")
_ONE_MAJOR = re.compile(r"(?:==|~=|>=)(\d+)(?:\.|$)")
# keys that name one file of a channel; everything else in brackets only narrows a choice
_EXACT = ("fn", "md5", "sha256", "url")
_CONDA_ROUTE = "use `--route conda`, or remove it"
_RANGE = "write a version such as `=1.2` or a range such as `>=1.2,<2`, or use `--route conda`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """What the requirements are without conda.

    `accelerator` is `cpu`, `cu126`, …, or empty where nothing was asked. `lost` says what and of which package, without
    places: a lock keeps it, and must not change with a comment.
    """

    wheels: tuple[WheelRequirement, ...] = ()
    python: tuple[PythonRequest, ...] = ()
    accelerator: str = ""
    lost: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    faults: tuple[Fault, ...] = ()


def translate(conda: Sequence[CondaRequirement], names: NameTable) -> Translation:
    """Translate all requirements; raises nothing: faults are returned, all together."""
    translator = _Translator(names)
    for entry in conda:
        translator.take(entry)
    return translator.result()


class _Translator:
    def __init__(self, names: NameTable) -> None:
        self._names = names
        self._wheels: list[WheelRequirement] = []
        self._by_cuda: list[tuple[CondaRequirement, str]] = []
        self._python: list[PythonRequest] = []
        self._accelerators = Accelerators()
        self._lost: list[str] = []
        self._findings: list[Finding] = []
        self._faults: list[Fault] = []

    def take(self, entry: CondaRequirement) -> None:
        exact = [key for key, _ in entry.others if key in _EXACT]
        if exact:
            said = " and ".join(f"`{key}`" for key in exact)
            self._fault(entry, f"`{entry.name}` with {said} names one file of a conda channel", _CONDA_ROUTE)
        elif entry.name == "python":
            self._interpreter(entry)
        else:
            self._package(entry, self._names.find(entry.name, entry.channel))

    def result(self) -> Translation:
        accelerator = self._accelerators.settle()
        for entry, pattern in self._by_cuda:
            if accelerator.startswith("cu"):
                self._wheel(entry, pattern.format(major=accelerator[2:-1]))
            else:
                hint = "add `cuda-version=12.6`, or use `--route conda`"
                self._fault(entry, f"`{entry.name}` has a name for each CUDA on PyPI, and no CUDA is named", hint)
        return Translation(
            wheels=tuple(self._wheels),
            python=tuple(self._python),
            accelerator=accelerator,
            lost=tuple(sorted(self._lost)),
            findings=tuple(self._findings),
            faults=(*self._faults, *self._accelerators.faults),
        )

    def _interpreter(self, entry: CondaRequirement) -> None:
        try:
            request = python_request(entry)
        except UntranslatableError as error:
            self._fault(entry, f"`python`: {error}", _RANGE)
            return
        if request:
            self._python.append(request)
        self._tell_lost(entry, build_kept=bool(build_word(entry.build)))

    def _package(self, entry: CondaRequirement, meaning: Meaning) -> None:
        if meaning.kind == "outside":
            self._fault(entry, f"`{entry.name}` has no equal on PyPI", _CONDA_ROUTE)
            return
        if meaning.kind == "steering":
            self._lost.append(f"`{entry.name}`, which only steers conda")
            return
        build_kept = self._accelerators.ask_by_build(entry)
        match meaning.kind:
            case "project":
                self._wheel(entry, meaning.project)
            case "by-major":
                self._by_major(entry, meaning)
            case "by-cuda":
                self._by_cuda.append((entry, meaning.project))
            case "accelerator":
                self._accelerators.ask(meaning.accelerator, entry)
                if meaning.project:
                    self._wheel(entry, meaning.project)
            case _:
                self._unknown(entry)
        self._tell_lost(entry, build_kept=build_kept)

    def _by_major(self, entry: CondaRequirement, meaning: Meaning) -> None:
        try:
            versions = to_pep440(entry.version)
        except UntranslatableError as error:
            self._fault(entry, f"`{entry.name}`: {error}", _RANGE)
            return
        majors = {match[1] for clause in versions.split(",") if (match := _ONE_MAJOR.match(clause))}
        project = meaning.projects.get(majors.pop()) if len(majors) == 1 else None
        if project:
            self._wheel(entry, project)
            return
        choices = " or ".join(f"`{entry.name}={major}`" for major in sorted(meaning.projects))
        message = f"`{entry.name}` is another project on PyPI for each major version, and this names none"
        self._fault(entry, message, f"write {choices}")

    def _unknown(self, entry: CondaRequirement) -> None:
        if not _PROJECT.fullmatch(entry.name):
            self._fault(entry, f"`{entry.name}` has no equal on PyPI", _CONDA_ROUTE)
            return
        self._findings.append(
            Finding(
                code="name-unmapped",
                severity="warning",
                subject=str(entry.place),
                message=f"`{entry.name}` is looked for on PyPI under conda's name; parity does not know that it is one",
                hint="put it under `pip:` if that is right, or use `--route conda`",
                package=entry.name,
            )
        )
        self._wheel(entry, entry.name)

    def _wheel(self, entry: CondaRequirement, project: str) -> None:
        match = _PROJECT.fullmatch(project)
        if match is None:
            raise ValueError(f"the table of names gives `{entry.name}` as `{project}`")
        try:
            specifier = to_pep440(entry.version)
        except UntranslatableError as error:
            self._fault(entry, f"`{entry.name}`: {error}", _RANGE)
            return
        extras = tuple(sorted(match["extras"].split(","))) if match["extras"] else ()
        name = canonicalize_name(match["name"])
        self._wheels.append(WheelRequirement(name=name, place=entry.place, extras=extras, specifier=specifier))

    def _tell_lost(self, entry: CondaRequirement, *, build_kept: bool) -> None:
        said = {
            "channel": entry.channel,
            "subdir": entry.subdir,
            "build": "" if build_kept else entry.build,
            "build number": entry.build_number,
            **{key.replace("_", " "): value for key, value in entry.others},
        }
        parts = [f"{what} `{value}`" for what, value in said.items() if value]
        if parts:
            self._lost.append(f"{', '.join(parts)} of `{entry.name}`")

    def _fault(self, entry: CondaRequirement, message: str, hint: str) -> None:
        self._faults.append(Fault(place=entry.place, message=message, hint=hint))
