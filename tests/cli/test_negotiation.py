"""`parity lock` where conda and PyPI do not agree at first, with real solvers on both sides."""

import json
import tomllib
from pathlib import Path

import pytest

from tests.support.conda.catalog import OLDER
from tests.support.conda.channel import Channels
from tests.support.conda.packages import Package, module, write_channel
from tests.support.projects import World
from tests.support.wheels import make_sdist, make_wheel


@pytest.fixture
def project(world: World, conda_channels: Channels) -> World:
    """Return a world whose channels are in a folder."""
    world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = conda_channels.root.as_uri()
    return world


def ask(world: World, *conda: str, pip: str) -> None:
    """Write an `environment.yml`."""
    lines = "".join(f"  - {each}\n" for each in conda)
    world.write("environment.yml", f"channels: [conda-forge]\ndependencies:\n{lines}  - pip: [{pip}]\n")


def versions(world: World, kind: str = "conda") -> dict[str, str]:
    """Return the versions in the lock by name."""
    lock = tomllib.loads((world.project / "parity.lock").read_text(encoding="utf-8"))
    return {package["name"]: package["version"] for package in lock.get(kind, [])}


def wheels(world: World, **requires: list[str]) -> None:
    """Make wheels: `name_1_2=["numpy<2"]`."""
    for key, needs in requires.items():
        name, _, version = key.partition("_")
        make_wheel(world.wheels, name, version.replace("_", "."), requires=needs)


def test_conda_gives_way_and_the_lock_says_why(project: World) -> None:
    """Numpy is not conda's newest, one line tells why, and locking again changes nothing."""
    wheels(project, oldlib_1_2=["numpy<2"], oldlib_1_1=["numpy<1"], numpy_1_26_4=[])
    ask(project, "python", "numpy", "pip", pip='"oldlib>=1.1"')
    outcome = project.parity("lock")
    assert 0 == outcome.exit_code, outcome
    assert ("1.26.4", {"oldlib": "1.2"}) == (versions(project)["numpy"], versions(project, "pypi"))
    assert "note: `numpy` 1.26.4 and not 2.1.3: oldlib 1.2 needs numpy<2\n" in outcome.stderr
    text = (project.project / "parity.lock").read_text(encoding="utf-8")
    assert "parity.lock is current" in project.parity("lock").stderr
    (project.project / "parity.lock").unlink()
    assert 0 == project.parity("lock").exit_code
    assert text == (project.project / "parity.lock").read_text(encoding="utf-8")


def test_alternatives_are_alternatives(project: World) -> None:
    """Of two versions that need different things the one is taken that can be had."""
    wheels(project, picky_2_0=["numpy<1"], picky_1_0=["numpy<2"])
    ask(project, "numpy", "old-science", pip="picky")
    assert 0 == (outcome := project.parity("lock")).exit_code, outcome
    assert {"picky": "1.0"} == versions(project, "pypi")
    assert "1.26.4" == versions(project)["numpy"]


def test_a_python_is_taken_that_wheels_are_for(project: World) -> None:
    """A wheel for one minor version only, and conda asked for any Python."""
    tag = f"cp{OLDER.replace('.', '')}"
    make_wheel(project.wheels, "compiled", "1.0", tag=f"{tag}-{tag}-manylinux_2_17_x86_64", requires=["numpy"])
    ask(project, "numpy", pip="compiled")
    outcome = project.parity("lock", "--target", "linux-64")
    assert 0 == outcome.exit_code, outcome
    assert versions(project)["python"].startswith(OLDER)
    assert "compiled 1.0 has no file for Python" in outcome.stderr


def test_an_extra_of_what_conda_brings_is_kept(project: World) -> None:
    """What a wheel wants with the extra of a distribution that is conda's is installed as well."""
    make_wheel(project.wheels, "numpy", "1.26.4", extras={"fast": ["speedup"]})
    wheels(project, speedup_1_0=[], wants_1_0=["numpy[fast]<2"])
    ask(project, "numpy", pip="wants")
    assert 0 == (outcome := project.parity("lock")).exit_code, outcome
    assert {"speedup": "1.0", "wants": "1.0"} == versions(project, "pypi")


def test_a_source_distribution_is_an_answer_where_it_may_be_built(project: World) -> None:
    """What it says in PKG-INFO counts as a wheel's metadata does."""
    make_sdist(project.wheels, "sourced", "1.0", requires=["numpy<2"])
    project.write(
        "pyproject.toml", '[tool.parity]\nmanifests = ["environment.yml", "pyproject.toml"]\nsdists = ["sourced"]\n'
    )
    ask(project, "numpy", pip="sourced")
    assert 0 == (outcome := project.parity("lock")).exit_code, outcome
    assert "1.26.4" == versions(project)["numpy"]


def test_a_folder_of_the_project_has_requirements_too(project: World) -> None:
    """They are in its `pyproject.toml`."""
    project.write("lib/pyproject.toml", '[project]\nname = "mylib"\nversion = "1"\ndependencies = ["numpy<2"]\n')
    project.write("lib/mylib/__init__.py", "")
    ask(project, "numpy", pip='"./lib"')
    outcome = project.parity("lock")
    assert 0 == outcome.exit_code, outcome
    assert "1.26.4" == versions(project)["numpy"]


def test_a_preference_moves_a_distribution_to_conda(project: World) -> None:
    """`prefer` brings in a package of conda that nothing else asks for."""
    wheels(project, wordlib_9_0=[], reader_1_0=["wordlib"])
    ask(project, "python", pip="reader")
    assert 0 == project.parity("lock").exit_code
    assert {"reader": "1.0", "wordlib": "9.0"} == versions(project, "pypi")
    settings = '[tool.parity]\nmanifests = ["environment.yml", "pyproject.toml"]\nprefer = { wordlib = "conda" }\n'
    project.write("pyproject.toml", settings)
    assert 0 == (outcome := project.parity("lock")).exit_code, outcome
    assert ("2.0", {"reader": "1.0"}) == (versions(project)["wordlib"], versions(project, "pypi"))


def test_only_conda_has_what_a_wheel_needs(project: World) -> None:
    """A distribution that no index has is brought by conda, although nobody asked conda for it."""
    wheels(project, reader_1_0=["wordlib<2"])
    ask(project, "python", pip="reader")
    assert 0 == (outcome := project.parity("lock")).exit_code, outcome
    assert ("1.1", {"reader": "1.0"}) == (versions(project)["wordlib"], versions(project, "pypi"))


def test_why_tells_every_way_and_what_was_negotiated(project: World) -> None:
    """Chains of both kinds of names, from what was asked for; and who excluded the newer version."""
    wheels(project, oldlib_1_2=["numpy<2"], top_1_0=["oldlib"])
    ask(project, "python", "old-science", "numpy", "wordlib", pip="top")
    assert 0 == project.parity("lock").exit_code
    outcome = project.parity("why", "numpy")
    assert (
        "numpy 1.26.4 (conda from conda-forge)\n"
        "  asked for: numpy 1.26.4\n"
        "    by `numpy` (environment.yml:5: dependencies[2])\n"
        "  asked for: old-science 1.0 → numpy 1.26.4 (`numpy >=1.26,<2`)\n"
        "    by `old-science` (environment.yml:4: dependencies[1])\n"
        "  asked for: top 1.0 → oldlib 1.2 → numpy 1.26.4\n"
        "    by `top` (environment.yml:7: dependencies[4].pip[0])\n"
    ) == outcome.stdout
    ask(project, "python", "numpy", pip="top")
    (project.project / "parity.lock").unlink()
    assert 0 == project.parity("lock").exit_code
    outcome = project.parity("why", "numpy", "--json")
    (said,) = json.loads(outcome.raw_stdout)["data"]["packages"]
    expected = [{"version": "1.26.4", "instead_of": "2.1.3", "because": ["oldlib 1.2 needs numpy<2"]}]
    assert expected == [{key: each[key] for key in expected[0]} for each in said["negotiated"]]
    assert "  not 2.1.3 (" in project.parity("why", "numpy").stdout
    unknown = project.parity("why", "nunpy")
    assert (1, "hint: did you mean `numpy`?") == (unknown.exit_code, unknown.stderr.splitlines()[-1])


def test_what_a_package_says_of_itself_is_believed_over_the_table(project: World) -> None:
    """A distribution that would be there twice never is: what a package brings is remembered, and solved anew."""
    files = module("evenlib", "1.0")
    channel = project.root / "odd"
    write_channel(channel, Package("oddlib", "1.0", noarch="python", depends=["python >=3.9"], files=files))
    wheels(project, evenlib_1_0=[], user_1_0=["evenlib"])
    text = f"channels: ['{channel.as_uri()}', conda-forge]\ndependencies: [python, oddlib, pip: [user]]\n"
    project.write("environment.yml", text)
    assert 0 == project.parity("lock").exit_code
    assert {"evenlib": "1.0", "user": "1.0"} == versions(project, "pypi")
    refused = project.parity("sync", "--locked")
    assert (1, False) == (refused.exit_code, (project.project / ".venv").exists())
    assert "conda's package `oddlib` brings `evenlib`, which the lock takes from an index as well" in refused.stderr
    (project.store / "learned" / "names-v1").unlink()
    outcome = project.parity("sync")
    assert 0 == outcome.exit_code, outcome
    assert {"user": "1.0"} == versions(project, "pypi")
    (project.project / "parity.lock").unlink()
    assert 0 == project.parity("lock").exit_code
    assert {"user": "1.0"} == versions(project, "pypi")


def test_no_answer_is_told_with_changes_that_were_tried(project: World) -> None:
    """The requirements that exclude each other, who makes it so, and what would help; nothing besides."""
    wheels(project, modernist_1_0=["numpy>=2"], bystander_1_0=[])
    ask(project, "old-science", "wordlib", pip="modernist, bystander")
    outcome = project.parity("lock", "--target", "linux-64")
    assert (
        "error: nothing can be locked for `linux-64`, since these exclude each other:\n"
        "  `old-science` (environment.yml:3: dependencies[0])\n"
        "  `modernist` (environment.yml:5: dependencies[2].pip[0])\n"
        "  old-science 1.0 needs numpy >=1.26,<2\n"
        "  modernist 1.0 needs numpy>=2\n"
        "hint: this gives an answer: leave out `old-science` (environment.yml:3: dependencies[0]); or "
        "leave out `modernist` (environment.yml:5: dependencies[2].pip[0])\n"
    ) == outcome.stderr
    assert not Path(project.project / "parity.lock").exists()


def test_a_name_that_no_index_has_is_no_contradiction(project: World) -> None:
    """It is told as what it is, on both routes alike, with the nearest name; one for other machines does not count."""
    pip = """left, requets, 'nowhere; sys_platform == "win32"'"""
    ask(project, "python", "numpy", pip=pip)
    said = project.parity("lock")
    told = "no index has `requets`\n    hint: did you mean `requests`?\n"
    head = "error: no index has 1 distribution that the manifest asks for\n"
    assert (1, f"{head}  environment.yml:5: dependencies[2].pip[1]: {told}") == (said.exit_code, said.stderr)
    (project.project / "environment.yml").unlink()
    project.write("requirements.txt", 'left\nrequets\nnowhere; sys_platform == "win32"\n')
    said = project.parity("lock")
    assert (1, f"{head}  requirements.txt:2: {told}") == (said.exit_code, said.stderr)
    project.write("requirements.txt", "diamond\n")
    assert 0 == project.parity("lock").exit_code
    project.write("requirements.txt", "diamond\ndiamnd\n")
    assert "no index has `diamnd`\n    hint: did you mean `diamond`?\n" in project.parity("lock").stderr
    project.write("pyproject.toml", '[tool.parity]\nexclude-newer = "2000-01-01"\n')
    project.write("requirements.txt", "left\n")
    new = project.parity("lock")
    assert (1, False) == (new.exit_code, "no index has" in new.stderr), new  # it has what is too new
    project.write("requirements.txt", "requets\n")
    offline = project.parity("lock", "--offline")
    assert (1, True) == (offline.exit_code, "run it once without `--offline`" in offline.stderr), offline


def test_what_conda_alone_has_is_not_missing_on_the_index(project: World) -> None:
    """A wheel's requirement may be answered by a package of a channel, whatever the index has."""
    ask(project, "python", pip="numpy")
    outcome = project.parity("lock")
    assert 0 == outcome.exit_code, outcome
    assert "numpy" in versions(project)
