"""`environment.yml`: in the form that conda, micromamba and parity read alike."""

from collections.abc import Sequence
from typing import Any

from parity.core.conda.channels import DEFAULT, NO_DEFAULTS
from parity.core.export import losses
from parity.core.export.conda_specs import pinned, spec_text
from parity.core.export.model import Exported, Subject
from parity.core.export.pip_lines import pip_lines
from parity.core.export.yaml_text import yaml_text
from parity.core.lockfile.model import LockedPython
from parity.core.places import Place
from parity.core.spec import CondaRequirement

_PIP = "pip"


def environment_yml(subject: Subject) -> Exported:
    """Return everything that is installed on a target, each conda package by version and build, each wheel by hash."""
    pip = pip_lines(subject)
    found = [*pip.losses]
    if subject.conda and subject.builds:
        hint = "`--format explicit` has them, `--format json` has them with everything else"
        found.append(losses.hashes(len(subject.conda), "conda packages", hint))
    elif subject.conda:
        found.append(losses.builds(len(subject.conda)))
    if pip.requirements and all(package.name != _PIP for package in subject.conda):
        found.append(losses.unlisted_pip())
    specs = _conda_specs(subject) if subject.lock.route == "conda" else _python_specs(subject.target.python)
    text = document(
        subject,
        channels=_channels(subject),
        conda=[spec_text(spec) for spec in specs],
        pip=[*pip.options, *pip.requirements],
    )
    return Exported(text=text, losses=(*found, *losses.requests(subject), *losses.assumptions(subject)))


def document(subject: Subject, *, channels: Sequence[str], conda: Sequence[str], pip: Sequence[str]) -> str:
    """Return the text of the file. `pip` are lines of a requirements file."""
    dependencies: list[Any] = [*conda, *([{_PIP: list(pip)}] if pip else [])]
    data: dict[str, Any] = {"name": subject.name}
    if channels:
        data["channels"] = [subject.placed_channel(channel) for channel in channels]
    data["dependencies"] = dependencies
    if subject.lock.variables:
        data["variables"] = dict(sorted(subject.lock.variables.items()))
    return f"# for {subject.target.name}\n{yaml_text(data)}"


def _channels(subject: Subject) -> list[str]:
    """Return the channels in their order, those that only single packages name behind them.

    conda adds the user's own channels to those of a file, unless `nodefaults` is among them.
    """
    if subject.lock.route != "conda":
        return []
    listed = list(subject.lock.channels)
    members = set() if DEFAULT not in listed else _members(subject)
    listed += dict.fromkeys(package.channel for package in subject.conda if package.channel not in {*listed, *members})
    return listed if DEFAULT in listed else [*listed, NO_DEFAULTS]


def _members(subject: Subject) -> set[str]:
    return {package.channel for package in subject.conda if package.channel.startswith("pkgs/")}


def _conda_specs(subject: Subject) -> list[CondaRequirement]:
    """Return a requirement for each package, with its channel where the file names more than one."""
    several = len([each for each in _channels(subject) if each != NO_DEFAULTS]) > 1
    return [
        pinned(package, channel=subject.placed_channel(package.channel) if several else "", build=subject.builds)
        for package in subject.conda
    ]


def _python_specs(python: LockedPython) -> list[CondaRequirement]:
    """Return the interpreter of the venv route in conda's words."""
    build = "*pypy*" if python.implementation == "pypy" else "*_cp*t" if python.free_threaded else ""
    return [CondaRequirement(name="python", place=Place(file=""), version=f"{python.version}.*", build=build)]
