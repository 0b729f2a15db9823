"""The engines of what looks after environments that are there: proving, repairing, going back, comparing, collecting.

Part of `wiring`, in a room of its own because none of it is needed to make an environment or to run in one.
"""

from __future__ import annotations

from parity.workflows.wiring import environments, lock_tools, names, roots, shims, sync_builder, targets, uv
from parity.workflows.wiring_shells import shims_made

TYPE_CHECKING = False  # as in `wiring`
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from parity.core.health import Surroundings
    from parity.core.ports import Reporter
    from parity.engines.git.repository import Repository
    from parity.workflows import (
        cache,
        diff,
        doctor,
        fingerprint,
        gc,
        git_merge,
        git_setup,
        info,
        provision,
        repair,
        verify,
    )


def rebuilder(
    environ: Mapping[str, str], root: Path, *, offline: bool, reporter: Reporter
) -> Callable[[str, bool], str]:
    """Return what builds the environment of a lock's text (true: a private one) and returns its key."""

    def make(text: str, private: bool) -> str:
        from parity.workflows.rebuild import rebuild

        tools = lock_tools(environ, root, offline=offline, reporter=reporter)
        return rebuild(root, text, tools, sync_builder(environ, root, offline=offline), private=private)

    return make


def verify_tools(environ: Mapping[str, str]) -> verify.Tools:
    """Return the engines of verifying."""
    from parity.engines.interpreters.bytecode import foreign_bytecode
    from parity.engines.store.integrity import changed_contents, present
    from parity.engines.system.facts import observe
    from parity.workflows.verify import Tools

    return Tools(
        environments=environments(environ),
        present=present,
        changed_contents=changed_contents,
        observe=observe,
        foreign_bytecode=foreign_bytecode,
    )


def fingerprint_tools(environ: Mapping[str, str]) -> fingerprint.Tools:
    """Return the engines of taking a fingerprint."""
    from parity.engines.store import reading
    from parity.engines.store.integrity import present
    from parity.workflows.fingerprint import Tools

    return Tools(
        environments=environments(environ),
        present=present,
        digests=reading.digests,
        digest_of_bytecode=reading.digest_of_bytecode,
        digest_nameless=reading.digest_nameless,
        digest_without=reading.digest_without,
        read_text=reading.read_text,
        leads_to=reading.leads_to,
    )


def diff_tools(environ: Mapping[str, str]) -> diff.Tools:
    """Return the engines of comparing; which machine this is is only asked where a lock is compared."""
    from parity.engines.machine.detect import detect
    from parity.engines.system.files import read_text
    from parity.workflows.diff import Tools

    return Tools(
        roots=roots(environ),
        fingerprint=fingerprint_tools(environ),
        read=read_text,
        revision=lambda directory, word: repository(environ, directory).content(word),
        host=lambda: detect(environ),
        targets=targets,
    )


def repository(environ: Mapping[str, str], directory: Path) -> Repository:
    """Return the repository of git around a folder."""
    from parity.engines.git.repository import Repository

    return Repository(directory=directory, environ=environ)


def doctor_tools(environ: Mapping[str, str]) -> doctor.Tools:
    """Return the engines of looking whether all is well."""
    import os

    from parity.engines.shells import pyenv_root
    from parity.engines.store.collection import Collection
    from parity.engines.store.home import cache_folder, distrust, home_folder
    from parity.engines.system.files import read_text
    from parity.workflows.doctor import Tools
    from parity.workflows.git_setup import is_half_done

    home, cache = home_folder(environ), cache_folder(environ)
    return Tools(
        roots=roots(environ),
        environments=environments(environ),
        collection=Collection(home, cache),
        surroundings=lambda: _surroundings(environ, home, cache),
        read=read_text,
        exists=os.path.exists,
        is_folder=os.path.isdir,
        distrust=distrust,
        shims_outdated=lambda: shims_made(environ) and shims(environ).outdated(pyenv_root.root_folder(environ)),
        uv=lambda: uv(environ, offline=True).version(),
        merges_half=lambda root: is_half_done(git_setup_tools(environ, root)),
        cache=cache,
        environ=environ,
    )


def _surroundings(environ: Mapping[str, str], home: str, cache: str) -> Surroundings:
    from parity.core.health import Surroundings
    from parity.engines.machine.shell_state import found_on, free_bytes, position_of, same_disk, startup_texts

    path = environ.get("PATH", "")
    active = environ.get("VIRTUAL_ENV") or environ.get("CONDA_PREFIX") or ""
    known = roots(environ)
    folder = shims(environ).folder
    return Surroundings(
        environ=environ,
        startup=startup_texts(environ.get("HOME", "")),
        parities=found_on(path, "parity"),
        pythons=found_on(path, "python"),
        shims_position=position_of(path, folder),
        free=free_bytes(home),
        one_disk=same_disk(home, cache),
        owned=bool(active) and active.startswith(known.environment("")) and known.is_complete(active),
    )


def info_tools(environ: Mapping[str, str], reporter: Reporter) -> info.Tools:
    """Return the engines of a page on a project; nothing is fetched."""
    from parity.engines.store.home import cache_folder
    from parity.engines.system.files import read_text
    from parity.workflows.info import Tools

    def check(root: Path) -> None:
        from parity.workflows.lock import Wish
        from parity.workflows.lock import check as look

        look(root, Wish(), lock_tools(environ, root, offline=True, reporter=reporter))

    return Tools(
        roots=roots(environ),
        environments=environments(environ),
        read=read_text,
        check=check,
        cache=cache_folder(environ),
        environ=environ,
    )


def git_merge_tools(environ: Mapping[str, str], directory: Path) -> git_merge.Tools:
    """Return the engines of merging two branches' locks."""
    from functools import cache, partial

    from parity.engines.conda.virtual_packages import answers
    from parity.engines.system.files import read_text, write_atomic
    from parity.workflows.git_merge import Tools

    return Tools(
        read=read_text,
        write=write_atomic,
        merge_text=repository(environ, directory).merge_text,
        names=cache(partial(names, environ)),
        answers=answers,
    )


def git_setup_tools(environ: Mapping[str, str], directory: Path) -> git_setup.Tools:
    """Return the engines of telling git about locks."""
    import shlex
    import sys

    from parity.engines.system.facts import read_bytes
    from parity.engines.system.files import write_bytes_atomic
    from parity.workflows.git_setup import Tools

    return Tools(
        repository=repository(environ, directory),
        read=read_bytes,
        write=write_bytes_atomic,
        remove=lambda path: path.unlink(),
        driver=f"{shlex.quote(sys.executable)} -P -m parity",  # -P: a folder `parity` of the project is not this one
    )


def repair_tools(environ: Mapping[str, str], root: Path, *, offline: bool, reporter: Reporter) -> repair.Tools:
    """Return the engines of repairing; those that fetch are built once, and only if something has to be fetched."""
    from functools import cache

    from parity.engines.store.repair import Mender
    from parity.workflows.rebuild import engines
    from parity.workflows.repair import Tools

    def build(route: str) -> provision.Tools:
        tools = lock_tools(environ, root, offline=offline, reporter=reporter)
        return engines(root, route, tools, sync_builder(environ, root, offline=offline))

    return Tools(roots=roots(environ), verify=verify_tools(environ), sync=cache(build), mender=Mender)


def gc_tools(environ: Mapping[str, str]) -> gc.Tools:
    """Return the engines of collecting what nobody reaches."""
    import os
    import sys
    from functools import partial

    from parity.engines.store.caches import sweep
    from parity.engines.store.collection import Collection, freed, remove
    from parity.engines.store.home import cache_folder, home_folder
    from parity.engines.store.integrity import present
    from parity.engines.system.background import start_behind
    from parity.engines.system.usage import used_below
    from parity.workflows.edits import edits_in
    from parity.workflows.gc import Tools

    collection = Collection(home_folder(environ), cache_folder(environ))
    # a process counts as using what its variables name
    kept = {name: text for name, text in environ.items() if collection.environments not in text}
    return Tools(
        roots=roots(environ),
        collection=collection,
        used_below=used_below,
        is_folder=os.path.isdir,
        freed=freed,
        remove=remove,
        edits=partial(edits_in, environments(environ), present),
        sweep_caches=lambda: sweep(cache_folder(environ)),
        finish_behind=lambda: start_behind([sys.executable, "-P", "-m", "parity", "gc", "--finish"], kept),
    )


def cache_tools(environ: Mapping[str, str]) -> cache.Tools:
    """Return the engines of looking after the caches."""
    from parity.engines.store import caches
    from parity.engines.store.collection import Collection, freed, remove
    from parity.engines.store.home import cache_folder, home_folder
    from parity.workflows.cache import Tools

    folder = cache_folder(environ)
    return Tools(
        folder=folder,
        collection=Collection(home_folder(environ), folder),
        rooms=lambda: caches.rooms(folder),
        trees=lambda: (*caches.trees(folder), *caches.conda_packages(folder)),
        sweep=lambda: caches.sweep(folder),
        freed=freed,
        remove=remove,
    )
