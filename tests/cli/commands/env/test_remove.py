"""`parity env remove`, as a user types it."""

import sys

from tests.support.projects import World, files_of


def make(world: World, *where: str) -> None:
    """Make an environment."""
    world.write("requirements.txt", "app\n")
    assert 0 == world.parity("env", "create", "-f", "requirements.txt", *where).exit_code


def test_a_name_goes_and_can_come_again(world: World) -> None:
    """With its link, its copies and its history; the packages stay in the store."""
    for words in (["tools"], ["-n", "tools"], ["--name=tools", "-y"]):
        make(world, "-n", "tools")
        made = (world.store / "names" / "tools").resolve()
        said = "removed tools; its packages stay in the store as long as they are used\n"
        assert (0, "", said) == world.parity("env", "remove", *words).said
        assert [] == files_of(world.store / "names") == files_of(world.store / "named" / "v1")
        assert ["locks"] == files_of(world.store / "roots" / "v1")
        assert made.is_dir()
    assert 1 == world.parity("run", "-n", "tools", "app").exit_code


def test_an_address_goes(world: World) -> None:
    """The link, and nothing that is not parity's."""
    make(world, "-p", "here")
    assert 0 == world.parity("env", "remove", "-p", "here").exit_code
    assert ["requirements.txt"] == files_of(world.project)
    (world.project / "here").mkdir()
    refused = world.parity("env", "remove", "-p", "here")
    assert (1, "error: there is no environment of parity's at `[TMP]/project/here`") == (
        refused.exit_code,
        refused.stderr.splitlines()[0],
    )
    assert (world.project / "here").is_dir()


def test_one_whose_link_is_gone_goes(world: World) -> None:
    """The user deleted the link by hand: the list shows it, an error says what to do, and what took its place stays."""
    make(world, "-p", "here")
    (world.project / "here").unlink()
    (world.project / "here").mkdir()
    lost = world.parity("run", "-p", "here", "app")
    assert "hint: its link is gone" in lost.stderr
    assert 0 == world.parity("env", "remove", "-p", "here").exit_code
    assert "there are none" in world.parity("env", "list").stderr
    assert (world.project / "here").is_dir()


def test_what_is_running_runs_on(world: World) -> None:
    """Its files are in the store, and stay there."""
    make(world, "-n", "tools")
    words = [sys.executable, "-m", "parity", "env", "remove", "tools"]
    code = f"import subprocess; subprocess.run({words}, check=True)"
    ran = world.parity("run", "-n", "tools", "python", "-c", f"{code}; import app; app.main()")
    assert (0, "hello from app\n") == (ran.exit_code, ran.stdout), ran


WRONG: list[tuple[list[str], str]] = [
    ([], "one environment has to be named"),
    (["a", "-n", "b"], "one environment has to be named"),
    (["toolz"], "there is no environment `toolz`"),
    (["../.."], "`../..` is no name for an environment"),
]


def test_what_is_not_there_is_said(world: World) -> None:
    """With the name that was meant, where one is near."""
    make(world, "-n", "tools")
    for words, said in WRONG:
        outcome = world.parity("env", "remove", *words)
        assert f"error: {said}" == outcome.stderr.splitlines()[0]
        assert ("did you mean `tools`?" in outcome.stderr) == (words == ["toolz"])
    assert 0 == world.parity("run", "-n", "tools", "app").exit_code
