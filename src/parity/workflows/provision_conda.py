"""The conda route: packages of channels in a prefix of their own, and distributions of an index over them."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from parity.core.amounts import counted
from parity.core.conda.distributions import absent, said_in
from parity.core.conda.prefix_records import in_order, site_packages
from parity.core.dataclass import dataclass
from parity.core.environment_key import environment_key
from parity.core.errors import PythonMissing
from parity.core.findings import Finding
from parity.core.interpreters import Interpreter
from parity.core.lockfile import v1
from parity.core.lockfile.recorded import described
from parity.core.negotiation.errors import DistributionTwice
from parity.workflows.gather import fetching, gather, has_bytecode, requests_of
from parity.workflows.provision import (
    Provisioned,
    build_once,
    conflicts_of,
    contents_of,
    keyed,
    shared_paths,
    tag_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from parity.core.conda.prefix_records import Placed
    from parity.core.lockfile.model import LockedConda
    from parity.core.ports import Reporter
    from parity.core.target import Target
    from parity.engines.conda.activation import Activated
    from parity.engines.conda.install import RattlerInstaller
    from parity.engines.store.environments import Built, Ground
    from parity.engines.store.linking import Part
    from parity.engines.store.packages import Packages
    from parity.workflows.provision import Tools, Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaTools:
    """The engines of this route.

    `settle` completes what a prefix says of itself, `activate` finds out what activating it sets, `run_link_script`
    runs a package's script, `learn` remembers what a package brings, `unshare` gives a prefix files of its own.
    """

    installer: RattlerInstaller
    packages: Packages
    settle: Callable[..., list[Placed]]
    activate: Callable[[str], Activated]
    run_link_script: Callable[[str, LockedConda, str], str]
    unshare: Callable[..., None]
    learn: Callable[[str, Sequence[str]], None]


def provision_conda(tools: Tools, asked: Wanted, reporter: Reporter) -> Provisioned:
    """Have the environment that is asked for, on the conda route.

    Distributions are unpacked, built and compiled by the interpreter of an environment that has the conda packages
    alone; it is made where they are not in the cache. Raises PackageMismatch, PackageUnplaceable, LinkScriptFailed,
    PythonMissing, NetworkFailed, UvFailed, ArtifactCorrupt, OSError.
    """
    trees = gather_wheels(tools, asked, reporter) if asked.wheels else {}
    key = keyed(tools, asked, _key(tools, asked, trees))
    gathered = time.monotonic()
    remarks: list[Finding] = []
    build = partial(_Builder(tools, asked, reporter, remarks).build, key, trees)
    built = build_once(tools.environments, key, asked.count, reporter, build)
    return Provisioned(key=key, built=built, gathered=gathered, findings=(*remarks, *conflicts_of(built)))


def python_of(packages: Sequence[LockedConda]) -> LockedConda | None:
    """Return the Python among some packages, if there is one."""
    return next((package for package in packages if package.name == "python"), None)


def _described(tools: Tools, asked: Wanted) -> Target:
    return described(asked.lock, tools.targets)[asked.target.name]


def _key(tools: Tools, asked: Wanted, trees: Mapping[str, str]) -> str:
    """Return the key: nothing of this machine is in it, and who asked is, because the records in a prefix say it."""
    scripts = sorted(set(asked.lock.link_scripts) & {package.name for package in asked.packages})
    requested = sorted(package.name for package in asked.packages if package.requested)
    return environment_key(
        platform=_described(tools, asked).platform,
        interpreter={"route": "conda", "link-scripts": " ".join(scripts), "requested": " ".join(requested)},
        trees={**{f"conda/{package.name}": package.sha256 for package in asked.packages}, **trees},
        variables=asked.lock.variables,
    )


def gather_wheels(tools: Tools, asked: Wanted, reporter: Reporter) -> dict[str, str]:
    """Return the tree of each distribution of what is asked for, by name; what is missing is fetched and compiled."""
    alone = replace(asked, wheels=(), private=False, lock=replace(asked.lock, variables={}))
    key = _key(tools, alone, {})
    interpreter = interpreter_of(tools, asked, tools.environments.path(key))
    build = partial(_Builder(tools, alone, reporter, []).build, key, {})
    requests = requests_of(asked.wheels, asked.root, contents_of(tools, asked.root))
    return gather(
        asked.wheels,
        artifacts=tools.artifacts(tag_of(interpreter)),
        installer=tools.installer(),
        interpreter=interpreter,
        # what is built here may be linked to what the conda packages bring
        requests={name: tools.roots.digest(f"{key} {request}".encode()) for name, request in requests.items()},
        compile_trees=tools.compile_trees,
        site_of=tools.site_of,
        reporter=reporter,
        measured=tools.measured,
        raise_interpreter=partial(build_once, tools.environments, key, alone.count, reporter, build),
    )


def interpreter_of(tools: Tools, asked: Wanted, prefix: str) -> Interpreter:
    """Return the interpreter that conda's packages bring, as it is once they are in a prefix. Raises PythonMissing."""
    python = python_of(asked.packages)
    if python is None:
        raise PythonMissing(
            "the lock has distributions of an index, and no `python` among its conda packages",
            hint="add `python` to the conda dependencies and run `parity lock`",
        )
    locked = asked.target.python
    target = _described(tools, asked)
    return Interpreter(
        implementation=locked.implementation or "cpython",
        version=python.version,
        path=f"{prefix}/bin/python",
        real_path=f"{prefix}/bin/python",
        source="conda",
        free_threaded=locked.free_threaded,
        platform=target.platform,
        libc=target.libc,
    )


@dataclass(frozen=True, slots=True)
class _Builder:
    """Builds one environment. What the user should read about it goes to `remarks`."""

    tools: Tools
    asked: Wanted
    reporter: Reporter
    remarks: list[Finding]

    def build(self, key: str, trees: Mapping[str, str]) -> Built:
        tools, asked, started = self.tools, self.asked, time.monotonic()
        path = tools.environments.begin(key)
        conda = tools.conda()
        python = python_of(asked.packages)
        with conda.packages.lock(lambda: self.reporter.phase("waiting for another parity that fetches packages")):
            cached = self._install(conda, path)
            placed = conda.settle(
                path,
                asked.packages,
                site=site_packages(python) if python else "",
                variables=asked.lock.variables,
                address_of=conda.installer.address_of,
            )
            self._refuse_twice(conda, placed)
            interpreter = interpreter_of(tools, asked, path) if python else None
            bytecode = self._compile(conda, interpreter, placed) if interpreter else []
            scripts = self._link_scripts(conda, path, placed)
            activation = self._activation(conda, path)
            grounds = conda.packages.describe(
                path, asked.packages, placed, private=asked.private, untouched=not scripts
            )
        self.remarks.extend(_clobbered(placed, grounds))
        brought = [file.path for each in placed for file in each.files]
        self.remarks.extend(_absent(name, wheel) for name, wheel in absent(asked.wheels, brought))
        papers = tools.papers(
            site=site_packages(python) if python else "",
            lock=v1.dump(asked.slice),
            activation=activation,
            interpreter=["inside"],
        )
        wheels = self._wheels(interpreter, trees) if interpreter else []
        built = tools.environments.build(key, [*bytecode, *wheels], papers, grounds)
        if cached:
            tools.measured("place conda", asked.count, time.monotonic() - started)
        return built

    def _refuse_twice(self, conda: CondaTools, placed: Sequence[Placed]) -> None:
        """Refuse to install a distribution that a package says it brings, whatever the name table had to say of it."""
        wheels = {wheel.name for wheel in self.asked.wheels}
        for each in placed:
            brought = said_in(file.path for file in each.files)
            if twice := sorted(wheels.intersection(brought)):
                conda.learn(each.name, brought)
                raise DistributionTwice(each.name, twice)

    def _install(self, conda: CondaTools, path: str) -> bool:
        """Place every package, and return whether all of them were in the cache."""
        missing = conda.packages.missing(self.asked.packages)
        started = time.monotonic()
        try:
            conda.installer.install(path, self.asked.packages, missing, fetched=self._counting(missing))
            # it was placed too: little beside fetching, and nobody can tell the two apart
            self.tools.measured("fetch conda", sum(each.size for each in missing), time.monotonic() - started)
        finally:
            conda.packages.trust(self.asked.packages)  # those that came are not fetched again after a failure
        return not missing

    def _counting(self, missing: Sequence[LockedConda]) -> Callable[[LockedConda], None]:
        """Say what is fetched, and return what says how far that has come; linking is what comes after the last."""
        linking = f"linking {counted(len(self.asked.packages), 'package')}"
        self.reporter.phase(fetching(missing) if missing else linking)
        whole = sum(package.size for package in missing)
        come: list[LockedConda] = []

        def count(package: LockedConda) -> None:
            come.append(package)
            self.reporter.progress(sum(each.size for each in come), whole, "B")
            if len(come) == len(missing):
                self.reporter.phase(linking)

        return count

    def _compile(self, conda: CondaTools, interpreter: Interpreter, placed: Sequence[Placed]) -> list[Part]:
        if not has_bytecode(interpreter):
            return []
        return conda.packages.compile(
            tag_of(interpreter),
            [package for package in self.asked.packages if package.noarch == "python"],
            {each.name: each.rewritten for each in placed},
            partial(self.tools.compile_trees, interpreter.path),
        )

    def _wheels(self, interpreter: Interpreter, trees: Mapping[str, str]) -> list[Part]:
        return self.tools.artifacts(tag_of(interpreter)).parts(trees, bytecode=has_bytecode(interpreter))

    def _link_scripts(self, conda: CondaTools, path: str, placed: Sequence[Placed]) -> list[str]:
        """Run the scripts that are allowed and say which are not; return the packages whose scripts ran."""
        scripts = {each.name: each.link_script for each in placed if each.link_script}
        allowed = [name for name in scripts if name in self.asked.lock.link_scripts]
        self.remarks.extend(_skipped(name) for name in scripts if name not in allowed)
        if allowed or self.asked.private:
            conda.unshare(path, writable=True)
        for package in in_order(self.asked.packages) if allowed else ():
            if package.name in allowed:
                self.reporter.phase(f"running the link script of {package.name}")
                said = conda.run_link_script(path, package, scripts[package.name])
                self.remarks.extend([_said(package.name, said)] if said else [])
        return allowed

    def _activation(self, conda: CondaTools, path: str) -> list[Sequence[str]]:
        activated = conda.activate(path)
        if activated.failure:
            self.remarks.append(
                Finding(
                    code="activation-failed",
                    severity="warning",
                    subject="etc/conda/activate.d",
                    message=f"the activation scripts of packages have no effect here: {activated.failure}",
                )
            )
        self.remarks.extend(_varying(name) for name in activated.activation.varying)
        return [["unset", "VIRTUAL_ENV"], ["unset", "PYTHONHOME"], *activated.activation.rows]


def _absent(name: str, wheel: str) -> Finding:
    return Finding(
        code="distribution-missing",
        severity="warning",
        subject=name,
        message=f"`{wheel}` needs `{name}`, and the conda package that was taken to bring it does not",
        hint=f"ask for `{name}` under `pip:` too, or for the conda package that really has it",
        package=wheel,
    )


def _skipped(name: str) -> Finding:
    return Finding(
        code="link-script-skipped",
        severity="warning",
        subject=name,
        message=f"`{name}` has a script that it wants to run when it is installed, and it was not run",
        hint=f'allow it with `link-scripts = ["{name}"]` in `[tool.parity.conda]`, if you trust it',
        package=name,
    )


def _said(name: str, text: str) -> Finding:
    return Finding(
        code="link-script-said", severity="info", subject=name, message=f"`{name}` says: {text}", package=name
    )


def _varying(name: str) -> Finding:
    return Finding(
        code="activation-varies",
        severity="warning",
        subject=name,
        message=f"what activation sets `{name}` to depends on variables of the caller, which parity does not pass on",
        hint="set it yourself where you need another value, or under `variables` of the manifest",
    )


def _clobbered(placed: Sequence[Placed], grounds: Sequence[Ground]) -> tuple[Finding, ...]:
    """Return findings about files that two conda packages bring: rattler keeps one and puts the other aside."""
    standing = {entry.path: (ground.package, entry.digest) for ground in grounds for entry in ground.entries}
    conflicts = []
    for each in placed:
        for file in each.files:
            if file.source in each.clobbered and file.path != file.source:
                kept, digest = standing.get(file.source, ("", ""))
                if kept and digest != standing[file.path][1]:
                    conflicts.append((kept, each.name, file.source))
    return shared_paths(conflicts)
