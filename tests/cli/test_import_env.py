"""`parity import env PATH`: an environment that was made by hand becomes a manifest and a lock, as far as it can."""

import json
import sys
from pathlib import Path

from tests.support.conda.channel import Channels
from tests.support.conda.reference import rattler_alone
from tests.support.exports import locked
from tests.support.projects import Outcome, World, files_of
from tests.support.wheels import write_project

BASE = getattr(sys, "_base_executable", sys.executable)


def findings(outcome: Outcome) -> list[tuple[str, str]]:
    """Return the codes and subjects of what is remarked."""
    return [(each["code"], each["subject"]) for each in json.loads(outcome.raw_stdout)["findings"]]


def pip(world: World, python: Path, *words: str) -> None:
    """Install something with pip, as hands do."""
    done = world.run(str(python), "-m", "pip", "install", "-q", "--index-url", world.index.url, *words)
    assert 0 == done.exit_code, done


def test_a_venv_made_by_hand_is_locked_as_it_is(world: World) -> None:
    """The versions that are there, what was asked for, an editable folder, and the files that somebody has changed."""
    old = world.root / "old"
    assert 0 == world.run(BASE, "-m", "venv", str(old)).exit_code
    write_project(world.project / "lib", "lib")
    pip(world, old / "bin/python", "app", "base==1.0")
    pip(world, old / "bin/python", "--no-build-isolation", "--no-deps", "-e", "./lib")
    next(old.rglob("app/__init__.py")).write_text("changed = True\n", encoding="utf-8")
    next(old.rglob("site-packages")).joinpath("loose.py").touch()
    outcome = world.parity("import", "env", "../old", "--json")
    assert 0 == outcome.exit_code, outcome
    versions = {each["name"]: each["version"] for each in locked(world.project)["pypi"]}
    assert {"app": "1.0", "base": "1.0", "left": "1.0", "lib": ""} == versions
    own = next(each for each in locked(world.project)["pypi"] if each["name"] == "lib")
    assert (True, str(world.project / "lib")) == (own["editable"], own["path"])
    said = findings(outcome)
    assert ("import-drift", "app") in said
    assert {"import-lost", "import-drift", "import-stray", "import-unhashed"} == {code for code, _ in said}
    assert "no package has brought `lib/" in outcome.raw_stdout
    assert "loose.py`: it is" in outcome.raw_stdout
    assert "app>=1.0" in (world.project / "pyproject.toml").read_text(encoding="utf-8")
    synced = world.parity("sync", "--locked")
    assert 0 == synced.exit_code, synced


def test_a_conda_prefix_made_by_hand_is_locked_build_by_build(conda: World, conda_channels: Channels) -> None:
    """Every package with its hash, what its history asks for, its variables, and what pip has put over it."""
    old = conda.root / "old"
    channels = [conda_channels.forge.as_uri()]
    made = rattler_alone(channels, ["greetapp", "wordlib 1.0.*", "numpy <2.1", "pip"], conda.root, prefix=old)
    assert "" == made.error
    history = '==> 2024-05-01 10:00:00 <==\n# update specs: ["greetapp", "wordlib=1.0", "numpy<2.1", "gone"]\n'
    (old / "conda-meta/history").write_text(f"{history}# remove specs: ['gone']\n", encoding="utf-8")
    state = {"version": 1, "env_vars": {"GREETING": "yes"}}
    (old / "conda-meta/state").write_text(json.dumps(state), encoding="utf-8")
    wheel = next(conda.wheels.glob("space_one-1.0-*.whl"))
    uv = str(Path(sys.executable).parent / "uv")
    done = conda.run(uv, "pip", "install", "-q", "--python", str(old / "bin/python"), "space-one")
    assert 0 == done.exit_code, done
    outcome = conda.parity("import", "env", str(old), "--json")
    assert 0 == outcome.exit_code, outcome
    lock = locked(conda.project)
    assert set(made.packages) == {f"{each['name']}={each['version']}={each['build']}" for each in lock["conda"]}
    records = [json.loads(path.read_text(encoding="utf-8")) for path in (old / "conda-meta").glob("*.json")]
    assert {each["sha256"] for each in records} == {each["sha256"] for each in lock["conda"]}
    assert [wheel.name] == [each["file"] for each in lock["pypi"]]
    assert {"GREETING": "yes"} == lock["variables"]
    manifest = (conda.project / "environment.yml").read_text(encoding="utf-8")
    assert "- greetapp\n  - wordlib=1.0\n  - numpy<2.1\n" in manifest
    assert not {"import-drift", "import-stray"} & {code for code, _ in findings(outcome)}


def test_a_folder_that_is_no_environment_is_refused(world: World) -> None:
    """With what would be one; nothing is written."""
    outcome = world.parity("import", "env", ".")
    assert (1, "") == (outcome.exit_code, outcome.stdout)
    assert "is no environment: it has neither `conda-meta` nor `pyvenv.cfg`" in outcome.stderr
    assert [] == files_of(world.project)


def test_a_damaged_record_is_told(world: World) -> None:
    """With the line where it is no JSON any more."""
    meta = world.root / "old/conda-meta"
    meta.mkdir(parents=True)
    (meta / "numpy-2.0-0.json").write_text('{"name": "numpy",\n', encoding="utf-8")
    outcome = world.parity("import", "env", "../old")
    assert (1, "") == (outcome.exit_code, outcome.stdout)
    assert "conda-meta/numpy-2.0-0.json:2: is no JSON" in outcome.stderr
