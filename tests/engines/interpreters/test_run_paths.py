"""Where real programs look for their libraries."""

import shutil
import subprocess
from pathlib import Path

import pytest

from parity.engines.interpreters.run_paths import binaries_in, make_relative, run_path


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """Make a library and a program linked with it, with the run path that `configure` would give."""
    if shutil.which("cc") is None:
        pytest.skip("no C compiler (cc)")
    prefix = tmp_path / "prefix"
    (prefix / "bin").mkdir(parents=True)
    (prefix / "lib").mkdir()
    (prefix / "answer.c").write_text("int answer(void) { return 42; }\n")
    (prefix / "main.c").write_text("int answer(void);\nint main(void) { return answer(); }\n")
    library, flags = prefix / "lib" / "libanswer.so", ["-L", str(prefix / "lib"), "-lanswer"]
    rpath = f"-Wl,-rpath,{prefix}/lib:/opt/other/lib:{prefix}/lib"
    _cc("-shared", "-fPIC", "-o", str(library), str(prefix / "answer.c"))
    _cc("-o", str(prefix / "bin" / "program"), str(prefix / "main.c"), *flags, rpath)
    return prefix


def _cc(*words: str) -> None:
    subprocess.run(["cc", *words], check=True)  # noqa: S607 - whichever compiler PATH has


def test_a_program_runs_after_it_was_moved(prefix: Path) -> None:
    """Its own folder is written relative to it, others stay as they are."""
    program = prefix / "bin" / "program"
    changed = make_relative(str(program), str(prefix))
    moved = prefix.rename(prefix.with_name("moved"))

    assert changed
    assert "$ORIGIN/../lib:/opt/other/lib" == run_path(str(moved / "bin" / "program"))
    assert 42 == subprocess.run([moved / "bin" / "program"], check=False).returncode


def test_a_copy_is_judged_by_where_it_came_from(prefix: Path, tmp_path: Path) -> None:
    """`at` says where it was."""
    copy = shutil.copy(prefix / "bin" / "program", tmp_path / "copy")
    make_relative(str(copy), str(prefix), at=f"{prefix}/bin/program")

    assert "$ORIGIN/../lib:/opt/other/lib" == run_path(str(copy))


def test_what_is_relative_already_is_left_alone(prefix: Path) -> None:
    """And what has no run path at all."""
    program, library = prefix / "bin" / "program", prefix / "lib" / "libanswer.so"
    make_relative(str(program), str(prefix))
    before = program.read_bytes(), library.read_bytes()

    assert not make_relative(str(program), str(prefix))
    assert not make_relative(str(library), str(prefix))
    assert before == (program.read_bytes(), library.read_bytes())


def test_only_binaries_are_binaries(prefix: Path) -> None:
    """Links are found under their own name only, texts not at all."""
    (prefix / "bin" / "link").symlink_to("program")

    assert [f"{prefix}/bin/program", f"{prefix}/lib/libanswer.so"] == sorted(binaries_in(str(prefix)))


def test_a_damaged_binary_has_no_run_path(tmp_path: Path) -> None:
    """It is not this one's task to complain."""
    (tmp_path / "half").write_bytes(b"\x7fELF" + b"\0" * 20)

    assert "" == run_path(str(tmp_path / "half"))
