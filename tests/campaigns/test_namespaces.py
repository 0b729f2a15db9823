"""One lock in two worlds that have nothing in common: the same fingerprint."""

import json
import shlex
import sys

import pytest

from tests.campaigns.conftest import Begin
from tests.support.injection import Injector, Shifted
from tests.support.journeys import ROUTES, Journey, Route
from tests.support.namespaces import AS_USER, Mount, in_namespace, needs_unshare

_SCRIPT = """
umask {mask}
mkdir -p "{project}" "{home}"
cp "$FROM"/* "{project}"
cd "{project}"
export HOME="{home}" PARITY_HOME="{store}" PARITY_CACHE_DIR="{cache}" TZ={zone} LC_ALL={language} PYTHONHASHSEED={seed}
{before}
{parity} sync --frozen
{parity} verify --deep
{parity} fingerprint --full
"""


def fingerprint_in(
    journey: Journey, name: str, *, user: bool, injected: dict[str, str], **said: str
) -> dict[str, object]:
    """Build the lock of a journey in a namespace of its own and return the whole fingerprint."""
    world = journey.world
    disk = world.root / name
    parity = f"{shlex.quote(sys.executable)} -m parity"
    if user:
        parity = f"{shlex.join(AS_USER)} {parity}"
    assigned = " ".join(f"{key}={shlex.quote(value)}" for key, value in injected.items())
    script = _SCRIPT.format(
        parity=f"env {assigned} {parity}",
        home=disk / "home",
        project=disk / said.pop("project"),
        store=disk / said.pop("store"),
        cache=disk / said.pop("cache"),
        **said,
    )
    world.extra["FROM"] = str(world.project)
    outcome = in_namespace(world, script, Mount(path=disk, options="size=300m"))
    assert 0 == outcome.exit_code, outcome
    found: dict[str, object] = json.loads(outcome.raw_stdout)
    return found


@pytest.mark.parametrize("route", ROUTES)
def test_two_worlds_have_one_fingerprint(begin: Begin, injector: Injector, route: Route) -> None:
    """Other homes, paths, users, years, time zones, languages, umasks, hash seeds, caches."""
    needs_unshare(*AS_USER[1:])
    journey = begin(route)
    journey.parity("lock")
    # a cache that has seen other things before
    history = "printf 'diamond\\n' >requirements.txt; rm -f environment.yml; {parity} sync; cp \"$FROM\"/* ."
    one = fingerprint_in(
        journey,
        "one",
        user=False,
        injected={},
        project="a",
        store="s",
        cache="c",
        mask="022",
        zone="UTC",
        language="C",
        seed="0",
        before="",
    )
    two = fingerprint_in(
        journey,
        "two",
        user=True,
        injected=injector.environ(journey.world.root / "memory", Shifted(seconds=400 * 86400)),
        project="some where/deeper/and/deeper",
        store="another home/that is longer/store",
        cache="some/cache",
        mask="077",
        zone="Asia/Kathmandu",
        language="C.UTF-8",
        seed="7",
        before=history.format(parity=f"{shlex.quote(sys.executable)} -m parity") if route == "venv" else "",
    )
    assert one == two
