"""The engines of what looks after environments that are there: proving, repairing, going back, comparing, collecting.

Part of `wiring`, in a room of its own because none of it is needed to make an environment or to run in one.
"""

from __future__ import annotations

from parity.workflows.wiring import environments, lock_tools, roots, sync_builder, targets

TYPE_CHECKING = False  # as in `wiring`
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from parity.core.ports import Reporter
    from parity.workflows import cache, diff, fingerprint, gc, provision, repair, verify


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
        host=lambda: detect(environ),
        targets=targets,
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
