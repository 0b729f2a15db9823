"""CPython built from its sources at its final address; visible only once it has been tried out."""

import os
import shlex
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from parity.core.builds.errors import PythonBuildFailed
from parity.core.builds.modules import Modules, Outlook, foresee, refuse_missing, remarks
from parity.core.builds.recipe import BuildOptions, Recipe, configure_arguments, keeps_symbols, settled_flags
from parity.core.dataclass import dataclass
from parity.core.findings import Finding
from parity.core.interpreters import Interpreter
from parity.core.ports import Reporter
from parity.engines.interpreters.discover import to_interpreter
from parity.engines.interpreters.discover.sources import executable_in
from parity.engines.interpreters.discover.surroundings import answers_folder
from parity.engines.interpreters.inspect import inspect_running
from parity.engines.interpreters.library import compile_library
from parity.engines.interpreters.marker import read_marker
from parity.engines.interpreters.own import Own
from parity.engines.interpreters.source_build import toolchain
from parity.engines.interpreters.source_build.archives import released, unpack
from parity.engines.interpreters.source_build.finish import TEST_MODULES, finish
from parity.engines.interpreters.source_build.trial import TrialFailed, try_out
from parity.engines.interpreters.source_build.workshop import Workshop, begin_log
from parity.engines.system.hashing import hash_file

_SCRATCH = ".build"
# `make install` compiles the library three times over; parity compiles it once, in its own form
_UNCOMPILED = "COMPILEALL_OPTS=--help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One interpreter to build: which version, out of which archive, how. Paths are absolute."""

    version: str
    archive: str
    sha256: str
    options: BuildOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltPython:
    """An interpreter that is here now, how it was made, and where the log of that is.

    `missing` are the standard modules that it lacks.
    """

    interpreter: Interpreter
    file: str
    sha256: str
    recipe: Mapping[str, Any]
    log: str
    reused: bool
    missing: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceBuild:
    """Builds interpreters into one store. `home` and `cache` are parity's folders; `libc` is the host's."""

    home: str
    cache: str
    platform: str
    libc: str
    modules: Modules
    environ: Mapping[str, str] = field(repr=False)

    def recipe(self, order: Order) -> Recipe:
        """Return what will decide the bytes. Raises BuildOptionRefused, PythonBuildFailed without a compiler."""
        options = order.options
        flags = settled_flags(self.environ, options, macos=self.platform.startswith("osx"))
        return Recipe(
            version=order.version,
            platform=self.platform,
            source=order.sha256,
            configure=configure_arguments(order.version, options),
            compiler=toolchain.compiler_of(flags, self.environ, order.version),
            libc=self.libc,
            flags=flags,
            patches=tuple(hash_file(path) for path in options.patches),
            keep=options.keep,
            free_threaded=options.free_threaded,
            debug=options.debug,
        )

    def install(self, order: Order, reporter: Reporter, *, again: bool = False) -> BuiltPython:
        """Build, try out and publish an interpreter; nothing is done where one of the same recipe is here already.

        Raises PythonModulesMissing before anything is compiled (or where the one that is here lacks what this order
        wants), PythonBuildFailed with the end of the log, PythonSourceCorrupt, BuildOptionRefused, OSError.
        """
        recipe = self.recipe(order)
        own, findings = Own(home=self.home), list[Finding]()
        folder = own.folder(recipe.name)
        if " " in folder:
            raise PythonBuildFailed(
                order.version,
                "looking for room",
                cause=f"`make` can build nothing in `{folder}`: there is a space in its name",
                hint="name another folder with `PARITY_HOME`",
            )
        log = os.path.join(self.cache, "builds", "v1", f"{recipe.name}.log")

        def make(empty: str) -> Mapping[str, Any]:
            outlook = self._build(empty, order, recipe, reporter.phase)
            findings.extend(remarks(outlook, self.modules, manager=toolchain.package_manager(self.environ)))
            return {
                "key": _inner(recipe),
                "file": os.path.basename(order.archive),
                "sha256": recipe.digest,
                "recipe": recipe.to_dict(),
                "missing": [module.name for module in outlook.missing],
            }

        def waiting() -> None:
            reporter.phase(f"Waiting for another build of Python {order.version}")

        reused = own.publish(recipe.name, make, again=again, waiting=waiting)
        if reused:
            self._refuse_less(folder, order)
        return self._installed(folder, recipe, reused=reused, log=log, findings=findings)

    def _refuse_less(self, folder: str, order: Order) -> None:
        """Refuse an interpreter that is here and lacks what this order does not allow to be missing."""
        names = set(read_marker(folder)["missing"])
        missing = tuple(module for module in self.modules.modules if module.name in names)
        manager = toolchain.package_manager(self.environ)
        outlook = Outlook(extensions=(), missing=missing)
        refuse_missing(outlook, order.options.allow_missing, self.modules, manager=manager, version=order.version)

    def _build(self, folder: str, order: Order, recipe: Recipe, phase: Callable[[str], None]) -> Outlook:
        scratch, prefix = os.path.join(folder, _SCRATCH), os.path.join(folder, _inner(recipe))
        os.mkdir(scratch)
        phase(f"Building Python {order.version}: unpacking")
        source, found = unpack(order.archive, scratch)
        if found.rstrip("+") != order.version:
            raise PythonBuildFailed(order.version, "unpacking", cause=f"`{order.archive}` is Python {found}")
        workshop = Workshop(
            version=order.version,
            source=source,
            prefix=prefix,
            environ=toolchain.surroundings(self.environ, recipe.flags, released(source)),
            log=begin_log(os.path.join(self.cache, "builds", "v1"), recipe.name),
            modules=self.modules,
            phase=lambda doing: phase(f"Building Python {order.version}: {doing}"),
        )
        for path in order.options.patches:
            workshop.step("patching", ["patch", "-p1", "--batch", "-i", os.path.abspath(path)])
        outlook = self._configure(workshop, recipe, order.options.allow_missing)
        workshop.step("compiling", ["make", toolchain.jobs()])
        workshop.step("installing", ["make", "install", _UNCOMPILED])
        self._complete(workshop, order.options, outlook)
        shutil.rmtree(scratch)
        return outlook

    def _configure(self, workshop: Workshop, recipe: Recipe, allowed: Sequence[str]) -> Outlook:
        """Run `configure` and hold its answer against what a Python should have, before anything is compiled."""
        workshop.step("configuring", ["./configure", f"--prefix={workshop.prefix}", *recipe.configure])
        made = _variables(Path(workshop.source, "Makefile"))
        compiler = shlex.split(made.get("CC", "")) or ["cc"]
        flags = shlex.split(f"{made.get('CONFIGURE_CPPFLAGS', '')} {made.get('CONFIGURE_CFLAGS', '')}")
        flags += [f"-I{made['LIBFFI_INCLUDEDIR']}"] if made.get("LIBFFI_INCLUDEDIR") else []

        def has_header(header: str) -> bool:
            return toolchain.has_header(header, compiler, flags, workshop.environ)

        outlook = foresee(workshop.says(), workshop.version, self.modules, has_header=has_header)
        manager = toolchain.package_manager(self.environ)
        refuse_missing(outlook, allowed, self.modules, manager=manager, version=workshop.version)
        return outlook

    def _complete(self, workshop: Workshop, options: BuildOptions, outlook: Outlook) -> None:
        workshop.phase("tidying up")
        finish(workshop.prefix, workshop.source, keep=options.keep, symbols=keeps_symbols(options))
        interpreter = Interpreter(
            implementation="cpython", version=workshop.version, path="", real_path="", source="parity"
        )
        workshop.phase("compiling the library")
        compile_library(workshop.prefix, interpreter, name=f"Python {workshop.version}")
        workshop.phase("trying it out")
        kept = "tests" in options.keep
        extensions = [name for name in outlook.extensions if kept or not name.startswith(TEST_MODULES)]
        try:
            try_out(workshop.prefix, os.path.dirname(workshop.source), extensions, version=workshop.version)
        except TrialFailed as error:
            raise workshop.failure("trying it out", cause=str(error)) from error

    def _installed(
        self, folder: str, recipe: Recipe, *, reused: bool, log: str, findings: Sequence[Finding]
    ) -> BuiltPython:
        marker = read_marker(folder)
        executable = executable_in(os.path.join(folder, marker["key"]))
        facts = inspect_running(executable, answers_folder(self.cache))
        return BuiltPython(
            interpreter=to_interpreter(facts, path=executable, source="parity"),
            file=marker["file"],
            sha256=recipe.digest,
            recipe=marker["recipe"],
            log=log,
            reused=reused,
            missing=tuple(marker["missing"]),
            findings=tuple(findings),
        )


def _inner(recipe: Recipe) -> str:
    """Return the name of the folder in an interpreter's folder that is its prefix."""
    return f"cpython-{recipe.version}{'t' if recipe.free_threaded else ''}"


def _variables(makefile: Path) -> dict[str, str]:
    """Return the variables of a Makefile that are set to plain text."""
    rows = (
        line.partition("=")
        for line in makefile.read_text(encoding="utf-8").splitlines()
        if "=\t" in line or "= " in line
    )
    return {name.strip(): value.strip() for name, _, value in rows if "$" not in value}
