"""Real images: buildah builds them without a daemon, on bases of Debian's mirror, without a registry.

The bases have the names by which a Dockerfile asks for them. The one with Python stands for an index too: it has the
wheels of this parity and of what it requires, and pip looks nowhere else.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.projects import SOURCES

_SUITE = "trixie"
_DEBIAN = f"docker.io/library/debian:{_SUITE}-slim"
_BARE = """
FROM scratch
ADD system.tar /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
"""
_WITH_PYTHON = f"""
FROM {_DEBIAN}
RUN apt-get update -q && apt-get install -qy --no-install-recommends python3 python3-pip
RUN rm /usr/lib/python3*/EXTERNALLY-MANAGED
COPY wheels /wheels
ENV PIP_FIND_LINKS=/wheels PIP_NO_INDEX=1
"""


def missing() -> str:
    """Return why no image can be built here, else nothing."""
    programs = [name for name in ("buildah", "debootstrap") if not shutil.which(name)]
    if programs:
        return f"no {' and no '.join(programs)}, with which an image is built of Debian's packages"
    return "" if os.geteuid() == 0 else "an image is built by root, and this is another user"


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """Images in a folder. `wheel` is that of this parity."""

    folder: Path
    wheel: Path

    def buildah(self, *arguments: str) -> str:
        """Run buildah in this folder and return what it said."""
        places = ["--root", str(self.folder / "root"), "--runroot", str(self.folder / "run")]
        return said(["buildah", *places, *arguments])

    def build(self, context: Path, name: str) -> str:
        """Build the Dockerfile of a folder, with layers that are found again, and return what buildah said."""
        options = ["--isolation", "chroot", "--pull-never", "--layers", "--build-arg", f"PARITY=./{self.wheel.name}"]
        return self.buildah("bud", *options, "--tag", name, "--file", str(context / "Dockerfile"), str(context))

    def add_python(self, name: str, files: Mapping[Path, Path], variables: Mapping[str, str]) -> None:
        """Make the base with Python under a name; `files` go where they are to be, for what they are copied from."""
        context = self.folder / "python"
        text = _WITH_PYTHON
        for number, (place, file) in enumerate(files.items()):
            shutil.copy(file, context / str(number))
            text += f"COPY {number} {place}\n"
        text += "".join(f"ENV {key}={value}\n" for key, value in variables.items())
        (context / "Dockerfile").write_text(text, encoding="utf-8")
        self.buildah("bud", "--isolation", "chroot", "--pull-never", "--layers", "--tag", name, str(context))

    def start(self, name: str) -> str:
        """Return the output of the command with which an image starts."""
        config = json.loads(self.buildah("inspect", "--type", "image", name))["OCIv1"]["config"]
        container = self.buildah("from", "--pull-never", name).strip()
        # `env` looks for the program in the image's own PATH; buildah 1.28 would look for it outside
        command = ["/usr/bin/env", *config.get("Entrypoint", []), *config["Cmd"]]
        return self.buildah("run", "--isolation", "chroot", container, "--", *command)

    def files(self, name: str) -> set[str]:
        """Return the paths of everything in an image."""
        container = self.buildah("from", "--pull-never", name).strip()
        root = Path(self.buildah("mount", container).strip())
        found = {path.relative_to(root).as_posix() for path in root.rglob("*")}
        self.buildah("umount", container)
        return found


@contextmanager
def images(folder: Path) -> Iterator[Images]:
    """Make a folder of images with Debian in it; it has no mounts any more at the end of the block."""
    system, context = folder / "system", folder / "python"
    said(["debootstrap", "--variant=minbase", _SUITE, str(system)])
    said(["tar", "-C", str(system), "-cf", str(folder / "system.tar"), "."])
    shutil.rmtree(system)
    wheels = context / "wheels"
    said([str(Path(sys.executable).parent / "uv"), "build", "--wheel", "-o", str(wheels), str(SOURCES.parent)])
    wheel = next(wheels.glob("parity-*.whl"))
    pip = [sys.executable, "-m", "pip", "download", "--only-binary", ":all:", "--python-version", "3.13"]
    platforms = [word for each in ("2_28", "2_17") for word in ("--platform", f"manylinux_{each}_{os.uname().machine}")]
    said([*pip, *platforms, "-d", str(wheels), str(wheel)])
    made = Images(folder=folder, wheel=wheel)
    (folder / "Dockerfile").write_text(_BARE, encoding="utf-8")
    made.buildah("bud", "--isolation", "chroot", "--tag", _DEBIAN, str(folder))
    try:
        yield made
    finally:
        made.buildah("rm", "--all")
        if os.path.ismount(folder / "root/overlay"):
            said(["umount", str(folder / "root/overlay")])


def said(command: list[str]) -> str:
    """Run a program that has to succeed, and return what it wrote."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False)
    assert 0 == done.returncode, f"{command}\n{done.stdout}"
    return done.stdout
