"""A Dockerfile carried out without Docker: the commands of its stages, in folders that stand for its own.

Where there is no daemon, this says whether the commands do what they are meant to, and whether what the last stage
takes over is enough to run.
"""

import re
import shutil
import sys
from pathlib import Path

from tests.support.projects import Outcome, World


def instructions(text: str) -> list[tuple[str, str]]:
    """Return the instructions of a Dockerfile in their order, with what stands behind each."""
    lines = [line for line in text.replace("\\\n", "").splitlines() if line and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def bases(text: str) -> list[str]:
    """Return what each stage begins with."""
    words = [words.split() for kind, words in instructions(text) if kind == "FROM"]
    return [next(word for word in each if not word.startswith("--")) for each in words]


def carry_out(world: World, text: str) -> Path:
    """Run the commands of the stage that makes the environment, and return what the last stage copies from it.

    `/image` and `/opt` are folders of the world. Everything else that the stage made is gone afterwards.
    """
    stages = re.split(r"^FROM ", text, flags=re.MULTILINE)
    image, opt = world.root / "image", world.root / "opt"
    tools = world.root / "tools"
    tools.mkdir()
    (tools / "parity").write_text(f'#!/bin/sh\nexec {sys.executable} -m parity "$@"\n', encoding="utf-8")
    (tools / "parity").chmod(0o755)
    environ = {"PARITY_HOME": str(opt / "parity"), "PATH": f"{tools}:{world.environ['PATH']}"}
    for kind, words in instructions(stages[2]):
        if kind == "RUN":
            command = re.sub(r"(?<![\w.])/(image|opt)(?=/| )", rf"{world.root}/\1", words)
            done = world.run("sh", "-c", command.replace(f"{image}/opt", f"{image}{opt}"), env=environ)
            assert 0 == done.exit_code, f"{command}\n{done}"
    assert 0 == world.run("chmod", "-R", "u+w", str(opt)).exit_code
    shutil.rmtree(opt)
    shutil.move(f"{image}{opt}", opt)
    return image


def run_in(world: World, image: Path, *command: str) -> Outcome:
    """Run a command as the image starts it, with its own variables."""
    environment = world.root / "opt/environment"
    start = image / "usr/local/bin/in-environment"
    variables = {"PATH": f"{environment}/bin:/usr/bin:/bin", "CONDA_PREFIX": str(environment), "PYTHONPATH": ""}
    begin = [str(start)] if start.exists() else ["/usr/bin/env"]
    return world.run(*begin, *command, cwd=Path("/"), env=variables)
