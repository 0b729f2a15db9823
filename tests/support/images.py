"""Images built from a Dockerfile by buildah, without a daemon and without a registry.

The images that a Dockerfile begins with are made here under their names: Debian by debootstrap, and its Python.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

NEEDED = ("buildah", "debootstrap")
_DEBIAN = "docker.io/library/debian:trixie-slim"
_PYTHON = "docker.io/library/python:3.13-slim-trixie"
_ON_DEBIAN = f"""FROM {_DEBIAN}
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3 python3-pip \\
 && rm /usr/lib/python3*/EXTERNALLY-MANAGED && ln -s python3 /usr/bin/python
COPY . /
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt PIP_CERT=/etc/ssl/certs/ca-certificates.crt
"""


class Images:
    """The images of one folder. `brought` are files of this machine that the image with Python has too."""

    def __init__(self, root: Path, brought: Mapping[str, Path]) -> None:
        self._root = root
        self._store = ["--root", str(root / "store"), "--runroot", str(root / "run"), "--storage-driver", "overlay"]
        debian = root / "debian"
        _call(["debootstrap", "--variant=minbase", "--include=ca-certificates", "trixie", str(debian)])
        container = self._said("from", "scratch")
        self._said("copy", container, str(debian), "/")
        self._said("commit", container, _DEBIAN)
        self._said("rm", container)
        context = root / "python"
        for place, source in brought.items():
            (context / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, context / place)
        (root / "python.Dockerfile").write_text(_ON_DEBIAN, encoding="utf-8")
        self.build(context, _PYTHON, "--file", str(root / "python.Dockerfile"))

    def build(self, folder: Path, name: str, *options: str) -> int:
        """Build an image, and return how many of its steps were not there already from an earlier build."""
        how = ["--isolation", "chroot", "--pull-never", "--layers"]
        said = self._said("bud", *how, "-t", name, *options, str(folder)).splitlines()
        # stages say what they do in between each other, so that only the counts say something
        steps = sum("STEP " in line and ": FROM " not in line for line in said)
        return steps - sum("Using cache" in line for line in said)

    def run(self, name: str, command: Sequence[str]) -> str:
        """Run a command in an image as it would be started, behind its entry point; return what it prints."""
        container = self._said("from", "--pull-never", name)
        start = json.loads(self._said("inspect", "--type", "image", name))["OCIv1"]["config"].get("Entrypoint")
        start = start or ["/usr/bin/env"]  # buildah looks for a program on its own path, not on the image's
        try:
            return self._said("run", "--isolation", "chroot", container, "--", *start, *command)
        finally:
            self._said("rm", container)

    def added(self, name: str) -> set[str]:
        """Return the paths of everything that an image has and Debian has not."""
        return self._files(name) - self._files(_DEBIAN)

    def _files(self, name: str) -> set[str]:
        container = self._said("from", "--pull-never", name)
        root = Path(self._said("mount", container))
        found = {path.relative_to(root).as_posix() for path in root.rglob("*")}
        self._said("rm", container)
        return found

    def close(self) -> None:
        """Let go of every container, and of what is mounted for it: a folder with a mount in it cannot be removed."""
        self._said("rm", "--all")
        store = str(self._root / "store")
        for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
            if (mounted := line.split()[1]).startswith(store):
                _call(["umount", mounted])

    def _said(self, verb: str, *words: str) -> str:
        return _call(["buildah", *self._store, verb, *words]).rstrip("\n")


def missing() -> str:
    """Return why no image can be built on this machine, or nothing."""
    lacking = [name for name in NEEDED if shutil.which(name) is None]
    if lacking:
        return f"there is no {' and no '.join(lacking)}"
    return "" if os.geteuid() == 0 else "only root can build images without a daemon"


def _call(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert 0 == done.returncode, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout
