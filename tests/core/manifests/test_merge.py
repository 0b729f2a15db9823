"""Parts of several manifests joined into one spec."""

import pytest

from parity.core.errors import ExtraUnknown, Fault, GroupUnknown, ManifestError
from parity.core.manifests.merge import Part, build_spec, content_digest, part_of
from parity.core.manifests.pyproject_toml import parse_pyproject
from parity.core.manifests.python_version import parse_python_version
from parity.core.manifests.requirements_txt import parse_requirements
from parity.core.places import Place
from parity.core.spec import Index, Settings, Spec

NOTHING: dict[str, str] = {}
PYPROJECT = """
[project]
name = "a"
requires-python = ">=3.10"
dependencies = ["numpy"]
optional-dependencies = { gpu = ["cupy"], docs = ["sphinx"] }
[dependency-groups]
test = ["pytest"]
"""


def requirements(text: str, file: str = "requirements.txt") -> Part:
    """Return the part that a requirements file makes."""
    return part_of(file, parse_requirements(text, file, read=NOTHING.get))


def pyproject(text: str = PYPROJECT) -> Part:
    """Return the part that a `pyproject.toml` makes."""
    return part_of("pyproject.toml", parse_pyproject(text, read=NOTHING.get))


def names(spec: Spec) -> list[str]:
    """Return the names of what is asked for."""
    return [wheel.name for wheel in spec.wheels]


def test_the_order_of_lines_decides_nothing() -> None:
    """Two files that mean the same make one spec, but for the places."""
    one, other = build_spec([requirements("b\na>=1 # c")]), build_spec([requirements("a >= 1\n\nb")])
    assert one.manifests == other.manifests
    assert ["a", "b"] == names(one) == names(other)


def test_a_digest_is_of_what_is_meant() -> None:
    """Another version is another digest; equal content is equal whatever holds it."""
    assert build_spec([requirements("a")]).manifests != build_spec([requirements("a==1")]).manifests
    assert content_digest({"b": (1,), "a": "é"}) == content_digest({"a": "é", "b": [1]})
    assert "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" == content_digest({})


def test_only_what_is_chosen_is_asked_for() -> None:
    """No group and no extra unless somebody says so."""
    spec = build_spec([pyproject()])
    assert ["numpy"] == names(spec)
    chosen = build_spec([pyproject()], groups=["Test"], extras=["gpu"])
    assert ["cupy", "numpy", "pytest"] == names(chosen)
    assert (("test",), ("gpu",)) == (chosen.groups, chosen.extras)


def test_arguments_win_over_settings() -> None:
    """What is said now counts more than what was settled once; saying nothing is not saying none."""
    settings = Settings(groups=("test",), extras=("docs",))
    assert ["numpy", "pytest", "sphinx"] == names(build_spec([pyproject()], settings=settings))
    assert ["numpy", "sphinx"] == names(build_spec([pyproject()], settings=settings, groups=[]))


def test_names_that_nobody_defines_are_refused() -> None:
    """The near one is the hint, and a setting has its place."""
    with pytest.raises(GroupUnknown) as group:
        build_spec([pyproject()], groups=["tset"])
    assert ("the manifests define no group `tset`", "did you mean `test`?") == (group.value.message, group.value.hint)
    with pytest.raises(ExtraUnknown) as extra:
        build_spec([pyproject()], settings=Settings(extras=("cpu",)))
    assert Place(file="pyproject.toml", key="tool.parity.extras") == extra.value.place


def test_faults_of_all_parts_come_together() -> None:
    """Those of every file, and Pythons that contradict each other."""
    pins = parse_python_version("3.9", ".python-version")
    with pytest.raises(ManifestError) as caught:
        build_spec([pyproject(), requirements("a=1"), Part(file="x", faults=(_fault("x"),))], pins=pins)
    assert ["requirements.txt:1", "x", ".python-version:1"] == [str(fault.place) for fault in caught.value.faults]


def _fault(file: str) -> Fault:
    return Fault(place=Place(file=file), message="wrong")


def test_several_files_share_one_list_of_indexes() -> None:
    """Numbered names are given anew, and what two files say alike is there once."""
    spec = build_spec(
        [
            requirements("-i https://m.test\n--extra-index-url https://a.test\n-f ./w"),
            requirements("-i https://m.test\n--extra-index-url https://b.test\n--extra-index-url https://a.test", "b"),
        ]
    )
    assert [
        ("default", "https://m.test"),
        ("extra-1", "https://a.test"),
        ("find-links-1", "./w"),
        ("extra-2", "https://b.test"),
    ] == [(index.name, index.url) for index in spec.indexes]


def test_two_default_indexes_are_a_fault_unless_the_settings_decide() -> None:
    """Which index serves a name must not depend on the order of files."""
    parts = [requirements("-i https://a.test"), requirements("-i https://b.test", "dev.txt")]
    with pytest.raises(ManifestError) as caught:
        build_spec(parts)
    assert ["`dev.txt` names another default index than `requirements.txt`"] == [
        fault.message for fault in caught.value.faults
    ]
    mine = Index(name="corp", url="https://c.test", default=True)
    assert (mine,) == build_spec(parts, settings=Settings(indexes=(mine,))).indexes


def test_a_named_index_keeps_its_name_beside_one_of_the_same_address() -> None:
    """Requirements refer to indexes by name."""
    mine = Index(name="mine", url="https://a.test")
    theirs = '[[tool.uv.index]]\nname = "theirs"\nurl = "https://a.test"'
    spec = build_spec([pyproject(theirs)], settings=Settings(indexes=(mine,)))
    assert ["mine", "theirs"] == [index.name for index in spec.indexes]
