"""The folders of environments that belong to no project, and the links that lead to them."""

from pathlib import Path

import pytest

from parity.core.errors import CopyDamaged
from parity.engines.store.named import Named, Sources
from parity.engines.store.roots import Roots


@pytest.fixture
def named(tmp_path: Path) -> Named:
    """Return a store's, with the environment `one`."""
    named = Named(str(tmp_path / "home"))
    make(named, named.root_of("one"))
    return named


def make(named: Named, root: str, prefix: str = "") -> None:
    """Make a folder as `env create` does."""
    named.note(root, named.copied(root, ["/there/requirements.txt"], {"/there/requirements.txt": "app\n"}, prefix))
    Path(root, ".venv").symlink_to("/envs/v1/key")
    named.publish(root)


def test_copies_are_read_in_the_place_of_files(named: Named) -> None:
    """Of what was copied only; what is the environment's own is read as it is."""
    root = named.root_of("one")
    Path(root, "parity.lock").write_text("the lock\n", encoding="utf-8")
    sources = named.sources(root)
    assert sources is not None
    assert ("/there/requirements.txt",) == sources.manifests
    assert "app\n" == named.read(sources, root, Path("/there/requirements.txt"))
    assert "app\n" == named.read(sources, root, "/there/deep/../requirements.txt")
    assert "the lock\n" == named.read(sources, root, f"{root}/parity.lock")
    for other in ("/there/else.txt", f"{root}/pyproject.toml", str(Path(root).parent / ".python-version")):
        assert named.read(sources, root, other) is None


@pytest.mark.parametrize(("text", "said"), [(None, "gone"), ("other\n", "not what it was")])
def test_a_copy_that_is_not_what_was_copied_is_said(named: Named, text: str | None, said: str) -> None:
    """Never taken for an empty file; copied once more, it is whole again."""
    root = named.root_of("one")
    sources = named.sources(root)
    assert sources is not None
    (copy,) = Path(root, "files").iterdir()
    copy.unlink() if text is None else copy.write_text(text, encoding="utf-8")
    path = "/there/requirements.txt"
    with pytest.raises(CopyDamaged, match=f"the copy of `{path}` that `one` is made of is {said}") as caught:
        named.read(sources, root, path)
    assert "-n one -f FILE" in caught.value.hint
    named.copied(root, [path], {path: "app\n"}, "")
    assert "app\n" == named.read(sources, root, path)


@pytest.mark.parametrize("text", ["", "parity-named\t1\n", "parity-named\t2\nend\n", "parity-named\t1\nmanifest\ta\n"])
def test_half_a_record_is_none(named: Named, text: str) -> None:
    """As after a power cut, and of a later version."""
    root = named.root_of("one")
    Path(root, "sources").write_text(text, encoding="utf-8")
    assert named.sources(root) is None
    assert "one" == named.title(root)


def test_an_address_leads_to_its_folder(named: Named, tmp_path: Path) -> None:
    """Wherever its link is moved; a link that is not this store's leads nowhere."""
    prefix = str(tmp_path / "deep" / "here")
    root = named.root_at(prefix)
    make(named, root, prefix)
    assert (root, prefix, True) == (named.root_at(prefix), named.title(root), named.is_published(root, prefix))
    moved = tmp_path / "moved"
    Path(prefix).rename(moved)
    assert root == named.root_at(str(moved))
    assert not named.is_published(root, prefix)
    strange = tmp_path / "strange"
    strange.symlink_to(tmp_path / "elsewhere" / "prefixes" / "v1" / "0" / ".venv")
    assert named.is_taken(str(strange))
    assert not named.is_published(root, str(strange))


def test_only_its_own_link_is_withdrawn(named: Named, tmp_path: Path) -> None:
    """Another's stays, and so does what is no link."""
    prefix = tmp_path / "here"
    root = named.root_at(str(prefix))
    make(named, root, str(prefix))
    prefix.unlink()
    prefix.mkdir()
    named.withdraw(root)
    assert prefix.is_dir()
    with pytest.raises(FileExistsError):
        named.publish(root)


def test_a_link_that_leads_elsewhere_is_replaced(named: Named, tmp_path: Path) -> None:
    """In one step, whatever a killed parity left beside it."""
    root, link = named.root_of("one"), tmp_path / "home" / "names" / "one"
    link.unlink()
    link.symlink_to("/elsewhere")
    Path(root, "link.tmp").symlink_to("/half")
    named.publish(root)
    assert named.is_published(root, str(link))
    assert ["one"] == [path.name for path in link.parent.iterdir()]
    assert not Path(root, "link.tmp").is_symlink()


def test_what_has_no_link_is_no_environment(named: Named) -> None:
    """A folder that an interrupted parity left is not listed."""
    named.note(named.root_of("two"), named.copied(named.root_of("two"), [], {}, ""))
    assert [named.root_of("one")] == named.roots()
    assert not named.exists(named.root_of("two"))


def test_another_name_keeps_the_history(tmp_path: Path) -> None:
    """And what it is made of; nothing of the old one is left."""
    roots = Roots(str(tmp_path / "home"))
    (tmp_path / "home" / "envs" / "v1" / "key" / ".parity").mkdir(parents=True)
    (tmp_path / "home" / "envs" / "v1" / "key" / ".parity" / "complete").touch()
    old, new = roots.named.root_of("old"), roots.named.root_of("new")
    roots.named.note(old, roots.named.copied(old, ["a.yml"], {}, ""))
    (tmp_path / "home" / "roots" / "v1").mkdir(parents=True)
    roots.switch(old, "key", b"the lock\n", "sync")
    roots.named.publish(old)
    history = roots.generations(old)
    roots.rename(old, new)
    assert history == roots.generations(new)
    assert [] == roots.generations(old)
    assert [] == list((tmp_path / "home" / "names").iterdir())
    assert roots.linked(new).endswith("/key")
    sources = roots.named.sources(new)
    assert sources is not None
    assert ("a.yml",) == sources.manifests


def test_a_projects_folder_is_never_removed(tmp_path: Path) -> None:
    """`forget` is for the folders in the store alone."""
    (tmp_path / "project").mkdir()
    with pytest.raises(ValueError, match="project"):
        Roots(str(tmp_path / "home")).forget(str(tmp_path / "project"))
    assert (tmp_path / "project").is_dir()


def test_sources_say_what_they_are_given() -> None:
    """Whatever kind of collection it came in."""
    sources = Sources(iter(["a", "b"]), {"a": "0"}, "/here")
    assert (("a", "b"), {"a": "0"}, "/here") == (sources.manifests, sources.files, sources.prefix)
