"""What checking takes a machine's interpreters from."""

from dataclasses import replace

from parity.core.ports import SilentReporter
from parity.workflows import wiring_foresight
from parity.workflows.check import check
from tests.support.projects import World


def test_this_machine_has_what_a_sync_could_take(world: World) -> None:
    """What parity's own discovery finds counts, wherever a probe looks."""
    world.write("requirements.txt", "app\n")
    assert 0 == world.parity("lock").exit_code
    tools = wiring_foresight.check_tools(world.environ, offline=False, reporter=SilentReporter())
    without = check(replace(tools, pythons=lambda: ("3.1.0",)), world.project, [], world.project).results[0]

    assert () == check(tools, world.project, [], world.project).results[0].examined.findings
    assert [True] == [each.message.endswith("this machine has 3.1.0") for each in without.examined.findings]
    assert ["interpreter-missing"] == [each.code for each in without.examined.findings]
