"""The confusion matrix of `parity check` against reality: `python -m tests.truth.matrix` prints the whole."""

import json
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from parity.core.contents import Entry
from parity.core.ports import SilentReporter
from parity.core.preflight.examine import Contents, examine
from parity.core.preflight.machine import Machine, of_target
from parity.core.preflight.profiles import from_profile
from parity.engines.machine.probing import Language, script
from parity.workflows import wiring, wiring_foresight
from tests.truth import musl
from tests.truth.cases import CASES, Case
from tests.truth.roots import CACHE, Root, make

_PIP = Case(name="pip", requirement="pip==25.2", module="pip")
_V2 = "lm cmov cx8 fpu fxsr mmx syscall sse sse2 cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """A column of the matrix: the root where it is tried, and what check is asked about.

    `target` is a named target instead of the root's own profile. `platforms` are the tags that pip is asked about where
    there is no such root, all of them, since pip adds none: then nothing is imported, and the column is marked.
    `processor` are flags that the kernel would report, where an emulator lets the host's through.
    """

    name: str
    root: Root
    target: str = ""
    platforms: tuple[str, ...] = ()
    processor: str = ""


_BULLSEYE = Root(name="debian-11", suite="bullseye", python="3.9")
_BOOKWORM = Root(name="debian-12", suite="bookworm", python="3.11")
_TRIXIE = Root(name="debian-13", suite="trixie", python="3.13")
_SID = Root(name="debian-sid", suite="sid", python="3.14")
_ARM = Root(
    name="debian-12-arm64", suite="bookworm", python="3.11", architecture="arm64", emulator=("qemu-aarch64-static",)
)
_OLD_ARM = Root(
    name="debian-11-arm64", suite="bullseye", python="3.9", architecture="arm64", emulator=("qemu-aarch64-static",)
)
_MUSL_ROOT = Root(name="musl", suite="trixie", python=musl.PYTHON, musl=True)
_OLD = Root(
    name="debian-12-x86-64-v2", suite="bookworm", python="3.11", emulator=("qemu-x86_64-static", "-cpu", "Nehalem")
)
_MUSL = ("musllinux_1_2_x86_64", "musllinux_1_1_x86_64", "musllinux_1_0_x86_64")
_OLDEST = tuple(f"manylinux_2_{minor}_x86_64" for minor in range(17, 4, -1))
JUDGES = (
    Judge(name="debian-11", root=_BULLSEYE),
    Judge(name="debian-12", root=_BOOKWORM),
    Judge(name="debian-13", root=_TRIXIE),
    Judge(name="debian-sid", root=_SID),
    Judge(name="debian-12 arm64", root=_ARM),
    Judge(name="debian-11 arm64", root=_OLD_ARM),
    Judge(name="debian-12 v2", root=_OLD, processor=_V2),
    Judge(name="musl 1.2", root=_MUSL_ROOT),
    Judge(name="alpine-3.20*", root=_BOOKWORM, target="alpine-3.20", platforms=_MUSL),
    Judge(name="osx-arm64*", root=_BOOKWORM, target="osx-arm64", platforms=("macosx_13_0_arm64",)),
    Judge(name="glibc2.17*", root=_BOOKWORM, target="linux-64-glibc2.17", platforms=_OLDEST),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One lock on one machine: what check says of it, which subjects it blames and why, and what became of it there.

    `outcome` is empty where it ran.
    """

    judge: str
    case: str
    package: str
    verdict: str
    blamed: Mapping[str, str]
    outcome: str

    @property
    def agrees(self) -> bool:
        """Whether the verdict is what came true, and names the package that failed."""
        return not self.blamed and self.verdict == "runs" if not self.outcome else self.package in self.blamed


def compare(
    judges: Sequence[Judge] = JUDGES, cases: Sequence[Case] = CASES, languages: Sequence[Language] = ("python",)
) -> list[Cell]:
    """Try each case on each machine, and return it beside what check says of a profile by the probe in each language.

    Raises OSError and CalledProcessError.
    """
    for case in (_PIP, *cases):
        case.fetch()
    found: list[Cell] = []
    for judge in judges:
        tried = [case for case in cases if _can_be_tried(case, judge)]
        with judge.root.held():
            make(judge.root)
            machines = [_machine(judge, language) for language in languages]
            outcomes = _outcomes(judge, tried)
        found += (_cell(judge, machine, case, outcomes[case.name]) for machine in machines for case in tried)
    return found


def _can_be_tried(case: Case, judge: Judge) -> bool:
    """Tell whether a root can say what becomes of a lock.

    Where pip alone is asked, it can of what is published, which says what it needs. A conda package comes with conda's
    Python, which needs glibc: musl's loader would take the file alone.
    """
    return not (case.source if judge.platforms else case.depends and judge.root.musl)


def _machine(judge: Judge, language: Language) -> Machine:
    if judge.target:
        return of_target(wiring.targets().named(judge.target))
    return from_profile(_profile(judge, language), judge.name)


def _profile(judge: Judge, language: Language) -> dict[str, object]:
    """Return what a probe says inside a root."""
    root = judge.root
    facts = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    flags = f"flags\t\t: {judge.processor}\n"
    (root.folder / "proc" / "cpuinfo").write_text(flags if judge.processor else facts, encoding="utf-8")
    (root.folder / "probe").write_text(script(language), encoding="utf-8")
    said = root.run("/bin/sh" if language == "sh" else f"/usr/bin/python{root.python}", "/probe")
    if said.returncode:
        raise OSError(f"the probe ended with {said.returncode} in {root.name}: {said.stderr}")
    data: dict[str, object] = json.loads(said.stdout)
    return data


def _outcomes(judge: Judge, cases: Sequence[Case]) -> dict[str, str]:
    here = judge.root.folder / "truth"
    shutil.rmtree(here, ignore_errors=True)
    for case in cases:
        (here / "wheels" / case.name).mkdir(parents=True)
        shutil.copy2(case.wheel, here / "wheels" / case.name)
    with zipfile.ZipFile(_PIP.wheel) as packed:  # an emulated interpreter takes minutes to read it packed
        packed.extractall(here / "pip")
    shutil.copy2(Path(__file__).with_name("inside.py"), here)
    asked = [
        {"name": case.name, "requirement": case.requirement, "module": case.module, "sha256": case.digest}
        for case in cases
    ]
    (here / "cases.json").write_text(json.dumps({"platforms": judge.platforms, "cases": asked}), encoding="utf-8")
    said = judge.root.run(f"/usr/bin/python{judge.root.python}", "/truth/inside.py")
    if said.returncode:
        raise OSError(f"nothing could be tried in {judge.root.name}: {said.stderr}")
    outcomes: dict[str, str] = json.loads(said.stdout)
    return outcomes


def _cell(judge: Judge, machine: Machine, case: Case, outcome: str) -> Cell:
    tools = wiring_foresight.check_tools(
        {"PARITY_CACHE_DIR": str(CACHE / "elf")}, offline=True, reporter=SilentReporter()
    )
    knowledge = tools.knowledge
    lock = case.lock(judge.root.python)
    folder = CACHE / "unpacked" / case.name
    with zipfile.ZipFile(case.wheel) as packed:
        packed.extractall(folder)
    entries = {
        str(path.relative_to(folder)): Entry("f", 0o644, path.stat().st_size, path.stat().st_mtime_ns, "", str(path))
        for path in folder.rglob("*") if path.is_file()
    }  # fmt: skip
    inside = Contents(
        objects=tools.inside.objects.of(folder, {path: entry._replace(mtime=0) for path, entry in entries.items()}),
        packages=dict.fromkeys(entries, lock.wheels[0].name if lock.wheels else lock.conda[0].name),
        size=0, files=0,
    )  # fmt: skip
    examined = examine(lock, machine, knowledge, inside)
    blamed = {each.subject: each.message for each in examined.findings if each.severity == "error"}
    return Cell(
        judge=judge.name, case=case.name, package=case.package, verdict=examined.verdict, blamed=blamed, outcome=outcome
    )


def table(cells: Sequence[Cell]) -> str:
    """Draw the matrix in Markdown; what came out otherwise than was said stands in capitals."""
    judges = list(dict.fromkeys(cell.judge for cell in cells))
    by_place = {(cell.judge, cell.case): cell for cell in cells}
    lines = ["| lock | " + " | ".join(judges) + " |", "|---" * (len(judges) + 1) + "|"]
    for case in dict.fromkeys(cell.case for cell in cells):
        row = [_word(by_place.get((judge, case))) for judge in judges]
        lines.append(f"| {case} | " + " | ".join(row) + " |")
    right = sum(cell.agrees for cell in cells)
    lines += ["", f"{right} of {len(cells)} verdicts came true", "* no root of that system: pip was asked, not Python"]
    return "\n".join(lines)


def _word(cell: Cell | None) -> str:
    if cell is None:
        return " "
    return cell.verdict if cell.agrees else f"SAID {cell.verdict.upper()}"


if __name__ == "__main__":
    everything = compare()
    print(table(everything))  # noqa: T201 - a program
    for wrong in everything:
        if not wrong.agrees:
            print(wrong)  # noqa: T201 - a program
