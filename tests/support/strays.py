"""What interrupted work has left lying about in a store, in the caches, in a project."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.projects import World

#: uv's own cache and rattler's index are theirs to look after
_THEIRS = ("uv", "repodata")
_HALF = re.compile(r"\.new-|\.old-|\.tmp$|\.parity-new|\.prefix_record|prefix_record_")
_OWN = {".venv", "parity.lock", "requirements.txt", "environment.yml"}


def strays(world: World) -> list[str]:
    """Return half trees, half environments, half records, scratch environments and temporary files, by path."""
    found = [*_in_caches(world.cache), *_in_store(world.store)]
    found += [path for path in world.project.iterdir() if path.name not in _OWN]
    found += list((world.root / "tmp").iterdir())
    return sorted(str(path.relative_to(world.root)) for path in found)


def _in_caches(cache: Path) -> Iterator[Path]:
    yield from cache.glob("scratch/*/*")
    yield from cache.glob("questions/*")
    packages = cache / "conda" / "v1" / "packages"
    if packages.is_dir():
        yield from (path for path in packages.iterdir() if path.is_dir() and path.name.startswith("."))
    for folder in cache.iterdir() if cache.is_dir() else ():
        if folder.name not in _THEIRS:
            yield from (path for path in folder.glob("v1/*/*") if _HALF.search(path.name))


def _in_store(store: Path) -> Iterator[Path]:
    if not store.is_dir():
        return
    for path in store.glob("*/v1/**/*"):
        if "envs" not in path.relative_to(store).parts[:1] and _HALF.search(path.name):
            yield path
    environments = [*store.glob("envs/v1/*"), *store.glob("envs/v1/private/*")]
    for path in environments:
        if path.name != "private" and not (path / ".parity" / "complete").exists():
            yield path
