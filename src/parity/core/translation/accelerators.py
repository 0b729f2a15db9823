"""Which kind of computation conda requirements ask for: `cpu`, or a CUDA such as `cu126`."""

import re

from parity.core.errors import Fault
from parity.core.places import Place
from parity.core.spec import CondaRequirement
from parity.core.translation.versions import UntranslatableError, to_pep440

_ONE_MINOR = re.compile(r"==(\d+)\.(\d+)(?:\.\d+)*(?:\.\*)?")
_BUILD_CUDA = re.compile(r"cuda_?(?:(\d+)\.(\d+)|(\d{2})(\d)(?!\d))")
_BUILD_CPU = re.compile(r"(?:^|[_*])cpu(?:[_*]|$)")
_BUILD_SOME_CUDA = re.compile(r"(?:^|[_*])(?:cuda|gpu)")
_NAME_IT = "add `cuda-version=12.6`, or the CUDA you want"


class Accelerators:
    """Collects what is asked for, and settles it when all has been seen."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._named: dict[str, Place] = {}
        self._some_cuda: list[tuple[str, Place]] = []

    def ask(self, how: str, entry: CondaRequirement) -> None:
        """Take in a package that chooses: `cpu`, `cuda` (some CUDA), or `version` (the CUDA of its version)."""
        if how == "cpu":
            self._named.setdefault("cpu", entry.place)
        elif how == "cuda":
            self._some_cuda.append((entry.name, entry.place))
        else:
            self._cuda_of_version(entry)

    def ask_by_build(self, entry: CondaRequirement) -> bool:
        """Take in what a build string says (`*cuda11.8*`, `cpu_*`); return whether it says anything."""
        build = entry.build.lower()
        if match := _BUILD_CUDA.search(build):
            major, minor = match[1] or match[3], match[2] or match[4]
            self._named.setdefault(f"cu{major}{minor}", entry.place)
        elif _BUILD_CPU.search(build):
            self._named.setdefault("cpu", entry.place)
        elif _BUILD_SOME_CUDA.search(build):
            self._some_cuda.append((entry.name, entry.place))
        else:
            return False
        return True

    def settle(self) -> str:
        """Return the one accelerator, or empty where nothing was asked; contradictions become faults."""
        first, *others = self._named or [""]
        line = self._named[first].line if first else None
        for other in others:
            message = f"`{other}` is asked for here and `{first}` in line {line}"
            self._fault(self._named[other], message, "keep one of them")
        if first in {"", "cpu"}:
            said = f"but `cpu` stands in line {line}" if first else "without saying which"
            for name, place in self._some_cuda:
                self._fault(place, f"`{name}` asks for CUDA, {said}", _NAME_IT)
        return first

    def _cuda_of_version(self, entry: CondaRequirement) -> None:
        try:
            match = _ONE_MINOR.fullmatch(to_pep440(entry.version))
        except UntranslatableError:
            match = None
        if match:
            self._named.setdefault(f"cu{match[1]}{match[2]}", entry.place)
            return
        found = f"`{entry.version}`" if entry.version else "no version"
        message = f"`{entry.name}` must name one CUDA on the light route; this is {found}"
        self._fault(entry.place, message, f"write `{entry.name}=12.6`, or use `--route conda`")

    def _fault(self, place: Place, message: str, hint: str) -> None:
        self.faults.append(Fault(place=place, message=message, hint=hint))
