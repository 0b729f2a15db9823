"""Where the right files of one environment are: in the cache, unpacked anew, fetched anew."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from parity.core.conda.prefix_records import site_packages
from parity.core.contents import SITE
from parity.workflows.gather import gather, has_bytecode, requests_of
from parity.workflows.provision import contents_of, tag_of
from parity.workflows.provision_conda import gather_wheels, interpreter_of, python_of
from parity.workflows.provision_venv import locked_interpreter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from parity.core.conda.prefix_records import Placed
    from parity.core.contents import Entry
    from parity.core.lockfile.model import LockedConda, LockedWheel
    from parity.core.ports import Reporter
    from parity.engines.store.linking import Part
    from parity.engines.store.repair import Mender
    from parity.workflows.provision import Tools, Wanted

    Wrong = Mapping[str, tuple[Entry, str]]
    """What is not as it should be: each path with what has to be there, and the package that brings it."""

_ATTEMPTS = 3  # as the cache has it; unpacked anew; fetched anew


class Sources(Protocol):
    """Where the right files of one environment are."""

    def make_whole(self) -> None:
        """Have everything that the environment is made of in the cache, as it was published."""

    def restore(self, wrong: Wrong, mender: Mender) -> tuple[dict[str, tuple[Entry, str]], set[str]]:
        """Put every file where it belongs.

        Returns those of which there is no right one any more, and the packages that the cache had not right.
        """


class VenvSources:
    """The sources on the venv route. `python` is the real path of the interpreter that the environment's links name."""

    def __init__(self, engines: Tools, asked: Wanted, python: str, reporter: Reporter) -> None:
        self._engines = engines
        self._asked = asked
        same = next((each for each in engines.found if each.real_path == python), None)
        self._interpreter = same or locked_interpreter(asked.target, engines.found)
        self._artifacts = engines.artifacts(tag_of(self._interpreter))
        self._wheels = _Wheels(engines, asked, partial(self._gathered, reporter))

    def make_whole(self) -> None:
        self._wheels.make_whole()

    def restore(self, wrong: Wrong, mender: Mender) -> tuple[dict[str, tuple[Entry, str]], set[str]]:
        own = {path: each for path, each in wrong.items() if not each[1]}
        made = self._made_again(own, mender)
        left, fetched = self._wheels.restore({path: each for path, each in wrong.items() if each[1]}, mender)
        return {path: each for path, each in own.items() if path not in made} | left, fetched

    def _made_again(self, own: Wrong, mender: Mender) -> set[str]:
        """Restore what makes an environment one from a fresh empty one; return what could be."""
        if not own:
            return set()
        with self._artifacts.lock(), self._artifacts.scratch() as scratch:
            self._engines.installer().create_environment(scratch, self._interpreter.path)
            return {
                path for path, (entry, _) in own.items() if mender.place(path, entry, f"{scratch}/{path}", share=False)
            }

    def _gathered(self, reporter: Reporter, wheels: Sequence[LockedWheel]) -> list[Part]:
        trees = gather(
            wheels,
            artifacts=self._artifacts,
            installer=self._engines.installer(),
            interpreter=self._interpreter,
            requests=requests_of(wheels, self._asked.root, contents_of(self._engines, self._asked.root)),
            compile_trees=self._engines.compile_trees,
            site_of=self._engines.site_of,
            reporter=reporter,
            measured=self._engines.measured,
        )
        return self._artifacts.parts(trees, bytecode=has_bytecode(self._interpreter))


class CondaSources:
    """The sources on the conda route: packages placed once more, elsewhere, with the environment's address in them."""

    def __init__(self, engines: Tools, asked: Wanted, environment: str, reporter: Reporter) -> None:
        self._engines = engines
        self._asked = asked
        self._environment = environment
        self._reporter = reporter
        self._conda = engines.conda()
        self._wheels = _Wheels(engines, asked, self._gathered)

    def make_whole(self) -> None:
        self._placed({}, self._asked.packages, set(), None)
        self._wheels.make_whole()

    def restore(self, wrong: Wrong, mender: Mender) -> tuple[dict[str, tuple[Entry, str]], set[str]]:
        distributions = {wheel.name for wheel in self._asked.wheels}
        packaged = {path: each for path, each in wrong.items() if each[1] not in distributions}
        fetched: set[str] = set()
        for attempt in range(_ATTEMPTS):
            if not packaged:
                break
            names = {package for _, package in packaged.values()}
            # which of two packages keeps a path that both bring shows where all of them are placed
            asked = self._needed(names) if attempt == 0 else self._asked.packages
            distrusted = names if attempt == _ATTEMPTS - 1 else set()
            packaged, missing = self._placed(packaged, asked, distrusted, mender)
            fetched |= missing
        theirs = {path: each for path, each in wrong.items() if each[1] in distributions}
        left, more = self._wheels.restore(theirs, mender)
        return packaged | left, fetched | more

    def _needed(self, names: set[str]) -> tuple[LockedConda, ...]:
        """Return packages with what placing them takes: the Python, where one of them is for any platform."""
        with_python = any(package.name in names and package.noarch == "python" for package in self._asked.packages)
        return tuple(
            package
            for package in self._asked.packages
            if package.name in names or (with_python and package.name == "python")
        )

    def _placed(
        self, wrong: Wrong, packages: Sequence[LockedConda], distrusted: set[str], mender: Mender | None
    ) -> tuple[dict[str, tuple[Entry, str]], set[str]]:
        """Place packages once more and take from there what is wrong; return the rest, and what was fetched.

        The `distrusted` ones are fetched anew.
        """
        conda = self._conda
        with conda.packages.lock(lambda: self._reporter.phase("waiting for another parity that fetches packages")):
            for package in packages:
                if package.name in distrusted:
                    conda.packages.drop(package)
            missing = conda.packages.missing(packages)
            if missing:
                self._reporter.phase(f"fetching {', '.join(package.name for package in missing[:3])}")
            with conda.packages.scratch() as folder:
                placed = self._install(folder, packages, missing)
                parts = self._compiled(packages, placed) if any(map(_is_compiled, wrong.values())) else []
                left = {
                    path: each
                    for path, each in wrong.items()
                    if mender is None or not _put(mender, path, each, f"{folder}/{path}", parts)
                }
            conda.packages.trust(packages)  # what was linked to and from is as it was
        for part in parts:
            if any(package == part.package and _is_compiled((entry, package)) for entry, package in left.values()):
                part.trees.drop(part.name)
        return left, {package.name for package in missing}

    def _install(self, folder: str, packages: Sequence[LockedConda], missing: Sequence[LockedConda]) -> list[Placed]:
        conda, python = self._conda, python_of(self._asked.packages)
        try:
            conda.installer.install(folder, packages, missing, address=self._environment)
        finally:
            conda.packages.trust(packages)
        return conda.settle(
            folder,
            packages,
            everything=self._asked.packages,
            site=site_packages(python) if python else "",
            variables=self._asked.lock.variables,
            address_of=conda.installer.address_of,
        )

    def _compiled(self, packages: Sequence[LockedConda], placed: Sequence[Placed]) -> list[Part]:
        interpreter = interpreter_of(self._engines, self._asked, self._environment)
        return self._conda.packages.compile(
            tag_of(interpreter),
            [package for package in packages if package.noarch == "python"],
            {each.name: each.rewritten for each in placed},
            partial(self._engines.compile_trees, interpreter.path),
        )

    def _gathered(self, wheels: Sequence[LockedWheel]) -> list[Part]:
        trees = gather_wheels(self._engines, replace(self._asked, wheels=tuple(wheels)), self._reporter)
        interpreter = interpreter_of(self._engines, self._asked, self._environment)
        return self._engines.artifacts(tag_of(interpreter)).parts(trees, bytecode=has_bytecode(interpreter))


class _Wheels:
    """The distributions of an environment, on either route. `gathered` has them in the cache and returns the parts."""

    def __init__(
        self, engines: Tools, asked: Wanted, gathered: Callable[[Sequence[LockedWheel]], Sequence[Part]]
    ) -> None:
        self._engines = engines
        self._asked = asked
        self._gathered = gathered

    def make_whole(self) -> None:
        """Have everything in the cache, each with the record of its files as it was published."""
        for _ in range(_ATTEMPTS if self._asked.wheels else 0):
            damaged = [part for part in self._gathered(self._asked.wheels) if not part.trees.is_whole(part.name)]
            for part in damaged:
                part.trees.drop(part.name)
            if not damaged:
                break

    def restore(self, wrong: Wrong, mender: Mender) -> tuple[dict[str, tuple[Entry, str]], set[str]]:
        """Put files of distributions where they belong; return the rest, and what the cache had not right."""
        left, fetched = dict(wrong), set[str]()
        for attempt in range(_ATTEMPTS):
            names = {package for _, package in left.values()}
            wheels = [wheel for wheel in self._asked.wheels if wheel.name in names]
            if not wheels:
                break
            parts = self._gathered(wheels)
            left = {path: each for path, each in left.items() if not _from_parts(mender, path, *each, parts)}
            self._distrust(left, parts, fresh=attempt > 0)
            fetched |= {package for _, package in left.values()}
        return left, fetched

    def _distrust(self, wrong: Wrong, parts: Iterable[Part], *, fresh: bool) -> None:
        """Have packages of which the cache has not the right files brought there anew."""
        packages = {package for _, package in wrong.values()}
        for part in parts:
            if part.package in packages:
                part.trees.drop(part.name)
        if fresh and packages:
            self._engines.installer().forget(packages)


def _is_compiled(each: tuple[Entry, str]) -> bool:
    """Say whether a file of a conda package is not its own but what was made of it."""
    return each[0].path.startswith(SITE)


def _put(mender: Mender, path: str, each: tuple[Entry, str], placed: str, parts: Iterable[Part]) -> bool:
    if _is_compiled(each):
        return _from_parts(mender, path, *each, parts)
    return mender.place(path, each[0], placed, share=True)


def _from_parts(mender: Mender, path: str, entry: Entry, package: str, parts: Iterable[Part]) -> bool:
    sources = [part.trees.source(part.name, entry.path) for part in parts if part.package == package]
    return any(mender.place(path, entry, source, share=True) for source in sources)
