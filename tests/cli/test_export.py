"""`parity export`, as a user types it: what is locked, in other tools' words, read back by those tools."""

import hashlib
import json
import sys
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from rattler import MatchSpec
from rattler.explicit_environment import ExplicitEnvironmentSpec
from ruamel.yaml import YAML

from tests.support.conda.channel import Channels
from tests.support.conda.reference import rattler_alone
from tests.support.exports import EVERYTHING, artifacts, codes, export, lock, locked
from tests.support.projects import World
from tests.support.wheels import make_wheel, write_project

BASE = getattr(sys, "_base_executable", sys.executable)
PYTHON = ".".join(map(str, sys.version_info[:2]))
OLD_LOCK = """
version = 1
route = "conda"
channels = ["conda-forge"]
manifests = { "environment.yml" = "sha256:0" }
made-with = { parity = "0" }

[[target]]
name = "linux-64"
"""


def again(world: World, text: str, *arguments: str) -> Path:
    """Lock an exported environment.yml in a project of its own, and return that."""
    project = world.root / "again"
    project.mkdir()
    (project / "environment.yml").write_text(text, encoding="utf-8")
    outcome = world.parity("lock", *arguments, cwd=project)
    assert 0 == outcome.exit_code, outcome
    return project


CHANNELS = """
channels: [conda-forge, defaults]
dependencies: [only-in-defaults, "conda-forge/label/dev::wordlib", old-format, pip]
"""


@pytest.mark.parametrize("manifest", [EVERYTHING, CHANNELS], ids=["wheels and variables", "groups and labels"])
def test_an_environment_yml_locks_the_same_artifacts(conda: World, manifest: str) -> None:
    """One package of two channels, pins, a label, a group, wheels of an index, variables: all of it comes back."""
    conda.write("environment.yml", manifest)
    lock(conda)
    text = export(conda, "--format", "environment.yml")
    project = again(conda, text)
    assert artifacts(conda.project) == artifacts(project)
    assert locked(conda.project).get("variables") == locked(project).get("variables")
    assert "prefix:" not in text


def test_rattler_solves_an_environment_yml_to_what_is_locked(conda: World, conda_channels: Channels) -> None:
    """Without anything of parity's: each MatchSpec is one of rattler's, and together they have one answer."""
    conda.write("environment.yml", EVERYTHING)
    lock(conda)
    said = YAML(typ="safe").load(export(conda, "--format", "environment.yml"))
    assert ["conda-forge", "pytorch", "nodefaults"] == said["channels"]
    *specs, pip = said["dependencies"]
    assert {"pip"} == set(pip)
    root = conda_channels.root.as_uri()
    channels = [f"{root}/{name}" for name in said["channels"] if name != "nodefaults"]
    answer = rattler_alone(channels, [str(MatchSpec(f"{root}/{spec}")) for spec in specs], conda.root)
    expected = {"=".join(artifact[1:4]) for artifact in artifacts(conda.project) if artifact[0] == "conda"}
    assert ("", expected) == (answer.error, set(answer.packages))


def test_an_explicit_list_is_rattlers_too(conda: World, conda_channels: Channels) -> None:
    """Every address is that of a file with the hash behind it, after what it depends on; what has no place is told."""
    conda.write("environment.yml", EVERYTHING)
    lock(conda)
    outcome = conda.parity("export", "--format", "explicit", "--json")
    text = json.loads(outcome.raw_stdout)["data"]["text"]
    read = ExplicitEnvironmentSpec.from_str(text)
    assert conda_channels.subdir == str(read.platform)
    parts = [line.split("#sha256:") for line in text.splitlines()[2:]]
    assert [url for url, _ in parts] == [entry.url.split("#")[0] for entry in read.packages]
    files = {url.rsplit("/", 1)[1]: digest for url, digest in parts}
    assert {each["file"]: each["sha256"] for each in locked(conda.project)["conda"]} == files
    for url, digest in parts:
        assert digest == hashlib.sha256(Path(url2pathname(urlsplit(url).path)).read_bytes()).hexdigest()
    names = list(files)
    assert names.index("libgreet-1.1-h5eed_0.conda") < names.index("greet-1.1-py311_h0_0.conda")
    assert {"lost-wheels", "lost-variables", "lost-path", "lost-requests", "lost-assumptions"} == codes(outcome)


def test_addresses_are_those_of_channels_not_of_mirrors(conda: World, conda_channels: Channels) -> None:
    """What is written down works elsewhere, and holds no password."""
    conda.write("environment.yml", "channels: [conda-forge]\ndependencies: [wordlib=1.1]\n")
    lock(conda)
    mirror = {
        "PARITY_CONDA_CHANNEL_ALIAS": "https://user:secret@channels.example",
        "PARITY_CONDA_MIRRORS": "conda-forge=https://mirror.example/forge",
    }
    outcome = conda.parity("export", "--format", "explicit", env=mirror)
    assert "https://channels.example/conda-forge/noarch/wordlib-1.1-pyhd8ed1ab_0.conda#" in outcome.raw_stdout
    assert "secret" not in f"{outcome}{conda_channels}"


def test_versions_alone_are_exact(conda: World) -> None:
    """Without builds `=1.1` would also take 1.1.2; with one channel, nobody needs its name."""
    conda.write("environment.yml", "channels: [conda-forge]\ndependencies: [libgreet=1.1, data-files]\n")
    lock(conda)
    outcome = conda.parity("export", "--format", "environment.yml", "--no-builds", "--json")
    text = json.loads(outcome.raw_stdout)["data"]["text"]
    assert ["data-files==2024a", "libgreet==1.1"] == YAML(typ="safe").load(text)["dependencies"]
    assert "lost-builds" in codes(outcome)


def test_from_history_is_what_was_asked_for(conda: World) -> None:
    """With the channels, pins and variables that the user gave, and what pip is told: in his words, and only his."""
    conda.write(
        "environment.yml",
        """
        name: mine
        channels: [conda-forge, https://token:secret@channels.example/lab, nodefaults]
        dependencies:
          - numpy >=1.26,<2.1
          - conda-forge::wordlib=1.1=py*
          - for-unix  # [osx]
          - pip:
              - --extra-index-url https://me:secret@wheels.example/simple
              - app[plugins]>=1 ; python_version < "4"
              - -e ./lib
        variables: {A: "1"}
        """,
    )
    write_project(conda.project / "lib", "lib")
    conda.write("parity.lock", OLD_LOCK)
    outcome = conda.parity("export", "--format", "environment.yml", "--from-history", "--json")
    said = json.loads(outcome.raw_stdout)
    assert {
        "name": "mine",
        "channels": ["conda-forge", "https://channels.example/lab", "nodefaults"],
        "dependencies": [
            "numpy>=1.26,<2.1",
            "conda-forge::wordlib=1.1=py*",
            "python",
            {
                "pip": [
                    "--extra-index-url https://wheels.example/simple",
                    "-e ./lib",
                    'app[plugins]>=1 ; python_version < "4"',
                ]
            },
        ],
    } == YAML(typ="safe").load(said["data"]["text"])
    assert {"lost-credentials", "lost-path", "lock-outdated"} <= codes(outcome)


def test_the_light_route_has_an_environment_yml(world: World) -> None:
    """The interpreter as a conda package, everything else under `pip:`; read back, the same artifacts."""
    write_project(world.project, "mine", requires=["app", "diamond"])
    world.write(".python-version", PYTHON)
    lock(world)
    outcome = world.parity("export", "--format", "environment.yml", "--json")
    said = YAML(typ="safe").load(json.loads(outcome.raw_stdout)["data"]["text"])
    assert ["name", "dependencies"] == list(said)
    assert f"python={PYTHON}" == said["dependencies"][0]
    assert "lost-project" in codes(outcome)
    project = again(world, json.loads(outcome.raw_stdout)["data"]["text"], "--route", "venv")
    assert {each for each in artifacts(world.project) if each[1] != "mine"} == artifacts(project)
    assert "-e ." in export(world, "--format", "environment.yml", "--with-project")


def test_paths_are_right_where_the_file_is(world: World) -> None:
    """`-o` into another folder: a relative path leads from there."""
    write_project(world.project / "lib", "lib")
    world.write("requirements.in", "-e ./lib\n")
    lock(world)
    world.write("out/here.txt", "old\n")
    outcome = world.parity("export", "--format", "requirements.txt", "-o", "out/here.txt")
    assert (0, "") == (outcome.exit_code, outcome.stdout)
    assert "wrote `here.txt`\n" in outcome.stderr
    assert "-e ../lib" in (world.project / "out/here.txt").read_text(encoding="utf-8").splitlines()


def test_indexes_of_the_manifest_are_written_down(world: World) -> None:
    """Their addresses, without a password; an index that only this machine knows is a loss."""
    host = world.index.url.removeprefix("http://")
    world.write("requirements.txt", f"--index-url http://me:secret@{host}\n--find-links ./more\napp\n")
    make_wheel(world.project / "more", "extra", "1.0")
    lock(world)
    text = export(world, "--format", "requirements.txt")
    assert [f"--index-url {world.index.url}", "--find-links ./more"] == text.splitlines()[1:3]
    assert "secret" not in text
    world.write("requirements.txt", "app\n")
    (world.project / "parity.lock").unlink()
    environ = {"UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple", "UV_INDEX": f"corp={world.index.url}"}
    assert 0 == world.parity("lock", env=environ).exit_code
    outcome = world.parity("export", "--format", "requirements.txt")
    assert "`corp`, whose address no manifest gives" in outcome.stderr
    assert world.index.url not in outcome.raw_stdout


@pytest.mark.parametrize(
    ("option", "table"), [("--group", "dependency-groups"), ("--extra", "project.optional-dependencies")]
)
def test_a_group_that_the_manifest_no_longer_has_is_in_the_lock(world: World, option: str, table: str) -> None:
    """Which is what is written, with a warning; only what was asked for needs the manifest."""
    manifest = '[project]\nname = "mine"\nversion = "1"\ndependencies = ["app"]\n[tool.uv]\npackage = false\n'
    world.write("pyproject.toml", f'{manifest}[{table}]\ndocs = ["plugin"]\n')
    assert 0 == world.parity("lock", option, "docs").exit_code
    world.write("pyproject.toml", manifest)
    outcome = world.parity("export", "--format", "requirements.txt")
    assert 0 == outcome.exit_code, outcome
    assert "plugin==1.0" in outcome.stdout
    assert "lock-outdated" in world.parity("export", "--format", "requirements.txt", "-o", "out.txt", "--json").stdout
    history = world.parity("export", "--format", "environment.yml", "--from-history")
    assert (1, "") == (history.exit_code, history.stdout)


def test_the_target_is_said_where_a_lock_has_several(conda: World, conda_channels: Channels) -> None:
    """This machine's by itself, another by name, and what the others are is told."""
    conda.write("environment.yml", "channels: [conda-forge]\ndependencies: [modern, for-unix]\n")
    lock(conda, "--target", conda_channels.subdir, "--target", "linux-aarch64")
    here = conda.parity("export", "--format", "explicit")
    there = conda.parity("export", "--format", "explicit", "--target", "linux-aarch64", "--json")
    assert f"/{conda_channels.subdir}/modern-1.0-h0_0.conda#" in here.raw_stdout
    assert "/linux-aarch64/modern-1.0-h0_0.conda#" in json.loads(there.raw_stdout)["data"]["text"]
    assert "lost-targets" in codes(there)
    wrong = conda.parity("export", "--format", "explicit", "--target", "osx-64")
    assert (1, "") == (wrong.exit_code, wrong.stdout)
    assert "the lock is not for `osx-64`\nhint: it is for `linux-64`, `linux-aarch64`" in wrong.stderr


def test_what_cannot_be_written_is_refused(world: World) -> None:
    """With what to do: no lock, a format of the other route, options of another format."""
    world.write("requirements.txt", "app\n")
    unlocked = world.parity("export", "--format", "requirements.txt")
    lock(world)
    foreign = world.parity("export", "--format", "explicit")
    options = world.parity("export", "--format", "json", "--no-builds")
    target = world.parity("export", "--format", "json", "--target", "linux-64")
    assert [(1, ""), (1, ""), (2, ""), (2, "")] == [
        (each.exit_code, each.stdout) for each in (unlocked, foreign, options, target)
    ]
    assert "there is no `parity.lock` in `[TMP]/project`\nhint: run `parity lock`\n" in unlocked.stderr
    assert "its route is `venv`\nhint: use `--format requirements.txt`" in foreign.stderr
    assert "`--no-builds` is about `environment.yml`" in options.stderr
    assert "hint: leave `--target` out" in target.stderr


def test_a_shell_that_empties_the_manifest_costs_only_its_words(conda: World) -> None:
    """What is locked is written all the same; what was asked for is gone, and that is an error before a word of it."""
    conda.write("environment.yml", "name: study\nchannels: [conda-forge]\ndependencies: [wordlib]\n")
    lock(conda)
    before = export(conda, "--format", "environment.yml", "--no-builds")
    assert "name: study" in before
    done = conda.run("sh", "-c", f"'{sys.executable}' -m parity env export --no-builds > environment.yml")
    written = (conda.project / "environment.yml").read_text(encoding="utf-8")
    assert (0, before.splitlines()[2:]) == (done.exit_code, written.splitlines()[2:]), done
    assert "`environment.yml` was emptied before it could be read; what is locked is what was written" in done.stderr
    assert f"the environment is called `{conda.project.name}` after its folder" in done.stderr
    assert "says something else" not in done.stderr
    history = conda.run("sh", "-c", f"'{sys.executable}' -m parity env export --from-history > environment.yml")
    assert (2, "") == (history.exit_code, (conda.project / "environment.yml").read_text(encoding="utf-8"))
    assert "`-o environment.yml`" in history.stderr
    assert "version control" in history.stderr


def test_a_shell_that_empties_the_lock_is_told(conda: World) -> None:
    """There is nothing left to export, which is no damage that parity found."""
    conda.write("environment.yml", "channels: [conda-forge]\ndependencies: [wordlib]\n")
    lock(conda)
    done = conda.run("sh", "-c", f"'{sys.executable}' -m parity env export > parity.lock")
    assert (2, True) == (done.exit_code, "standard output is `parity.lock`" in done.stderr)
