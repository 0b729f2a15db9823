"""`parity export`, as a user types it: what is locked, in other tools' words, read back by those tools."""

import hashlib
import json
import sys
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from packaging.pylock import Pylock
from rattler import MatchSpec, RepoDataRecord
from rattler.explicit_environment import ExplicitEnvironmentSpec
from rattler.lock import LockFile
from ruamel.yaml import YAML

from tests.support.conda.channel import Channels
from tests.support.conda.reference import rattler_alone
from tests.support.projects import Outcome, World
from tests.support.wheels import make_sdist, make_wheel, write_project

Artifact = tuple[str, ...]

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


@pytest.fixture
def conda(world: World, conda_channels: Channels) -> World:
    """Return a world whose channels are in a folder."""
    root = conda_channels.root.as_uri()
    world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = root
    world.extra["PARITY_CONDA_MIRRORS"] = f"pkgs/main={root}/pkgs/main pkgs/r={root}/pkgs/r"
    return world


def locked(project: Path) -> dict[str, Any]:
    """Return the lock of a project as it is in the file."""
    return tomllib.loads((project / "parity.lock").read_text(encoding="utf-8"))


def artifacts(project: Path) -> set[Artifact]:
    """Return what decides the bytes of an environment: names, versions, builds, hashes, and what has no hash."""
    lock = locked(project)
    conda = {("conda", each["name"], each["version"], each["build"], each["sha256"]) for each in lock.get("conda", [])}
    keys = ("name", "version", "sha256", "url", "commit", "path", "editable")
    return conda | {("pypi", *(str(each.get(key, "")) for key in keys)) for each in lock.get("pypi", [])}


def again(world: World, text: str, *arguments: str) -> Path:
    """Lock an exported environment.yml in a project of its own, and return that."""
    project = world.root / "again"
    project.mkdir()
    (project / "environment.yml").write_text(text, encoding="utf-8")
    outcome = world.parity("lock", *arguments, cwd=project)
    assert 0 == outcome.exit_code, outcome
    return project


EVERYTHING = """
name: study
channels: [conda-forge, pytorch]
dependencies:
  - greetapp
  - pytorch::wordlib
  - only-here
  - data-files
  - numpy<2.1
  - pip: [app, space-one]
variables: {GREETING: "yes", PATH_LIKE: "a:b # c"}
"""
CHANNELS = """
channels: [conda-forge, defaults]
dependencies: [only-in-defaults, "conda-forge/label/dev::wordlib", old-format, pip]
"""


def codes(outcome: Outcome) -> set[str]:
    """Return the codes of what is said to be lost."""
    return {finding["code"] for finding in json.loads(outcome.raw_stdout)["findings"]}


def lock(world: World, *arguments: str) -> None:
    """Lock the project."""
    outcome = world.parity("lock", *arguments)
    assert 0 == outcome.exit_code, outcome


def export(world: World, *arguments: str) -> str:
    """Return what is written to standard output."""
    outcome = world.parity("export", *arguments)
    assert 0 == outcome.exit_code, outcome
    return outcome.raw_stdout


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


def test_what_has_no_hash_takes_the_hashes_of_others_along(world: World) -> None:
    """Hashes are for all or none: with a folder among them, versions pin, an address keeps its own hash."""
    wheel = next(world.wheels.glob("plugin-*.whl"))
    write_project(world.project / "lib", "lib")
    url = f"{world.index.url.rsplit('/simple', 1)[0]}/files/{wheel.name}"
    world.write("requirements.txt", f"app\n-e ./lib\nplugin @ {url}\n")
    lock(world)
    outcome = world.parity("export", "--format", "requirements.txt", "--json")
    lines = json.loads(outcome.raw_stdout)["data"]["text"].splitlines()
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert ["app==1.0", "base==2.0", "left==1.0", "-e ./lib", f"plugin @ {url}#sha256={digest}"] == lines[1:]
    assert {"lost-hashes", "lost-path", "lost-requests", "lost-assumptions", "lost-python"} == codes(outcome)


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


def test_requirements_are_installed_by_pip_and_uv_with_their_hashes(world: World) -> None:
    """Both demand a hash of everything and take just what is locked: a wheel, and an sdist where one was allowed."""
    make_sdist(world.wheels, "source", "1.0")
    world.write("requirements.txt", "app\nright\nsource\n--no-binary source\n")
    lock(world)
    expected = {each["name"]: each["version"] for each in locked(world.project)["pypi"]}
    for format_, installer in (("requirements.txt", "uv"), ("environment.yml", "pip")):
        text = export(world, "--format", format_)
        if format_ == "environment.yml":
            text = "".join(f"{line}\n" for line in YAML(typ="safe").load(text)["dependencies"][-1]["pip"])
        world.write("exported.txt", text)
        python, *command = uv_install(world) if installer == "uv" else pip_install(world)
        done = world.run(*command, "--require-hashes", "--index-url", world.index.url, "-r", "exported.txt")
        assert 0 == done.exit_code, f"{installer}: {done}"
        assert expected == installed(world, python), installer


def uv_install(world: World) -> list[str]:
    """Return the interpreter of a new environment, and the beginning of a command that installs into it with uv."""
    uv = str(Path(sys.executable).parent / "uv")
    assert 0 == world.run(uv, "venv", "--no-project", "--python", BASE, str(world.root / "by-uv")).exit_code
    python = str(world.root / "by-uv/bin/python")
    return [python, uv, "pip", "install", "--python", python]


def pip_install(world: World) -> list[str]:
    """Return the same with pip."""
    assert 0 == world.run(BASE, "-m", "venv", str(world.root / "by-pip")).exit_code
    python = str(world.root / "by-pip/bin/python")
    return [python, python, "-m", "pip", "install", "--no-build-isolation"]


def installed(world: World, python: str) -> dict[str, str]:
    """Return the distributions of an environment, those apart that it came with."""
    code = "import importlib.metadata as m, json; print(json.dumps({d.name: d.version for d in m.distributions()}))"
    found = json.loads(world.run(python, "-c", code).raw_stdout)
    return {name: version for name, version in found.items() if name not in {"pip", "setuptools", "wheel"}}


def test_a_pylock_is_installed_by_uv(world: World) -> None:
    """By the address of each file: a wheel, an sdist, one that the user gave, and a folder; a standard's own reader."""
    make_sdist(world.wheels, "source", "1.0")
    write_project(world.project / "lib", "lib")
    wheel = next(world.wheels.glob("plugin-*.whl"))
    url = f"{world.index.url.rsplit('/simple', 1)[0]}/files/{wheel.name}"
    world.write("requirements.txt", f"app\nsource\n--no-binary source\n-e ./lib\nplugin @ {url}\n")
    lock(world)
    outcome = world.parity("export", "--format", "pylock.toml", "-o", "pylock.toml", "--json")
    assert {"lost-path", "lost-requests", "lost-assumptions", "index-addresses"} == codes(outcome)
    read = Pylock.from_dict(tomllib.loads((world.project / "pylock.toml").read_text(encoding="utf-8")))
    read.validate()
    kinds = {str(package.name): type(each).__name__ for package, each in read.select()}
    assert {
        "app": "PackageWheel",
        "base": "PackageWheel",
        "left": "PackageWheel",
        "lib": "PackageDirectory",
        "plugin": "PackageArchive",
        "source": "PackageSdist",
    } == kinds
    python, *command = uv_install(world)
    done = world.run(*command, "--preview", "-r", "pylock.toml")
    assert 0 == done.exit_code, done
    assert set(kinds) == set(installed(world, python))


def test_what_no_index_has_any_more_cannot_be_located(world: World) -> None:
    """Another file under the same name is not what was locked; the error says what to do."""
    world.write("requirements.txt", "plugin\n")
    lock(world)
    make_wheel(world.wheels, "plugin", "1.0", modules={"plugin.py": "changed = 1\n"})
    outcome = world.parity("export", "--format", "pylock.toml")
    assert (1, "") == (outcome.exit_code, outcome.stdout)
    assert "no index has `plugin-1.0-py3-none-any.whl` with the SHA-256 that is locked" in outcome.stderr
    assert "`--format requirements.txt`, which needs none" in outcome.stderr


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


def test_a_pixi_lock_is_rattlers_too(conda: World, conda_channels: Channels) -> None:
    """Every platform with its records, enough to install them, and its distributions with hashes and addresses."""
    conda.write("environment.yml", EVERYTHING)
    lock(conda, "--target", conda_channels.subdir, "--target", "osx-arm64")
    outcome = conda.parity("export", "--format", "pixi.lock", "-o", "pixi.lock", "--json")
    assert {"lost-variables", "lost-requests", "lost-assumptions", "index-addresses"} == codes(outcome)
    environment = LockFile.from_path(conda.project / "pixi.lock").default_environment()
    assert environment is not None
    platforms = {platform.name: platform for platform in environment.platforms()}
    assert [conda_channels.subdir, "osx-arm64"] == json.loads(outcome.raw_stdout)["data"]["targets"]
    assert {conda_channels.subdir, "osx-arm64"} == set(platforms)
    for name, platform in platforms.items():
        here = [each for each in locked(conda.project)["conda"] if name in each["targets"]]
        records = environment.conda_repodata_records_for_platform(platform) or []
        assert [record_of_lock(each) for each in here] == sorted(map(record_of_rattler, records))
        wheels = environment.pypi_packages_for_platform(platform) or []
        found = {(each.name, each.version, (each.hashes.sha256 or b"").hex()) for each in wheels if each.hashes}
        expected = [each for each in locked(conda.project)["pypi"] if name in each["targets"]]
        assert {(each["name"], each["version"], each["sha256"]) for each in expected} == found
        assert {each["file"] for each in expected} == {each.location.rsplit("/", 1)[1] for each in wheels}


def record_of_lock(package: dict[str, Any]) -> tuple[Any, ...]:
    """Return what installing a package needs, as a lock has it."""
    keys = ("name", "version", "build", "subdir", "file", "sha256")
    return (*(package[key] for key in keys), package.get("build-number", 0), package.get("depends", []))


def record_of_rattler(record: RepoDataRecord) -> tuple[Any, ...]:
    """Return the same of a record."""
    assert record.sha256 is not None
    subdir, file = record.url.split("/")[-2:]
    said = (record.name.normalized, str(record.version), str(record.build), subdir, file, record.sha256.hex())
    return (*said, record.build_number, record.depends)


def test_a_bill_of_materials_has_all_of_it(conda: World) -> None:
    """Each package with its package URL and hash, and who requires it; what was asked for hangs on the environment."""
    conda.write("environment.yml", EVERYTHING)
    lock(conda)
    said = json.loads(export(conda, "--format", "cyclonedx"))
    hashes = {(each["name"], each["hashes"][0]["content"]) for each in said["components"]}
    assert {(each[1], each[-1]) for each in artifacts(conda.project) if each[0] == "conda"} < hashes
    assert 16 == len(hashes) == len(artifacts(conda.project))
    urls = {each["bom-ref"]: each["purl"] for each in said["components"]}
    greet = "pkg:conda/greet@1.1?build=py311_h0_0&channel=conda-forge&subdir=linux-64&type=conda"
    assert (greet, "pkg:pypi/app@1.0?file_name=app-1.0-py3-none-any.whl") == (urls["conda:greet"], urls["pypi:app"])
    depends = {each["ref"]: each["dependsOn"] for each in said["dependencies"]}
    assert (["conda:greet", "conda:python"], ["pypi:left"]) == (depends["conda:greetapp"], depends["pypi:app"])
    assert {"conda:greetapp", "pypi:app"} < set(depends["environment"])
    assert set(urls) | {"environment"} == set(depends)


@pytest.mark.network
@pytest.mark.slow
def test_a_bill_of_materials_is_valid(world: World, conda_channels: Channels) -> None:
    """CycloneDX' own validator, strict, and the package URLs' own parser have nothing against it."""
    world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = conda_channels.root.as_uri()
    write_project(world.project / "lib", "lib")
    wheels = "dependencies: [numpy, data-files, pip: [six==1.16.0, -e ./lib]]\n"
    world.write("environment.yml", f"channels: [conda-forge]\n{wheels}")
    lock(world)
    export(world, "--format", "cyclonedx", "-o", "bom.json")
    code = (
        "import json; from cyclonedx.validation.json import JsonStrictValidator as V;"
        "from cyclonedx.schema import SchemaVersion as S; from packageurl import PackageURL as P;"
        "text = open('bom.json').read(); print(V(S.V1_6).validate_str(text));"
        "urls = [each['purl'] for each in json.loads(text)['components']];"
        "print([url for url in urls if P.from_string(url).to_string() != url])"
    )
    uv = str(Path(sys.executable).parent / "uv")
    needed = ["--with", "cyclonedx-python-lib[json-validation]==11.*"]
    done = world.run(uv, "run", "--no-project", "--python", BASE, *needed, "python", "-c", code)
    assert (0, "None\n[]\n") == (done.exit_code, done.raw_stdout), done


def test_one_platform_has_one_set_of_packages(conda: World, conda_channels: Channels) -> None:
    """Where the lock has two for one platform, one of them has to be named."""
    conda.write("environment.yml", "channels: [conda-forge]\ndependencies: [pytorch]\n")
    targets = [conda_channels.subdir, f"{conda_channels.subdir}+cu126"]
    lock(conda, *(word for target in targets for word in ("--target", target)))
    both = conda.parity("export", "--format", "pixi.lock")
    assert (1, "") == (both.exit_code, both.stdout)
    assert f"hint: say which with `--target`: `{targets[0]}`, `{targets[1]}`" in both.stderr
    assert "cuda126_py311_h0_300" in export(conda, "--format", "pixi.lock", "--target", targets[1])


def test_json_is_the_whole_lock(conda: World) -> None:
    """Everything that `parity.lock` says, and nothing is lost."""
    conda.write("environment.yml", EVERYTHING)
    lock(conda)
    outcome = conda.parity("export", "--format", "json")
    assert (0, "") == (outcome.exit_code, outcome.stderr)
    said = json.loads(outcome.raw_stdout)
    assert ("parity-export/1", "study", [], locked(conda.project)) == tuple(said.values())


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
