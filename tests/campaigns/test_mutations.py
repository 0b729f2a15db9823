"""What was changed in an environment is found, whatever it was, and put right."""

import random
import sys

import pytest

from tests.campaigns.conftest import Begin
from tests.support.journeys import ROUTES, Journey, Route
from tests.support.mutations import mutate, open_folders
from tests.support.wheels import make_wheel

EACH = 50


def found_and_repaired(journey: Journey, seeds: range) -> None:
    """Mutate the environment again and again; deep finds all, quick all that does not keep size and time."""
    journey.parity("sync")
    before = journey.fingerprint()
    for seed in seeds:
        what = mutate(journey.world.environment(), random.Random(seed))  # noqa: S311 - what is repeatable is wanted
        quick, deep = journey.world.parity("verify"), journey.world.parity("verify", "--deep")
        assert 1 == deep.exit_code, (seed, what, str(deep))
        assert what.startswith("flip ") or 1 == quick.exit_code, (seed, what, str(quick))
        repaired = journey.world.parity("repair")
        assert 0 == repaired.exit_code, (seed, what, str(repaired))
        assert before == journey.fingerprint(), (seed, what)
    journey.heals()


@pytest.mark.parametrize("route", ROUTES)
def test_mutations_are_found_and_repaired(begin: Begin, route: Route) -> None:
    """Deep finds every one, quick all that change kind, mode, size, time or a link; the fingerprint comes back."""
    found_and_repaired(begin(route), range(20))


@pytest.mark.slow
@pytest.mark.parametrize("start", range(100, 350, EACH))
@pytest.mark.parametrize("route", ROUTES)
def test_many_more_mutations_are_found_and_repaired(begin: Begin, route: Route, start: int) -> None:
    """The same, five hundred times."""
    found_and_repaired(begin(route), range(start, start + EACH))


@pytest.mark.parametrize("route", ROUTES)
def test_what_pip_forced_in_is_found_and_taken_out(begin: Begin, route: Route) -> None:
    """Another version of a package, put over the right one with every folder opened for it."""
    journey = begin(route)
    journey.parity("sync")
    before = journey.fingerprint()
    wheel = make_wheel(journey.world.root / "forced", "left", "9.0", modules={"left/__init__.py": "forced = True\n"})
    open_folders(journey.world.environment())
    pip = [getattr(sys, "_base_executable", sys.executable), "-I", "-m", "pip"]
    if journey.world.run(*pip, "--version").exit_code:
        pytest.skip("the Python that runs these tests has no pip")
    python = str(journey.world.project / ".venv/bin/python")
    command = ["--python", python, "install", "--no-deps", "--no-index", "--force-reinstall", str(wheel)]
    forced = journey.world.run(*pip, *command, "--break-system-packages")
    assert 0 == forced.exit_code, forced
    for options in ([], ["--deep"]):
        outcome = journey.world.parity("verify", *options)
        assert 1 == outcome.exit_code
        assert "left" in outcome.stderr
    journey.parity("repair")
    assert before == journey.fingerprint()
    journey.heals()
