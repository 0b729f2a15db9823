"""Asking uv where the files of an index are: a lock knows their hashes, and some formats want their addresses."""

import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from parity.core.addresses import kept
from parity.core.dataclass import dataclass
from parity.core.lockfile.model import LockedPython, LockedWheel
from parity.engines.pypi.indexes import IndexSettings
from parity.engines.pypi.uv import Uv, failure
from parity.engines.system.scratch import scratch_folder

_QUESTION = "located.in"
_ANSWER = "pylock.located.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class UvLocator:
    """A locator. `settings` say where indexes are."""

    uv: Uv
    settings: IndexSettings

    def locate(self, wheels: Sequence[LockedWheel], python: LockedPython) -> Mapping[str, str]:
        """Return the addresses, without credentials, of the files of distributions, by SHA-256.

        Whatever the indexes have of these versions is in it; nothing is downloaded but what indexes say. Raises
        NetworkFailed, ResolutionImpossible where an index has a version no more, UvFailed.
        """
        with scratch_folder(str(self.uv.cache.with_name("questions"))) as name:
            folder = Path(name).resolve()
            pins = "".join(f"{wheel.name}=={wheel.version}\n" for wheel in wheels)
            (folder / _QUESTION).write_text(pins, encoding="utf-8")
            command = ["pip", "compile", _QUESTION, "--no-deps", "--universal", "--quiet", "--no-header"]
            command += ["--python-version", ".".join(python.version.split(".")[:2]), "--python", sys.executable]
            settings = self.settings.serving(wheel.index for wheel in wheels)
            # a hash decides which file it is, so all indexes are asked for everything
            command += ["--index-strategy", "unsafe-best-match", *settings.flags()]
            for wheel in wheels:
                command += ["--no-binary" if wheel.is_built else "--only-binary", wheel.name]
            outcome = self.uv.call(
                [*command, "--format", "pylock.toml", "--output-file", _ANSWER],
                cwd=folder,
                extra=settings.environment(),
            )
            if outcome.status:
                raise failure(outcome, "the addresses of what is locked cannot be found", replace={f"{folder}/": ""})
            return dict(_addresses(tomllib.loads((folder / _ANSWER).read_text(encoding="utf-8")), folder))


def _addresses(answer: Mapping[str, Any], folder: Path) -> list[tuple[str, str]]:
    packages = answer.get("packages", [])
    files = [file for package in packages for file in [*package.get("wheels", []), package.get("sdist")] if file]
    hashed = [(file.get("hashes", {}).get("sha256"), file) for file in files]
    # an index may tell other hashes alone: what is locked is then not to be found by it
    return [(sha256, _address(file, folder)) for sha256, file in hashed if sha256]


def _address(file: Mapping[str, Any], folder: Path) -> str:
    return kept(file["url"]) if "url" in file else (folder / file["path"]).resolve().as_uri()
