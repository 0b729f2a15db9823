"""An update killed at points spread over its whole run: parity, `uv sync` and rattler's install, side by side.

    python -m benchmarks.kills [--points N]

Each goes from one version of a package of many modules to the next, caches warm, and is sent SIGKILL at the N-th change
of a file. Printed is what the environment was then, and after the same command was run again to its end: every module
is imported, and all must be of one version. Needs Linux and a C compiler.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measuring import PARITY, UV
from tests.support.conda.channel import build_channel
from tests.support.conda.packages import Package, module, write_channel
from tests.support.index import serve_index
from tests.support.injection import Injector, Signalled, points
from tests.support.journeys import own_channel
from tests.support.projects import World
from tests.support.wheels import make_wheel

MODULES = 150

_HEALTH = f"""
import importlib
print(*{{importlib.import_module(f"work.part_{{number}}").version for number in range({MODULES})}})
"""

_RATTLER = """
import asyncio, os, sys
import rattler

async def main(channel, prefix, cache, spec):
    name, zero = rattler.PackageName("__unix"), rattler.Version("0")
    virtual = [rattler.GenericVirtualPackage(name, zero, rattler.BuildString("0"))]
    gateway = rattler.Gateway(cache_dir=cache + "/repodata")
    records = await rattler.solve([rattler.Channel(channel)], [spec], gateway=gateway, virtual_packages=virtual)
    await rattler.install(records, prefix, cache_dir=cache + "/packages", show_progress=False)

asyncio.run(main(*sys.argv[1:]))
os._exit(0)
"""


class Contender(ABC):
    """One tool in a world of its own. `old` and `new` are the versions that it goes between."""

    def __init__(self, world: World) -> None:
        self.world = world
        for folder in ("home", "project", "tmp"):
            (world.root / folder).mkdir(parents=True)

    @property
    @abstractmethod
    def command(self) -> list[str]:
        """The command that brings the environment in sync."""

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.world.project / ".venv" / "bin" / "python"

    @abstractmethod
    def want(self, version: int) -> None:
        """Have the project want a version, locked where the tool has a lock."""

    def sync(self) -> bool:
        """Run the command to its end and say whether it says that all is well."""
        return self.world.run(*self.command).exit_code == 0

    def reset(self) -> None:
        """Begin again with a healthy environment of the old version and the new one wanted."""
        shutil.rmtree(self.world.project / ".venv", ignore_errors=True)
        self.want(1)
        if not self.sync():
            raise RuntimeError(self.command)
        self.want(2)

    def health(self) -> str:
        """Return which version all modules are of; `broken` where one is missing, `mixed` where they differ."""
        command = [str(self.python), "-I", "-B", "-c", _HEALTH]
        done = (
            subprocess.run(command, env={}, capture_output=True, encoding="utf-8", check=False)
            if self.there()
            else None
        )
        versions = done.stdout.split() if done and done.returncode == 0 else []
        return "broken" if not versions else "mixed" if len(versions) > 1 else versions[0]

    def there(self) -> bool:
        """Say whether there is an interpreter at all."""
        return self.python.exists()


class Uv(Contender):
    """`uv sync --frozen` of a lock that is there."""

    @property
    def command(self) -> list[str]:
        """The command that brings the environment in sync."""
        return [UV, "sync", "--frozen", "--quiet", "--no-config", "--python", sys.executable]

    def want(self, version: int) -> None:
        """Write the project and its lock."""
        project = (
            f'[project]\nname = "p"\nversion = "0"\nrequires-python = ">=3.11"\ndependencies = ["work=={version}"]\n'
        )
        self.world.write("pyproject.toml", project)
        self.world.run(UV, "lock", "--quiet", "--no-config", "--python", sys.executable)


class Rattler(Contender):
    """rattler's install of solved records into the prefix that is there, as pixi does it."""

    def __init__(self, world: World, channel: Path) -> None:
        super().__init__(world)
        self._channel = channel
        self._version = 1

    @property
    def command(self) -> list[str]:
        """The command that brings the environment in sync."""
        folders = [(self._channel / "conda-forge").as_uri(), str(self.world.project / ".venv"), str(self.world.cache)]
        return [sys.executable, "-c", _RATTLER, *folders, f"work=={self._version}"]

    def want(self, version: int) -> None:
        """Note what to ask for."""
        self._version = version


class Parity(Contender):
    """`parity sync --frozen`, on either route."""

    def __init__(self, world: World, channel: Path | None) -> None:
        super().__init__(world)
        self._conda = channel is not None
        if channel is not None:
            world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = channel.as_uri()

    @property
    def command(self) -> list[str]:
        """The command that brings the environment in sync."""
        return [PARITY, "sync", "--frozen", "--quiet"]

    def want(self, version: int) -> None:
        """Write the manifest and its lock."""
        if self._conda:
            self.world.write("environment.yml", f"channels: [conda-forge]\ndependencies: [work={version}]\n")
        else:
            self.world.write("requirements.txt", f"work=={version}\n")
        self.world.run(PARITY, "lock", "--quiet")

    def reset(self) -> None:
        """Remove the environment of the new version too: it would only have to be linked."""
        (self.world.project / ".venv").unlink(missing_ok=True)
        self.want(1)
        if not self.sync():
            raise RuntimeError(self.command)
        self.world.run(PARITY, "gc", "--keep", "1", "--wait")
        self.want(2)


def campaign(contender: Contender, injector: Injector, count: int) -> Counter[str]:
    """Kill updates and count how the environment was afterwards, and after the same command once more."""
    found: Counter[str] = Counter()
    contender.reset()
    contender.sync()  # everything is in the caches from here on
    contender.reset()
    total = injector.run(contender.command, contender.world.project, contender.world.environ).changes
    for at in points(total, count, 1):
        contender.reset()
        hit = Signalled(at=at)
        injector.run(contender.command, contender.world.project, contender.world.environ, hit)
        found["points"] += 1
        found[f"then {contender.health()}"] += 1
        said = contender.sync()
        found["healed" if said and contender.health() == "2" else "says well, is not" if said else "says no"] += 1
    found["changes"] = total
    return found


@contextmanager
def contenders(root: Path) -> Iterator[dict[str, Contender]]:
    """Serve the packages and yield each tool by its name."""
    wheels = root / "wheels"
    wheels.mkdir()
    channel = own_channel(root / "channels", build_channel(Path(__file__).resolve().parents[1] / ".cache"))
    for version in (1, 2):
        modules = {f"work/part_{number}.py": f"version = {version}\n" for number in range(MODULES)}
        make_wheel(wheels, "work", str(version), modules={"work/__init__.py": "", **modules})
        files = {**module("work", str(version)), **{f"site-packages/{path}": text for path, text in modules.items()}}
        package = Package("work", str(version), noarch="python", depends=["python"], files=files)
        write_channel(channel / "conda-forge", package)
    with serve_index(wheels) as index:
        yield {
            "parity sync, venv": Parity(World(root=root / "parity-venv", index=index), None),
            "parity sync, conda": Parity(World(root=root / "parity-conda", index=index), channel),
            "uv sync": Uv(World(root=root / "uv", index=index)),
            "rattler install": Rattler(World(root=root / "rattler", index=index), channel),
        }


_COLUMNS = ("points", "then 1", "then 2", "then mixed", "then broken", "healed", "says no", "says well, is not")


def main() -> int:
    """Run the campaign and print its table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--points", type=int, default=100, metavar="N", help="how often each is killed (default: 100)")
    count = parser.parse_args().points
    print(f"| {' | '.join(('', *_COLUMNS))} |\n|{'---|' * (len(_COLUMNS) + 1)}")
    with tempfile.TemporaryDirectory(prefix="kills-", ignore_cleanup_errors=True) as name:
        injector = Injector.compiled(Path(name))
        with contenders(Path(name)) as every:
            for tool, contender in every.items():
                found = campaign(contender, injector, count)
                print(f"| {tool} | {' | '.join(str(found[column]) for column in _COLUMNS)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
