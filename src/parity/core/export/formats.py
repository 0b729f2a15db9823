"""Every format that parity writes, by the name it has on the command line."""

from collections.abc import Callable
from typing import Literal

from parity.core.dataclass import dataclass
from parity.core.export.conda_lock_yml import conda_lock_yml
from parity.core.export.cyclonedx import cyclonedx
from parity.core.export.devcontainer import devcontainer
from parity.core.export.dockerfile import dockerfile
from parity.core.export.environment_yml import environment_yml
from parity.core.export.explicit import explicit
from parity.core.export.github_actions import github_actions
from parity.core.export.json_form import json_form
from parity.core.export.model import Exported, Subject
from parity.core.export.pixi_lock import pixi_lock
from parity.core.export.pylock_toml import pylock_toml
from parity.core.export.requirements_txt import requirements_txt


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """What writes a format, and what it is, in the words of the help text.

    `targets`: it is for one target of a lock, for several of different platforms, or it always has all. `located`: it
    cannot do without the addresses of what comes from indexes. `md5s`: nor without the MD5 of conda packages. `files`:
    it is used beside the files of a project.
    """

    write: Callable[[Subject], Exported]
    summary: str
    targets: Literal["one", "several", "all"] = "one"
    located: bool = False
    md5s: bool = False
    files: bool = False


FORMATS = {
    "Dockerfile": Format(write=dockerfile, summary="an image with the environment, and nothing else", files=True),
    "conda-lock.yml": Format(
        write=conda_lock_yml,
        summary="all platforms, for conda-lock and micromamba",
        targets="several",
        located=True,
        md5s=True,
    ),
    "cyclonedx": Format(write=cyclonedx, summary="a bill of materials for scanners (CycloneDX 1.6, JSON)"),
    "devcontainer": Format(write=devcontainer, summary="a `devcontainer.json` that makes the environment", files=True),
    "environment.yml": Format(write=environment_yml, summary="everything, for conda, micromamba and parity"),
    "explicit": Format(write=explicit, summary="the addresses of the conda packages with their SHA-256"),
    "github-actions": Format(
        write=github_actions,
        summary="a workflow that tests each Python and target of the project",
        targets="all",
        files=True,
    ),
    "json": Format(write=json_form, summary="the whole lock, nothing left out", targets="all"),
    "pixi.lock": Format(
        write=pixi_lock, summary="all platforms, for pixi and rattler", targets="several", located=True
    ),
    "pylock.toml": Format(
        write=pylock_toml, summary="what comes from an index, with addresses and hashes (PEP 751)", located=True
    ),
    "requirements.txt": Format(write=requirements_txt, summary="what comes from an index, with hashes, for pip and uv"),
}
