"""Installing and removing versions under pyenv's names: parity's own interpreters, linked where pyenv looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parity.core.places import Place
from parity.core.pyenv.reply import Reply, answered, failed
from parity.core.pyenv.usage import explanation
from parity.core.python_names import in_order, name_of, newest
from parity.core.python_request import parse_request
from parity.workflows import shims
from parity.workflows.python import install_python

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from parity.core.interpreters import Interpreter
    from parity.core.ports import Reporter
    from parity.workflows.pyenv.state import Pyenv

_PASSED_OVER = {"-k", "--keep", "-v", "--verbose"}  # they say how to build


@dataclass(frozen=True, slots=True, kw_only=True)
class Installer:
    """What brings interpreters: those that can be had, and the engines of fetching one."""

    known: Callable[[], Sequence[Interpreter]]
    find: Callable[[Any], Any]
    install: Callable[[Any], Any]
    reporter: Reporter

    def names(self) -> list[str]:
        """Return the names of all versions that can be had, in order."""
        return sorted({name_of(each) for each in self.known() if not each.debug}, key=in_order)

    def latest(self, prefix: str) -> str | None:
        """Return the newest of them that a prefix means, or None."""
        return newest(prefix, self.names())

    def fetch(self, name: str) -> Interpreter:
        """Install a version and return what is here then. Raises what `parity python install` does."""
        request = parse_request(name, Place(file=""))
        (fetched,) = install_python([request], find=self.find, install=self.install, reporter=self.reporter)
        return fetched.interpreter


def install(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Install versions: prebuilt ones, in parity's store, with a link among pyenv's versions."""
    flags = {word for word in words if word.startswith("-")}
    names = [word for word in words if not word.startswith("-")]
    if flags & {"-l", "--list"}:
        return answered("Available versions:", *(f"  {name}" for name in pyenv.installer().names()))
    if "--version" in flags:
        return answered(f"python-build {pyenv.release}")
    names = names or [word for word in pyenv.asked[0] if word != "system"]
    if not names or flags - {"-f", "--force", "-s", "--skip-existing", *_PASSED_OVER}:
        return failed(*explanation("install"))
    installer = pyenv.installer()
    lines: list[str] = []
    for word in names:
        name = installer.latest(word)
        if name is None:
            return failed(f"pyenv: no known version begins with `{word}'", "", "See `pyenv install --list'.", code=2)
        prefix = f"{pyenv.root}/versions/{name}"
        if pyenv.files.is_folder(prefix) and not flags & {"-f", "--force"}:
            if flags & {"-s", "--skip-existing"}:
                continue
            if not pyenv.confirm(f"pyenv: {prefix} already exists\ncontinue with installation? (y/N) "):
                return Reply(err=tuple(lines), code=1)
        if pyenv.files.is_folder(prefix) and not pyenv.files.leads_to(prefix):
            return failed(
                f"pyenv: {prefix} was not installed by parity: remove it first, with `pyenv uninstall {name}'"
            )
        pyenv.files.link(installer.fetch(name).path.rpartition("/bin/")[0], prefix)
        lines.append(f"Installed {name} to {prefix}")
    shims.refresh(pyenv.made)
    return Reply(err=tuple(lines))


def uninstall(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Remove versions from pyenv's folder; what parity keeps of its own in its store is `parity python uninstall`'s."""
    force = words[:1] in (["-f"], ["--force"])
    names = words[force:]
    if not names or any(not name or name.startswith("-") for name in names):
        return failed(*explanation("uninstall"))
    lines: list[str] = []
    for word in names:
        name = word.rpartition("/")[2]
        prefix = f"{pyenv.root}/versions/{name}"
        if not force and not pyenv.files.is_folder(prefix):
            return Reply(out=tuple(lines), err=(f"pyenv: version `{name}' not installed",), code=1)
        if not force and not pyenv.confirm(f"pyenv: remove {prefix}? (y/N) "):
            return Reply(out=tuple(lines), code=1)
        if name not in {"", ".", ".."} and pyenv.files.is_there(prefix):
            pyenv.files.remove(prefix)
            shims.refresh(pyenv.made)
            lines.append(f"pyenv: {name} uninstalled")
    return answered(*lines)
