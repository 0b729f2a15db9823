"""Bytecode: the same whoever makes it, and told apart from what its source does not give."""

import importlib.util
import os
import py_compile
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from parity.core.errors import PythonBroken
from parity.engines.interpreters.bytecode import compile_trees, foreign_bytecode

TAG = sys.implementation.cache_tag
MODULE = """\
import os
LETTERS = {"a", "bb", "ccc", "{"}
def f(argument, *, other="}"):
    if argument in {"x1", "x2", "y", "zzz"}:
        return [argument, ("{", 1.5, 10**30), os.path.join("[", other)]
    return lambda text: text + "{" + argument
"""


def write(folder: Path, modules: Mapping[str, str]) -> Path:
    for name, text in modules.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def compiled(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.pyc")}


def test_bytecode_is_laid_out_as_in_an_environment(tmp_path: Path) -> None:
    """Beside its module, under the interpreter's tag, PEP 552's kind that is never checked."""
    source = write(tmp_path / "s", {"a.py": "x = 1\n", "p/__init__.py": "", "p/b.py": MODULE, "p/data.txt": ""})
    assert 3 == compile_trees(sys.executable, [(str(source), str(tmp_path / "t"))])
    found = compiled(tmp_path / "t")
    assert {f"__pycache__/a.{TAG}.pyc", f"p/__pycache__/__init__.{TAG}.pyc", f"p/__pycache__/b.{TAG}.pyc"} == set(found)
    expected = importlib.util.MAGIC_NUMBER + b"\1\0\0\0" + importlib.util.source_hash(b"x = 1\n")
    assert expected == found[f"__pycache__/a.{TAG}.pyc"][:16]


def test_it_is_what_python_runs(tmp_path: Path) -> None:
    """Python imports it, without a word about the place where it was made."""
    environment = write(tmp_path / "e", {"m.py": "import sys\nprint(__cached__, sys._getframe().f_code.co_filename)\n"})
    compile_trees(sys.executable, [(str(environment), str(environment))])
    (environment / "m.py").write_text("print('the source was compiled')\n", encoding="utf-8")
    code = "import sys; sys.path.insert(0, sys.argv[1]); import m"
    done = subprocess.run(
        [sys.executable, "-I", "-B", "-c", code, str(environment)], capture_output=True, check=True, encoding="utf-8"
    )
    cached = environment / "__pycache__" / f"m.{TAG}.pyc"
    assert f"{cached} {environment}/m.py\n" == done.stdout
    assert str(tmp_path).encode() not in cached.read_bytes()


def test_the_same_source_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else is compiled, in however many processes, under any seed, from any folder."""
    many = {f"n{number}.py": f'{MODULE}\nargument_{number} = "{{"\n' for number in range(120)}
    alone = write(tmp_path / "alone", {"m.py": MODULE})
    among = write(tmp_path / "deep" / "er" / "among", {"m.py": MODULE, **many})
    compile_trees(sys.executable, [(str(alone), str(tmp_path / "1"))])
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path / "prefix"))
    compile_trees(sys.executable, [(str(among), str(tmp_path / "2"))])
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    compile_trees(sys.executable, [(str(among), str(tmp_path / "3"))])
    name = f"__pycache__/m.{TAG}.pyc"
    assert compiled(tmp_path / "1")[name] == compiled(tmp_path / "2")[name]
    assert compiled(tmp_path / "2") == compiled(tmp_path / "3")


def test_what_does_not_compile_is_left_out(tmp_path: Path) -> None:
    """Other Pythons' code, null bytes, too deep a nesting, no encoding: the others are compiled all the same."""
    source = write(
        tmp_path / "s",
        {"a.py": "x = 1\n", "b.py": "print 'x'\n", "c.py": "x = 1\0\n", "d.py": "(" * 5000, "e.py": "x = '\\d'\n"},
    )
    (source / "f.py").write_bytes(b"x = '\xff'\n")
    (source / "g.py").write_bytes(b"# coding: nonsense\n")
    compile_trees(sys.executable, [(str(source), str(tmp_path / "t"))])
    assert {f"__pycache__/a.{TAG}.pyc", f"__pycache__/e.{TAG}.pyc"} == set(compiled(tmp_path / "t"))


def test_names_of_any_kind_are_compiled(tmp_path: Path) -> None:
    """Blanks, line breaks, bytes that are no UTF-8."""
    names = ["a b.py", "a\nb.py", "ü.py", os.fsdecode(b"\xff.py"), "a.b.py"]
    source = write(tmp_path / "s p", dict.fromkeys(names, "x = 1\n"))
    assert len(names) == compile_trees(sys.executable, [(str(source), str(tmp_path / "t\n"))])
    assert len(names) == len(compiled(tmp_path / "t\n"))


def test_nothing_to_do_is_done(tmp_path: Path) -> None:
    """A distribution without modules, and no distribution at all."""
    assert 0 == compile_trees(sys.executable, [])
    assert 0 == compile_trees(sys.executable, [(str(tmp_path), str(tmp_path / "t"))])


@pytest.mark.skipif(sys.platform != "linux", reason="needs files in memory")
def test_no_folder_for_temporary_files_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So nothing is left in one by who is killed."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    source = write(tmp_path / "s", {"a.py": "x = 1\n"})
    assert 1 == compile_trees(sys.executable, [(str(source), str(tmp_path / "t"))])


@pytest.mark.parametrize("program", ["/no/such/python", "/bin/false"])
def test_an_interpreter_that_cannot_is_named(tmp_path: Path, program: str) -> None:
    """Gone, or no Python: an error with its name, no traceback."""
    with pytest.raises(PythonBroken, match=program):
        compile_trees(program, [(str(tmp_path), str(tmp_path))])


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    root = write(tmp_path / "env", {"m.py": MODULE, "p/n.py": "def f():\n    'doc'\n    assert 0\n    return 1\n"})
    (root / "bin").mkdir()
    (root / "bin" / "python").symlink_to(sys.executable)
    return root


def cached(environment: Path, module: str, optimisation: int = -1) -> str:
    return str(
        Path(py_compile.compile(str(environment / module), optimize=optimisation, doraise=True) or "").relative_to(
            environment
        )
    )


def test_what_python_writes_is_not_foreign(environment: Path) -> None:
    """At any level of optimisation, and although it was compiled where parity did not."""
    paths = [cached(environment, module, level) for module in ("m.py", "p/n.py") for level in (0, 1, 2)]
    assert [] == foreign_bytecode(str(environment), paths)


def test_what_a_source_does_not_give_is_foreign(environment: Path) -> None:
    """Other code, no code, half of it, another interpreter's, no source."""
    good = cached(environment, "m.py")
    (environment / "other.py").write_text("x = 2\n", encoding="utf-8")
    other = environment / cached(environment, "other.py")
    (environment / "other.py").write_text("x = 3\n", encoding="utf-8")
    folder = environment / "__pycache__"
    data = (environment / good).read_bytes()
    for name, content in (
        (f"half.{TAG}.pyc", data[:40]),
        (f"empty.{TAG}.pyc", b""),
        (f"number.{TAG}.pyc", data[:16] + b"i\1\0\0\0"),
        ("m.cpython-25.pyc", data),
        (f"gone.{TAG}.pyc", data),
    ):
        (folder / name).write_bytes(content)
    for name in ("half", "empty", "number"):
        (environment / f"{name}.py").write_text(MODULE, encoding="utf-8")
    paths = sorted(str(path.relative_to(environment)) for path in [*folder.iterdir(), other])
    assert sorted(set(paths) - {good}) == sorted(set(foreign_bytecode(str(environment), paths)))


def test_an_environment_without_its_interpreter_cannot_say(environment: Path) -> None:
    """It was uninstalled, or the link leads nowhere."""
    path = cached(environment, "m.py")
    (environment / "bin" / "python").unlink()
    with pytest.raises(PythonBroken):
        foreign_bytecode(str(environment), [path])
