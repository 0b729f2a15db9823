"""parity killed at points spread over its whole run, counted in changes of the file system."""

import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.support.kills import Ended, Killer, compiled, leftovers, points
from tests.support.projects import World
from tests.support.wheels import make_wheel

SIGNALS = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT]


class Campaign:
    """A world whose project changes from version to version of one package, and is killed on the way."""

    def __init__(self, world: World, killer: Killer) -> None:
        self.world = world
        self.killer = killer
        self.version = 0

    def want_more(self) -> None:
        """Have the project want a version of `work` that nobody has seen, with a few modules."""
        self.version += 1
        modules = {f"work/part_{n}.py": f"x = {self.version}\n" for n in range(6)}
        modules["work/__init__.py"] = f"__version__ = '{self.version}'\n"
        make_wheel(self.world.wheels, "work", str(self.version), requires=["left"], modules=modules)
        self.world.write("requirements.txt", f"app\nwork=={self.version}\n")

    def run(self, *arguments: str, at: int, number: signal.Signals = signal.SIGKILL) -> Ended:
        """Run parity until a change; every other point ends what it started with it."""
        environ = self.world.environ
        return self.killer.run(
            *arguments, cwd=self.world.project, environ=environ, at=at, number=number, group=bool(at % 2)
        )

    def installed(self) -> str:
        """Return the version of `work` in `.venv` after importing everything, or nothing where there is no `.venv`."""
        link = self.world.project / ".venv"
        if not link.is_symlink():
            assert not link.exists()
            return ""
        assert (link / ".parity" / "complete").exists(), "the link leads to half an environment"
        code = "import app, left, base, work, work.part_5; print(work.__version__)"
        done = subprocess.run(
            [link / "bin" / "python", "-I", "-c", code], capture_output=True, encoding="utf-8", check=False
        )
        assert 0 == done.returncode, done.stderr
        return done.stdout.strip()

    def heals(self) -> None:
        """Assert that the next sync ends well, all proven, and that `gc` leaves nothing of the killed run."""
        for command in (["sync"], ["verify", "--deep"], ["gc", "--keep", "2"]):
            outcome = self.world.parity(*command)
            assert 0 == outcome.exit_code, (command, str(outcome))
        assert str(self.version) == self.installed()
        assert [] == leftovers(self.world.store, self.world.cache, self.world.project)


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile what counts and kills, once."""
    return compiled(tmp_path_factory.mktemp("kills"))


@pytest.fixture
def campaign(world: World, library: Path) -> Campaign:
    """Have a project that wants its first version, with nothing made yet."""
    made = Campaign(world, Killer(library=library, counter=world.root / "counter"))
    made.want_more()
    return made


def _first_syncs(campaign: Campaign, count: int, seed: int, numbers: Sequence[signal.Signals]) -> None:
    """Kill the first sync of all: no store, no cache, no lock."""
    world = campaign.world
    total = _in_home(campaign, "whole").run("sync", at=0).changes
    assert total > 100
    for place, at in enumerate(points(total, count, seed)):
        fresh = _in_home(campaign, f"home-{place}")
        ended = fresh.run("sync", at=at, number=numbers[place % len(numbers)])
        assert 0 != ended.status or fresh.installed() == "1", (at, ended)
        assert fresh.installed() in {"", "1"}, at
        fresh.heals()
    assert world is campaign.world


def _in_home(campaign: Campaign, name: str) -> Campaign:
    """Return the same in a store, a cache and a project of its own."""
    world = campaign.world
    root = world.root / name
    for folder in ("home", "project", "tmp"):
        (root / folder).mkdir(parents=True)
    (root / "project" / "requirements.txt").write_text("app\nwork==1\n", encoding="utf-8")
    fresh = Campaign(World(root=root, index=world.index), campaign.killer)
    fresh.version = 1
    return fresh


def _updates(campaign: Campaign, count: int, seed: int, numbers: Sequence[signal.Signals]) -> None:
    """Kill syncs that lock, fetch, compile, build and switch."""
    assert 0 == campaign.world.parity("sync").exit_code
    campaign.want_more()
    total = campaign.run("sync", at=0).changes
    for place, at in enumerate(points(total, count, seed)):
        campaign.want_more()
        campaign.run("sync", at=at, number=numbers[place % len(numbers)])
        assert campaign.installed() in {str(campaign.version - 1), str(campaign.version)}, at
        campaign.heals()


def _rollbacks(campaign: Campaign, count: int, seed: int) -> None:
    """Kill the way back, with the lock; whatever comes next, `sync` comes to what the manifest says."""
    for _ in range(2):
        campaign.want_more()
        assert 0 == campaign.world.parity("sync").exit_code
    lock = (campaign.world.project / "parity.lock").read_bytes()
    total = campaign.run("rollback", "--lock", at=0).changes
    assert str(campaign.version - 1) == campaign.installed()
    assert 0 == campaign.world.parity("sync").exit_code
    for at in dict.fromkeys(points(total, count, seed)):
        campaign.run("rollback", str(_number_of(campaign, campaign.version - 1)), "--lock", at=at)
        assert campaign.installed() in {str(campaign.version - 1), str(campaign.version)}, at
        assert 0 == campaign.world.parity("run", "python", "-c", "import work").exit_code, at
        campaign.heals()
        assert lock == (campaign.world.project / "parity.lock").read_bytes()


def _number_of(campaign: Campaign, version: int) -> int:
    """Return a generation of a version: the newest one whose environment has it."""
    rows = campaign.world.parity("history").stdout.splitlines()
    envs = campaign.world.store / "envs" / "v1"
    for row in reversed(rows):
        number, _, key = row.lstrip("* ").split()[:3]
        if next(envs.glob(f"{key}/lib/*/site-packages/work-{version}.dist-info"), None):
            return int(number)
    raise AssertionError(rows)


def _collections(campaign: Campaign, count: int, seed: int) -> None:
    """Kill the removal of environments; what is in use is whole, and nothing survives the next one."""
    for _ in range(3):
        campaign.want_more()
        assert 0 == campaign.world.parity("sync").exit_code
    total = campaign.run("gc", "--keep", "1", at=0).changes
    assert total > 100
    for at in points(total, count, seed):
        for _ in range(2):
            campaign.want_more()
            assert 0 == campaign.world.parity("sync").exit_code
        campaign.run("gc", "--keep", "1", at=at)
        assert str(campaign.version) == campaign.installed(), at
        assert 0 == campaign.world.parity("history").exit_code
        campaign.heals()


def test_killed_first_syncs(campaign: Campaign) -> None:
    """There is no environment, or a whole one."""
    _first_syncs(campaign, 4, 1, [signal.SIGKILL])


def test_killed_updates(campaign: Campaign) -> None:
    """It is the old environment or the new one."""
    _updates(campaign, 6, 1, [signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGKILL, signal.SIGINT])


def test_killed_rollbacks(campaign: Campaign) -> None:
    """It is where it was, or where it went."""
    _rollbacks(campaign, 4, 1)


def test_killed_collections(campaign: Campaign) -> None:
    """What is in use is whole."""
    _collections(campaign, 3, 1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 7))
@pytest.mark.parametrize("what", [_first_syncs, _updates])
def test_many_more_killed_syncs(campaign: Campaign, what: Callable[..., None], seed: int) -> None:
    """The same at many more points, by every signal."""
    what(campaign, 60, seed, SIGNALS)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 7))
@pytest.mark.parametrize("what", [_rollbacks, _collections])
def test_many_more_killed_rollbacks_and_collections(campaign: Campaign, what: Callable[..., None], seed: int) -> None:
    """The same at many more points."""
    what(campaign, 20, seed)
