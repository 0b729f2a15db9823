"""A project on its way from one version of a package to the next, on either route, and what proves it healthy.

journey = Journey(world, "conda", channel)
journey.want(1)             # publishes `work` 1 and has the manifest ask for it
journey.installed()         # which version `.venv` has, everything imported; empty where there is none
journey.heals()             # the next sync ends well, all is proven, nothing of what was interrupted survives `gc`
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from tests.support.conda.channel import Channels
from tests.support.conda.packages import Package, module, write_channel
from tests.support.index import Index
from tests.support.projects import Outcome, World
from tests.support.wheels import make_wheel

Route = Literal["venv", "conda"]
ROUTES: tuple[Route, ...] = ("venv", "conda")

_MODULES = 6
#: Runs commands until one fails, and says on standard output where the first two have ended.
_SEVERAL = """
import json, os, sys
from parity.cli.main import main
for command in json.loads(sys.argv[1]):
    status = main(command)
    if status:
        break
    if command[0] == "verify":
        print("[end of verify]")
sys.stdout.flush()
sys.stderr.flush()
os._exit(status)  # as parity ends where rattler was at work
"""
#: What imports every package there is and says which `work` it was.
_IMPORTS: Mapping[Route, str] = {
    "venv": "import app, left, base, work, work.part_5; print(work.__version__)",
    "conda": "import wordlib, work, work.part_5, app, left, base; print(work.__version__)",
}


@dataclass(slots=True, kw_only=True)
class Journey:
    """A project in a world. `channel` is a folder of conda channels of its own (see `own_channel`)."""

    world: World
    route: Route
    channel: Path | None = None
    version: int = 0
    published: set[int] = field(default_factory=set)

    def want(self, version: int) -> None:
        """Publish a version of `work`, if nobody has yet, and have the project want it."""
        if version not in self.published:
            self._publish(version)
        self.published.add(version)
        self.version = version
        self._write_manifest()

    def want_more(self) -> None:
        """Want a version that nobody has seen."""
        self.want(max(self.published, default=0) + 1)

    def fresh(self, name: str) -> "Journey":
        """Return the same with a home, a store, caches and a project of its own, in which nothing was done yet."""
        root = self.world.root / name
        for folder in ("home", "project", "tmp"):
            (root / folder).mkdir(parents=True)
        made = replace(self, world=replace(self.world, root=root), published=set(self.published))
        made._write_manifest()
        return made

    def remove(self) -> None:
        """Remove the world of a journey, read-only folders and all."""
        for folder, _, _ in os.walk(self.world.root):
            Path(folder).chmod(0o700)
        shutil.rmtree(self.world.root)

    def parity(self, *arguments: str) -> Outcome:
        """Run parity, which must end well."""
        outcome = self.world.parity(*arguments)
        assert 0 == outcome.exit_code, (arguments, str(outcome))
        return outcome

    def installed(self) -> str:
        """Return the version of `work` in `.venv`, after importing every package; empty where there is no `.venv`."""
        link = self.world.project / ".venv"
        if not link.is_symlink():
            assert not link.exists()
            return ""
        assert (link / ".parity" / "complete").exists(), "the link leads to half an environment"
        command = [str(link / "bin" / "python"), "-I", "-c", _IMPORTS[self.route]]
        done = subprocess.run(command, env={}, capture_output=True, encoding="utf-8", check=False)
        assert 0 == done.returncode, done.stderr
        return done.stdout.strip()

    def heals(self, *then: Sequence[str]) -> str:
        """Assert that the next sync ends well with what the manifest says, proven file by file.

        So do the commands that come `then`; return what they write. All in one process, which is what most of the time
        of many small commands goes to.
        """
        commands = [["sync"], ["verify", "--deep"], *map(list, then)]
        outcome = self.world.run(sys.executable, "-c", _SEVERAL, json.dumps(commands))
        before, _, after = outcome.raw_stdout.partition("[end of verify]\n")
        assert (0, "") == (outcome.exit_code, before), str(outcome)
        assert str(self.version) == self.installed()
        return after

    def fingerprint(self) -> str:
        """Return what the environment's fingerprint is."""
        said = json.loads(self.parity("fingerprint", "--json").raw_stdout)
        fingerprint: str = said["data"]["fingerprint"]
        return fingerprint

    def generations(self) -> list[int]:
        """Return the numbers of the generations, oldest first."""
        return numbers(self.parity("history", "--json").raw_stdout)

    @property
    def site(self) -> Path:
        """Where packages are in the environment that `.venv` leads to."""
        return next(self.world.environment().glob("lib/python3*/site-packages"))

    def _publish(self, version: int) -> None:
        modules = {f"work/part_{number}.py": f"x = {version}\n" for number in range(_MODULES)}
        if self.route == "venv":
            modules["work/__init__.py"] = f"__version__ = '{version}'\n"
            make_wheel(self.world.wheels, "work", str(version), requires=["left"], modules=modules)
            return
        assert self.channel is not None
        files = {**module("work", str(version)), **{f"site-packages/{path}": text for path, text in modules.items()}}
        package = Package("work", str(version), noarch="python", depends=["python", "wordlib"], files=files)
        write_channel(self.channel / "conda-forge", package)

    def _write_manifest(self) -> None:
        if self.route == "venv":
            self.world.write("requirements.txt", f"app\nwork=={self.version}\n")
            return
        assert self.channel is not None
        self.world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = self.channel.as_uri()
        asked = f"channels: [conda-forge]\ndependencies:\n  - work={self.version}\n  - pip: [app]\n"
        self.world.write("environment.yml", asked)


def numbers(history: str) -> list[int]:
    """Return the numbers of the generations that `parity history --json` told, oldest first."""
    return [row["number"] for row in json.loads(history)["data"]["generations"]]


def own_channel(folder: Path, channels: Channels) -> Path:
    """Make conda channels to which a test may add packages: the Python that runs, and one package; return `folder`."""
    forge = folder / "conda-forge"
    for subdir, names in {channels.subdir: ("python", "python_abi"), "noarch": ("wordlib", "python_abi")}.items():
        said = json.loads((channels.forge / subdir / "repodata.json").read_text(encoding="utf-8"))
        records = {**said["packages"], **said["packages.conda"]}
        kept = {file: each for file, each in records.items() if each["name"] in names and _runs(each, channels)}
        (forge / subdir).mkdir(parents=True)
        for file in kept:
            shutil.copy2(channels.forge / subdir / file, forge / subdir / file)
        of_kind = {
            "packages": {file: each for file, each in kept.items() if file.endswith(".tar.bz2")},
            "packages.conda": {file: each for file, each in kept.items() if file.endswith(".conda")},
        }
        text = json.dumps({"info": {"subdir": subdir}, **of_kind, "removed": [], "repodata_version": 1})
        (forge / subdir / "repodata.json").write_text(text, encoding="utf-8")
    return folder


def _runs(record: Mapping[str, str], channels: Channels) -> bool:
    """Say whether a package is one that really runs: the channels have hollow Pythons too."""
    return record["name"] != "python" or record["version"] == channels.python_version


def world_at(root: Path, index: Index) -> World:
    """Return a world in a folder that is made, with an empty project."""
    for folder in ("home", "project", "tmp"):
        (root / folder).mkdir(parents=True)
    return World(root=root, index=index)
