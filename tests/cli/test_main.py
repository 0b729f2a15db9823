"""Where every start begins: the short way does the same as the long one, and nothing escapes it."""

import sys

import pytest

from parity.cli.main import main
from tests.support.projects import World


@pytest.fixture
def synced(world: World) -> World:
    """Make a project in sync."""
    world.write("requirements.txt", "app\n")
    assert 0 == world.parity("sync").exit_code
    return world


def modules_of(world: World, *words: str) -> set[str]:
    """Return the modules that a command line had imported when it ended, or became another program."""
    code = (
        "import sys, os\n"
        "os.execvpe = lambda *_: sys.exit(0)\n"
        "from parity.cli.main import main\n"
        f"try: main({list(words)!r})\n"
        "finally: print(*sys.modules, sep='\\n')\n"
    )
    outcome = world.run(sys.executable, "-S", "-c", code)
    return set(outcome.stdout.splitlines())


@pytest.mark.parametrize("words", [["run", "app"], ["sync"]], ids=" ".join)
def test_nothing_to_do_costs_next_to_nothing(synced: World, words: list[str]) -> None:
    """No parser, no path library, no manifest reader is loaded where everything is as it was."""
    loaded = modules_of(synced, *words)

    assert "parity.workflows.quick" in loaded
    dear = {"argparse", "pathlib", "json", "re", "typing", "subprocess", "tomllib", "packaging", "rich", "dataclasses"}
    assert set() == dear & loaded


def test_the_short_way_serves_another_project_with_the_same_lock(synced: World) -> None:
    """Linking to an environment that is there parses nothing either."""
    other = synced.copy_project()
    code = "import sys; from parity.cli.main import main; main(['sync']); sys.exit('argparse' in sys.modules)"
    outcome = synced.run(sys.executable, "-S", "-c", code, cwd=other)

    assert (0, "") == (outcome.exit_code, outcome.stdout)
    assert synced.environment() == synced.environment(other)


def test_a_working_directory_that_is_gone_is_told(synced: World) -> None:
    """By every command, the short ways included, as a sentence."""
    parity = f"'{sys.executable}' -m parity"
    for words in ("sync", "run true", "list", "verify"):
        outcome = synced.run("sh", "-c", f"mkdir gone && cd gone && rmdir ../gone && {parity} {words}")

        assert (
            2,
            "",
            "error: the working directory does not exist any more\nhint: name a folder that is there with `-C`\n",
        ) == outcome.said


@pytest.mark.parametrize(
    "text", ["", "\0\0\0\0", "parity-run\t1\n", "parity-run\t1\nenvironment\n", "parity-run\t2\n\t\n"]
)
def test_a_record_that_cannot_be_read_is_no_record(synced: World, text: str) -> None:
    """As after a power cut: the long way looks at everything and writes it anew."""
    record = next((synced.store / "roots" / "v1").glob("*.run"))
    record.write_text(text, encoding="ascii")
    first = synced.parity("run", "app")
    record.write_text(text, encoding="ascii")
    sync = synced.parity("sync")

    assert (0, "hello from app\n", "") == first.said
    assert 0 == sync.exit_code, sync
    assert record.read_text(encoding="utf-8").startswith("parity-run\t1\nenvironment\t")


def test_an_interrupt_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it comes, without a word."""

    def interrupted(_words: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("parity.cli.dispatch.dispatch", interrupted)

    assert 130 == main(["list"])
