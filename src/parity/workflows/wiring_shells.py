"""What is wired for shells alone: shims, their integration, pyenv's commands. Part of `workflows/wiring.py`."""

from __future__ import annotations

from parity.workflows import wiring

TYPE_CHECKING = False  # importing typing would cost more than this module
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from parity.core.ports import Reporter
    from parity.engines.jupyter.kernels import Kernels
    from parity.workflows import matrix, which
    from parity.workflows import shims as shimming
    from parity.workflows.pyenv.installing import Installer
    from parity.workflows.pyenv.state import Pyenv


def integration(shell: str, environ: Mapping[str, str]) -> str:
    """Return what a shell reads to work with parity. Raises KeyError for a shell that there is no integration for."""
    from parity.engines.shells.hooks import integration
    from parity.engines.store.home import home_folder
    from parity.engines.store.roots import PLACE

    return integration(shell, home_folder(environ), PLACE, environ.get("PATH", ""))


def shims_made(environ: Mapping[str, str]) -> bool:
    """Say whether the shims of this user's store were ever made from all that is installed."""
    from parity.engines.shells.shims import were_made
    from parity.engines.store.home import home_folder

    return were_made(home_folder(environ))


def versions(environ: Mapping[str, str]) -> list[str]:
    """Return the words that mean a version of Python: for shims, and by the names of interpreters on PATH; sorted."""
    from parity.engines.shells.shims import version_words, versions_on
    from parity.engines.store.home import home_folder

    return sorted({*version_words(home_folder(environ)), *versions_on(environ.get("PATH", ""))})


def shim_tools(environ: Mapping[str, str]) -> shimming.Tools:
    """Return the engines of making shims."""
    from functools import cache

    from parity.engines.shells import pyenv_root
    from parity.engines.shells.shims import own_programs, programs
    from parity.engines.store.home import make_folders
    from parity.workflows.shims import Tools

    make_folders(environ)
    root = pyenv_root.root_folder(environ)
    return Tools(
        shims=wiring.shims(environ),
        roots=wiring.roots(environ),
        pyenv=root,
        versions=pyenv_root.PyenvRoot(root).versions,
        discovered=cache(lambda: wiring.discovery(environ)),
        programs=programs,
        own_programs=own_programs,
    )


def which_tools(environ: Mapping[str, str], directory: Path) -> which.Tools:
    """Return the engines of finding out which program is meant."""
    from functools import partial

    from parity.engines.shells.shims import is_program, search
    from parity.engines.system.files import read_text
    from parity.workflows.which import Tools

    return Tools(
        made=shim_tools(environ),
        read=read_text,
        search=partial(search, environ.get("PATH", "")),
        is_program=is_program,
        environ=environ,
        directory=directory,
    )


def pyenv(environ: Mapping[str, str], directory: Path, *, offline: bool, reporter: Reporter) -> Pyenv:
    """Return what pyenv's commands work with, for one call."""
    from functools import partial

    from parity.engines.shells.pyenv_root import PyenvRoot
    from parity.engines.shells.questions import confirm
    from parity.engines.shells.shims import search
    from parity.workflows.pyenv.state import Pyenv

    made = shim_tools(environ)
    return Pyenv(
        made=made,
        files=PyenvRoot(made.pyenv),
        environ=environ,
        directory=logical(environ, directory),
        search=partial(search, environ.get("PATH", "")),
        run=run_child,
        become=wiring.replace_process,
        installer=partial(_installer, environ, directory, offline=offline, reporter=reporter),
        integration=partial(integration, environ=environ),
        confirm=confirm,
    )


def logical(environ: Mapping[str, str], directory: Path) -> str:
    """Return a working directory by the name that the shell has for it, symbolic links kept."""
    from parity.engines.system.facts import is_same

    named = environ.get("PWD", "")
    return named if named.startswith("/") and is_same(named, str(directory)) else str(directory)


def _installer(
    environ: Mapping[str, str], directory: Path, *, offline: bool, reporter: Reporter, again: bool = False
) -> Installer:
    from functools import cache, partial

    from parity.core.builds.sources import mirrors_of
    from parity.workflows import wiring_pythons
    from parity.workflows.pyenv.installing import Installer
    from parity.workflows.python_build import sources_of

    downloads = environ.get("PARITY_PYTHON_DOWNLOADS", "")
    find, install = wiring_pythons.prebuilt(
        environ, offline=offline, mirror=environ.get("PARITY_PYTHON_MIRROR", ""), downloads=downloads, again=again
    )
    base = mirrors_of(environ, setting=sources_of(directory, wiring.reader()))
    return Installer(
        known=cache(wiring_pythons.offers(environ, offline=offline, downloads=downloads)),
        sources=wiring_pythons.source_versions,
        find=find,
        install=install,
        builds=partial(wiring_pythons.source_builds, environ, offline=offline, base=base, again=again),
        reporter=reporter,
    )


def run_child(command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run another program to its end, on this terminal, and return its exit code."""
    from parity.engines.system.execution import run_child

    return run_child(command, environ)


def kernels(environ: Mapping[str, str], prefix: str) -> Kernels:
    """Return the kernels that Jupyter finds for this user, or in the installation at `prefix`."""
    from parity.engines.jupyter.kernels import Kernels

    return Kernels(environ, prefix)


def matrix_tools(
    environ: Mapping[str, str], directory: Path, *, jobs: int, offline: bool, reporter: Reporter
) -> matrix.Tools:
    """Return what runs a command in many environments, `jobs` at once."""
    from functools import partial

    from parity.engines.system.crew import Crew
    from parity.engines.system.execution import script_of_python
    from parity.workflows.matrix import Tools

    return Tools(
        environments=wiring.env_tools(environ, offline=offline, reporter=reporter),
        crew=partial(Crew, jobs),
        script_of_python=script_of_python,
        directory=directory,
        environ=environ,
        reporter=reporter,
    )
