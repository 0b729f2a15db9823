"""`parity env export`, and back: an environment made of an export has the artifacts of the one that was exported."""

import json
from typing import Any

from tests.support.projects import World
from tests.support.wheels import make_wheel, write_project

WITH_WHEELS = """
name: study
channels: [conda-forge, pytorch]
dependencies: [greetapp, "pytorch::wordlib", data-files, old-format, pip: [app, space-one]]
variables: {GREETING: "yes"}
"""


def packages(world: World, name: str) -> list[tuple[Any, ...]]:
    """Return what decides the bytes of an environment: names, versions, builds and hashes."""
    listed = json.loads(world.parity("list", "-n", name, "--json").raw_stdout)["data"]["packages"]
    return sorted((each["kind"], each["name"], each["version"], each["build"] or "", each["sha256"]) for each in listed)


def create(world: World, file: str, name: str, *arguments: str) -> list[tuple[Any, ...]]:
    """Make an environment of a file and return what is in it."""
    outcome = world.parity("env", "create", "-f", file, "-n", name, *arguments)
    assert 0 == outcome.exit_code, outcome
    return packages(world, name)


def test_an_export_makes_the_same_environment(conda: World) -> None:
    """Name, version, build and hash of everything, wheels over conda packages; of those alone in an explicit list."""
    conda.write("environment.yml", WITH_WHEELS)
    first = create(conda, "environment.yml", "study")
    for format_, file in (("environment.yml", "out.yml"), ("json", "out.json"), ("explicit", "out.txt")):
        exported = conda.parity("env", "export", "-n", "study", "--format", format_, "-o", file)
        assert (0, "") == (exported.exit_code, exported.stdout), exported
        kinds = {"conda"} if format_ == "explicit" else {"conda", "pypi"}
        assert [each for each in first if each[0] in kinds] == create(conda, file, f"by-{format_}")
    assert 0 == conda.parity("verify", "-n", "by-json", "--deep").exit_code


def test_the_light_route_comes_back_too(world: World) -> None:
    """With its interpreter, from every format that has a place for what it is made of."""
    world.write("requirements.in", "app\ndiamond\n")
    first = create(world, "requirements.in", "light")
    for format_, file in (("environment.yml", "out.yml"), ("json", "out.json"), ("requirements.txt", "out.txt")):
        assert 0 == world.parity("env", "export", "-n", "light", "--format", format_, "-f", file).exit_code
        route = ["--route", "venv"] if format_ == "environment.yml" else []
        assert first == create(world, file, f"by-{format_}", *route)


def test_the_format_is_condas_unless_said(world: World) -> None:
    """Called as the environment is; what is lost goes to standard error, so that `>` has nothing but the file."""
    world.write("requirements.in", "plugin\n")
    create(world, "requirements.in", "light")
    outcome = world.parity("env", "export", "-n", "light")
    text = outcome.raw_stdout.splitlines()
    assert (0, "name: light", "dependencies:") == (outcome.exit_code, text[1], text[2])
    assert "note: target: the file does not say for which machine" in outcome.stderr
    (world.project / "requirements.in").unlink()
    asked = world.parity("env", "export", "-n", "light", "--from-history")
    assert (0, "      - plugin") == (asked.exit_code, asked.raw_stdout.splitlines()[-1])
    assert (2, "") == world.parity("export").said[:2]
    assert 1 == world.parity("env", "export", "-n", "lihgt").exit_code


def test_an_exported_lock_knows_its_name_and_its_indexes(world: World) -> None:
    """Where the machine has no index of its own, that of the manifest is asked; folders mean the same from anywhere."""
    make_wheel(world.project / "more", "extra", "1.0")
    write_project(world.project / "lib", "lib")
    world.write("requirements.txt", f"--index-url {world.index.url}\n--find-links ./more\napp\nextra\n-e ./lib\n")
    assert 0 == world.parity("lock").exit_code
    assert 0 == world.parity("export", "--format", "json", "-o", "../elsewhere.json").exit_code
    outcome = world.parity("env", "create", "-f", "../elsewhere.json", env={"UV_DEFAULT_INDEX": ""})
    assert 0 == outcome.exit_code, outcome
    assert {"app", "base", "left", "extra", "lib"} < {each[1] for each in packages(world, "project")}


def test_the_indexes_of_an_exported_lock_stay(world: World) -> None:
    """With a cold cache and an empty store of environments, they are asked again: by `sync`, a clone, and later."""
    make_wheel(world.project / "more", "extra", "1.0")
    world.write("requirements.txt", f"--index-url {world.index.url}\n--find-links ./more\napp\nextra\n")
    assert 0 == world.parity("lock").exit_code
    assert 0 == world.parity("export", "--format", "json", "-o", "../study.json").exit_code
    nowhere = {"UV_DEFAULT_INDEX": ""}

    def cold(*words: str) -> None:
        assert 0 == world.parity("cache", "clean", "--all").exit_code
        assert 0 == (outcome := world.parity(*words, env=nowhere)).exit_code, outcome
        assert {"app", "base", "left", "extra"} <= {each[1] for each in packages(world, words[-1])}

    cold("env", "create", "-f", "../study.json", "-n", "study")
    cold("sync", "--copy", "-n", "study")
    cold("env", "clone", "study", "-n", "copy")
    assert 0 == world.parity("env", "config", "vars", "set", "MINE=1", "-n", "copy", env=nowhere).exit_code
    cold("sync", "--copy", "-n", "copy")
