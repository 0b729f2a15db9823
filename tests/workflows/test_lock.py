"""Manifests → `parity.lock`, with real uv and an index on this machine."""

import os
import sys
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import pytest

import parity
from parity.core.accelerators.builds import read_builds
from parity.core.accelerators.indexes import read_indexes
from parity.core.errors import ManifestError, PythonMissing, TargetUnknown
from parity.core.interpreters import Interpreter
from parity.core.lockfile.errors import LockfileConflict, LockfileMissing, LockfileOutdated
from parity.core.resolution import Question
from parity.core.spec import CondaSettings
from parity.core.target import Host, load_targets
from parity.core.translation.names import NameTable
from parity.engines.pypi.resolve import UvResolver
from parity.engines.pypi.shelf import shelf_of
from parity.engines.pypi.uv import Uv, find_uv
from parity.engines.system.files import read_text, write_atomic
from parity.workflows.lock import LockResult, Tools, Wish, check, lock
from parity.workflows.lock_conda import CondaTools
from tests.support.index import serve_index
from tests.support.projects import World
from tests.support.wheels import make_sdist, make_wheel

DATA = Path(parity.__file__).parent / "data"
HOST = Host(platform="linux-64", libc="glibc", libc_version="2.36")


def interpreter(version: str) -> Interpreter:
    """Return an interpreter that says it has this version; what runs is the one of the tests."""
    return Interpreter(
        implementation="cpython", version=version, path=sys.executable, real_path=sys.executable, source="path"
    )


def names() -> NameTable:
    """Return the table between conda's names and PyPI's."""
    texts = [(DATA / file).read_text(encoding="utf-8") for file in ("conda_names.tsv", "translation.toml")]
    return NameTable.from_text(*texts)


def no_channels(settings: CondaSettings) -> CondaTools:
    """Stand for the engines of a route that these tests do not take."""
    pytest.fail(f"the conda route was taken, with {settings}")


def tools(world: World, *versions: str, environ: dict[str, str] | None = None, offline: bool = False) -> Tools:
    """Return real engines on a machine that has these Pythons (3.11.7 and 3.12.1 unless said)."""
    uv = Uv(binary=find_uv(), cache=world.cache / "uv", environ=world.environ | (environ or {}), offline=offline)
    return Tools(
        read=read_text,
        write=write_atomic,
        resolver=cache(lambda: UvResolver(uv=uv, root=world.project)),
        index=partial(shelf_of, uv, world.project),
        conda=no_channels,
        found=lambda: [interpreter(version) for version in versions or ("3.12.1", "3.11.7")],
        names=names,
        builds=partial(read_builds, (DATA / "accelerators.toml").read_text(encoding="utf-8"), machine={}),
        accelerator_indexes=partial(read_indexes, (DATA / "accelerators.toml").read_text(encoding="utf-8"), machine={}),
        host=HOST,
        targets=load_targets((DATA / "targets.toml").read_text(encoding="utf-8")),
    )


def text_of(world: World) -> str:
    """Return the lock's text."""
    return (world.project / "parity.lock").read_text(encoding="utf-8")


def packages(result: LockResult, target: str = "linux-64") -> dict[str, str]:
    """Return the versions by name."""
    return {wheel.name: wheel.version for wheel in result.lock.wheels_of(target)}


def test_the_first_lock_says_everything(world: World) -> None:
    """Target of the platform, newest stable Python, every distribution; and what was added."""
    world.write("requirements.txt", "diamond\n")
    result = lock(world.project, Wish(), tools(world))
    assert result.changed
    assert {"base": "1.0", "diamond": "1.0", "left": "1.0", "right": "1.0"} == packages(result)
    assert [("linux-64", 4)] == [(target.name, target.pypi) for target in result.targets]
    assert ("3.12", "3.12") == (result.lock.targets[0].python.version, result.lock.targets[0].python.request)
    assert ["base", "diamond", "left", "python", "right"] == [change.name for change in result.changes]
    assert "127.0.0.1" not in text_of(world)


def test_a_current_lock_is_left_alone(world: World) -> None:
    """Neither written nor resolved: the index hears nothing."""
    world.write("requirements.txt", "diamond\n")
    lock(world.project, Wish(), tools(world))
    before, asked = text_of(world), len(world.index.requests)
    world.write("requirements.txt", "# a comment\ndiamond\n")
    result = lock(world.project, Wish(), tools(world))
    assert (False, (), before, asked) == (
        result.changed,
        result.changes,
        text_of(world),
        len(world.index.requests),
    )


def test_what_still_fits_is_kept(world: World) -> None:
    """A new requirement does not move the others; `--upgrade` does, one or all."""
    world.write("requirements.txt", "left\nplugin\n")
    lock(world.project, Wish(), tools(world))
    make_wheel(world.wheels, "base", "3.0")
    make_wheel(world.wheels, "plugin", "2.0")
    world.write("requirements.txt", "left\nplugin\nfiles\n")
    kept = lock(world.project, Wish(), tools(world))
    assert {"base": "2.0", "files": "1.0", "left": "1.0", "plugin": "1.0"} == packages(kept)
    one = lock(world.project, Wish(upgrade=("Plugin",)), tools(world))
    assert [("plugin", "1.0", "2.0")] == [(change.name, change.before, change.after) for change in one.changes]
    every = lock(world.project, Wish(upgrade=("*",)), tools(world))
    assert "3.0" == packages(every)["base"]


def test_several_targets_share_what_is_the_same(world: World) -> None:
    """One entry for a pure wheel, one a platform for others; the flag is recorded and stays in force."""
    make_wheel(world.wheels, "native", "1.0", tag="cp312-cp312-manylinux_2_17_x86_64")
    make_wheel(world.wheels, "native", "1.0", tag="cp312-cp312-macosx_11_0_arm64")
    make_wheel(world.wheels, "native", "1.1", tag="cp312-cp312-macosx_11_0_arm64")
    world.write("requirements.txt", "native\nplugin\n")
    wish = Wish(targets=("osx-arm64", "linux-64"))
    result = lock(world.project, wish, tools(world))
    assert {("native", ("linux-64",)), ("native", ("osx-arm64",)), ("plugin", ("linux-64", "osx-arm64"))} == {
        (wheel.name, wheel.targets) for wheel in result.lock.wheels
    }
    assert {"1.0"} == {wheel.version for wheel in result.lock.wheels}
    assert not lock(world.project, Wish(), tools(world)).changed
    narrowed = lock(world.project, Wish(targets=("linux-64",)), tools(world))
    assert ["linux-64"] == [target.name for target in narrowed.lock.targets]


def test_groups_by_flag_stay_in_force(world: World) -> None:
    """Recorded in the lock until a flag says otherwise."""
    world.write(
        "pyproject.toml",
        '[project]\nname = "demo"\nversion = "1"\ndependencies = ["left"]\n[dependency-groups]\ntest = ["plugin"]\n',
    )
    assert "plugin" not in packages(lock(world.project, Wish(), tools(world)))
    assert "plugin" in packages(lock(world.project, Wish(groups=("test",)), tools(world)))
    again = lock(world.project, Wish(), tools(world))
    assert (False, ("test",)) == (again.changed, again.lock.groups)
    assert "plugin" not in packages(lock(world.project, Wish(groups=()), tools(world)))


def test_a_package_is_part_of_its_own_lock(world: World) -> None:
    """Editable, from the project's folder."""
    world.write(
        "pyproject.toml",
        '[build-system]\nrequires = []\nbuild-backend = "b"\nbackend-path = ["."]\n'
        '[project]\nname = "demo"\nversion = "1"\ndependencies = ["left"]\n',
    )
    result = lock(world.project, Wish(), tools(world))
    (own,) = [wheel for wheel in result.lock.wheels if wheel.path]
    assert ("demo", ".", True, ("left",)) == (own.name, own.path, own.editable, own.requires)
    assert "demo" == result.lock.project


@pytest.mark.parametrize(
    ("pin", "requires", "expected"),
    [
        ("3.11", "", ("3.11", "3.11")),
        ("3.11.7", "", ("3.11.7", "3.11.7")),
        ("", ">=3.9,<3.12", ("3.11", "<3.12,>=3.9")),
        ("", ">=3.9", ("3.12", ">=3.9")),
        ("3.11", ">=3.9", ("3.11", "3.11")),
    ],
)
def test_the_python_is_as_exact_as_the_request(
    world: World, pin: str, requires: str, expected: tuple[str, str]
) -> None:
    """Pins and ranges decide; neither means the newest stable minor version."""
    if pin:
        world.write(".python-version", pin)
    line = f'requires-python = "{requires}"\n' if requires else ""
    world.write("pyproject.toml", f'[project]\nname = "demo"\nversion = "1"\ndependencies = ["left"]\n{line}')
    python = lock(world.project, Wish(), tools(world)).lock.targets[0].python
    assert expected == (python.version, python.request)


def test_the_python_of_a_lock_is_kept_while_it_answers(world: World) -> None:
    """A newer interpreter on the machine is no reason to move."""
    world.write("requirements.txt", "left\n")
    lock(world.project, Wish(), tools(world, "3.11.7"))
    world.write("requirements.txt", "left\nplugin\n")
    assert "3.11" == lock(world.project, Wish(), tools(world, "3.13.0", "3.11.7")).lock.targets[0].python.version
    world.write(".python-version", "3.13")
    assert "3.13" == lock(world.project, Wish(), tools(world, "3.13.0", "3.11.7")).lock.targets[0].python.version


def test_a_missing_python_is_an_error_with_the_command(world: World) -> None:
    """Never another one instead."""
    world.write("requirements.txt", "left\n")
    world.write(".python-version", "3.12.99\n")
    with pytest.raises(PythonMissing) as refused:
        lock(world.project, Wish(), tools(world))
    assert refused.value.hint.startswith("run `parity python install 3.12.99`")
    assert not (world.project / "parity.lock").exists()


def test_check_answers_without_the_network(world: World) -> None:
    """Missing, current, outdated."""
    world.write("requirements.txt", "left\n")
    with pytest.raises(LockfileMissing):
        check(world.project, Wish(), tools(world))
    lock(world.project, Wish(), tools(world))
    asked = len(world.index.requests)
    assert not check(world.project, Wish(), tools(world)).changed
    world.write("requirements.txt", "left\nplugin\n")
    with pytest.raises(LockfileOutdated) as refused:
        check(world.project, Wish(targets=("osx-64",)), tools(world))
    assert "`requirements.txt` has changed; targets are `osx-64` now, and was `linux-64`" in refused.value.message
    assert asked == len(world.index.requests)


def test_a_lock_with_merge_markers_is_not_overwritten(world: World) -> None:
    """Both sides are the user's work."""
    world.write("requirements.txt", "left\n")
    world.write("parity.lock", "<<<<<<< ours\nversion = 1\n")
    with pytest.raises(LockfileConflict):
        lock(world.project, Wish(), tools(world))
    assert text_of(world).startswith("<<<<<<<")


def test_a_lock_made_behind_a_mirror_is_the_same_lock(world: World, tmp_path: Path) -> None:
    """Address, credentials and the form of the index do not show, whichever index answered."""
    world.write("requirements.txt", "diamond\n")
    lock(world.project, Wish(), tools(world))
    text = text_of(world)
    (world.project / "parity.lock").unlink()
    with serve_index(world.wheels, username="me", password="s3cret", prefix="/mirror/pypi") as mirror:
        behind = tools(world, environ={"UV_DEFAULT_INDEX": mirror.url_with_credentials})
        behind = replace(behind, resolver=partial(_with_cache, behind.resolver(), tmp_path / "other cache"))
        lock(world.project, Wish(), behind)
    assert text == text_of(world)
    assert "s3cret" not in text


def _with_cache(resolver: object, cache: Path) -> UvResolver:
    assert isinstance(resolver, UvResolver)
    return replace(resolver, uv=replace(resolver.uv, cache=cache))


def test_the_same_request_gives_the_same_bytes(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another time zone, language, home, umask, folder, variables of uv, and order of lines."""
    world.write("requirements.txt", "diamond\napp[plugins]\nspace-one\n")
    make_wheel(world.wheels, "native", "1.0", tag="cp312-cp312-manylinux_2_17_x86_64")
    wish = Wish(targets=("linux-64", "osx-arm64"))
    lock(world.project, wish, tools(world))
    text = text_of(world)
    elsewhere = tmp_path / "elsewhere ü"
    elsewhere.mkdir()
    (elsewhere / "requirements.txt").write_text(
        "# other\nspace_one\nApp[plugins]  # same\n\ndiamond\n", encoding="utf-8"
    )
    environ = {
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "tr_TR.UTF-8",
        "HOME": str(elsewhere),
        "USER": "other",
        "UV_RESOLUTION": "lowest",
        "UV_PRERELEASE": "allow",
        "UV_EXCLUDE_NEWER": "2001-01-01",
        "PYTHONHASHSEED": "7",
        "UV_CONCURRENT_DOWNLOADS": "1",
    }
    other = tools(world, environ=environ)
    moved = replace(_with_cache(other.resolver(), tmp_path / "other cache"), root=elsewhere)
    monkeypatch.chdir(tmp_path)
    old = os.umask(0o077)
    try:
        lock(elsewhere, replace(wish, targets=("osx-arm64", "linux-64")), replace(other, resolver=lambda: moved))
    finally:
        os.umask(old)
    assert text == (elsewhere / "parity.lock").read_text(encoding="utf-8")


def test_what_is_built_is_said(world: World) -> None:
    """An sdist is locked only by leave, and never silently."""
    make_sdist(world.wheels, "source", "1.0")
    world.write("requirements.txt", "source\n")
    world.write("pyproject.toml", '[tool.parity]\nsdists = ["source"]\n')
    result = lock(world.project, Wish(), tools(world))
    assert ["sdist-locked"] == [finding.code for finding in result.findings if finding.package == "source"]
    assert ("source",) == result.lock.sdists


def test_a_password_in_an_address_stays_out_of_the_lock(world: World) -> None:
    """The user hears where to keep it."""
    url = world.index.url.replace("/simple", "/files/plugin-1.0-py3-none-any.whl").replace("//", "//me:s3cret@")
    world.write("requirements.txt", f"plugin @ {url}\n")
    result = lock(world.project, Wish(), tools(world))
    assert "s3cret" not in text_of(world)
    assert "credentials-left-out" in [finding.code for finding in result.findings]


def test_a_password_in_the_address_of_an_index_is_told(world: World) -> None:
    """A manifest is read by others too; a reference to a variable is what should stand there."""
    for secret, codes in (("me:s3cret", ["credentials-left-out"]), ("${WHO}:${SECRET}", [])):
        world.write("requirements.txt", f"--extra-index-url {world.index.url.replace('//', f'//{secret}@')}\nleft\n")
        result = lock(world.project, Wish(), tools(world))
        assert codes == [finding.code for finding in result.findings]
        assert "s3cret" not in text_of(world) + repr(result.findings)


ENVIRONMENT = """\
name: demo
channels: [conda-forge]
dependencies:
  - python=3.11
  - conda-forge::left=1.0
  - cudatoolkit=11.8
  - pip
  - pip:
      - plugin
"""


class Recorder:
    """A resolver that notes what it is asked and answers nothing."""

    def __init__(self) -> None:
        self.questions: list[Question] = []

    def versions(self) -> dict[str, str]:
        """Return no version of anything."""
        return {}

    def remarks(self) -> tuple[()]:
        """Say nothing."""
        return ()

    def resolve(self, question: Question) -> tuple[()]:
        """Note the question."""
        self.questions.append(question)
        return ()


def test_an_environment_yml_is_translated(world: World) -> None:
    """Names, versions, the interpreter, the accelerator; what is lost stands in the lock and is said once."""
    world.write("environment.yml", ENVIRONMENT)
    recorder = Recorder()
    result = lock(world.project, Wish(route="venv"), replace(tools(world), resolver=lambda: recorder))
    (question,) = recorder.questions
    asked = {requirement.to_text() for requirement in question.requirements}
    assert {"left==1.0.*", "plugin"} <= asked
    assert ("cu118", "3.11") == (question.target.torch_backend, question.python.version)
    assert "cu118" == result.lock.targets[0].torch_backend
    assert result.lock.lost
    said = [finding.message for finding in result.findings if finding.code == "translation-lost"]
    assert [f"{what} is lost on the venv route" for what in result.lock.lost] == said
    assert not lock(world.project, Wish(), tools(world)).changed


def test_what_has_no_equal_on_pypi_is_refused_by_place(world: World) -> None:
    """All of it together."""
    world.write("environment.yml", "dependencies:\n  - python=3.11\n  - r-base\n  - cxx-compiler\n")
    with pytest.raises(ManifestError) as refused:
        lock(world.project, Wish(route="venv"), tools(world))
    assert [3, 4] == [fault.place.line for fault in refused.value.faults]


def test_an_unknown_target_is_refused(world: World) -> None:
    """Before anything is resolved."""
    world.write("requirements.txt", "left\n")
    with pytest.raises(TargetUnknown):
        lock(world.project, Wish(targets=("linux64",)), tools(world))
    assert [] == world.index.requests


def test_a_locked_set_is_locked_again_offline(world: World) -> None:
    """Everything that was asked before is in parity's own cache."""
    world.write("requirements.txt", "diamond\n")
    lock(world.project, Wish(), tools(world))
    text = text_of(world)
    (world.project / "parity.lock").unlink()
    lock(world.project, Wish(), tools(world, offline=True))
    assert text == text_of(world)
