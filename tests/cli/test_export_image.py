"""Images that are really built from what `parity export --format Dockerfile` writes."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.conda.channel import Channels
from tests.support.exports import export, lock
from tests.support.images import Images, missing
from tests.support.interpreters import download_entry, pack_interpreter
from tests.support.projects import World

REPOSITORY = Path(__file__).resolve().parents[2]
THIS = ".".join(map(str, sys.version_info[:3]))
pytestmark = [pytest.mark.slow, pytest.mark.network, pytest.mark.skipif(bool(missing()), reason=missing())]


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Images]:
    """Lend images that know this machine's certificates, pip's settings, and one interpreter to install."""
    folder = tmp_path_factory.mktemp("brought")
    archive = pack_interpreter(folder / "python.tar.gz", whole=True)
    entry = download_entry(archive, url="file:///mirror/python.tar.gz")
    (folder / "list.json").write_text(json.dumps({"mine": entry}), encoding="utf-8")
    brought = {"mirror/python.tar.gz": archive, "mirror/list.json": folder / "list.json"}
    certificates = os.environ.get("SSL_CERT_FILE", "")
    brought |= {"etc/ssl/certs/ca-certificates.crt": Path(certificates)} if certificates else {}
    brought |= {"etc/pip.conf": Path("/etc/pip.conf")} if Path("/etc/pip.conf").is_file() else {}
    made = Images(tmp_path_factory.mktemp("images"), brought)
    yield made
    made.close()


def dockerfile(world: World) -> str:
    """Write the project's Dockerfile, with its code, and put parity's wheel beside it; return that one's name."""
    text = export(world, "--format", "Dockerfile")
    assert "# COPY . .\n" in text
    world.write("Dockerfile", text.replace("# COPY . .", "COPY . ."))
    world.write(".dockerignore", ".venv\n")
    uv = Path(sys.executable).parent / "uv"
    subprocess.run([uv, "build", "--quiet", "--wheel", "--out-dir", world.project, REPOSITORY], check=True)
    (wheel,) = world.project.glob("parity-*.whl")
    (world.project / ".gitignore").unlink(missing_ok=True)  # uv's
    return wheel.name


def built(world: World, images: Images, wheel: str, name: str) -> int:
    """Build the project's image and return how many steps that took."""
    return images.build(world.project, name, "--build-arg", f"PARITY=./{wheel}")


def places(images: Images, name: str) -> set[str]:
    """Return what an image has and Debian has not, outside of the folders of code and environment."""
    return {path for path in images.added(name) if not path.startswith(("app/", "opt/"))}


def assert_only_code_is_copied(world: World, images: Images, wheel: str, name: str) -> None:
    """Change the code and build again: the step that copies it is the only one that is done, and the image has it."""
    world.write("main.py", "print('changed')\n")
    assert 1 == built(world, images, wheel, name)
    assert "changed" == images.run(name, ["python", "main.py"])


def test_an_image_of_conda_packages(conda: World, conda_channels: Channels, images: Images) -> None:
    """It has the locked packages, activated, and nothing of parity, of its caches or of the channel."""
    shutil.copytree(conda_channels.forge, conda.project / "channel")
    manifest = "channels: [./channel]\ndependencies: [greetapp, activate-static]\nvariables: {WORD: 'a $b'}\n"
    conda.write("environment.yml", manifest)
    conda.write("main.py", "print('code')\n")
    lock(conda)
    wheel = dockerfile(conda)
    built(conda, images, wheel, "shop")
    said = images.run(
        "shop", ["sh", "-c", 'python -c "import greet, sys; print(sys.prefix)"; echo "$WORD"; ls /opt/parity']
    )
    assert ["/opt/environment", "a $b", "envs"] == said.splitlines()
    assert {"app", "usr/local/bin/in-environment"} == places(images, "shop")
    assert_only_code_is_copied(conda, images, wheel, "shop")


def test_an_image_of_wheels(world: World, images: Images) -> None:
    """It brings the interpreter along, and has what an included file and a folder of wheels were needed for."""
    world.extra["PARITY_PYTHON_DOWNLOADS"] = "list.json"
    (world.project / "wheels").mkdir()
    for path in world.wheels.glob("*.whl"):
        shutil.copy(path, world.project / "wheels")
    world.write("requirements.txt", "--no-index\n--find-links wheels\n-r deep/more.txt\n")
    world.write("deep/more.txt", "app\n")
    world.write("main.py", "import app\nprint('code')\n")
    world.write(".python-version", f"{THIS}\n")
    lock(world)
    wheel = dockerfile(world)
    text = (world.project / "Dockerfile").read_text(encoding="utf-8")
    world.write(
        "Dockerfile", text.replace("ENV PARITY_HOME", "ENV PARITY_PYTHON_DOWNLOADS=/mirror/list.json PARITY_HOME")
    )
    built(world, images, wheel, "wheels")
    assert "code" == images.run("wheels", ["python", "main.py"])
    program = images.run("wheels", ["python", "-c", "import os, sys; print(os.path.realpath(sys.executable))"])
    assert program.startswith("/opt/parity/pythons/")
    assert {"app"} == places(images, "wheels")
    assert ["environment", "parity"] == images.run("wheels", ["ls", "/opt"]).split()
    assert ["envs", "pythons"] == images.run("wheels", ["ls", "/opt/parity"]).split()
    assert_only_code_is_copied(world, images, wheel, "wheels")
