"""Locks of the tests' channels, for tests of what comes after solving: rattler alone says which packages."""

import json
from pathlib import Path

from parity.core.lockfile.model import LockedConda, LockedPython, LockedTarget, Lockfile
from tests.support.conda.channel import Channels
from tests.support.conda.reference import rattler_alone


def locked_packages(channels: Channels, scratch: Path, *specs: str) -> tuple[LockedConda, ...]:
    """Return the packages of `conda-forge` that answer some specs, by name; `scratch` is a folder to work in."""
    found = rattler_alone([str(channels.forge)], specs, scratch)
    assert "" == found.error
    wanted = {text.replace("=", "-") for text in found.packages}
    asked = {spec.split("=")[0].split()[0] for spec in specs}
    packages = []
    for subdir in (channels.subdir, "noarch"):
        repodata = json.loads((channels.forge / subdir / "repodata.json").read_text(encoding="utf-8"))
        records = {**repodata["packages"], **repodata["packages.conda"]}
        stems = {file: file.removesuffix(".conda").removesuffix(".tar.bz2") for file in records}
        packages += [
            LockedConda(
                name=record["name"],
                version=record["version"],
                build=record["build"],
                build_number=record["build_number"],
                channel="conda-forge",
                subdir=subdir,
                file=file,
                sha256=record["sha256"],
                size=record["size"],
                depends=tuple(record["depends"]),
                constrains=tuple(record.get("constrains", ())),
                noarch=record.get("noarch", ""),
                python_site_packages_path=record.get("python_site_packages_path", ""),
                requested=record["name"] in asked,
                targets=(channels.subdir,),
            )
            for file, record in records.items()
            if stems[file] in wanted
        ]
    return tuple(sorted(packages, key=lambda package: package.name))


def conda_lock(channels: Channels, *packages: LockedConda) -> Lockfile:
    """Return a lock of these packages for this machine's platform."""
    python = LockedPython(implementation="cpython", version=channels.python_version, request="", source="conda")
    return Lockfile(
        route="conda",
        manifests={"environment.yml": "sha256:" + "0" * 64},
        made_with={"parity": "0"},
        targets=(LockedTarget(name=channels.subdir, python=python),),
        channels=("conda-forge",),
        conda=packages,
    )
