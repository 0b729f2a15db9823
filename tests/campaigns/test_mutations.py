"""What was changed in an environment is found, whatever it was, and put right."""

import json
import random
import sys

import pytest

from tests.campaigns.conftest import Begin
from tests.support.journeys import ROUTES, Journey, Route
from tests.support.mutations import mutate, open_folders
from tests.support.wheels import make_wheel

EACH = 50


#: Looks both ways, repairs and takes the fingerprint in one process, which is what most of their time goes to.
_ROUND = """
import json, sys
from parity.cli.main import main
commands = (["verify"], ["verify", "--deep"], ["repair"], ["fingerprint"])
said = [main([*command, "--quiet"]) for command in commands]
print(json.dumps(said), file=sys.stderr)
"""


def found_and_repaired(journey: Journey, seeds: range) -> None:
    """Mutate the environment again and again; deep finds all, quick all that does not keep size and time."""
    journey.parity("sync")
    before = journey.parity("fingerprint").stdout
    for seed in seeds:
        what = mutate(journey.world.environment(), random.Random(seed))  # noqa: S311 - what is repeatable is wanted
        said = journey.world.run(sys.executable, "-c", _ROUND)
        quick, deep, repaired, _ = json.loads(said.stderr.splitlines()[-1])
        assert 1 == deep, (seed, what, str(said))
        assert what.startswith("flip ") or 1 == quick, (seed, what, str(said))
        assert (0, before) == (repaired, said.stdout), (seed, what, str(said))
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


@pytest.mark.parametrize("route", ["venv", pytest.param("conda", marks=pytest.mark.slow)])
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
