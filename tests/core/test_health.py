"""What stands in parity's way, each with its remedy."""

from dataclasses import replace

import pytest

from parity.core.health import Program, Surroundings, remarks

SHIMS = "/home/u/.local/share/parity/shims"
WELL = Surroundings(
    environ={"PATH": f"{SHIMS}:/home/u/.pyenv/shims:/usr/bin"},
    startup={"~/.bashrc": 'eval "$(parity hook bash)"\n'},
    parities=(Program(path="/home/u/.local/bin/parity", position=1),),
    pythons=(Program(path=f"{SHIMS}/python", position=0), Program(path="/usr/bin/python", position=2)),
    shims_position=0,
    free=10**11,
    one_disk=True,
    owned=False,
)


def codes(around: Surroundings) -> list[tuple[str, str]]:
    """Return code and severity of each remark."""
    found = list(remarks(around))
    assert all(each.hint for each in found)
    return [(each.code, each.severity) for each in found]


def test_nothing_is_said_where_all_is_well() -> None:
    """Also of other managers' shims that stand behind parity's."""
    assert [] == codes(WELL)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"PYTHONHOME": "/opt/python"}, ("variable-harmful", "error")),
        ({"PYTHONPATH": "/src"}, ("variable-harmful", "warning")),
        ({"CONDA_DEFAULT_ENV": "base"}, ("manager-foreign", "warning")),
        ({"VIRTUAL_ENV": "/src/venv"}, ("manager-foreign", "warning")),
    ],
)
def test_variables_are_named(environ: dict[str, str], expected: tuple[str, str]) -> None:
    """Each is one remark."""
    assert [expected] == codes(replace(WELL, environ=environ))


def test_an_environment_of_this_store_is_not_another_tool() -> None:
    """Activation puts it on PATH before the shims, and that is right."""
    path = f"/store/env/bin:{SHIMS}"
    active = replace(
        WELL,
        environ={"VIRTUAL_ENV": "/store/env", "PATH": path},
        pythons=(Program(path="/store/env/bin/python", position=0),),
        shims_position=1,
        owned=True,
    )
    assert [] == codes(active)
    assert ["shims-behind", "manager-foreign"] == [code for code, _ in codes(replace(active, owned=False))]


def test_what_stands_before_the_shims() -> None:
    """A Python, and the shims of another manager."""
    behind = replace(
        WELL,
        environ={"PATH": f"/home/u/.pyenv/shims:{SHIMS}"},
        pythons=(Program(path="/home/u/.pyenv/shims/python", position=0),),
        shims_position=1,
    )
    assert [("shims-behind", "warning"), ("manager-foreign", "warning")] == codes(behind)


def test_startup_files_are_read() -> None:
    """What is commented out does not count; the place of pyenv decides who wins."""
    assert [("hook-missing", "info")] == codes(replace(WELL, startup={"~/.bashrc": "# parity hook bash\n"}))
    hook, pyenv = WELL.startup["~/.bashrc"], 'eval "$(pyenv init -)"\n'
    (behind,) = remarks(replace(WELL, startup={"~/.bashrc": hook + pyenv}))
    (before,) = remarks(replace(WELL, startup={"~/.bashrc": pyenv + hook}))
    assert ("manager-foreign", True, False) == (behind.code, "and wins" in behind.message, "wins" in before.message)
    assert [("alias-shadows", "warning")] == codes(
        replace(WELL, startup={"~/.zshrc": f"{hook}alias python=python3.9\nalias pipes=x\n"})
    )


def test_programs_and_disks() -> None:
    """No parity, two of them, little room, none, two disks."""
    assert [("parity-unfindable", "warning")] == codes(replace(WELL, parities=()))
    assert [("parity-twice", "warning")] == codes(replace(WELL, parities=(*WELL.parities, *WELL.parities)))
    assert [("disk-full", "warning")] == codes(replace(WELL, free=10**9))
    assert [("disk-full", "error")] == codes(replace(WELL, free=10**7))
    assert [("disks-apart", "warning")] == codes(replace(WELL, one_disk=False))
