"""Measure what switching costs: a shim over its interpreter and beside pyenv's, the hook, a prompt.

    python benchmarks/shims.py [RUNS]

Whole processes, minima of many runs, in one run side by side. pyenv is looked for on PATH or where PARITY_TEST_PYENV
says; without it only parity's half is measured. Needs `parity` on PATH or beside this Python.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 200
PARITY = [sys.executable, "-P", "-m", "parity"]


def best(command: Sequence[str], environ: dict[str, str], cwd: Path, runs: int) -> float:
    """Return the shortest time of a command in milliseconds."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        subprocess.run(command, env=environ, cwd=cwd, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - started)
    return min(times) * 1000


def measure_shims(folder: Path, environ: dict[str, str]) -> None:
    """Compare the interpreter, its shim and pyenv's shim, in a folder six levels below its pin."""
    version = folder / "pyenv" / "versions" / "3.99.1"
    (version / "bin").mkdir(parents=True)
    program = version / "bin" / "python"
    program.symlink_to("/bin/true")  # what it does is no part of what finding it costs
    deep = folder / "pinned" / "a" / "b" / "c" / "d" / "e" / "f"
    deep.mkdir(parents=True)
    (folder / "pinned" / ".python-version").write_text("3.99\n", encoding="utf-8")
    subprocess.run([*PARITY, "pyenv", "rehash"], env=environ, check=True)
    plain = best([str(program)], environ, deep, RUNS)
    ours = best([str(folder / "store" / "shims" / "python")], environ, deep, RUNS) - plain
    print(f"exec of the program            {plain:8.2f} ms")
    print(f"parity's shim adds             {ours:8.2f} ms   (budget 3 ms)")
    pyenv = os.environ.get("PARITY_TEST_PYENV") or shutil.which("pyenv")
    if pyenv is None:
        print("pyenv's shim adds              not measured: there is no pyenv here")
        return
    subprocess.run([pyenv, "rehash"], env=environ, check=True)
    theirs = best([str(folder / "pyenv" / "shims" / "python")], environ, deep, max(RUNS // 10, 5)) - plain
    print(f"pyenv's shim adds              {theirs:8.2f} ms   ({theirs / ours:.0f} × parity's; budget 20 ×)")


def measure_shell(folder: Path, environ: dict[str, str]) -> None:
    """Measure printing the integration, reading it, and a prompt."""
    made = best([*PARITY, "hook", "bash"], environ, folder, max(RUNS // 10, 5))
    bare = best([sys.executable, "-c", "pass"], environ, folder, max(RUNS // 10, 5))
    print(f"`parity hook bash` prints in   {made:8.2f} ms   (budget 60 ms; a bare Python takes {bare:.2f} ms)")
    script = subprocess.run([*PARITY, "hook", "bash"], env=environ, check=True, capture_output=True, text=True).stdout
    (folder / "hook.bash").write_text(script, encoding="utf-8")
    loops = 1000
    text = f"""
        TIMEFORMAT='%U %S'
        cd {folder}/pinned/a/b/c/d/e/f
        time for ((i = 0; i < 100; i++)); do . {folder}/hook.bash; done
        time for ((i = 0; i < {loops}; i++)); do __parity_prompt; done
    """
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", text], env=environ, check=True, capture_output=True, text=True
    )
    read, prompt = (sum(map(float, line.split())) * 1000 for line in done.stderr.strip().splitlines())
    print(f"bash reads it in               {read / 100:8.3f} ms   (CPU; budget 2 ms)")
    print(f"a prompt takes                 {prompt / loops:8.4f} ms   (CPU; budget 0.1 ms)")


def main() -> None:
    """Measure everything in a folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "store").mkdir(mode=0o700)
        environ = {
            **os.environ,
            "HOME": str(folder),
            "PARITY_HOME": str(folder / "store"),
            "PYENV_ROOT": str(folder / "pyenv"),
        }
        for variable in ("PYENV_VERSION", "PARITY_PYTHON", "PARITY_CACHE_DIR"):
            environ.pop(variable, None)
        measure_shims(folder, environ)
        measure_shell(folder, environ)


if __name__ == "__main__":
    main()
