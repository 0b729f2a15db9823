"""Stub wheels, which stand for what conda has brought."""

import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from parity.core.errors import ResolutionImpossible
from parity.core.lockfile.model import LockedPython
from parity.core.places import Place
from parity.core.resolution import Provided, Question
from parity.core.spec import WheelRequirement
from parity.core.target import Target
from parity.engines.pypi.resolve import UvResolver
from parity.engines.pypi.stubs import write_stubs
from parity.engines.pypi.uv import Uv, find_uv
from tests.support.projects import World
from tests.support.wheels import make_sdist, make_wheel

BASE = Provided(name="base", version="1.5", package="base-of-conda")
QUESTION = Question(
    target=Target(name="linux-64", platform="linux-64", uv="x86_64-manylinux_2_28", libc="glibc", libc_version="2.28"),
    python=LockedPython(implementation="cpython", version="3.11.9", request="3.11", source="conda"),
    python_version="3.11.9",
    provided=(BASE,),
)


@pytest.fixture
def resolver(world: World) -> UvResolver:
    """Return the real resolver; the index has `base` 1.0 and 2.0, and not conda's 1.5."""
    uv = Uv(binary=find_uv(), cache=world.cache / "uv", environ=world.environ)
    return UvResolver(uv=uv, root=world.project)


def asked(*texts: str) -> tuple[WheelRequirement, ...]:
    """Return requirements by name, some with a specifier behind a blank."""
    place = Place(file="environment.yml", key="dependencies[0].pip[0]")
    pairs = [text.partition(" ") for text in texts]
    return tuple(WheelRequirement(name=name, specifier=specifier, place=place) for name, _, specifier in pairs)


def test_a_stub_has_a_name_and_a_version_and_is_always_the_same(tmp_path: Path) -> None:
    """Its bytes depend on nothing else."""
    for folder in ("one", "two"):
        held = write_stubs(tmp_path / folder, [BASE, replace(BASE, name="ruamel-yaml")])
    assert ["base==1.5+conda", "ruamel-yaml==1.5+conda"] == held
    files = sorted((tmp_path / "one").iterdir())
    assert ["base-1.5+conda-py3-none-any.whl", "ruamel_yaml-1.5+conda-py3-none-any.whl"] == [
        each.name for each in files
    ]
    assert all(file.read_bytes() == (tmp_path / "two" / file.name).read_bytes() for file in files)
    with zipfile.ZipFile(files[0]) as archive:
        assert b"Name: base\nVersion: 1.5+conda\n" in archive.read("base-1.5+conda.dist-info/METADATA")


def test_what_is_provided_is_held_and_not_given(resolver: UvResolver) -> None:
    """A version that the index lacks serves as well; who needs it says so."""
    (left,) = resolver.resolve(replace(QUESTION, requirements=asked("left")))
    assert ("left", ("base",)) == (left.name, left.requires)


@pytest.mark.parametrize("more", [{"exclude_newer": "2030-01-01T00:00:00Z"}, {"sdists": ("*",)}, {"prereleases": True}])
def test_settings_of_the_index_do_not_touch_it(resolver: UvResolver, more: dict[str, object]) -> None:
    """Dates, sources and pre-releases are about an index."""
    question = replace(QUESTION, requirements=asked("left"), **more)  # type: ignore[arg-type] # fields by name
    assert ["left"] == [each.name for each in resolver.resolve(question)]


def test_a_build_for_everything_leaves_it_alone(resolver: UvResolver, world: World) -> None:
    """`--no-binary :all:` is about what an index gives; a stub cannot be built."""
    make_sdist(world.wheels, "only", "1.0", requires=["base>=1"])
    question = replace(QUESTION, requirements=asked("only"), no_binary=(":all:",))
    assert ["only"] == [each.name for each in resolver.resolve(question)]


def test_a_disagreement_names_both_sides(resolver: UvResolver, world: World) -> None:
    """What the wheel wants, what conda has, and by which package."""
    make_wheel(world.wheels, "wants-two", "1.0", requires=["base>=2"])
    with pytest.raises(ResolutionImpossible) as refused:
        resolver.resolve(replace(QUESTION, requirements=asked("wants-two")))
    assert "base>=2" in refused.value.message
    assert "base==1.5 of conda's package base-of-conda" in refused.value.message


def test_a_folder_of_the_project_comes_over_it(resolver: UvResolver, world: World) -> None:
    """`-e ./lib` without its name, which has to be asked for first."""
    library = make_sdist(world.root, "library", "1.0", requires=["base>=1"])
    with tarfile.open(library) as archive:
        archive.extractall(world.project, filter="data")
    given = WheelRequirement(name="", path="library-1.0", editable=True, place=Place(file="environment.yml"))
    (found,) = resolver.resolve(replace(QUESTION, requirements=(given,)))
    assert ("library", "library-1.0", True, ("base",)) == (found.name, found.path, found.editable, found.requires)


def test_a_folder_of_the_user_stays_in_force(world: World, tmp_path: Path) -> None:
    """Stubs are found beside what `UV_FIND_LINKS` names."""
    (tmp_path / "links").mkdir()
    make_wheel(tmp_path / "links", "linked", "1.0", requires=["base"])
    environ = {**world.environ, "UV_FIND_LINKS": str(tmp_path / "links")}
    resolver = UvResolver(uv=Uv(binary=find_uv(), cache=world.cache / "uv", environ=environ), root=world.project)
    assert ["linked"] == [each.name for each in resolver.resolve(replace(QUESTION, requirements=asked("linked")))]


def test_an_extra_that_conda_does_not_bring_is_told(resolver: UvResolver) -> None:
    """With both names, and what to do."""
    (requirement,) = asked("base")
    assert () == resolver.resolve(replace(QUESTION, requirements=(replace(requirement, extras=("more",)),)))
    (finding,) = resolver.remarks()
    assert (
        "`base` comes with conda's package `base-of-conda`, and what its extra `more` needs does not" == finding.message
    )
    assert finding.hint
