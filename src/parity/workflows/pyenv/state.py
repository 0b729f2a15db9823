"""What pyenv's commands have in common: which versions there are, and which is chosen where."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from parity.core.dataclass import dataclass
from parity.core.pyenv.reply import Refused
from parity.core.pyenv.version_file import words_of
from parity.core.python_names import in_order, newest
from parity.workflows import shims

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from parity.engines.shells.pyenv_root import PyenvRoot
    from parity.workflows.pyenv.installing import Installer

PIN = ".python-version"
SYSTEM = "system"
VARIABLE = "PYENV_VERSION environment variable"
_PYTHONS = ("python", "python3", "python2")


@dataclass(frozen=True, kw_only=True)  # no slots: what was looked up once is kept
class Pyenv:
    """One call of pyenv: its folder, the caller's variables, where he stands, and the engines.

    `run` starts a program and waits for its end, `become` becomes one; `confirm` asks the user a question.
    """

    made: shims.Tools
    environ: Mapping[str, str]
    directory: str
    files: PyenvRoot
    search: Callable[[str, Sequence[str]], str]
    run: Callable[[Sequence[str], Mapping[str, str]], int]
    become: Callable[[Sequence[str], Mapping[str, str]], int]
    installer: Callable[..., Installer]
    integration: Callable[[str], str]
    confirm: Callable[[str], bool]
    release: str = "2.6.30"  # what is spoken here is pyenv as of this release

    @cached_property
    def versions(self) -> dict[str, str]:
        """The prefixes of all versions by name, in pyenv's order: its own first, then those of parity alone."""
        own = self.files.versions()
        found = {**shims.of_parity(self.made), **own}
        return {name: found[name] for name in sorted(found, key=lambda name: (in_order(name.partition("/")[0]), name))}

    @property
    def root(self) -> str:
        """Pyenv's folder."""
        return self.files.path

    @property
    def shell(self) -> str:
        """The shell that evaluates what is printed for it."""
        names = (self.environ.get(name) for name in ("PARITY_SHELL", "PYENV_SHELL", "SHELL"))
        return next(filter(None, names), "").rpartition("/")[2]

    @property
    def folder(self) -> str:
        """Where the search for a file begins: `PYENV_DIR`, else the working directory."""
        return self.environ.get("PYENV_DIR") or self.directory

    def located(self, path: str) -> str:
        """Return a path that a user named, from where he stands."""
        return path if path.startswith("/") else f"{self.directory.rstrip('/')}/{path}"

    def prefix(self, version: str) -> str:
        """Return where a version is, or would be, installed."""
        return self.versions.get(version) or f"{self.root}/versions/{version}"

    def exists(self, version: str) -> bool:
        """Say whether a version of exactly this name is installed."""
        return version in self.versions or self.files.is_folder(f"{self.root}/versions/{version}")

    def latest(self, prefix: str) -> str | None:
        """Return the installed version that a prefix means, or None."""
        if self.exists(prefix):
            return prefix
        return newest(prefix, [name for name in self.versions if "/envs/" not in name])

    # --- which is chosen -------------------------------------------------------------------------------------------

    def version_file(self) -> str:
        """Return the file that chooses: the nearest from here up, else the global one."""
        return self.nearest(self.folder) or self.nearest(self.directory) or f"{self.root}/version"

    def nearest(self, folder: str) -> str:
        """Return the nearest `.python-version` from a folder up, or nothing."""
        while True:
            if self.files.is_file(file := f"{folder.rstrip('/')}/{PIN}"):
                return file
            if folder in {"", "/"}:
                return ""
            folder = folder.rpartition("/")[0]

    def read_file(self, path: str, shown: str = "") -> tuple[list[str], list[str]]:
        """Return the versions that a file names, and a line about each that must not be followed.

        `shown`: the path as the user wrote it.
        """
        words, remarks = [], []
        for word in words_of(self.files.read(path) or ""):
            inside = self.files.real(f"{self.root}/versions/{word}").startswith(f"{self._real_versions}/")
            if (word == ".." or "/" in word) and not (inside and self.files.is_folder(f"{self.root}/versions/{word}")):
                remarks.append(f"pyenv: invalid version `{word}' ignored in `{shown or path}'")
            else:
                words.append(word)
        return words, remarks

    @cached_property
    def asked(self) -> tuple[list[str], list[str]]:
        """The versions that are asked for here, as they are written; remarks on what is not followed."""
        if chosen := self.environ.get("PYENV_VERSION", ""):
            return [word for word in chosen.split(":") if word], []
        return self.read_file(self.version_file())

    @property
    def origin(self) -> str:
        """Who chooses, in pyenv's words."""
        return VARIABLE if self.environ.get("PYENV_VERSION") else self.version_file()

    def chosen(self, *, force: bool = False) -> tuple[list[str], list[str]]:
        """Return the names of the chosen versions, and a line about each that is not installed.

        `force`: those that are not installed stand among the names, and nothing is said.
        """
        words, remarks = self.asked
        names, lines = [], [*remarks]
        for word in words:
            plain = word.removeprefix("python-")
            name = word if word == SYSTEM else self.latest(word) or self.latest(plain)
            if name:
                names.append(name)
            elif force:
                names.append(plain)
            else:
                lines.append(f"pyenv: version `{word}' is not installed (set by {self.origin})")
        return (names, lines) if words else ([SYSTEM], lines)

    def prefixes(self, words: Sequence[str] = ()) -> list[str]:
        """Return where versions are installed: those of some words, else the chosen ones. Raises Refused."""
        if words:
            names = [name for word in words for name in word.split(":") if name]
        elif variable := self.environ.get("PYENV_VERSION", ""):
            names = [name for name in variable.split(":") if name]
        else:
            names, lines = self.chosen()
            if lines:
                raise Refused(*lines)
        return [self._prefix(name) for name in names]

    def _prefix(self, name: str) -> str:
        if name == SYSTEM:
            python = self.system_python()
            if not python:
                raise Refused("pyenv: system version not found in PATH")
            prefix = re.sub(r"/s?bin/[^/]*$", "", python) or "/"
            if not self.files.is_folder(prefix):
                raise Refused(f"pyenv: version `{name}' not installed")
            return prefix
        latest = self.latest(name)
        if latest is None:
            raise Refused(f"pyenv: version `{name}' not installed")
        return self.prefix(latest)

    def system_python(self) -> str:
        """Return the system's Python, or nothing."""
        return next(filter(None, map(self.of_system, _PYTHONS)), "")

    def of_system(self, program: str) -> str:
        """Return a program that PATH has without any shims, or nothing."""
        return self.search(program, [self.made.shims.folder, f"{self.root}/shims"])

    @cached_property
    def _real_versions(self) -> str:
        return self.files.real(f"{self.root}/versions")
