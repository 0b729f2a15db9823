"""What in the channel is compiled: a C library, a program and a Python extension linked to it, run paths relative."""

import shutil
import subprocess
import sysconfig
from pathlib import Path

from tests.support.conda.packages import PLACEHOLDER, File

SOURCES = Path(__file__).parent / "greet"

Built = dict[str, str | bytes | File]


def tool(name: str) -> str:
    """Return where a program is: beside the Python of these tests, else on PATH; raises FileNotFoundError."""
    found = shutil.which(name, path=sysconfig.get_path("scripts")) or shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"the tests' conda channel is built with `{name}`, which is not on PATH")
    return found


def library(scratch: Path, version: str, *, placeholder: str = PLACEHOLDER) -> Built:
    """Compile `libgreet` and its program; `placeholder` is the folder they believe to be in.

    The library is left in `scratch` too, for `extension` to be linked with.
    """
    defined = (f'-DGREET_PREFIX="{placeholder}"', f'-DGREET_VERSION="{version}"')
    _compile(scratch, "libgreet.so.1", "greet.c", "-shared", "-fPIC", "-Wl,-soname,libgreet.so.1", *defined)
    (scratch / "libgreet.so").unlink(missing_ok=True)
    (scratch / "libgreet.so").symlink_to("libgreet.so.1")
    _compile(scratch, "greet", "program.c", "-L.", "-lgreet", _run_path("$ORIGIN/../lib"))
    lines = [f"prefix={placeholder}", "Name: greet", "Description: made for a test", f"Version: {version}"]
    lines += ["Libs: -L${prefix}/lib -lgreet", "Cflags: -I${prefix}/include"]
    return {
        "bin/greet": (scratch / "greet").read_bytes(),
        "bin/greet-config": f'#!{placeholder}/bin/greet-sh\necho "{placeholder}/include"\n',
        "bin/greet-sh": '#!/bin/sh\nexec /bin/sh "$@"\n',
        "include/greet.h": (SOURCES / "greet.h").read_text(encoding="utf-8"),
        "lib/libgreet.so": File(link="libgreet.so.1"),
        "lib/libgreet.so.1": File((scratch / "libgreet.so.1").read_bytes(), executable=True),
        "lib/pkgconfig/greet.pc": "\n".join(lines) + "\n",
        "share/greet/words.txt": "hello\ngoodbye\n",
    }


def extension(scratch: Path) -> bytes:
    """Compile the Python extension `_greet`, for `lib/pythonX.Y/site-packages/greet/`, against `library`'s."""
    flags = ("-shared", "-fPIC", "-L.", "-lgreet", _run_path("$ORIGIN/../../.."))
    return _compile(scratch, "_greet.abi3.so", "module.c", *flags).read_bytes()


def _run_path(value: str) -> str:
    return f"-Wl,-rpath,{value},--enable-new-dtags"


def _compile(scratch: Path, output: str, source: str, *flags: str) -> Path:
    # Relative names only: a path of this machine would be another binary on each.
    shutil.copytree(SOURCES, scratch, dirs_exist_ok=True)
    command = [tool("cc"), "-O1", "-Wall", "-Werror", "-s", "-o", output, source, *flags]
    subprocess.run(command, cwd=scratch, check=True)
    return scratch / output
