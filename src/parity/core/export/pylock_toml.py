"""`pylock.toml` (PEP 751): the distributions of one target, each with the address of its file and its hash."""

from collections.abc import Container
from typing import Any

from parity.core.errors import ExportImpossible
from parity.core.export import losses
from parity.core.export.model import Exported, Subject
from parity.core.lockfile.model import LockedWheel
from parity.core.toml_text import toml_lines

_MACHINES = {
    "linux-64": ("linux", "x86_64"),
    "linux-aarch64": ("linux", "aarch64"),
    "osx-64": ("darwin", "x86_64"),
    "osx-arm64": ("darwin", "arm64"),
}


def pylock_toml(subject: Subject) -> Exported:
    """Return what comes from indexes, addresses and folders. Raises ExportImpossible where nothing does."""
    if subject.conda and not subject.wheels:
        raise ExportImpossible(
            "`pylock.toml` names distributions of an index, and this environment has conda packages only",
            hint="use `--format environment.yml` or `--format explicit`",
        )
    head: dict[str, Any] = {"lock-version": "1.0"}
    if machine := _MACHINES.get(subject.platform):
        head["environments"] = [f"sys_platform == '{machine[0]}' and platform_machine == '{machine[1]}'"]
    if version := subject.target.python.version:
        head["requires-python"] = f"=={version}" if version.count(".") > 1 else f"=={version}.*"
    tables = [toml_lines({**head, "created-by": "parity"})]
    wheels = subject.wheels
    names = {wheel.name for wheel in wheels}
    tables += [f"[[packages]]\n{toml_lines(_package(subject, wheel, names))}" for wheel in wheels]
    found = [losses.local_path(wheel.name, wheel.path) for wheel in wheels if wheel.path]
    if unhashed := [wheel.name for wheel in wheels if not wheel.sha256]:
        found.append(losses.pip_refuses(unhashed))
    found += [losses.conda_packages(subject.conda)] if subject.conda else []
    found += [losses.variables(subject.lock.variables)] if subject.lock.variables else []
    return Exported(text="\n".join(tables), losses=(*found, *losses.requests(subject), *losses.assumptions(subject)))


def _package(subject: Subject, wheel: LockedWheel, names: Container[str]) -> dict[str, Any]:
    requires = [{"name": name} for name in wheel.requires if name in names]
    package: dict[str, Any] = {"name": wheel.name, "version": wheel.version, "dependencies": requires}
    kind, source = _source(subject, wheel)
    package[kind] = source
    # PEP 751: a version only where it is known, and none for a folder, whose files say it on the day
    return {key: value for key, value in package.items() if value}


def _source(subject: Subject, wheel: LockedWheel) -> tuple[str, Any]:
    """Return where a distribution comes from, and under which key: exactly one of PEP 751's five."""
    hashed = {"size": wheel.size, "hashes": {"sha256": wheel.sha256}} if wheel.sha256 else {}
    if wheel.commit:
        url = wheel.url.removeprefix("git+")
        return "vcs", _said(type="git", url=url, commit_id=wheel.commit, subdirectory=wheel.subdirectory)
    if wheel.path:
        path = subject.placed(wheel.path)
        if not wheel.sha256:
            return "directory", _said(path=path, editable=wheel.editable, subdirectory=wheel.subdirectory)
        return "archive", _said(path=path, **hashed)
    if wheel.url:
        url = wheel.url.partition("#")[0]
        return "archive", _said(url=url, **hashed, subdirectory=wheel.subdirectory)
    file = _said(name=wheel.file, url=subject.located[wheel.sha256], **hashed)
    return ("sdist", file) if wheel.is_built else ("wheels", [file])


def _said(**values: Any) -> dict[str, Any]:
    return {key.replace("_", "-"): value for key, value in values.items() if value}
