"""Real uv, asked in a folder of ours about an index on this machine."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

import parity
from parity.core.errors import PathMissing, ResolutionImpossible, WheelNone
from parity.core.lockfile.model import LockedPython, LockedWheel
from parity.core.places import Place
from parity.core.resolution import Question
from parity.core.spec import Index, WheelRequirement
from parity.core.target import load_targets
from parity.engines.pypi.resolve import UvResolver
from parity.engines.pypi.uv import Uv, find_uv
from tests.support.index import serve_index
from tests.support.projects import World
from tests.support.wheels import make_sdist, make_wheel

TARGETS = load_targets((Path(parity.__file__).parent / "data" / "targets.toml").read_text(encoding="utf-8"))
PLACE = Place(file="requirements.txt", line=1)
QUESTION = Question(
    target=TARGETS.named("linux-64"),
    python=LockedPython(implementation="cpython", version="3.11", request="3.11"),
    python_version="3.11.0",
)


def resolver(world: World, *, offline: bool = False, **extra: str) -> UvResolver:
    """Return a resolver for the project of a world."""
    uv = Uv(binary=find_uv(), cache=world.cache / "uv", environ=world.environ | extra, offline=offline)
    return UvResolver(uv=uv, root=world.project)


def ask(*requirements: str | WheelRequirement) -> Question:
    """Return a question about these requirements (`name` or `name==1`)."""
    return replace(
        QUESTION,
        requirements=tuple(
            WheelRequirement(name=each.split("=")[0], specifier=each[len(each.split("=")[0]) :], place=PLACE)
            if isinstance(each, str)
            else each
            for each in requirements
        ),
    )


def versions(wheels: tuple[LockedWheel, ...]) -> dict[str, str]:
    """Return the versions by name."""
    return {wheel.name: wheel.version for wheel in wheels}


def make_project(folder: Path, name: str, *, requires: str = "") -> None:
    """Write a project with a backend that only knows how to tell its metadata by being run."""
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n', encoding="utf-8"
    )
    (folder / "backend.py").write_text(
        f"""
def prepare_metadata_for_build_wheel(folder, config_settings=None):
    from pathlib import Path
    info = Path(folder) / "{name}-0.5.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\\nName: {name}\\nVersion: 0.5\\n{requires}")
    (info / "WHEEL").write_text("Wheel-Version: 1.0\\nTag: py3-none-any\\n")
    return info.name

def build_wheel(*arguments):
    raise RuntimeError("only the metadata is needed")

prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel
build_editable = build_wheel
""",
        encoding="utf-8",
    )


def test_an_answer_says_files_hashes_and_who_asked(world: World) -> None:
    """A diamond: both arms are followed, and the one version that suits both is taken."""
    answer = {wheel.name: wheel for wheel in resolver(world).resolve(ask("diamond"))}
    assert {"base": "1.0", "diamond": "1.0", "left": "1.0", "right": "1.0"} == versions(tuple(answer.values()))
    assert (True, ("left", "right")) == (answer["diamond"].requested, answer["diamond"].requires)
    assert (False, ("base",)) == (answer["left"].requested, answer["left"].requires)
    base = answer["base"]
    size = (world.wheels / base.file).stat().st_size
    assert ("default", "base-1.0-py3-none-any.whl", size) == (base.index, base.file, base.size)
    assert 64 == len(base.sha256)


def test_extras_and_constraints_count(world: World) -> None:
    """An extra brings its own, a constraint only limits."""
    app = WheelRequirement(name="app", extras=("plugins",), place=PLACE)
    limit = WheelRequirement(name="base", specifier="<2", place=PLACE)
    answer = resolver(world).resolve(replace(ask(app), constraints=(limit,)))
    assert {"app": "1.0", "base": "1.0", "left": "1.0", "plugin": "1.0"} == versions(answer)


def test_pins_are_kept_where_they_fit(world: World) -> None:
    """A pin is a preference: it holds while nothing contradicts it, and brings nothing in."""
    question = replace(ask("left"), pins={"base": "1.0", "gone": "9"})
    assert "1.0" == versions(resolver(world).resolve(question))["base"]
    assert "2.0" == versions(resolver(world).resolve(replace(question, pins={"base": "7.0"})))["base"]
    assert "2.0" == versions(resolver(world).resolve(ask("left")))["base"]


def test_what_cannot_be_is_explained(world: World) -> None:
    """The chain of reasons is uv's own, in the user's words."""
    with pytest.raises(ResolutionImpossible) as refused:
        resolver(world).resolve(ask("diamond", "base==2.0"))
    assert "diamond" in refused.value.message
    assert "parity-" not in refused.value.message


def test_a_wheel_above_the_target_s_floor_is_not_taken(world: World) -> None:
    """The newest version whose wheel fits the target, on whatever machine the lock is made."""
    make_wheel(world.wheels, "native", "1.0", tag="cp311-cp311-manylinux_2_17_x86_64")
    make_wheel(world.wheels, "native", "1.0", tag="cp311-cp311-macosx_11_0_arm64")
    make_wheel(world.wheels, "native", "2.0", tag="cp311-cp311-manylinux_2_34_x86_64")
    linux = resolver(world).resolve(ask("native"))
    osx = resolver(world).resolve(replace(ask("native"), target=TARGETS.named("osx-arm64")))
    assert "native-1.0-cp311-cp311-manylinux_2_17_x86_64.whl" == linux[0].file
    assert "native-1.0-cp311-cp311-macosx_11_0_arm64.whl" == osx[0].file


def test_an_sdist_is_built_only_by_leave(world: World) -> None:
    """Without leave it is an error with the setting to write; with it the sdist is locked, others stay wheels."""
    make_sdist(world.wheels, "source", "1.0", requires=["left"])
    make_sdist(world.wheels, "base", "3.0")
    with pytest.raises(ResolutionImpossible) as refused:
        resolver(world).resolve(ask("source"))
    assert '`sdists = ["source"]`' in refused.value.hint
    answer = resolver(world).resolve(replace(ask("source"), sdists=("source", "plugin")))
    assert ["base-2.0-py3-none-any.whl", "left-1.0-py3-none-any.whl", "source-1.0.tar.gz"] == sorted(
        wheel.file for wheel in answer
    )
    assert {"source": ("left",)} == {wheel.name: wheel.requires for wheel in answer if wheel.is_built}


def test_leave_to_build_is_no_wish_to_build(world: World) -> None:
    """A name that may be built still comes as a wheel where the newest version has one."""
    make_sdist(world.wheels, "plugin", "1.0")
    answer = resolver(world).resolve(replace(ask("plugin"), sdists=("plugin",)))
    assert ["plugin-1.0-py3-none-any.whl"] == [wheel.file for wheel in answer]
    everything = resolver(world).resolve(replace(ask("plugin"), sdists=("*",)))
    assert ["plugin-1.0-py3-none-any.whl"] == [wheel.file for wheel in everything]


def test_no_binary_takes_the_sdist_although_there_is_a_wheel(world: World) -> None:
    """A `--no-binary` of pip is a wish to build."""
    make_sdist(world.wheels, "plugin", "1.0")
    answer = resolver(world).resolve(replace(ask("plugin"), no_binary=("plugin",)))
    assert ["plugin-1.0.tar.gz"] == [wheel.file for wheel in answer]


def test_folders_keep_the_user_s_path_and_need_no_name(world: World) -> None:
    """`-e ./lib` is named by its own build, and what it requires is followed."""
    make_project(world.project / "lib", "library", requires="Requires-Dist: left\\n")
    folder = WheelRequirement(name="", path="./lib", editable=True, place=PLACE)
    answer = {wheel.name: wheel for wheel in resolver(world).resolve(ask(folder))}
    library = answer["library"]
    assert ("./lib", True, "", ("left",)) == (library.path, library.editable, library.sha256, library.requires)
    assert library.requested
    assert {"base", "left", "library"} == set(answer)


def test_a_wheel_by_path_is_locked_with_its_hash(world: World) -> None:
    """A file is its bytes."""
    make_wheel(world.project, "local", "4.0", requires=["plugin"])
    file = WheelRequirement(name="", path="local-4.0-py3-none-any.whl", place=PLACE)
    answer = {wheel.name: wheel for wheel in resolver(world).resolve(ask(file))}
    assert ("local-4.0-py3-none-any.whl", "4.0", 64) == (
        answer["local"].path,
        answer["local"].version,
        len(answer["local"].sha256),
    )


def test_a_url_keeps_the_user_s_words(world: World) -> None:
    """A variable in an address is filled in for uv and left as it is in the lock."""
    url = world.index.url.replace("/simple", "/files/plugin-1.0-py3-none-any.whl")
    written = url.replace("127.0.0.1", "${HOST_NAME}")
    requirement = WheelRequirement(name="plugin", url=written, place=PLACE)
    (plugin,) = resolver(world, HOST_NAME="127.0.0.1").resolve(ask(requirement))
    assert (written, "plugin-1.0-py3-none-any.whl", "") == (plugin.url, plugin.file, plugin.index)


def test_a_repository_is_locked_at_its_commit(world: World, tmp_path: Path) -> None:
    """A tag may move, a commit does not."""
    make_project(tmp_path / "repository", "tracked")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-C", str(tmp_path / "repository")]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"], ["tag", "v1"]):
        subprocess.run([*git, *command], check=True)
    commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    url = f"git+file://{tmp_path}/repository@v1"
    (tracked,) = resolver(world).resolve(ask(WheelRequirement(name="", url=url, place=PLACE)))
    assert ("tracked", url.removesuffix("@v1"), commit) == (tracked.name, tracked.url, tracked.commit)


def test_a_path_that_is_not_there_is_refused_with_its_place(world: World) -> None:
    """Before uv is asked."""
    with pytest.raises(PathMissing) as refused:
        resolver(world).resolve(ask(WheelRequirement(name="", path="./gone", place=PLACE)))
    assert PLACE == refused.value.place


def test_listed_hashes_are_obeyed(world: World) -> None:
    """`--hash` allows these files and no others."""
    (plugin,) = resolver(world).resolve(ask("plugin"))
    fits = WheelRequirement(name="plugin", hashes=(f"sha256:{plugin.sha256}",), place=PLACE)
    assert (plugin,) == resolver(world).resolve(ask(fits))
    with pytest.raises(WheelNone):
        resolver(world).resolve(ask(replace(fits, hashes=("sha256:" + "0" * 64,))))


def test_a_requirement_bound_to_an_index_comes_from_there_alone(world: World, tmp_path: Path) -> None:
    """Others never look there, although it has a newer version."""
    make_wheel(tmp_path / "company", "plugin", "3.0", requires=["base"])
    make_wheel(tmp_path / "company", "base", "9.0")
    with serve_index(tmp_path / "company", username="me", password="s3cret") as company:
        index = Index(name="company", url=company.url_with_credentials, explicit=True)
        bound = WheelRequirement(name="plugin", index="company", place=PLACE)
        answer = resolver(world).resolve(replace(ask(bound), indexes=(index,)))
    assert {("plugin", "3.0", "company"), ("base", "2.0", "default")} == {
        (wheel.name, wheel.version, wheel.index) for wheel in answer
    }
    assert all(wheel.requested == (wheel.name == "plugin") for wheel in answer)


def test_extra_indexes_and_folders_of_wheels_are_named(world: World, tmp_path: Path) -> None:
    """The lock knows them by name; their addresses and passwords stay outside."""
    make_wheel(tmp_path / "extra", "special", "1.0")
    make_wheel(world.project / "wheels", "flat", "1.0")
    with serve_index(tmp_path / "extra", username="me", password="s3cret") as extra:
        indexes = (
            Index(name="extra-1", url=extra.url_with_credentials),
            Index(name="find-links-1", url="wheels", flat=True),
        )
        answer = resolver(world).resolve(replace(ask("special", "flat", "plugin"), indexes=indexes))
    assert {"flat": "find-links-1", "plugin": "default", "special": "extra-1"} == {
        wheel.name: wheel.index for wheel in answer
    }
    assert "s3cret" not in repr(answer)
    assert "127.0.0.1" not in repr(answer)


def test_prereleases_and_moments_decide(world: World, tmp_path: Path) -> None:
    """A pre-release only when asked for; nothing that came later than the moment."""
    make_wheel(tmp_path / "w", "moving", "1.0")
    make_wheel(tmp_path / "w", "moving", "2.0")
    make_wheel(tmp_path / "w", "moving", "3.0rc1")
    uploaded = {"moving-2.0-py3-none-any.whl": "2024-06-01T00:00:00Z"}
    with serve_index(tmp_path / "w", uploaded=uploaded) as index:
        asked = resolver(world, UV_DEFAULT_INDEX=index.url)
        answers = [
            asked.resolve(ask("moving")),
            asked.resolve(replace(ask("moving"), prereleases=True)),
            asked.resolve(replace(ask("moving"), exclude_newer="2024-01-01T00:00:00Z")),
        ]
    assert ["2.0", "3.0rc1", "1.0"] == [versions(answer)["moving"] for answer in answers]


def test_what_was_asked_once_is_answered_offline(world: World) -> None:
    """The cache is parity's own."""
    online = resolver(world).resolve(ask("diamond"))
    before = len(world.index.requests)
    assert online == resolver(world, offline=True).resolve(ask("diamond"))
    assert before == len(world.index.requests)


def test_nothing_is_left_behind(world: World) -> None:
    """Neither in the project nor in the temporary folder."""
    resolver(world).resolve(ask("diamond"))
    assert [] == list(world.project.iterdir())


@pytest.mark.network
def test_the_registry_answers_for_every_platform(world: World) -> None:
    """A real distribution with wheels for all: each target gets its own file."""
    files = {
        name: resolver(world).resolve(replace(ask("markupsafe"), target=TARGETS.named(name)))[0].file
        for name in ("linux-64", "linux-aarch64", "osx-arm64", "alpine-3.20")
    }
    assert 4 == len(set(files.values()))
    assert "musllinux" in files["alpine-3.20"]


def test_an_extra_that_there_is_not_is_told(world: World) -> None:
    """Where somebody asks for it by hand or in what he requires; a resolver's own warning, nobody would see."""
    make_wheel(world.wheels, "asker", "1.0", requires=["app[misspelt]"])
    asking = resolver(world)
    wanted = WheelRequirement(name="left", extras=("nosuch",), place=PLACE)
    assert {"left", "base", "asker", "app"} == set(versions(asking.resolve(ask("asker", wanted))))
    assert [
        "`app` 1.0 has no extra `misspelt`: it adds nothing",
        "`left` 1.0 has no extra `nosuch`: it adds nothing",
    ] == [finding.message for finding in asking.remarks()]
