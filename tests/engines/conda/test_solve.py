"""Solving against the tests' real channels."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from parity.core.conda.errors import PackageMissing, PackageUnhashed, SolveImpossible
from parity.core.errors import ManifestError
from tests.support.conda.channel import Channels
from tests.support.conda.questions import Asking, book_of


@pytest.fixture
def asking(conda_channels: Channels, tmp_path: Path) -> Asking:
    """Ask the channels in their folder."""
    return Asking(channels=conda_channels, cache=tmp_path / "cache", book=book_of(conda_channels.root.as_uri()))


def records_of(asking: Asking) -> list[dict[str, Any]]:
    """Return the records of `conda-forge` for this machine."""
    path = asking.channels.forge / asking.channels.subdir / "repodata.json"
    return list(json.loads(path.read_text(encoding="utf-8"))["packages.conda"].values())


def test_an_answer_has_all_that_installing_needs(asking: Asking, conda_channels: Channels) -> None:
    """Sorted by name, with hash and size, under the channel's name and without any address."""
    packages = asking.ask("python", "wordlib", "greet").packages
    by_name = {package.name: package for package in packages}
    assert sorted(by_name) == [package.name for package in packages]
    wordlib, python = by_name["wordlib"], by_name["python"]
    assert ("2.0", "noarch", "python", "conda-forge") == (
        wordlib.version,
        wordlib.subdir,
        wordlib.noarch,
        wordlib.channel,
    )
    assert conda_channels.site_packages == python.python_site_packages_path
    assert all(len(package.sha256) == 64 and package.size for package in packages)
    assert {"greet", "python", "wordlib"} == {package.name for package in packages if package.requested}
    assert "libgreet >=1.1,<2" in by_name["greet"].depends
    assert str(conda_channels.root) not in repr(packages)


def test_the_same_question_has_the_same_answer(asking: Asking) -> None:
    """Whatever order answers came in."""
    assert asking.ask("jupyter", "lightning", "greet") == asking.ask("greet", "lightning", "jupyter")


def test_the_target_chooses_the_build(asking: Asking, conda_channels: Channels) -> None:
    """Its virtual packages are those of its data, whatever this machine has."""
    builds = {
        target: next(each.build for each in asking.ask("pytorch", target=target).packages if each.name == "pytorch")
        for target in (conda_channels.subdir, f"{conda_channels.subdir}+cu126", "osx-arm64")
    }
    assert ["cpu", "cuda126", "cpu"] == [build.split("_")[0] for build in builds.values()]


def test_an_override_of_this_machine_changes_nothing(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """`CONDA_OVERRIDE_*` say what a host is, not what a target is."""
    before = asking.ask("pytorch", "modern")
    monkeypatch.setenv("CONDA_OVERRIDE_CUDA", "12.6")
    monkeypatch.setenv("CONDA_OVERRIDE_GLIBC", "2.40")
    assert before == asking.ask("pytorch", "modern")


def test_the_first_channel_that_has_a_name_decides(asking: Asking) -> None:
    """Strict priority, in the order of the manifest."""
    both = ("conda-forge", "pytorch")
    assert "2.0" == asking.versions("wordlib", channels=both)["wordlib"]
    assert "0.9" == asking.versions("wordlib", channels=both[::-1])["wordlib"]
    assert {"only-here", "wordlib", "python"} == set(asking.versions("only-here", channels=both))


def test_a_version_does_not_reach_past_the_first_channel(asking: Asking) -> None:
    """Rattler alone would take it from the second, because of how it narrows what was asked for."""
    with pytest.raises(PackageMissing) as refused:
        asking.ask("python", "wordlib=0.9", channels=("conda-forge", "pytorch"))
    (fault,) = refused.value.faults
    assert "is in `pytorch` only, and `conda-forge`, which comes first" in fault.message
    assert "dependencies[1]" == fault.place.key


def test_priority_can_be_disabled(asking: Asking) -> None:
    """Then the version decides, wherever it is."""
    versions = asking.versions("wordlib=0.9", channels=("conda-forge", "pytorch"), priority="disabled")
    assert "0.9" == versions["wordlib"]


def test_a_requirement_can_name_its_channel(asking: Asking) -> None:
    """`channel::name` reaches past the priority; a channel that only it names comes last."""
    named = asking.ask("pytorch::wordlib", channels=("conda-forge", "pytorch")).packages
    assert {"python": "conda-forge", "wordlib": "pytorch"} == {each.name: each.channel for each in named}
    extra = (asking.book.channel("pytorch"),)
    alone = asking.ask("pytorch::wordlib", extra=extra).packages
    assert named == alone


def test_a_label_is_a_channel(asking: Asking) -> None:
    """By the name that conda gives it."""
    channels = ("conda-forge/label/dev", "conda-forge")
    (wordlib,) = [each for each in asking.ask("wordlib", channels=channels).packages if each.name == "wordlib"]
    assert ("3.0rc1", "conda-forge/label/dev") == (wordlib.version, wordlib.channel)


def test_defaults_is_one_channel_of_several(asking: Asking) -> None:
    """Its members share one priority, and the lock knows which it was."""
    channels = ("defaults", "conda-forge")
    packages = {each.name: each for each in asking.ask("r-base", "only-in-defaults", channels=channels).packages}
    assert ("pkgs/r", "pkgs/main") == (packages["r-base"].channel, packages["only-in-defaults"].channel)
    pinned = asking.ask("defaults::wordlib", channels=("conda-forge", "defaults")).packages
    assert "pkgs/main" == next(each.channel for each in pinned if each.name == "wordlib")


def test_folders_are_channels(asking: Asking, conda_channels: Channels) -> None:
    """An address of a file, and a folder relative to the project, which the lock keeps as the user gave it."""
    book = replace(asking.book, alias="https://nowhere.example", root=str(conda_channels.root / "project"))
    here = replace(asking, book=book)
    for text in (conda_channels.forge.as_uri(), "../conda-forge"):
        assert {text} == {package.channel for package in here.ask("libgreet", channels=[text]).packages}


def test_what_fits_is_kept(asking: Asking) -> None:
    """A new requirement moves nothing else; what no longer fits moves."""
    old = asking.ask("python", "numpy=1.26", "wordlib=1.1").packages
    kept = asking.versions("python", "numpy", "wordlib", "greet", kept=old)
    assert ("1.26.4", "1.1", "1.1") == (kept["numpy"], kept["wordlib"], kept["greet"])
    moved = asking.versions("python", "numpy>=2", "wordlib", kept=old)
    assert ("1.1", "2.1.3") == (moved["wordlib"], moved["numpy"])


def test_what_could_not_be_chosen_today_is_not_kept(asking: Asking) -> None:
    """Rattler would take a record from anywhere: withdrawn, of a channel that is hidden or gone, or too new."""
    (old,) = [
        each for each in asking.ask("wordlib", channels=("pytorch", "conda-forge")).packages if each.name == "wordlib"
    ]
    assert ("0.9", "pytorch") == (old.version, old.channel)
    both = ("conda-forge", "pytorch")
    assert "2.0" == asking.versions("wordlib", kept=(old,))["wordlib"]
    assert "2.0" == asking.versions("wordlib", channels=both, kept=(old,))["wordlib"]
    assert "0.9" == asking.versions("wordlib", channels=both, priority="disabled", kept=(old,))["wordlib"]
    assert "0.9" == asking.versions("pytorch::wordlib", channels=both, kept=(old,))["wordlib"]
    withdrawn = replace(old, version="9.9", channel="conda-forge", sha256="0" * 64)
    assert "2.0" == asking.versions("wordlib", kept=(withdrawn,))["wordlib"]


def test_what_is_newer_does_not_count(asking: Asking) -> None:
    """`exclude-newer` is a moment in UTC; it binds what an older lock had too."""
    newest = asking.ask("numpy").packages
    assert "2.1.3" == next(each.version for each in newest if each.name == "numpy")
    stamp = next(
        each["timestamp"] for each in records_of(asking) if (each["name"], each["version"]) == ("numpy", "2.0.2")
    )
    moment = datetime.fromtimestamp(stamp / 1000, UTC)
    until = (moment + timedelta(seconds=1)).isoformat()
    assert "2.0.2" == asking.versions("numpy", exclude_newer=until, kept=newest)["numpy"]
    assert "1.26.4" == asking.versions("numpy", exclude_newer=moment.isoformat())["numpy"]
    with pytest.raises(SolveImpossible, match="uploaded after the cutoff"):
        asking.ask("numpy", exclude_newer="2001-01-01T00:00:00+02:00")


def test_names_that_no_channel_has_are_told_together(asking: Asking) -> None:
    """Each with its place and what was perhaps meant."""
    with pytest.raises(PackageMissing) as refused:
        asking.ask("python", "nmpy", "greet", "no-such-thing")
    assert [("dependencies[1]", "did you mean `numpy`?"), ("dependencies[3]", "")] == [
        (fault.place.key, fault.hint) for fault in refused.value.faults
    ]


def test_a_version_that_is_not_there_is_told_with_those_that_are(asking: Asking) -> None:
    """Not as a riddle of the solver's."""
    with pytest.raises(PackageMissing) as refused:
        asking.ask("numpy=9")
    (fault,) = refused.value.faults
    assert "there is `2.1.3`, `2.0.2`, `1.26.4`" == fault.hint


def test_a_conflict_is_told_from_what_was_asked_to_where_it_breaks(asking: Asking) -> None:
    """The true chain: a version that was asked for does not hide why it cannot be had."""
    with pytest.raises(SolveImpossible) as refused:
        asking.ask("old-science", "numpy>=2")
    assert (
        f"nothing can be locked for `{asking.channels.subdir}`:\n"
        "  ├─ `old-science` (environment.yml: dependencies[0])\n"
        "  │  └─ old-science 1.0 needs numpy >=1.26,<2\n"
        "  │     └─ numpy 1.26.4\n"
        "  └─ `numpy >=2` (environment.yml: dependencies[1])"
    ) == refused.value.message


def test_a_mutex_excludes_its_other_half(asking: Asking) -> None:
    """One implementation of an interface, whichever is asked for."""
    assert "mkl" in asking.versions("numpy", "needs-mkl")
    assert "openblas" not in asking.versions("numpy", "needs-mkl")
    with pytest.raises(SolveImpossible):
        asking.ask("needs-mkl", "needs-openblas")


@pytest.mark.parametrize(
    ("spec", "target", "hint"),
    [("pytorch=*=cuda*", "", "+cu126"), ("modern=2", "", "a target that has it")],
)
def test_what_the_target_lacks_is_told(asking: Asking, spec: str, target: str, hint: str) -> None:
    """With the target that would have it."""
    with pytest.raises(SolveImpossible) as refused:
        asking.ask(spec, target=target)
    assert hint in refused.value.hint
    assert "the target has " in refused.value.message


def test_a_spec_beyond_the_solver_is_refused_with_its_place(asking: Asking) -> None:
    """Conda has patterns that rattler has not."""
    with pytest.raises(ManifestError) as refused:
        asking.ask("greet", "numpy=1.*.1")
    (fault,) = refused.value.faults
    assert ("dependencies[1]", True) == (fault.place.key, "patterns" in fault.hint)


def test_a_package_without_a_hash_is_not_locked(asking: Asking, tmp_path: Path) -> None:
    """Nothing is locked that cannot be checked."""
    for subdir in ("noarch", asking.channels.subdir):
        records = {"x-1.0-0.conda": {"name": "x", "version": "1.0", "build": "0", "build_number": 0, "depends": []}}
        folder = tmp_path / "bare" / subdir
        folder.mkdir(parents=True)
        text = json.dumps({"info": {"subdir": subdir}, "packages": {}, "packages.conda": records})
        (folder / "repodata.json").write_text(text, encoding="utf-8")
    with pytest.raises(PackageUnhashed):
        asking.ask("x", channels=[str(tmp_path / "bare")])
