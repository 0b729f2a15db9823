"""From words to a command: help, mistakes, where it works, and what an answer is written to."""

import subprocess
import sys
from collections.abc import Sequence

import pytest

from parity import __version__
from parity.cli.main import main
from parity.cli.registry import COMMANDS
from tests.support.projects import World


def shell(world: World, line: str) -> tuple[int, str, str]:
    """Run a line of bash in which `parity` is a command."""
    return world.run("bash", "-c", f'parity() {{ "{sys.executable}" -m parity "$@"; }}; {line}').said


@pytest.fixture
def synced(world: World) -> World:
    """Make a project in sync."""
    world.write("requirements.txt", "app\n")
    assert 0 == world.parity("sync").exit_code
    return world


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["--quiet", "--help"]], ids=" ".join)
def test_help_lists_every_command(world: World, words: list[str]) -> None:
    """On standard output, exit 0."""
    outcome = world.parity(*words)

    assert (0, "") == (outcome.exit_code, outcome.stderr)
    assert outcome.stdout.startswith("usage: parity COMMAND [OPTIONS]\n")
    for name, entry in COMMANDS.items():
        assert (f"  {name:<12}{entry.summary}\n" in outcome.stdout) != entry.hidden


@pytest.mark.parametrize("command", [name for name, entry in COMMANDS.items() if not entry.raw])
def test_every_command_has_help_of_its_own(world: World, command: str) -> None:
    """What it does and its options, those that work everywhere among them; nothing is done."""
    outcome = world.parity(command, "--help")

    assert (0, "") == (outcome.exit_code, outcome.stderr)
    assert outcome.stdout.startswith(f"usage: parity {command} ")
    for option in ("--offline", "--json", "--quiet", "--debug", "--directory"):
        assert option in outcome.stdout
    assert not world.store.exists()


@pytest.mark.parametrize("word", ["--version", "-V"])
def test_the_version_is_data(world: World, word: str) -> None:
    """On standard output, alone."""
    assert (0, f"parity {__version__}\n", "") == world.parity(word).said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["rum"], "error: there is no command `rum`\nhint: did you mean `parity run`?\n"),
        (["verfy"], "error: there is no command `verfy`\nhint: did you mean `parity verify`?\n"),
        (["frobnicate"], "error: there is no command `frobnicate`\nhint: see `parity --help`\n"),
        (["sync", "--lock"], "error: unrecognized arguments: --lock\nhint: did you mean `--locked`?\n"),
        (["sync", "extra"], "error: unrecognized arguments: extra\nhint: see `parity sync --help`\n"),
        (["--no-such", "sync"], "error: unrecognized arguments: --no-such\nhint: see `parity sync --help`\n"),
        (
            ["sync", "--locked", "--frozen"],
            "error: argument --frozen: not allowed with argument --locked\nhint: see `parity sync --help`\n",
        ),
        (
            ["-C", "nowhere", "sync"],
            "error: there is no folder `nowhere`\nhint: name a folder that is there with `-C`\n",
        ),
        (["sync", "-C"], "error: argument -C/--directory: expected one argument\nhint: see `parity sync --help`\n"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_no_command_line_says_why(world: World, words: Sequence[str], told: str) -> None:
    """Exit 2, one sentence, one hint; half an option is no option."""
    assert (2, "", told) == world.parity(*words).said


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["env", "lst"], "list"),
        (["env", "create", "--channnel", "x"], "--channel"),
        (["python", "instal"], "install"),
        (["lock", "--upgarde"], "--upgrade"),
    ],
    ids=" ".join,
)
def test_a_slip_is_named(words: Sequence[str], meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Of subcommands and of options, also those that only a subcommand has."""
    assert 2 == main(words)
    assert capsys.readouterr().err.endswith(f"hint: did you mean `{meant}`?\n")


def test_without_a_command_help_is_shown(world: World) -> None:
    """But it was no command line: exit 2."""
    outcome = world.parity()

    assert (2, "") == (outcome.exit_code, outcome.stderr)
    assert outcome.stdout.startswith("usage: parity ")


def test_options_that_work_everywhere_stand_anywhere(synced: World) -> None:
    """Before the command or behind it, in any spelling of `-C`."""
    project = str(synced.project)
    told = [
        synced.parity(*words, cwd=synced.home).said
        for words in (
            ["-C", project, "list"],
            ["list", "-C", project],
            ["--directory", project, "list"],
            [f"--directory={project}", "-q", "list"],
            ["list", f"-C{project}"],
        )
    ]

    assert [told[0]] * 5 == told
    assert 0 == told[0][0]


def test_no_traceback_unless_asked_for(world: World) -> None:
    """An error is a sentence; `--debug`, before or behind the command, shows where it came from."""
    world.write("requirements.txt", "app ==\n")
    plain = world.parity("lock")
    before, behind = world.parity("--debug", "lock"), world.parity("run", "--debug", "python")

    assert (1, "") == (plain.exit_code, plain.stdout)
    assert "Traceback" not in plain.stderr
    for outcome in (before, behind):
        assert 1 == outcome.exit_code
        assert "Traceback (most recent call last)" in outcome.stderr
        assert "ManifestError" in outcome.stderr


def test_a_fault_of_paritys_own_is_a_sentence_too(synced: World) -> None:
    """Exit 3, and how to report it."""
    (root,) = [path for path in (synced.store / "roots" / "v1").iterdir() if len(path.name) == 32]
    root.write_text("parity-root\t1\nproject\tx\ngeneration\tone\ta\tb\tc\td\nend\n", encoding="ascii")
    outcome = synced.parity("history")

    assert (3, "") == (outcome.exit_code, outcome.stdout)
    assert outcome.stderr.startswith("error: parity met what it did not expect: ")
    assert outcome.stderr.endswith("\nhint: run it again with `--debug` and report it\n")


def test_what_the_system_refuses_is_named(world: World) -> None:
    """A folder where a file should be, a file where the store should be."""
    (world.project / "parity.lock").mkdir()
    world.write("requirements.txt", "app\n")
    folder = world.parity("lock")
    (world.project / "parity.lock").rmdir()
    store = world.parity("lock", env={"PARITY_HOME": str(world.write("store", ""))})

    assert (1, "", "error: the system refused: `[TMP]/project/parity.lock`: is a directory\n") == folder.said
    assert (1, "", "error: the system refused: `[TMP]/project/store`: file exists\n") == store.said


def test_a_reader_that_has_seen_enough_is_no_fault(synced: World) -> None:
    """`parity list | head`: no traceback, no complaint of the interpreter's."""
    for words in ("list", "list --json", "--help"):
        code, _, stderr = shell(synced, f"set -o pipefail; parity {words} | exec 0<&-; sleep 0.2; true")
        assert (0, "") == (code, stderr)


def test_a_full_disk_behind_standard_output_is_told(synced: World) -> None:
    """What could not be written makes it a failure."""
    told = "error: the system refused: no space left on device\nhint: make room on the disk that is full"
    for words in ("list", "list --json", "list --json -C nowhere --help", "--help"):
        status, output, said = shell(synced, f"parity {words} >/dev/full")
        assert (1, "", told) == (status, output, said[: len(told)])


def test_closed_streams_are_no_fault(synced: World) -> None:
    """As a daemon starts it: no standard output, no standard error, no standard input."""
    lines = ("parity sync 2>&-", "parity sync --locked >&- 2>&-", "parity list >&-", "parity run true <&- >&- 2>&-")
    assert [0, 0, 0, 0] == [shell(synced, line)[0] for line in lines]


def test_a_terminal_without_utf_8_gets_every_answer(synced: World) -> None:
    """What it cannot show is written with escapes."""
    outcome = synced.parity("--help", env={"PYTHONIOENCODING": "ascii"})

    assert (0, "") == (outcome.exit_code, outcome.stderr)
    assert "manifests \\u2192 parity.lock" in outcome.stdout


def test_quiet_leaves_data_and_failures(synced: World) -> None:
    """No remark and no closing line."""
    synced.write("requirements.txt", "app\nfiles\n")
    synced.write("requirements.in", "app\nfiles\n")
    sync, listed, failed = (synced.parity("-q", *words) for words in (["sync"], ["list"], ["lock", "--group", "x"]))

    assert (0, "", "") == sync.said
    assert (0, "") == (listed.exit_code, listed.stderr)
    assert listed.stdout.startswith("cpython ")
    assert 1 == failed.exit_code
    assert failed.stderr.startswith("error: ")


def test_messages_are_sentences_with_a_hint_apart(world: World) -> None:
    """One line without a full stop, then `hint: `; both on standard error."""
    outcome = world.parity("sync", cwd=world.home)
    lines = outcome.stderr.splitlines()

    assert (1, "") == (outcome.exit_code, outcome.stdout)
    assert ["error", "hint"] == [line.partition(": ")[0] for line in lines]
    assert [] == [line for line in lines if line.endswith(".")]


def test_the_program_is_the_same_by_any_name(synced: World) -> None:
    """`parity` and `python -m parity`."""
    script = subprocess.run(
        [sys.executable, "-c", "import sys; from parity.cli.main import main; sys.exit(main())", "list"],
        cwd=synced.project,
        env=synced.environ,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )

    assert synced.parity("list").raw_stdout == script.stdout
