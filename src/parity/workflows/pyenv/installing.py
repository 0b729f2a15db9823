"""Installing and removing versions under pyenv's names: parity's own interpreters, linked where pyenv looks."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from parity.core.builds.recipe import BuildOptions
from parity.core.dataclass import dataclass
from parity.core.places import Place
from parity.core.pyenv.reply import Reply, answered, failed
from parity.core.pyenv.usage import explanation
from parity.core.python_names import in_order, name_of, newest
from parity.core.python_request import parse_request
from parity.workflows import shims
from parity.workflows.pyenv import environments
from parity.workflows.python import install_python

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from parity.core.interpreters import Interpreter
    from parity.core.ports import Reporter
    from parity.workflows import python_build
    from parity.workflows.pyenv.state import Pyenv

#: Pyenv's variables with arguments for `configure`, the more general one first.
CONFIGURE_VARIABLES = ("CONFIGURE_OPTS", "PYTHON_CONFIGURE_OPTS")

_FORCE = {"-f", "--force"}
_SKIP = {"-s", "--skip-existing"}
_DEBUG = {"-g", "--debug"}
_KEEP = {"-k", "--keep"}
_PATCH = {"-p", "--patch"}
_LOUD = {"-v", "--verbose"}
_OPTIMIZE = ("--enable-optimizations", "--with-lto")


@dataclass(frozen=True, slots=True, kw_only=True)
class Installer:
    """What brings interpreters: those that are prebuilt and those that can be built, and the engines of either."""

    known: Callable[[], Sequence[Interpreter]]
    sources: Callable[[], Sequence[Interpreter]]
    find: Callable[[Any], Any]
    install: Callable[[Any], Any]
    builds: Callable[[], python_build.Tools]
    reporter: Reporter

    def names(self) -> list[str]:
        """Return the names of all versions that can be had, in order."""
        return sorted(self._prebuilt().union(map(name_of, self.sources())), key=in_order)

    def latest(self, prefix: str) -> str | None:
        """Return the newest of them that a prefix means, or None."""
        return newest(prefix, self.names())

    def bring(self, name: str, options: BuildOptions) -> tuple[str, str]:
        """Install a version; return its interpreter's path, and that of the build's log or nothing.

        It is prebuilt where there is one and no wish about building. Raises what `parity python install` does.
        """
        request = parse_request(name, Place(file=""))
        if options == BuildOptions() and name in self._prebuilt():
            (fetched,) = install_python([request], find=self.find, install=self.install, reporter=self.reporter)
            return fetched.interpreter.path, ""
        from parity.workflows.python_build import build_python  # noqa: PLC0415 - what is prebuilt does without

        (built,) = build_python([request], options, self.builds(), self.reporter)
        return built.interpreter.path, built.log

    def _prebuilt(self) -> set[str]:
        return {name_of(each) for each in self.known() if not each.debug}


def install(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Install versions in parity's store, with a link among pyenv's: prebuilt ones, or built where that is wished."""
    flags = {flag for word in words if word.startswith("-") for flag in _single(word)}
    names = [word for word in words if not word.startswith("-")]
    if flags & {"-l", "--list"}:
        return answered("Available versions:", *(f"  {name}" for name in pyenv.installer().names()))
    if "--version" in flags:
        return answered(f"python-build {pyenv.release}")
    names = names or [word for word in pyenv.asked[0] if word != "system"]
    if flags & _PATCH:
        return failed("pyenv: parity takes patches by `parity python install VERSION --build --patch FILE'")
    if not names or flags - (_FORCE | _SKIP | _DEBUG | _KEEP | _LOUD):
        return failed(*explanation("install"))
    installer = pyenv.installer(again=bool(flags & _FORCE))
    lines = ["pyenv: parity keeps no source tree"] if flags & _KEEP else []
    for word in names:
        reply = _install(pyenv, installer, word, flags)
        lines += reply.err
        if reply.code:
            return Reply(err=tuple(lines), code=reply.code)
    shims.refresh(pyenv.made)
    return Reply(err=tuple(lines))


def _install(pyenv: Pyenv, installer: Installer, word: str, flags: Collection[str]) -> Reply:
    name = installer.latest(word)
    if name is None:
        return failed(f"pyenv: no known version begins with `{word}'", "", "See `pyenv install --list'.", code=2)
    title = f"{name}-debug" if _DEBUG & {*flags} else name
    prefix = f"{pyenv.root}/versions/{title}"
    if pyenv.files.is_folder(prefix):
        if not _FORCE & {*flags}:
            if _SKIP & {*flags}:
                return Reply()
            if not pyenv.confirm(f"pyenv: {prefix} already exists\ncontinue with installation? (y/N) "):
                return Reply(code=1)
        if not pyenv.files.leads_to(prefix):
            return failed(
                f"pyenv: {prefix} was not installed by parity: remove it first, with `pyenv uninstall {title}'"
            )
    path, log = installer.bring(name, _options(pyenv.environ, debug=bool(_DEBUG & {*flags})))
    pyenv.files.link(path.rpartition("/bin/")[0], prefix)
    return Reply(err=(f"Installed {title} to {prefix}", *([f"The log of its build is {log}"] if log else [])))


def _single(word: str) -> list[str]:
    """Return the options of a word, of which short ones may share one: `-kv`."""
    return [word] if word.startswith("--") else [f"-{letter}" for letter in word[1:]]


def _options(environ: Mapping[str, str], *, debug: bool) -> BuildOptions:
    """Return how to build, by pyenv's own variables; where they say nothing, a prebuilt interpreter will do."""
    said = [word for name in CONFIGURE_VARIABLES for word in shlex.split(environ.get(name, ""))]
    optimize = {*_OPTIMIZE} <= {*said}
    return BuildOptions(
        debug=debug, optimize=optimize, arguments=tuple(word for word in said if not optimize or word not in _OPTIMIZE)
    )


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
        if environments.delete(pyenv, name):
            lines.append(f"pyenv: {name} uninstalled")
        elif name not in {"", ".", ".."} and pyenv.files.is_there(prefix):
            pyenv.files.remove(prefix)
            shims.refresh(pyenv.made)
            lines.append(f"pyenv: {name} uninstalled")
    return answered(*lines)
