"""Where interpreters may be on this machine, before anybody looks."""

import os
import sys
from collections.abc import Mapping

from parity.core.dataclass import dataclass

_CONDA_FOLDERS = ("miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba")
_APPLE_TOOLS = "/Library/Developer/CommandLineTools"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The folders that discovery looks into; none of them needs to exist.

    `search_path` are the folders of PATH without those of shims. `parity` is the folder of parity's own
    interpreters, `cache` that of answers worth keeping. `conda_list` is the file in which conda notes its
    environments.
    """

    search_path: tuple[str, ...]
    pyenv: str
    uv: str
    parity: str
    cache: str
    conda_roots: tuple[str, ...]
    conda_list: str


def surroundings_of(
    environ: Mapping[str, str], *, home: str, cache: str, platform: str = sys.platform, tools: str = _APPLE_TOOLS
) -> Surroundings:
    """Return where to look, from PATH, HOME, PYENV_ROOT, UV_PYTHON_INSTALL_DIR, XDG_DATA_HOME and conda's variables.

    `home` and `cache` are parity's own folders. Where Apple's command line `tools` are not installed, `/usr/bin`
    has only a stub that opens a window: it is left out.
    """
    user = environ.get("HOME") or os.path.expanduser("~")
    pyenv = environ.get("PYENV_ROOT") or os.path.join(user, ".pyenv")
    shims = {os.path.join(pyenv, "shims"), os.path.join(home, "shims")}
    if platform == "darwin" and not os.path.isdir(tools):
        shims.add("/usr/bin")
    named = environ.get("PATH", os.defpath).split(os.pathsep)
    folders = dict.fromkeys(os.path.normpath(folder) for folder in named if os.path.isabs(folder))
    return Surroundings(
        search_path=tuple(folder for folder in folders if folder not in shims),
        pyenv=os.path.join(pyenv, "versions"),
        uv=_uv_folder(environ, user),
        parity=os.path.join(home, "pythons", "v1"),
        cache=answers_folder(cache),
        conda_roots=_conda_roots(environ, user),
        conda_list=os.path.join(user, ".conda", "environments.txt"),
    )


def answers_folder(cache: str) -> str:
    """Return where, in parity's cache, the answers of interpreters are that had to be started."""
    return os.path.join(cache, "interpreters", "v1")


def _uv_folder(environ: Mapping[str, str], user: str) -> str:
    if chosen := environ.get("UV_PYTHON_INSTALL_DIR"):
        return chosen
    return os.path.join(environ.get("XDG_DATA_HOME") or os.path.join(user, ".local", "share"), "uv", "python")


def _conda_roots(environ: Mapping[str, str], user: str) -> tuple[str, ...]:
    roots = [os.path.join(user, name) for name in _CONDA_FOLDERS]
    if program := environ.get("CONDA_EXE"):
        roots.insert(0, os.path.dirname(os.path.dirname(program)))
    if active := environ.get("CONDA_PREFIX"):
        above, folder = os.path.split(os.path.dirname(active))
        roots.insert(0, above if folder == "envs" else active)
    return tuple(dict.fromkeys(roots))
