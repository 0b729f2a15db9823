"""Which files of a project count, and what they make together."""

from pathlib import Path
from typing import Any

import pytest

from parity.core.errors import ManifestError, ManifestMissing
from parity.core.places import Place
from parity.core.spec import Project
from parity.engines.system.files import read_text
from parity.workflows.load import Loaded, load

ALL = {
    "environment.yml": "dependencies: [numpy]",
    "environment.yaml": "dependencies: [scipy]",
    "pyproject.toml": "[dependency-groups]\ndev = []",
    "requirements.in": "a",
    "requirements.txt": "b",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make an empty project two folders deep."""
    folder = tmp_path / "work" / "project"
    folder.mkdir(parents=True)
    return folder


def write(root: Path, files: dict[str, str]) -> Path:
    """Write files of a project."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def loaded(root: Path, files: dict[str, str], **choices: Any) -> Loaded:
    """Load a project with these files."""
    return load(write(root, files), read=read_text, **choices)


@pytest.mark.parametrize("missing", range(len(ALL)))
def test_the_first_of_the_manifests_counts(root: Path, missing: int) -> None:
    """The order is fixed, and the others are named in a note."""
    first, *others = list(ALL)[missing:]
    found = loaded(root, {name: ALL[name] for name in (first, *others)})
    assert [first] == list(found.spec.manifests)
    assert [(name, "info") for name in others] == [(note.subject, note.severity) for note in found.spec.findings]


@pytest.mark.parametrize("text", ["[tool.ruff]", "[build-system]", "[tool.parity]\nroute = 'venv'"])
def test_a_pyproject_that_asks_for_nothing_does_not_hide_requirements(root: Path, text: str) -> None:
    """Configuration of tools, parity's own included, is no reason for an empty environment."""
    found = loaded(root, {"pyproject.toml": text, "requirements.txt": "a"})
    assert ["a"] == [wheel.name for wheel in found.spec.wheels]
    assert () == found.spec.findings
    assert ("pyproject.toml" in found.spec.manifests) == ("parity" in text)
    assert None is found.spec.project


def test_settings_alone_are_a_manifest_where_there_is_no_other(root: Path) -> None:
    """A project may begin with nothing but a table."""
    assert ["pyproject.toml"] == list(loaded(root, {"pyproject.toml": "[tool.parity]"}).spec.manifests)


def test_a_folder_without_a_manifest_is_refused(root: Path) -> None:
    """The hint says which files there could be."""
    with pytest.raises(ManifestMissing) as caught:
        loaded(root, {"pyproject.toml": "[tool.ruff]", ".python-version": "3.12"})
    assert "requirements.txt" in caught.value.hint


def test_settings_name_the_manifests(root: Path) -> None:
    """What they name is merged, what they do not name is not looked at."""
    files = {
        "pyproject.toml": "[project]\nname = 'a'\ndependencies = ['x']\n[build-system]\n"
        "[tool.parity]\nmanifests = ['pyproject.toml', 'reqs/dev.txt', '.python-version']",
        "reqs/dev.txt": "-e .\ny",
        "requirements.txt": "z",
    }
    found = loaded(root, files)
    assert ["pyproject.toml", "reqs/dev.txt"] == list(found.spec.manifests)
    assert ["-e .", "x", "y"] == [wheel.to_text() for wheel in found.spec.wheels]
    assert Project(name="a", place=Place(file="pyproject.toml", key="build-system")) == found.spec.project
    assert root / "requirements.txt" not in found.files


def test_arguments_name_the_manifests_above_all(root: Path) -> None:
    """Settings still settle the rest, but a project that was not named is not installed."""
    text = "[project]\nname = 'a'\n[build-system]\n[tool.parity]\nroute = 'venv'\nmanifests = ['none.txt']"
    write(root, {"pyproject.toml": text, "b.txt": "b"})
    found = load(root, read=read_text, manifests=["./b.txt"])
    assert ["b.txt", "pyproject.toml"] == list(found.spec.manifests)
    assert ("venv", None) == (found.spec.settings.route, found.spec.project)


@pytest.mark.parametrize("name", ["none.txt", "sub/environment.yml"])
def test_a_named_manifest_that_is_not_there_is_refused(root: Path, name: str) -> None:
    """The place is where it was named."""
    with pytest.raises(ManifestMissing) as caught:
        loaded(root, {"pyproject.toml": f"[tool.parity]\nmanifests = ['{name}']"})
    assert Place(file="pyproject.toml", key="tool.parity.manifests") == caught.value.place


def test_files_of_other_tools_are_not_taken_for_requirements(root: Path) -> None:
    """One fault, not one a line."""
    with pytest.raises(ManifestError) as caught:
        loaded(root, {"pyproject.toml": "[tool.parity]\nmanifests = ['uv.lock']", "uv.lock": "a=1\nb=2"})
    assert ["`uv.lock` is not a manifest that parity reads"] == [fault.message for fault in caught.value.faults]


def test_the_pin_of_the_project_is_part_of_it(root: Path) -> None:
    """It has a digest of its own, which a comment does not change."""
    one = loaded(root, {"requirements.txt": "a", ".python-version": "3.12\n"})
    assert ["3.12"] == [request.text for request in one.spec.python]
    other = loaded(root, {".python-version": "# why\n3.12"})
    assert {".python-version", "requirements.txt"} == set(one.spec.manifests)
    assert one.spec.manifests == other.spec.manifests


def test_a_pin_above_the_project_counts_but_belongs_to_the_machine(root: Path) -> None:
    """As pyenv has it; an empty file is passed by, and the lock does not know the folder."""
    write(root.parent, {".python-version": ""})
    write(root.parent.parent, {".python-version": "3.11"})
    found = loaded(root, {"requirements.txt": "a"})
    assert [("3.11", "../../.python-version")] == [(one.text, one.place.file) for one in found.spec.python]
    assert ["requirements.txt"] == list(found.spec.manifests)


def test_the_variable_comes_before_every_file(root: Path) -> None:
    """`PYENV_VERSION` is what the user says now."""
    found = loaded(root, {"requirements.txt": "a", ".python-version": "3.12"}, variables={"PYENV_VERSION": "3.11:3.10"})
    assert ["3.11", "3.10"] == [request.text for request in found.spec.python]


def test_a_pin_outside_the_range_is_refused_with_both_places(root: Path) -> None:
    """Neither file wins by itself."""
    with pytest.raises(ManifestError) as caught:
        loaded(root, {"pyproject.toml": "[project]\nname='a'\nrequires-python='>=3.12'", ".python-version": "3.9"})
    fault = caught.value.faults[0]
    assert (".python-version:1", True) == (str(fault.place), "pyproject.toml: project.requires-python" in fault.message)


def test_the_faults_of_all_files_come_together(root: Path) -> None:
    """A manifest, what it includes, the settings and the pin."""
    files = {
        "pyproject.toml": "[tool.parity]\nrout = 'venv'\n[tool.uv]\nindex = 1",
        "requirements.txt": "a=1\n-r more.txt",
        "more.txt": "b=1",
        ".python-version": "../x",
    }
    with pytest.raises(ManifestError) as caught:
        loaded(root, files)
    assert {"requirements.txt", "more.txt", "pyproject.toml", ".python-version"} == {
        fault.place.file for fault in caught.value.faults
    }
    assert "tool.uv.index" not in {fault.place.key for fault in caught.value.faults}


def test_files_are_all_that_could_change_the_answer(root: Path) -> None:
    """What was looked for and not found is among them."""
    files = {"requirements.txt": "-r sub/more.txt\n", "sub/more.txt": "-e ./lib"}
    found = loaded(root, files)
    expected = {
        *(root / name for name in (*ALL, "sub/more.txt", ".python-version", "lib/pyproject.toml", "lib/setup.py")),
        *(root / "../.python-version", root / "../../.python-version"),
    }
    assert expected <= set(found.files)
    assert all(path.is_absolute() for path in found.files)


def test_text_that_is_not_utf8_is_a_fault(root: Path) -> None:
    """The file is named, not the codec."""
    (root / "requirements.txt").write_bytes(b"\xff\xfea")
    with pytest.raises(ManifestError) as caught:
        load(root, read=read_text)
    assert ["`requirements.txt` is not UTF-8 text"] == [fault.message for fault in caught.value.faults]


def test_an_included_folder_is_a_fault_at_its_name(root: Path) -> None:
    """What the system says is passed on in its words."""
    (root / "sub").mkdir()
    with pytest.raises(ManifestError) as caught:
        loaded(root, {"requirements.txt": "-r sub"})
    assert ["`sub` cannot be read: is a directory"] == [fault.message for fault in caught.value.faults]


def test_an_environment_file_is_joined_with_the_pin(root: Path) -> None:
    """`python=3.10` is a want like any other."""
    text = "name: x\nchannels: [conda-forge]\ndependencies:\n- python=3.10\n- numpy=1.26\n- pip:\n  - torch"
    found = loaded(root, {"environment.yml": text, ".python-version": "3.10.4"})
    assert ["3.10.4"] == [request.text for request in found.spec.python]
    assert (("conda-forge",), ["python", "numpy"], ["torch"]) == (
        found.spec.channels,
        [one.name for one in found.spec.conda],
        [one.name for one in found.spec.wheels],
    )
    with pytest.raises(ManifestError):
        loaded(root, {".python-version": "3.11"})
