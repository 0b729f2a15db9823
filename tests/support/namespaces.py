"""Programs in a namespace of their own: with file systems that nobody else sees, or as a user who is not root.

in_namespace(world, "parity sync; parity verify --deep", Mount(path=world.store, options="size=40m"))
as_user(world, "parity", "sync")
"""

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.projects import Outcome, World

#: Put before a command, it runs as a user with no power over files that are not his, or that he may not write to.
AS_USER = ("unshare", "--user", "--map-user=1000", "--map-group=1000")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """An empty file system in memory at a folder: `options` as mount has them (`size=2m,nr_inodes=300`)."""

    path: Path
    options: str = ""


def in_namespace(world: World, script: str, *mounts: Mount) -> Outcome:
    """Run a shell script in which `parity` is parity, with file systems that go with it; `set -e` is in force."""
    needs_unshare("--user", "--map-root-user", "--mount")
    parity = f'parity() {{ {shlex.quote(sys.executable)} -m parity "$@"; }}'
    lines = ["set -e", parity]
    for mount in mounts:
        mount.path.mkdir(parents=True, exist_ok=True)
        lines.append(
            f"mount -t tmpfs -o mode=700,{mount.options or 'size=200m'} parity-test {shlex.quote(str(mount.path))}"
        )
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", "\n".join([*lines, script])]
    return world.run(*command)


def as_user(world: World, *command: str) -> Outcome:
    """Run a program as a user whom the modes of files and folders bind; root is not bound by them."""
    if os.geteuid() != 0:
        return world.run(*command)
    needs_unshare(*AS_USER[1:])
    return world.run(*AS_USER, *command)


def needs_unshare(*options: str) -> None:
    """Skip the test where this machine has no such namespaces."""
    program = shutil.which("unshare")
    if program is None:
        pytest.skip("needs Linux and `unshare`")
    if subprocess.run([program, *options, "true"], capture_output=True, check=False).returncode:
        pytest.skip(f"this machine allows nobody `unshare {' '.join(options)}`")
