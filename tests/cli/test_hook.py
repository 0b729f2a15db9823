"""The integration in real shells under a pseudo-terminal: what `cd` gives and takes away, as a user types it."""

import shutil
import sys
from pathlib import Path

import pytest

from parity.engines.shells.hooks import integration
from parity.engines.store.named import Named, Sources
from parity.engines.store.roots import PLACE
from tests.support.shells import Machine, Session, make_machine, program

ODD = 'it\'s "so"\t\\n\n $HOME'
ROWS = (
    ("set", "SAID", ODD),
    ("prepend", "LIBS", "/env/lib"),
    ("unset", "UNWANTED"),
    ("set", "LD_PRELOAD", "/evil.so"),
)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Make a project whose environment sets something of each kind, one inside of it, and one beside it."""
    machine = make_machine(tmp_path)
    machine.environment(machine.folder("my project"), ROWS)
    machine.environment(machine.folder("my project/inner"), [["set", "SAID", "inner"]])
    machine.environment(machine.folder("other"), [["set", "SAID", "other"]])
    machine.folder("my project/below")
    return machine


def begin(shell: str, machine: Machine, **extra: str) -> Session:
    """Start a shell, and have it read its integration as a start-up file would."""
    environ = {**machine.environ, "LIBS": "/lib", "UNWANTED": "kept", "PARITY_HOOK_QUIET": "1", **extra}
    script = machine.root / f"hook.{shell}"
    script.write_text(integration(shell, str(machine.store), PLACE, ""), encoding="utf-8")
    session = Session(shell, environ, machine.root)
    session.run(f"source {script}" if shell in {"fish", "nu"} else f". {script}")
    return session


NAMES = ("PATH", "VIRTUAL_ENV", "SAID", "LIBS", "UNWANTED", "LD_PRELOAD", "PARITY_PROJECT", "PARITY_UNDO")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "nu"])
def test_entering_sets_and_leaving_restores(machine: Machine, shell: str) -> None:
    """What the environment needs, by name and content; behind it, exactly what was there."""
    environment = (machine.root / "my project" / ".venv").readlink()
    with begin(shell, machine) as session:
        before = {name: session.value(name) for name in NAMES}
        assert before["PATH"].startswith(f"{machine.shims}:")
        session.run("cd 'my project/below'")
        assert f"{environment}/bin:{before['PATH']}" == session.value("PATH")
        assert str(environment) == session.value("VIRTUAL_ENV")
        assert ODD == session.value("SAID")
        assert "/env/lib:/lib" == session.value("LIBS")
        assert "none" == session.value("UNWANTED")
        assert "none" == session.value("LD_PRELOAD")
        session.run("cd ../inner")
        assert "inner" == session.value("SAID")
        assert "/lib" == session.value("LIBS")
        session.run("cd ../../other")
        assert "other" == session.value("SAID")
        session.run("cd ..")
        assert before == {name: session.value(name) for name in NAMES}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "nu"])
def test_a_named_environment_goes_by_its_name(machine: Machine, shell: str) -> None:
    """By its address where it has no name; behind it, what was there before; a project has neither."""
    named = Path(Named(str(machine.store)).root_of("nlp"))
    address = str(machine.root / "it's\t\\here")
    placed = Path(Named(str(machine.store)).root_at(address))
    for root in (named, placed):
        root.mkdir(parents=True)
        machine.environment(root, [["set", "CONDA_DEFAULT_ENV", "the store"]])
    native = Path(Named(str(machine.store)).root_of("native"))
    native.mkdir()
    machine.environment(native)
    file = native / ".venv" / ".parity" / "activation"
    file.parent.chmod(0o700)
    file.chmod(0o600)
    file.write_text("unset\tVIRTUAL_ENV\nset\tCONDA_DEFAULT_ENV\tthe store\n", encoding="utf-8")
    Named(str(machine.store)).note(str(placed), Sources([], {}, address))
    machine.environment(machine.folder("conda"), [["set", "CONDA_DEFAULT_ENV", "the store"]])
    names = ("CONDA_DEFAULT_ENV", "CONDA_PROMPT_MODIFIER", "VIRTUAL_ENV_PROMPT")
    choose = {"fish": "set -gx PARITY_CHOSEN '{}'", "nu": "$env.PARITY_CHOSEN = '{}'; parity switch"}
    leave = {"fish": "set -e PARITY_CHOSEN", "nu": "hide-env PARITY_CHOSEN; parity switch"}
    with begin(shell, machine, CONDA_DEFAULT_ENV="base", CONDA_PROMPT_MODIFIER="(base) ") as session:
        for root, title in ((named, "nlp"), (placed, address)):
            session.run(choose.get(shell, "export PARITY_CHOSEN='{}'").format(root))
            assert [title, f"({title}) ", title] == [session.value(name) for name in names]
            session.run(leave.get(shell, "unset PARITY_CHOSEN"))
            assert ["base", "(base) ", "none"] == [session.value(name) for name in names]
        session.run(choose.get(shell, "export PARITY_CHOSEN='{}'").format(native))
        assert ["native", "(native) ", "none"] == [session.value(name) for name in names]
        session.run(leave.get(shell, "unset PARITY_CHOSEN"))
        session.run("cd conda")
        assert ["the store", "(base) ", "none"] == [session.value(name) for name in names]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_what_follows_on_the_line_is_there_already(machine: Machine, shell: str) -> None:
    """`cd there && python` is the Python of there, before any prompt; a substitution says nothing."""
    with begin(shell, machine) as session:
        session.run("cd other")
        assert "python of my project" in session.run("cd '../my project' && python")
        assert "python of other" in session.run("pushd ../other && python")
        assert "python of my project" in session.run("popd && python")
        if shell != "fish":
            assert "python of inner" in session.run("(cd inner && python)")
        session.run("set -e PARITY_HOOK_QUIET" if shell == "fish" else "unset PARITY_HOOK_QUIET")
        there = "(cd ../other; pwd)" if shell == "fish" else '"$(cd ../other && pwd)"'
        assert " sets" not in session.run(f"echo {there}")


def test_somebody_elses_way_of_changing_folders_stays(machine: Machine) -> None:
    """A function called `cd` is not replaced, and an alias is no obstacle: the prompt switches."""
    script = machine.root / "hook.bash"
    with begin("bash", machine) as session:
        session.run("unset -f cd; cd() { builtin cd \"$@\" && OWN=called; }; alias pushd='pushd '")
        session.run(f". {script}")
        session.run("cd other")
        assert "called" == session.value("OWN")
        assert "other" == session.value("SAID")
        session.run("cd nowhere; CODE=$?")
        assert "1" == session.value("CODE")
        assert "python of my project" in session.run("pushd '../my project' && python")


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_careful_shell_stays_alive(machine: Machine, shell: str) -> None:
    """With `set -eu`, somebody else's prompt command, a pushed folder, and a status that is to be seen."""
    theirs = {"bash": "PROMPT_COMMAND='LAST=\"$LAST $?\"'", "zsh": 'precmd() { LAST="$LAST $?" }'}[shell]
    script = machine.root / f"hook.{shell}"
    with begin(shell, machine) as session:
        session.run(theirs)
        session.run(f"LAST=; . {script}")
        session.run("false")
        assert "1" in session.value("LAST").split()
        session.run("set -eu")
        session.run("pushd other")
        assert "other" == session.value("SAID")
        session.run("popd")
        assert "none" == session.value("SAID")
        session.run("unset PARITY_HOOK_QUIET LIBS")
        said = session.run("cd 'my project'")
        assert "my project sets" in said
        assert "PARITY_ALLOW would: LD_PRELOAD" in said
        session.run("cd ..")
        assert "none" == session.value("LIBS")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_inside_goes_on_and_leaves(machine: Machine, shell: str) -> None:
    """A shell started in a project knows what was there before, whatever its start-up files do to PATH."""
    with begin(shell, machine) as session:
        path = session.value("PATH")
        session.run("cd other")
        source = f"source {machine.root}/hook.{shell}"
        session.run({"bash": "bash --noprofile --norc", "zsh": "zsh -f", "fish": "fish --no-config"}[shell])
        session.run("PS1= PS2=" if shell == "bash" else "true")
        session.run(source)
        assert "other" == session.value("SAID")
        session.run("cd ..")
        assert "none" == session.value("SAID")
        assert path == session.value("PATH")


def test_a_pane_of_tmux_is_where_it_is(machine: Machine) -> None:
    """Begun in a project, with all that its shell has: a pane elsewhere has nothing of it, one in a project its own."""
    if shutil.which("tmux", path="/usr/bin:/bin") is None:
        pytest.skip("there is no tmux here (Debian: `apt-get install tmux`)")
    said = machine.root / "said"
    with begin("bash", machine) as session:
        outside = session.value("PATH")
        session.run("cd other")
        pane = f"'bash --rcfile {machine.root}/hook.bash -i'"
        # the socket by a short way: there is a limit to its length
        session.run(f"tmux -S ../t -f /dev/null new-session -d -c {machine.root} {pane}")
        ask = f'printf "%s\\n" "${{SAID-none}}" "$PATH" >{said}; tmux -S $S wait-for -S asked'
        session.run(f"tmux -S ../t send-keys 'S=t; {ask}' Enter; tmux -S ../t wait-for asked")
        assert ["none", outside] == said.read_text().splitlines()
        session.run(f'tmux -S ../t new-window -c "$PWD/../my project/inner" {pane}')
        session.run(f"tmux -S ../t send-keys 'S=../../t; {ask}' Enter; tmux -S ../t wait-for asked")
        environment = (machine.root / "my project" / "inner" / ".venv").readlink()
        assert ["inner", f"{environment}/bin:{outside}"] == said.read_text().splitlines()
        session.run("tmux -S ../t kill-server")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "nu"])
def test_a_version_for_the_shell_comes_first(machine: Machine, shell: str) -> None:
    """Where `PYENV_VERSION` says which Python, a project's environment stays out of the way."""
    with begin(shell, machine, PYENV_VERSION="system") as session:
        session.run("cd other")
        assert "none" == session.value("SAID")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_an_environment_is_chosen_by_name(machine: Machine, shell: str) -> None:
    """`parity activate NAME` holds wherever the shell goes; `parity deactivate` ends it."""
    machine.environment(machine.folder("store/named/v1/study"), [["set", "SAID", "study"]])
    with begin(shell, machine) as session:
        session.run("parity activate nothing")
        assert "none" == session.value("SAID")
        assert "usage: parity activate" in session.run("parity activate --help")
        before = {name: session.value(name) for name in NAMES}
        assert "python of study" in session.run("parity activate study && python")
        session.run("cd other")
        assert "study" == session.value("SAID")
        assert "python of other" in session.run("parity deactivate && python")
        assert "other" == session.value("SAID")
        session.run("cd ..")
        assert before == {name: session.value(name) for name in NAMES}


def test_a_version_for_one_command_is_asked_of_parity(machine: Machine) -> None:
    """In a project the shell has found its `python` before it sets a variable that stands on the same line."""
    machine.version("3.12.1")
    machine.rehash()
    with begin("bash", machine) as session:
        session.run("cd other")
        assert "python of other" in session.run("PARITY_PYTHON=3.12 python")
        assert "python of 3.12.1" in session.run(f"PARITY_PYTHON=3.12 {sys.executable} -m parity exec python")
        assert "python of 3.12.1" in session.run(f"PARITY_PYTHON=3.12 {machine.shims}/python")
        session.run("export PARITY_PYTHON=3.12")
        assert "python of 3.12.1" in session.run("python")
        session.run("unset PARITY_PYTHON")
        assert "python of other" in session.run("python")


def test_nushell_takes_what_is_chosen(machine: Machine) -> None:
    """A name that nobody has changes nothing; one that is there holds until it is given up."""
    machine.environment(machine.folder("store/named/v1/study"), [["set", "SAID", "study"]])
    with begin("nu", machine) as session:
        session.run("parity activate nothing")
        session.run("cd other")
        assert "other" == session.value("SAID")
        session.run("parity activate study")
        assert "study" == session.value("SAID")
        session.run("parity activate ../other")
        session.run("cd ..")
        assert "other" == session.value("SAID")
        session.run("parity deactivate")
        assert "none" == session.value("SAID")


@pytest.mark.parametrize("path", ["./other", "other/.venv", "{root}/other", "./at/address"])
def test_an_environment_is_chosen_by_path(machine: Machine, path: str) -> None:
    """A project's, its link's, or the address that an environment has, as conda has it."""
    machine.environment(machine.folder("store/prefixes/v1/abc"), [["set", "SAID", "other"]])
    machine.folder("at")
    (machine.root / "at" / "address").symlink_to(machine.store / "prefixes" / "v1" / "abc" / ".venv")
    with begin("bash", machine) as session:
        session.run(f"parity activate {path.format(root=machine.root)}")
        session.run("cd 'my project'")
        assert "other" == session.value("SAID")
        session.run("parity deactivate; cd ..")
        assert "none" == session.value("SAID")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_words_are_completed_from_the_parsers(machine: Machine, shell: str) -> None:
    """A command's options are offered behind its name, from a script that is asked for at the first TAB."""
    with begin(shell, machine) as session:
        completions = session.run("parity hook " + shell + " --completions | grep -c move-aside")
        assert "0" not in completions.split()[-1:]


LOCK = '[[target]]\nname = "linux-64"\n\n[[conda]]\nname = "numpy"\n\n[[pypi]]\nname = "numexpr"\nfile = "name = "\n'

_COMPLETED = {
    "bash": "COMP_WORDS=(parity {words}); COMP_CWORD={last}; _shtab_parity; echo : ${{COMPREPLY[@]}}",
    "fish": "echo : (complete -C 'parity {words}' | string split -f 1 \\t)",
}


@pytest.mark.parametrize("shell", ["bash", "fish"])
def test_names_are_completed_as_they_are_now(machine: Machine, shell: str) -> None:
    """Packages of the lock, named environments, versions of Python, targets: asked for at the TAB."""
    (machine.root / "parity.lock").write_text(LOCK, encoding="utf-8")
    machine.environment(machine.folder("store/named/v1/study"), [["set", "SAID", "study"]])
    (machine.folder("store/versions/v1") / "3.12").write_text("/usr\n", encoding="utf-8")
    for name in ("python3.11", "python3.11-config"):  # on PATH, and no shim's
        program(machine.root / "system" / name, "the system")
    file = machine.root / "completions"
    with begin(shell, machine) as session:
        session.run(f"parity hook {shell} --completions > {file}")
        session.run(f"source {file}")
        for words, expected in {
            "why num": "numexpr numpy",
            "tree --target li": "linux-64",
            "list -n st": "study",
            "env remove st": "study",
            "python find 3.1": "3.11 3.12",
        }.items():
            said = session.run(_COMPLETED[shell].format(words=words, last=len(words.split())))
            assert f": {expected}" in said, words


def test_zsh_asks_for_names_too(machine: Machine) -> None:
    """Its completion system wants keys; what it would call gives the words."""
    (machine.root / "parity.lock").write_text(LOCK, encoding="utf-8")
    with begin("zsh", machine) as session:
        session.run("parity hook zsh --completions > completions")
        assert "why" in session.run("grep -c __parity_complete_packages completions; echo why")
        session.run("compdef() { true }; _arguments() { true }; _describe() { true }; source ./completions")
        session.run("compadd() { echo : ${(P)@[-1]} }")
        assert ": numexpr numpy" in session.run("__parity_complete_packages")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_tab_completes_a_command(machine: Machine, shell: str) -> None:
    """As it is typed: the first TAB asks parity for the words, and completes already."""
    with begin(shell, machine) as session:
        if shell == "zsh":
            session.run(f"autoload -U compinit; compinit -D; . {machine.root}/hook.zsh")
        assert "usage: parity fingerprint" in session.run("parity fingerp\t--help")
        assert "usage: parity python install" in session.run("parity python inst\t--help")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "nu"])
def test_changing_folders_starts_no_program(machine: Machine, shell: str) -> None:
    """Where PATH leads nowhere, the shell finds its way in and out by itself."""
    with begin(shell, machine) as session:
        nowhere = {"fish": "set -gx PATH /nowhere", "nu": "$env.PATH = [/nowhere]"}.get(shell, "PATH=/nowhere")
        session.run(nowhere)
        said = session.run("cd other")
        assert "other" == session.value("SAID")
        said += session.run("cd ..")
        assert "none" == session.value("SAID")
        assert "/nowhere" == session.value("PATH")
        assert "not found" not in said


def test_what_a_variable_allows_is_set(machine: Machine) -> None:
    """`PARITY_ALLOW` names what may be exported though it decides what runs."""
    with begin("bash", machine, PARITY_ALLOW="BASH_ENV LD_PRELOAD") as session:
        session.run("cd 'my project'")
        assert "/evil.so" == session.value("LD_PRELOAD")


def test_a_link_on_the_way_is_no_obstacle(machine: Machine) -> None:
    """A project is entered by any of its names; `cd -` still leads back."""
    (machine.root / "link").symlink_to(machine.root / "other")
    with begin("bash", machine) as session:
        session.run("cd link")
        assert "other" == session.value("SAID")
        session.run("cd -")
        assert str(machine.root) == session.value("PWD")
