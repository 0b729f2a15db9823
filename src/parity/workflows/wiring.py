"""The only place that builds engines, each imported on first use: what is not needed costs nothing."""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would cost more than this module
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from parity.core.accelerators.builds import Builds
    from parity.core.conda.channels import AddressBook
    from parity.core.interpreters import Interpreter
    from parity.core.lockfile.model import LockedConda
    from parity.core.ports import Reporter, Resolver, WheelShelf
    from parity.core.resolution import Question
    from parity.core.spec import AcceleratorSettings, CondaSettings, Index
    from parity.core.target import Targets
    from parity.core.translation.names import NameTable
    from parity.engines.conda.gateways import Gateways
    from parity.engines.interpreters.discover import Discovery
    from parity.engines.pypi.install import UvInstaller
    from parity.engines.pypi.uv import Uv
    from parity.engines.shells.shims import Shims
    from parity.engines.store.environments import Environments
    from parity.engines.store.rates import MeasuredRates
    from parity.engines.store.roots import Roots
    from parity.workflows import env_create, lock, lock_conda, provision
    from parity.workflows.provision_conda import CondaTools


def roots(environ: Mapping[str, str]) -> Roots:
    """Return the records of this user's store."""
    from parity.engines.store.home import home_folder
    from parity.engines.store.roots import Roots

    return Roots(home_folder(environ))


def replace_process(command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Become another program; returns an exit code only where there is no such program."""
    from parity.engines.system.execution import replace_process

    return replace_process(command, environ)


def environments(environ: Mapping[str, str]) -> Environments:
    """Return the environments of this user's store."""
    from parity.engines.store.environments import Environments
    from parity.engines.store.home import home_folder

    return Environments(home_folder(environ))


def discovery(environ: Mapping[str, str]) -> Discovery:
    """Return the interpreters of this machine, and remarks on those that do not work."""
    from contextlib import suppress

    from parity.engines.interpreters.discover import discover
    from parity.engines.interpreters.discover.surroundings import surroundings_of
    from parity.engines.store.home import cache_folder, home_folder, make_folders

    with suppress(OSError):  # a machine that keeps no answers is asked anew each time
        make_folders(environ)
    return discover(surroundings_of(environ, home=home_folder(environ), cache=cache_folder(environ)))


def uv(environ: Mapping[str, str], *, offline: bool) -> Uv:
    """Return uv, with a cache of parity's own."""
    from pathlib import Path

    from parity.engines.pypi.user_settings import with_user_settings
    from parity.engines.pypi.uv import Uv, find_uv
    from parity.engines.store.home import cache_folder, make_folders

    make_folders(environ)
    cache = Path(cache_folder(environ)) / "uv"
    return Uv(binary=find_uv(), cache=cache, environ=with_user_settings(environ), offline=offline)


def targets() -> Targets:
    """Return the targets that have a name."""
    from parity.core.target import load_targets

    return load_targets(data("targets.toml"))


def data(name: str) -> str:
    """Return a data file of parity's own as text."""
    from pathlib import Path

    return (Path(__file__).parents[1] / "data" / name).read_text(encoding="utf-8")


def reader() -> Callable[[Path], str | None]:
    """Return what reads a manifest: its text, or None where there is none."""
    from parity.engines.system.files import read_text

    return read_text


def writer() -> Callable[[Path, str], None]:
    """Return what writes a text file of the user's so that nobody ever sees a part of it."""
    from parity.engines.system.files import write_atomic

    return write_atomic


def lock_tools(environ: Mapping[str, str], root: Path, *, offline: bool, reporter: Reporter) -> lock.Tools:
    """Return the engines of locking. Interpreters are looked for once, and only if somebody asks."""
    from functools import cache, partial
    from pathlib import Path

    from parity.core.manifests.python_version import VARIABLES
    from parity.engines.machine.detect import detect
    from parity.engines.store.home import configuration_folder
    from parity.engines.system.files import read_text, write_atomic
    from parity.workflows.env_indexes import indexes_in
    from parity.workflows.lock import Tools

    runner = uv(environ, offline=offline)
    named = roots(environ).named
    alone = named.is_root(str(root))
    sources = named.sources(str(root)) if alone else None
    return Tools(
        read=partial(named.read, sources, str(root)) if sources else read_text,
        write=write_atomic,
        resolver=cache(partial(_resolver, runner, root)),
        index=partial(_index, runner, root),
        conda=partial(conda_lock_tools, environ, root, offline=offline),
        found=cache(lambda: discovery(environ).interpreters),
        names=partial(names, environ, cache(_names)),
        builds=partial(_builds, environ),
        accelerator_indexes=partial(_accelerator_indexes, environ),
        host=detect(environ),
        targets=targets(),
        variables={} if alone else {name: environ[name] for name in VARIABLES if name in environ},
        manifests=sources.manifests if sources else (),
        alone=alone,
        indexes=indexes_in(sources.indexes) if sources else (),
        target_folders=(Path(configuration_folder(environ)) / "targets",),
        reporter=reporter,
    )


def _builds(environ: Mapping[str, str], settings: AcceleratorSettings) -> Builds:
    from parity.core.accelerators.builds import read_builds
    from parity.core.accelerators.indexes import VARIABLE, addresses_in

    return read_builds(data("accelerators.toml"), settings, addresses_in(environ.get(VARIABLE, "")))


def _accelerator_indexes(environ: Mapping[str, str], settings: AcceleratorSettings) -> Sequence[Index]:
    from parity.core.accelerators.indexes import VARIABLE, addresses_in, read_indexes

    return read_indexes(data("accelerators.toml"), settings, addresses_in(environ.get(VARIABLE, "")))


def _resolver(runner: Uv, root: Path) -> Resolver:
    from parity.engines.pypi.resolve import UvResolver

    return UvResolver(uv=runner, root=root)


def _index(runner: Uv, root: Path, question: Question) -> WheelShelf:
    from parity.engines.pypi.shelf import shelf_of

    return shelf_of(runner, root, question)


def sync_builder(
    environ: Mapping[str, str], root: Path, *, offline: bool
) -> Callable[[Sequence[Index], Sequence[Interpreter], CondaSettings], provision.Tools]:
    """Return what builds the engines of a sync once the indexes, interpreters and channels' settings are known."""
    from functools import partial

    return partial(_sync_tools, environ, root, offline=offline)


def env_tools(environ: Mapping[str, str], *, offline: bool, reporter: Reporter) -> env_create.Tools:
    """Return what making an environment that belongs to no project needs."""
    from functools import partial

    from parity.engines.store.home import make_folders
    from parity.engines.system.files import read_text, write_atomic
    from parity.workflows.env_create import Tools

    make_folders(environ)
    return Tools(
        roots=roots(environ),
        read=read_text,
        write=write_atomic,
        lock_tools=partial(lock_tools, environ, offline=offline, reporter=reporter),
        sync_tools=partial(sync_builder, environ, offline=offline),
        reporter=reporter,
    )


def names(environ: Mapping[str, str], table: Callable[[], NameTable] | None = None) -> NameTable:
    """Return the table between conda's names and PyPI's, with what packages were found to bring, looked up anew."""
    from parity.engines.store.learned import learned

    return (table or _names)().with_learned(learned(environ).names())


def _names() -> NameTable:
    from parity.core.translation.names import NameTable

    return NameTable.from_text(data("conda_names.tsv"), data("translation.toml"))


def _sync_tools(
    environ: Mapping[str, str],
    project: Path,
    indexes: Sequence[Index],
    found: Sequence[Interpreter],
    channels: CondaSettings,
    *,
    offline: bool,
) -> provision.Tools:
    from functools import partial

    from parity.engines.interpreters.bytecode import compile_trees
    from parity.engines.machine.detect import accelerator_facts, detect, override_facts
    from parity.engines.shells.shims import own_programs
    from parity.engines.store.artifacts import Artifacts, site_of
    from parity.engines.store.environments import Papers
    from parity.engines.store.home import cache_folder
    from parity.engines.store.integrity import present
    from parity.engines.system.facts import identity, observe
    from parity.workflows.provision import Tools

    return Tools(
        roots=roots(environ),
        environments=environments(environ),
        artifacts=lambda tag: Artifacts(cache_folder(environ), tag),
        installer=partial(_uv_installer, environ, project, indexes, offline=offline),
        compile_trees=compile_trees,
        site_of=site_of,
        papers=Papers,
        identify=identity,
        observe=observe,
        present=present,
        conda=lambda: _conda_tools(environ, address_book(environ, project, channels), offline=offline),
        host=detect(environ),
        overrides=override_facts(environ),
        accelerator_facts=partial(accelerator_facts, environ),
        targets=targets(),
        found=found,
        make_shims=lambda environment: shims(environ).add(own_programs(f"{environment}/bin")),
        measured=rates(environ).note,
    )


def _uv_installer(environ: Mapping[str, str], project: Path, indexes: Sequence[Index], *, offline: bool) -> UvInstaller:
    from parity.engines.pypi.indexes import IndexSettings
    from parity.engines.pypi.install import UvInstaller

    runner = uv(environ, offline=offline)
    settings = IndexSettings(indexes=indexes, environ=runner.environ, root=project)
    return UvInstaller(uv=runner, settings=settings, root=project)


def rates(environ: Mapping[str, str]) -> MeasuredRates:
    """Return what was measured on this machine."""
    from parity.engines.store.home import cache_folder
    from parity.engines.store.rates import MeasuredRates

    return MeasuredRates(cache_folder(environ))


def _conda_tools(environ: Mapping[str, str], book: AddressBook, *, offline: bool) -> CondaTools:
    from functools import partial

    from parity.engines.conda.activation import activate
    from parity.engines.conda.install import RattlerInstaller
    from parity.engines.conda.meta import settle
    from parity.engines.store.home import cache_folder
    from parity.engines.store.packages import Packages, unshare
    from parity.workflows.provision_conda import CondaTools

    packages = Packages(cache_folder(environ))
    return CondaTools(
        installer=RattlerInstaller(cache=packages.folder, source_of=book.source, offline=offline),
        packages=packages,
        settle=settle,
        activate=partial(activate, environ=environ),
        run_link_script=partial(_run_link_script, environ),
        unshare=unshare,
        learn=partial(_learn, environ),
    )


def _run_link_script(environ: Mapping[str, str], prefix: str, package: LockedConda, script: str) -> str:
    from parity.engines.conda.link_scripts import run_link_script

    return run_link_script(prefix, package, script, environ)


def _learn(environ: Mapping[str, str], package: str, brought: Sequence[str]) -> None:
    from parity.engines.store.learned import learned

    learned(environ).learn(package, brought)


def address_book(environ: Mapping[str, str], root: Path, settings: CondaSettings | None = None) -> AddressBook:
    """Return where conda channels are for a project on this machine: its variables, the project, conda's settings."""
    from dataclasses import replace

    from parity.core.conda.channels import read_book
    from parity.core.spec import CondaSettings
    from parity.engines.conda.user_settings import mirrors_in, with_user_settings

    settings = settings or CondaSettings()
    book = with_user_settings(read_book(data("channels.toml")), environ)
    return replace(
        book,
        alias=environ.get("PARITY_CONDA_CHANNEL_ALIAS") or settings.channel_alias or book.alias,
        mirrors={**book.mirrors, **settings.mirrors, **mirrors_in(environ.get("PARITY_CONDA_MIRRORS", ""))},
        root=str(root),
        home=environ.get("HOME", "/"),
        variables=environ,
    )


def conda_lock_tools(
    environ: Mapping[str, str], root: Path, settings: CondaSettings, *, offline: bool
) -> lock_conda.CondaTools:
    """Return the engines of locking on the conda route."""
    from parity.engines.conda.shelf import open_shelf
    from parity.engines.conda.solve import RattlerSolver
    from parity.workflows.lock_conda import CondaTools

    channels = gateways(environ, offline=offline)
    return CondaTools(
        book=address_book(environ, root, settings),
        solver=RattlerSolver(gateways=channels),
        shelf=lambda question: open_shelf(channels, question),
    )


def gateways(environ: Mapping[str, str], *, offline: bool) -> Gateways:
    """Return what opens conda channels, with a cache of parity's own."""
    from pathlib import Path

    from parity.engines.conda.gateways import Gateways
    from parity.engines.store.home import cache_folder, make_folders

    make_folders(environ)
    return Gateways(cache=Path(cache_folder(environ)) / "repodata", offline=offline)


def inspector(environ: Mapping[str, str]) -> Callable[[str], Interpreter]:
    """Return what says which interpreter a path is."""
    from functools import partial

    from parity.engines.interpreters.discover import inspect_path
    from parity.engines.interpreters.discover.surroundings import answers_folder
    from parity.engines.store.home import cache_folder

    return partial(inspect_path, cache=answers_folder(cache_folder(environ)))


def shims(environ: Mapping[str, str]) -> Shims:
    """Return the shims of this user's store."""
    import sys

    from parity.engines.shells.shims import Shims
    from parity.engines.store.home import home_folder
    from parity.engines.store.roots import PLACE

    return Shims(home_folder(environ), python=sys.executable, place=PLACE)
