"""A workflow of GitHub Actions: each Python that the project may run on, on each machine that it is locked for.

The Python of the lock is tested just as it is locked. For any other one the job makes a lock of its own, which it
throws away.
"""

import re
from collections.abc import Iterator
from typing import Any

from parity.core.export import losses
from parity.core.export.model import Exported, Subject
from parity.core.export.own_tool import MINORS, own_requirement, unpublished
from parity.core.export.yaml_text import yaml_text
from parity.core.lockfile.model import LockedTarget
from parity.core.python_request import PythonRequest

_RUNNERS = {
    "linux-64": "ubuntu-latest",
    "linux-aarch64": "ubuntu-24.04-arm",
    "osx-64": "macos-15-intel",
    "osx-arm64": "macos-latest",
}
_RELEASED = tuple(f"3.{minor}" for minor in range(9, 15))
_PATCHES = 100
_STORE = ".parity-store"


def github_actions(subject: Subject) -> Exported:
    """Return the workflow. Targets for which the service has no machine are left out and told."""
    targets = [target for target in subject.targets if _runs(subject, target)]
    others = [target.name for target in subject.targets if target not in targets]
    found = [losses.no_machine(others)] if others else []
    hint = "name where it is in `PARITY`, at the top of the file: the address of its wheel, or of a repository"
    data = {
        "name": subject.name,
        "on": {"push": None, "pull_request": None},
        "permissions": {"contents": "read"},
        "env": {"PARITY": own_requirement(subject), **subject.lock.variables},
        "jobs": {"test": _job(subject, targets or list(subject.targets))},
    }
    return Exported(text=yaml_text(data), losses=(*found, unpublished(hint)))


def _job(subject: Subject, targets: list[LockedTarget]) -> dict[str, Any]:
    return {
        "name": "Python ${{ matrix.python }} on ${{ matrix.target }}",
        "runs-on": "${{ matrix.runner }}",
        "env": {"PARITY_HOME": f"${{{{ github.workspace }}}}/{_STORE}"},
        "strategy": {"fail-fast": False, "matrix": {"include": list(_cells(subject, targets))}},
        "steps": list(_steps(subject)),
    }


def _cells(subject: Subject, targets: list[LockedTarget]) -> Iterator[dict[str, Any]]:
    for target in targets:
        runner = _RUNNERS.get(subject.platforms[target.name], "self-hosted")
        locked = _minor(target.python.version)
        for python in sorted({locked, *_wanted(subject)} - {""}, key=_number):
            yield {"target": target.name, "runner": runner, "python": python, "locked": python == locked}


def _steps(subject: Subject) -> Iterator[dict[str, Any]]:
    yield {"uses": "actions/checkout@v4"}
    yield {"uses": "actions/setup-python@v5", "with": {"python-version": "${{ matrix.python }}"}}
    # parity itself needs a newer Python than what it tests may be
    yield {
        "id": "tool",
        "uses": "actions/setup-python@v5",
        "with": {"python-version": MINORS[0], "update-environment": False},
    }
    yield {"run": '"${{ steps.tool.outputs.python-path }}" -m venv "$RUNNER_TEMP/parity"'}
    yield {"run": '"$RUNNER_TEMP/parity/bin/pip" install "$PARITY" && echo "$RUNNER_TEMP/parity/bin" >> "$GITHUB_PATH"'}
    key = "parity-${{ matrix.target }}-${{ matrix.python }}-${{ hashFiles('parity.lock') }}"
    yield {"uses": "actions/cache@v4", "with": {"path": f"{_STORE}/cache", "key": key}}
    yield {"if": "matrix.locked", "run": "parity sync --locked"}
    yield {"if": "${{ !matrix.locked }}", "run": "parity sync", "env": {"PYENV_VERSION": "${{ matrix.python }}"}}
    yield {"run": f"parity run --no-sync {_command(subject)}"}
    yield {"run": "parity verify --deep"}


def _command(subject: Subject) -> str:
    """Return what tests the environment: pytest where it has one, else whether its Python starts."""
    names = {*(package.name for package in subject.conda), *(wheel.name for wheel in subject.wheels)}
    return "pytest" if "pytest" in names else "python --version"


def _runs(subject: Subject, target: LockedTarget) -> bool:
    """Say whether the service has such a machine: of that platform, and not one with an accelerator or with musl."""
    plain = "+" not in target.name or target.name.endswith("+cpu")
    libc = subject.platforms[target.name].startswith("osx") or any(
        each.startswith("__glibc=") for each in target.virtual_packages
    )
    return plain and libc and subject.platforms[target.name] in _RUNNERS


def _wanted(subject: Subject) -> Iterator[str]:
    """Return the minor versions that the manifests allow for: those that are pinned, else all of a range."""
    requests = subject.spec.python
    pins = {_minor(each.version) for each in requests if each.kind == "prefix" and each.implementation == "cpython"}
    ranges = [each for each in requests if each.kind == "range"]
    for minor in _RELEASED:
        if minor in pins or (not pins and any(_allows(request, minor) for request in ranges)):
            yield minor


def _allows(request: PythonRequest, minor: str) -> bool:
    return any(request.matches(f"{minor}.{patch}") for patch in range(_PATCHES))


def _minor(version: str) -> str:
    found = re.match(r"\d+\.\d+", version)
    return found[0] if found else ""


def _number(minor: str) -> tuple[int, ...]:
    return tuple(map(int, minor.split(".")))
