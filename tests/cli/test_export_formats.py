"""`parity export` in the formats of pip, uv, pixi and scanners, each read back by whom it is for."""

import hashlib
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.pylock import Pylock
from rattler import RepoDataRecord
from rattler.lock import LockFile
from ruamel.yaml import YAML

from tests.support.conda.channel import Channels
from tests.support.exports import EVERYTHING, artifacts, codes, export, lock, locked
from tests.support.projects import World
from tests.support.wheels import make_sdist, make_wheel, write_project

BASE = getattr(sys, "_base_executable", sys.executable)


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


def test_requirements_are_installed_by_pip_and_uv_with_their_hashes(world: World) -> None:
    """Both demand a hash of everything and take just what is locked: a wheel, and an sdist where one was allowed."""
    make_sdist(world.wheels, "source", "1.0")
    world.write("requirements.txt", "app\nright\nsource\n--no-binary source\n")
    lock(world)
    expected = {each["name"]: each["version"] for each in locked(world.project)["pypi"]}
    for format_, installer in (("requirements.txt", "uv"), ("requirements.txt", "pip"), ("environment.yml", "pip")):
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
    """Return the same with the pip of these tests, the newest there is."""
    folder = world.root / "by-pip"
    assert 0 == world.run(BASE, "-m", "venv", "--clear", str(folder)).exit_code
    python = str(folder / "bin/python")
    return [python, sys.executable, "-m", "pip", "--python", python, "install", "--no-build-isolation"]


def installed(world: World, python: str) -> dict[str, str]:
    """Return the distributions of an environment, those apart that it came with."""
    code = "import importlib.metadata as m, json; print(json.dumps({d.name: d.version for d in m.distributions()}))"
    found = json.loads(world.run(python, "-c", code).raw_stdout)
    return {name: version for name, version in found.items() if name not in {"pip", "setuptools", "wheel"}}


MARKED = """
app[plugins]
source
--no-binary source
space-one; python_version > "3"
space-two; python_version < "3"
"""


def test_a_pylock_is_installed_by_pip(world: World) -> None:
    """By its addresses and hashes, from any folder: extras, markers, a wheel that the user gave; one of two targets."""
    make_sdist(world.wheels, "source", "1.0")
    wheel = next(world.wheels.glob("files-*.whl"))
    url = f"{world.index.url.rsplit('/simple', 1)[0]}/files/{wheel.name}"
    world.write("requirements.txt", f"{MARKED}files @ {url}\n")
    lock(world, "--target", "linux-64", "--target", "osx-arm64")
    (world.project / "out").mkdir()
    export(world, "--format", "pylock.toml", "-o", "out/pylock.toml", "--target", "linux-64")
    python, *command = pip_install(world)
    # no index: it has the address of every file
    done = world.run(*command, "--no-index", "-r", "out/pylock.toml")
    assert 0 == done.exit_code, done
    expected = {each["name"]: each["version"] for each in locked(world.project)["pypi"]}
    assert {"app", "base", "left", "plugin", "source", "space-one", "files"} == set(expected)
    assert expected == installed(world, python)


def test_pip_finds_a_file_of_a_pylock_that_is_another(world: World) -> None:
    """The hashes in it are what pip compares with: nothing is installed."""
    world.write("requirements.txt", "plugin\n")
    lock(world)
    export(world, "--format", "pylock.toml", "-o", "pylock.toml")
    make_wheel(world.wheels, "plugin", "1.0", modules={"plugin.py": "changed = 1\n"})
    python, *command = pip_install(world)
    done = world.run(*command, "-r", "pylock.toml")
    assert (1, {}) == (done.exit_code, installed(world, python))
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in done.stderr, done


def test_pip_refuses_a_pylock_with_a_folder_as_is_said(world: World) -> None:
    """The report says beforehand what pip says, and to what it sends the user, pip takes."""
    write_project(world.project / "lib", "lib")
    world.write("requirements.txt", "app\n./lib\n")
    lock(world)
    outcome = world.parity("export", "--format", "pylock.toml", "-o", "pylock.toml")
    assert "does not install the file: `lib` can have none" in outcome.stderr
    assert "for pip use `--format requirements.txt`" in outcome.stderr
    python, *command = pip_install(world)
    refused = world.run(*command, "-r", "pylock.toml")
    assert (1, True) == (refused.exit_code, "Can't verify hashes" in refused.stderr), refused
    export(world, "--format", "requirements.txt", "-o", "exported.txt")
    done = world.run(*command, "--index-url", world.index.url, "-r", "exported.txt")
    assert 0 == done.exit_code, done
    assert {each["name"] for each in locked(world.project)["pypi"]} == set(installed(world, python))


def test_a_pylock_is_installed_by_uv(world: World) -> None:
    """By the address of each file: a wheel, an sdist, one that the user gave, and a folder; a standard's own reader."""
    make_sdist(world.wheels, "source", "1.0")
    write_project(world.project / "lib", "lib")
    wheel = next(world.wheels.glob("plugin-*.whl"))
    url = f"{world.index.url.rsplit('/simple', 1)[0]}/files/{wheel.name}"
    world.write("requirements.txt", f"app\nsource\n--no-binary source\n-e ./lib\nplugin @ {url}\n")
    lock(world)
    outcome = world.parity("export", "--format", "pylock.toml", "-o", "pylock.toml", "--json")
    assert {"lost-path", "lost-requests", "lost-assumptions", "index-addresses", "pip-refuses"} == codes(outcome)
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


@pytest.mark.parametrize("format_", ["conda-lock.yml", "pixi.lock"])
def test_what_needs_condas_python_says_how_to_have_it(conda: World, format_: str) -> None:
    """On the light route it is refused, and what the hint says leads to the file."""
    conda.write("environment.yml", "channels: [conda-forge]\ndependencies: [python, pip: [app]]\n")
    lock(conda, "--route", "venv")
    refused = conda.parity("export", "--format", format_)
    assert (1, "") == (refused.exit_code, refused.stdout)
    assert "`parity lock --route conda`, which takes Python from a channel" in refused.stderr
    lock(conda, "--route", "conda")
    assert "app-1.0-py3-none-any.whl" in export(conda, "--format", format_)


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
    whole = {**locked(conda.project), "negotiated": []}  # a table without rows is not written into a lock
    assert ("parity-export/1", "study", [], whole) == tuple(said.values())
