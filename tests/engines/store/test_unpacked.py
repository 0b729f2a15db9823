"""Artifacts that lie unpacked in the caches, found by what a lock knows of them."""

from parity.engines.store.unpacked import UnpackedArtifacts
from tests.support.projects import World


def test_an_unpacked_wheel_is_found_by_its_digest(world: World) -> None:
    """Its entries lie where it says, its size is theirs; what is not there or was damaged is not found."""
    world.write("requirements.txt", "app\n")
    world.parity("sync")
    unpacked = UnpackedArtifacts(str(world.cache))
    (tree,) = (each for each in (world.cache / "wheels/v1").glob("*/*") if (each / "tree/site/app").is_dir())
    found = unpacked.find(tree.name)

    assert found
    assert [] == [each.path for each in found.entries if not (tree / "tree" / each.path).is_file()]
    assert "site/app/__init__.py" in [each.path for each in found.entries]
    assert sum(each.size for each in found.entries) == unpacked.size(tree.name)
    assert unpacked.find("0" * 64) is None

    (tree / "trusted").chmod(0o644)
    (tree / "trusted").write_text("other")
    assert (None, None) == (unpacked.find(tree.name), unpacked.size(tree.name))
