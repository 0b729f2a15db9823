"""parity killed, interrupted and ended at points spread over its whole run, counted in changes of files."""

import signal
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.campaigns.conftest import Begin
from tests.support.injection import Hit, Injector, Signalled, points
from tests.support.journeys import ROUTES, Journey, Route, numbers
from tests.support.strays import strays

SEEDS = range(2, 7)
MANY = 20

#: Who gets which signal: everybody at once, parity alone with what it started left to itself, what it started alone.
KILLS = (
    Signalled(at=0, whom="group"),
    Signalled(at=0, whom="first"),
    Signalled(at=0, whom="maker"),
)
#: As on a terminal, and as by a supervisor.
STOPS = (
    Signalled(at=0, number=signal.SIGINT, whom="group"),
    Signalled(at=0, number=signal.SIGTERM, whom="first"),
)


@dataclass(slots=True)
class Campaign:
    """One journey, hit again and again. `tally` counts how the runs ended, and what they left."""

    journey: Journey
    injector: Injector
    tally: dict[str, int]

    def hit(self, journey: Journey, *command: str, like: Signalled, at: int, tidy: bool = True) -> Hit:
        """Run a command until a change; assert that it says nothing untoward, and is `tidy` where it can be."""
        injection = Signalled(at=at, number=like.number, whom=like.whom)
        hit = self.injector.parity(journey.world, *command, injection=injection)
        left = strays(journey.world)
        assert "Traceback" not in hit.stderr, (at, hit)
        assert "internal" not in hit.stderr, (at, hit)
        if like.number != signal.SIGKILL:
            assert hit.status in {0, 128 + like.number}, (at, hit)
            assert [] == left or not tidy, (at, hit)
        self.count(points=1, finished=hit.status == 0, strays=bool(left))
        return hit

    def count(self, **counts: int) -> None:
        """Count what happened."""
        for name, number in counts.items():
            self.tally[name] = self.tally.get(name, 0) + number

    def proves_healthy(self, journey: Journey) -> None:
        """Assert that the next sync heals and `gc` leaves nothing behind."""
        journey.heals(["history"], ["gc", "--keep", "2", "--wait"])
        assert [] == strays(journey.world)
        self.count(healthy=1)


def first_syncs(campaign: Campaign, kinds: tuple[Signalled, ...], count: int, seed: int) -> None:
    """Hit the first sync of all: no store, no cache, no lock."""
    whole = campaign.journey.fresh("whole")
    total = campaign.injector.parity(whole.world, "sync").changes
    assert total > 500
    for place, at in enumerate(points(total, count, seed)):
        journey = campaign.journey.fresh(f"home-{place}")
        hit = campaign.hit(journey, "sync", like=kinds[place % len(kinds)], at=at)
        assert journey.installed() in ({"1"} if hit.status == 0 else {"", "1"}), (at, hit)
        campaign.proves_healthy(journey)
        journey.remove()


def updates(campaign: Campaign, kinds: tuple[Signalled, ...], count: int, seed: int) -> None:
    """Hit syncs that lock, fetch, compile, build and switch."""
    journey = campaign.journey
    journey.parity("sync")
    journey.want_more()
    total = campaign.injector.parity(journey.world, "sync").changes
    for place, at in enumerate(points(total, count, seed)):
        journey.want_more()
        hit = campaign.hit(journey, "sync", like=kinds[place % len(kinds)], at=at)
        before = set() if hit.status == 0 else {str(journey.version - 1)}
        assert journey.installed() in {str(journey.version)} | before, (at, hit)
        campaign.proves_healthy(journey)


def rollbacks(campaign: Campaign, kinds: tuple[Signalled, ...], count: int, seed: int) -> None:
    """Hit the way back, with the lock; whatever it came to, `sync` comes to what the manifest says."""
    journey = campaign.journey
    journey.parity("sync")
    journey.want_more()
    journey.parity("sync")
    lock = (journey.world.project / "parity.lock").read_bytes()
    old, new = journey.generations()
    total = campaign.injector.parity(journey.world, "rollback", str(old), "--lock").changes
    assert str(journey.version - 1) == journey.installed()
    journey.parity("sync")
    for place, at in enumerate(points(total, count, seed)):
        hit = campaign.hit(journey, "rollback", str(old), "--lock", like=kinds[place % len(kinds)], at=at)
        expected = {str(journey.version - 1)} | ({str(journey.version)} if hit.status else set())
        assert journey.installed() in expected, (at, hit)
        assert 0 == journey.world.parity("run", "python", "-c", "import work").exit_code, at
        healed = journey.heals(["history", "--json"])
        assert lock == (journey.world.project / "parity.lock").read_bytes()
        assert {old, new} <= set(numbers(healed))
        campaign.count(healthy=1)
    campaign.proves_healthy(journey)
    campaign.count(healthy=-1)


def collections(campaign: Campaign, kinds: tuple[Signalled, ...], count: int, seed: int) -> None:
    """Hit the removal of environments: what is in use is whole, and nothing survives the next one."""
    journey, total = campaign.journey, 0
    journey.parity("sync")
    for place in range(-1, count):
        for _ in range(2):
            journey.want_more()
            journey.parity("sync")
        if place < 0:
            total = campaign.injector.parity(journey.world, "gc", "--keep", "1", "--wait").changes
            continue
        at = points(total, count, seed)[place]
        # what is on its way out goes with the next one
        like = kinds[place % len(kinds)]
        campaign.hit(journey, "gc", "--keep", "1", "--wait", like=like, at=at, tidy=False)
        assert str(journey.version) == journey.installed(), at
        campaign.proves_healthy(journey)


def repairs(campaign: Campaign, kinds: tuple[Signalled, ...], count: int, seed: int) -> None:
    """Hit a repair: another one puts everything right."""
    journey = campaign.journey
    journey.parity("sync")
    fingerprint, total = journey.fingerprint(), 0
    for place in range(-2, count):
        _damage(journey)
        if place < 0:  # the second one is like all others: what was damaged is not shared any more
            total = campaign.injector.parity(journey.world, "repair").changes
            continue
        campaign.hit(journey, "repair", like=kinds[place % len(kinds)], at=points(total, count, seed)[place])
        journey.parity("repair")
        assert fingerprint == journey.fingerprint()
        campaign.proves_healthy(journey)


def _damage(journey: Journey) -> None:
    """Remove one module, through which the cache does not change, and edit another, through which it does."""
    package = journey.site / "work"
    package.chmod(0o755)
    (package / "part_1.py").unlink()
    (package / "part_2.py").chmod(0o644)
    (package / "part_2.py").write_text("x = 'edited'\n", encoding="utf-8")


JOURNEYS: dict[str, Callable[[Campaign, tuple[Signalled, ...], int, int], None]] = {
    "first sync": first_syncs,
    "update": updates,
    "rollback": rollbacks,
    "gc": collections,
    "repair": repairs,
}


@pytest.fixture
def campaign(begin: Begin, injector: Injector, route: Route) -> Campaign:
    """Begin a journey on a route, with nothing counted yet."""
    return Campaign(begin(route), injector, {})


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    ("what", "count"), [("first sync", 3), ("update", 3), ("rollback", 3), ("gc", 2), ("repair", 2)]
)
def test_killed(campaign: Campaign, what: str, count: int) -> None:
    """It is the old environment or the new one, whole, and the next sync heals."""
    JOURNEYS[what](campaign, KILLS, count, 1)
    assert count == campaign.tally["healthy"]


@pytest.mark.parametrize("route", ROUTES)
def test_asked_to_stop(campaign: Campaign) -> None:
    """The same, and nothing at all is left behind: there was time to tidy up."""
    JOURNEYS["update"](campaign, STOPS, 2, 1)
    assert 2 == campaign.tally["healthy"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kinds", [KILLS, STOPS], ids=["killed", "stopped"])
@pytest.mark.parametrize("what", JOURNEYS)
@pytest.mark.parametrize("route", ROUTES)
def test_many_more(campaign: Campaign, what: str, kinds: tuple[Signalled, ...], seed: int) -> None:
    """The same at many more points."""
    JOURNEYS[what](campaign, kinds, MANY, seed)
    print(what, campaign.journey.route, campaign.tally)  # noqa: T201 - the figures of the campaign
