"""What uv is told of indexes, and the names that a lock has for them."""

from pathlib import Path

import pytest

from parity.core.spec import Index
from parity.engines.pypi.indexes import IndexSettings

MAIN = Index(name="default", url="https://main.example/simple", default=True)
EXTRA = Index(name="extra-1", url="https://user:${TOKEN}@extra.example/simple")
FLAT = Index(name="find-links-1", url="https://files.example/wheels", flat=True)
FOLDER = Index(name="find-links-2", url="wheels", flat=True)
BOUND = Index(name="company", url="https://company.example/simple", explicit=True)


def settings(*indexes: Index, **environ: str) -> IndexSettings:
    """Return the settings of a project in `/srv/project`."""
    return IndexSettings(indexes=indexes, environ=environ, root=Path("/srv/project"))


def test_a_manifest_s_indexes_are_told_by_variables() -> None:
    """Never by arguments, which everybody on the machine can read."""
    assert {
        "UV_DEFAULT_INDEX": "https://main.example/simple",
        "UV_INDEX": "extra-1=https://user:s3cret@extra.example/simple",
        "UV_FIND_LINKS": "https://files.example/wheels",
    } == settings(MAIN, EXTRA, FLAT, BOUND, TOKEN="s3cret").environment()


def test_the_machine_s_own_indexes_come_first() -> None:
    """A mirror is a fact of the machine."""
    told = settings(
        MAIN, EXTRA, FLAT, UV_DEFAULT_INDEX="https://mirror.example", UV_INDEX="m=https://m.example", UV_FIND_LINKS="/w"
    ).environment()
    assert "UV_DEFAULT_INDEX" not in told
    assert told["UV_INDEX"].startswith("m=https://m.example extra-1=")
    assert "/w,https://files.example/wheels" == told["UV_FIND_LINKS"]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://main.example/simple/", "default"),
        ("https://extra.example/simple", "extra-1"),
        ("file:///srv/project/wheels", "find-links-2"),
        ("https://company.example/simple", "company"),
        ("https://m.example/", "m"),
        ("https://unheard-of.example/simple", "default"),
        ("", "default"),
    ],
)
def test_an_index_is_known_by_its_name(url: str, name: str) -> None:
    """Whatever its address is spelled like; one that nobody named is the default."""
    known = settings(MAIN, EXTRA, FLAT, FOLDER, BOUND, UV_INDEX="m=https://u:p@m.example https://unnamed.example")
    assert name == known.name_of(url)


def test_an_index_that_serves_only_what_names_it_is_asked_for_that_alone() -> None:
    """Nobody waits for the builds of an accelerator to install what is not one of them."""
    known = settings(MAIN, EXTRA, BOUND)
    assert [MAIN, EXTRA] == known.serving(["default", "extra-1"]).indexes
    assert "company=https://company.example/simple" in known.serving(["company"]).environment()["UV_INDEX"]
