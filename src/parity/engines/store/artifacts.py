"""The cache of what environments are made of: one tree a wheel, one tree of bytecode beside it.

wheels/v1/<tag>/<SHA-256 of the wheel>/       as an installer lays it out for this kind of interpreter
bytecode/v1/<tag>/<the same name>/            what the interpreter makes of its modules
built/v1/<request>                            the tree that an sdist, a repository or a folder was built into
"""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from parity.core.errors import ArtifactCorrupt
from parity.engines.store import records, staging
from parity.engines.store.linking import Part
from parity.engines.store.trees import Trees
from parity.engines.system.calm import Calm
from parity.engines.system.locks import Lock


class Artifacts:
    """The artifacts for one kind of interpreter (`tag`, such as `cpython-3.11-linux-64`).

    Every path is text; every method raises OSError where the disk says no.
    """

    def __init__(self, cache: str, tag: str) -> None:
        self._cache = cache
        self.wheels = Trees(os.path.join(cache, "wheels", "v1", tag))
        self.bytecode = Trees(os.path.join(cache, "bytecode", "v1", tag))
        self._built = os.path.join(cache, "built", "v1", tag)
        for folder in (self.wheels.folder, self.bytecode.folder, self._built):
            os.makedirs(folder, mode=0o700, exist_ok=True)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the lock of whoever fills the cache, so that nothing is fetched or compiled twice.

        What was prepared and never published goes afterwards, that of processes that are no more too.
        """
        with Lock(os.path.join(self._cache, "locks", os.path.basename(self.wheels.folder))):
            try:
                yield
            finally:
                with Calm():
                    self.wheels.sweep()
                    self.bytecode.sweep()

    @contextmanager
    def scratch(self) -> Iterator[str]:
        """Lend the address of a scratch environment, with nothing there; what is made there goes afterwards.

        The caller holds the lock: what others left there belongs to processes that are no more. An installer may have
        outlived the one that was killed and still write there, so each environment has a folder that none had before.
        """
        from tempfile import mkdtemp  # noqa: PLC0415 - most builds need no scratch folder

        parent = os.path.join(self._cache, "scratch", os.path.basename(self.wheels.folder))
        os.makedirs(parent, mode=0o700, exist_ok=True)
        _empty(parent)
        try:
            yield os.path.join(mkdtemp(dir=parent), "env")
        finally:
            with Calm():
                _empty(parent)

    def remember(self, request: str, name: str) -> None:
        """Keep which tree something that had to be built became."""
        records.write(os.path.join(self._built, request), [["tree", name]])

    def recall(self, request: str) -> str:
        """Return the tree that something was built into before, or nothing."""
        rows = records.read(os.path.join(self._built, request))
        name = rows[0][1] if rows else ""
        return name if name and self.wheels.has(name) else ""

    def take(self, environment: str, site: str, wanted: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
        """Move distributions out of a scratch environment into trees of their own.

        `wanted` maps each distribution's normalised name to the name of its tree, empty for what was built. Returns
        the names of the trees, and the distributions that could not be told apart because they share files (or whose
        files are not what their RECORD says): these need a scratch environment each. Raises ArtifactCorrupt where a
        distribution is not there.
        """
        found = staging.collect(environment, site)
        if missing := sorted(set(wanted) - set(found)):
            raise ArtifactCorrupt(missing[0], "RECORD")
        shared = _sharing(found)
        taken, refused = {}, [name for name in wanted if name in shared]
        for name in wanted:
            if name in shared:
                continue
            try:
                staged = staging.without_origin(environment, site, found[name], built=not wanted[name])
                staging.move(environment, site, staged, self.wheels.prepare(wanted[name] or name))
                taken[name] = self.wheels.publish(wanted[name] or name, staged.files, built=not wanted[name])
            except ArtifactCorrupt:
                refused.append(name)
        return taken, refused

    def bytecode_jobs(self, names: Sequence[str]) -> list[tuple[str, str]]:
        """Return where the sources of trees are and where their bytecode goes, for those that have none yet."""
        return [
            (os.path.join(self.wheels.folder, name, "tree", "site"), os.path.join(self.bytecode.prepare(name), "site"))
            for name in names
            if not self.bytecode.has(name)
        ]

    def publish_bytecode(self, names: Sequence[str]) -> None:
        """Let the bytecode of trees appear, once the interpreter has made it where `bytecode_jobs` said."""
        for name in names:
            if not self.bytecode.has(name):
                self.bytecode.publish(name, {})

    def parts(self, trees: Mapping[str, str], *, bytecode: bool) -> list[Part]:
        """Return the parts of an environment, by package in order of name: each tree, then its bytecode."""
        parts = []
        for package in sorted(trees):
            parts.append(Part(self.wheels, trees[package], package))
            if bytecode:
                parts.append(Part(self.bytecode, trees[package], package))
        return parts


def _empty(folder: str) -> None:
    for name in os.listdir(folder):
        shutil.rmtree(os.path.join(folder, name), ignore_errors=True)


def _sharing(found: Mapping[str, staging.Staged]) -> set[str]:
    owners: dict[str, str] = {}
    sharing = set()
    for name, staged in found.items():
        for path in staged.files:
            other = owners.setdefault(path, name)
            if other != name:
                sharing |= {name, other}
    return sharing


def site_of(environment: str) -> str:
    """Return where site-packages is in a fresh environment, relative to it. Raises FileNotFoundError without one."""
    library = os.path.join(environment, "lib")
    for name in sorted(os.listdir(library)):
        if os.path.isdir(os.path.join(library, name, "site-packages")):
            return f"lib/{name}/site-packages"
    raise FileNotFoundError(2, "no site-packages", library)
