"""Measure what switching costs: a shim over its interpreter and beside pyenv's, the hook, a prompt.

    python -m benchmarks.shims [--rounds N]

Whole processes, minima of many runs, in one run side by side. pyenv is looked for on PATH or where PARITY_TEST_PYENV
says; without it only parity's half is measured. Exits with 1 where a budget is missed.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measuring import Figure, judged, kept_all

PARITY = [sys.executable, "-P", "-m", "parity"]


def best(command: Sequence[str], environ: dict[str, str], cwd: Path, runs: int) -> float:
    """Return the shortest time of a command in milliseconds."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        subprocess.run(command, env=environ, cwd=cwd, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - started)
    return min(times) * 1000


def measure_shims(folder: Path, environ: dict[str, str], runs: int) -> None:
    """Compare the interpreter, its shim and pyenv's shim, in a folder six levels below its pin."""
    version = folder / "pyenv" / "versions" / "3.99.1"
    (version / "bin").mkdir(parents=True)
    program = version / "bin" / "python"
    program.symlink_to("/bin/true")  # what it does is no part of what finding it costs
    deep = folder / "pinned" / "a" / "b" / "c" / "d" / "e" / "f"
    deep.mkdir(parents=True)
    (folder / "pinned" / ".python-version").write_text("3.99\n", encoding="utf-8")
    subprocess.run([*PARITY, "pyenv", "rehash"], env=environ, check=True)
    plain = best([str(program)], environ, deep, runs)
    ours = best([str(folder / "store" / "shims" / "python")], environ, deep, runs) - plain
    print(f"exec of the program            {plain:8.2f} ms")
    figure = judged(Figure(what="a shim, over its program", value=ours, unit="ms", budget=3))
    print(f"parity's shim adds             {ours:8.2f} ms   ({figure.verdict})")
    pyenv = os.environ.get("PARITY_TEST_PYENV") or shutil.which("pyenv")
    if pyenv is None:
        print("pyenv's shim adds              not measured: there is no pyenv here")
        return
    subprocess.run([pyenv, "rehash"], env=environ, check=True)
    theirs = best([str(folder / "pyenv" / "shims" / "python")], environ, deep, max(runs // 10, 5)) - plain
    what = "pyenv's shim, over the same program"
    figure = judged(Figure(what=what, value=theirs / ours, unit="×", budget=20, beside="parity's shim", least=True))
    print(f"pyenv's shim adds              {theirs:8.2f} ms   ({theirs / ours:.0f} × parity's; {figure.verdict})")


def measure_shell(folder: Path, environ: dict[str, str], runs: int) -> None:
    """Measure printing the integration, reading it, and a prompt."""
    made = best([*PARITY, "hook", "bash"], environ, folder, max(runs // 10, 5))
    bare = best([sys.executable, "-c", "pass"], environ, folder, max(runs // 10, 5))
    figure = judged(Figure(what="`parity hook bash`, whole process", value=made, unit="ms", budget=60))
    print(f"`parity hook bash` prints in   {made:8.2f} ms   ({figure.verdict}; a bare Python takes {bare:.2f} ms)")
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
    figure = judged(Figure(what="bash reads the hook, of a processor", value=read / 100, unit="ms", budget=2))
    print(f"bash reads it in               {read / 100:8.3f} ms   (CPU; {figure.verdict})")
    figure = judged(Figure(what="the hook at a prompt, of a processor", value=prompt / loops, unit="ms", budget=0.1))
    print(f"a prompt takes                 {prompt / loops:8.4f} ms   (CPU; {figure.verdict})")


def measure(rounds: int) -> None:
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
        measure_shims(folder, environ, rounds)
        measure_shell(folder, environ, rounds)


def main() -> int:
    """Run the benchmark as a program; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    measure(parser.parse_args().rounds)
    return 0 if kept_all() else 1


if __name__ == "__main__":
    sys.exit(main())
