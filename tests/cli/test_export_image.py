"""An image that is really built from an exported Dockerfile, on both routes."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.conda.channel import Channels
from tests.support.dockerfiles import bases, instructions
from tests.support.exports import export, lock
from tests.support.images import Images, images, missing
from tests.support.interpreters import download_entry, pack_interpreter
from tests.support.projects import World

THIS = ".".join(map(str, sys.version_info[:3]))
MAIN = "import {module}, os, sys\nprint({number}, os.environ['WORD'] if {conda} else 0, sys.prefix)\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Images]:
    """Make the bases, once for both routes."""
    if reason := missing():
        pytest.skip(reason)
    with images(tmp_path_factory.mktemp("images")) as found:
        yield found


def with_conda(world: World, channels: Channels) -> dict[Path, Path]:
    """Write a project with a channel of its own, and variables."""
    for subdir in (channels.subdir, "noarch"):
        shutil.copytree(channels.forge / subdir, world.project / "channel" / subdir)
    manifest = "channels: [./channel]\ndependencies: [greetapp]\nvariables: {WORD: 'a $b'}\n"
    world.write("environment.yml", manifest)
    return {}


def with_venv(world: World) -> dict[Path, Path]:
    """Write a project whose interpreter parity has installed, and return what an image needs to install it."""
    archive = pack_interpreter(world.root / "python.tar.gz", whole=True)
    listed = world.write("list.json", json.dumps({"mine": download_entry(archive)}))
    world.extra.update(PARITY_PYTHON_DOWNLOADS=str(listed), PATH="/usr/bin:/bin")
    world.write("requirements.txt", f"--index-url {world.index.url}\napp\n")
    world.write(".python-version", f"{THIS}\n")
    assert 0 == world.parity("python", "install", THIS).exit_code
    return {archive: archive, listed: listed}


@pytest.mark.network
@pytest.mark.slow
@pytest.mark.parametrize("route", ["conda", "venv"])
def test_an_image_is_built_and_a_change_of_code_builds_no_layer_below(
    conda: World, conda_channels: Channels, made: Images, route: str
) -> None:
    """It runs, has nothing but the base, the environment and the code, and keeps every layer but that of the code."""
    files = with_conda(conda, conda_channels) if route == "conda" else with_venv(conda)
    lock(conda)
    export(conda, "--format", "Dockerfile", "--with-project", "-o", "Dockerfile")
    text = (conda.project / "Dockerfile").read_text(encoding="utf-8")
    tool, _, last = bases(text)
    made.add_python(tool, files, {key: conda.extra[key] for key in ("PARITY_PYTHON_DOWNLOADS",) if key in conda.extra})
    shutil.copy(made.wheel, conda.project)

    said = []
    for number in (1, 2):
        module = "greet" if route == "conda" else "app"
        conda.write("main.py", MAIN.format(module=module, number=number, conda=route == "conda"))
        conda.write("Dockerfile", text.replace('CMD ["python"]', 'CMD ["python", "main.py"]'))
        said.append(made.build(conda.project, route))
        word = "a $b" if route == "conda" else 0
        assert f"{number} {word} /opt/environment\n" == made.start(route), said
    steps = [step for step, _ in instructions(text) if step != "FROM"]
    assert len(steps) - 1 == said[1].count("Using cache"), said[1]

    added = made.files(route) - made.files(last)
    tops = {"/".join(path.split("/")[:3]) for path in added if path.startswith("opt/parity/")}
    store = {"opt/parity/envs"} | ({"opt/parity/pythons"} if route == "venv" else set())
    assert store == tops
    starter = {"usr/local/bin/in-environment"} if route == "conda" else set()
    rest = {path for path in added if path.split("/")[0] not in {"opt", "app"}}
    assert starter == rest
