"""Activation, found out once: what a shell with conda's activation would have, without one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from parity.engines.conda.activation import Activated, activate
from parity.workflows.quick import applied


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    folder = tmp_path / "a prefix"
    (folder / "etc" / "conda" / "activate.d").mkdir(parents=True)
    (folder / "conda-meta").mkdir()
    return folder


def script(prefix: Path, text: str, name: str = "a") -> None:
    (prefix / "etc" / "conda" / "activate.d" / f"{name}.sh").write_text(text, encoding="utf-8")


def activated(prefix: Path) -> Activated:
    return activate(str(prefix), {"HOME": "/home/me", "PATH": os.environ["PATH"], "CALLER": "mine"})


def by_name(found: Activated) -> dict[str, tuple[str, ...]]:
    return {row[1]: row for row in found.activation.rows}


def test_without_scripts_no_shell_is_started(prefix: Path) -> None:
    """Nor needed: variables are known from files, the manifest's own come last."""
    folder = prefix / "etc" / "conda" / "env_vars.d"
    folder.mkdir()
    (folder / "b.json").write_text(json.dumps({"A": "b", "B": "with 'quotes' and\nlines"}), encoding="utf-8")
    (folder / "a.json").write_text(json.dumps({"A": "a", "C": "c"}), encoding="utf-8")
    (prefix / "conda-meta" / "state").write_text(json.dumps({"env_vars": {"C": "mine"}}), encoding="utf-8")
    found = activate(str(prefix), {"PATH": "/nowhere"})
    assert "" == found.failure
    assert {
        "A": ("set", "A", "b"),
        "B": ("set", "B", "with 'quotes' and\nlines"),
        "C": ("set", "C", "mine"),
        "CONDA_DEFAULT_ENV": ("set", "CONDA_DEFAULT_ENV", str(prefix)),
        "CONDA_PREFIX": ("set", "CONDA_PREFIX", str(prefix)),
        "CONDA_SHLVL": ("set", "CONDA_SHLVL", "1"),
        "PATH": ("prepend", "PATH", f"{prefix}/bin"),
    } == by_name(found)


def test_scripts_run_in_order_and_may_print(prefix: Path) -> None:
    """Later ones see what earlier ones set; what they print is no variable; a value may have lines."""
    script(prefix, 'echo "A=printed"; export A="$CONDA_PREFIX/x"\nexport LINES_OF="one\ntwo=2"', "1")
    script(prefix, 'export B="$A/y" PATH="$CONDA_PREFIX/tools:$PATH"; unset C', "2")
    found = activated(prefix)
    rows = by_name(found)
    assert ("set", "A", f"{prefix}/x") == rows["A"]
    assert ("set", "B", f"{prefix}/x/y") == rows["B"]
    assert ("unset", "C") == rows["C"]
    assert ("set", "LINES_OF", "one\ntwo=2") == rows["LINES_OF"]
    assert ("prepend", "PATH", f"{prefix}/tools:{prefix}/bin") == rows["PATH"]
    assert () == found.activation.varying


@pytest.mark.parametrize(
    ("text", "varying"),
    [
        ('export FLAGS="${CALLER:-none} -O2"', ("FLAGS",)),
        ('[ -n "$CALLER" ] && export FLAGS=1; true', ("FLAGS",)),
        (': "${FLAGS:=default}"; export FLAGS', ("FLAGS",)),
        ('export LD_LIBRARY_PATH="$CONDA_PREFIX/lib:$LD_LIBRARY_PATH"', ()),
        ('export LD_LIBRARY_PATH="$CONDA_PREFIX/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"', ()),
        ('export DIRS="$DIRS:$CONDA_PREFIX/share"', ()),
        ('[ -n "$CC" ] && export CONDA_BACKUP_CC="$CC"; export CC=gcc', ()),
        ('export THERE="$HOME/x"', ()),
    ],
)
def test_what_depends_on_the_caller_is_found_out(prefix: Path, text: str, varying: tuple[str, ...]) -> None:
    """By being a second caller; lists of folders and what is kept for the way back are no such thing."""
    script(prefix, text)
    assert varying == activated(prefix).activation.varying


@pytest.mark.parametrize("text", ["exit 3", "exec false", 'echo "went wrong" >&2; exit 1'])
def test_scripts_that_end_the_shell_have_no_effect(prefix: Path, text: str) -> None:
    """The rest of the activation holds."""
    script(prefix, f"export A=1\n{text}")
    found = activated(prefix)
    assert ("went wrong" if "wrong" in text else "one of them ended the shell") == found.failure
    assert {"PATH", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "CONDA_SHLVL"} == set(by_name(found))


def test_without_a_shell_scripts_have_no_effect(prefix: Path, tmp_path: Path) -> None:
    """And it is said."""
    script(prefix, "export A=1")
    assert "there is no `bash` to run them" == activate(str(prefix), {"PATH": str(tmp_path)}).failure


def test_the_callers_shell_settings_play_no_part(prefix: Path, tmp_path: Path) -> None:
    """Neither `BASH_ENV` nor a function that is called like a command."""
    (tmp_path / "startup").write_text("export FROM_STARTUP=1\n", encoding="utf-8")
    script(prefix, "export A=1\nenv() { echo mine; }\nalias env=false")
    environ = {"PATH": os.environ["PATH"], "BASH_ENV": str(tmp_path / "startup")}
    found = activate(str(prefix), environ)
    assert ("", ("set", "A", "1")) == (found.failure, by_name(found)["A"])
    assert "FROM_STARTUP" not in by_name(found)


def test_it_is_what_a_shell_would_have(prefix: Path) -> None:
    """Rattler's own activation script, sourced by a shell, gives the same variables to the same caller."""
    script(prefix, 'export A="$CONDA_PREFIX" PATH="/x/bin:$PATH" L="/l:$L"\nunset GONE')
    (prefix / "conda-meta" / "state").write_text(json.dumps({"env_vars": {"V": 'a "b" c'}}), encoding="utf-8")
    caller = {"PATH": os.environ["PATH"], "L": "/mine", "GONE": "1", "KEPT": "1"}
    made = subprocess.run(
        [sys.executable, "-c", _RATTLER, str(prefix)],
        env={**os.environ, **caller},
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    shell = ["bash", "--norc", "--noprofile", "-c", f"{made.stdout}\nenv -0"]
    printed = subprocess.run(shell, env=caller, capture_output=True, check=True, encoding="utf-8").stdout
    expected = dict(line.split("=", 1) for line in printed.split("\0") if line)
    found = applied(activated(prefix).activation.rows, caller)
    ignored = {"_", "SHLVL", "PWD", "OLDPWD", "CONDA_DEFAULT_ENV"}
    assert {name: value for name, value in expected.items() if name not in ignored} == {
        name: value for name, value in found.items() if name not in ignored
    }


_RATTLER = """
import os, sys
from pathlib import Path
from rattler.shell import ActivationVariables, PathModificationBehavior, Shell, activate
path = os.environ["PATH"].split(":")
print(activate(Path(sys.argv[1]), ActivationVariables(None, path, PathModificationBehavior.Replace), Shell.bash).script)
"""
