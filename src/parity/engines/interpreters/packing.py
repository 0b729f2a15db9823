"""An interpreter as the contents of a conda package: running wherever it is installed.

Any CPython, a distribution's too: links are followed, run paths made relative, the folder it was installed in replaced
by the placeholder, and what a distribution changed about `site-packages` taken back.
"""

import json
import os
import re
import shutil
from collections.abc import Collection, Iterator
from importlib.resources import as_file, files
from pathlib import Path

from parity.core.builds.errors import PythonUnpackable
from parity.core.conda.packages import PLACEHOLDER, File, Package
from parity.core.dataclass import dataclass
from parity.engines.interpreters.run_paths import binaries_in, make_relative
from parity.engines.system.process import run

#: What an installer brings itself, what only tests Python, and what says that nothing may be installed.
LEFT_OUT = frozenset(
    {
        *("__pycache__", "dist-packages", "idle_test", "site-packages", "sitecustomize.py", "test", "tests"),
        *("EXTERNALLY-MANAGED", "LICENSE.txt"),
    }
)

# Debian's Python looks for packages, and installs them, elsewhere than every other. Its `site` is frozen into the
# program, so that only a module which that imports can teach it the usual place.
_DISTRIBUTION_SCHEME = ("prefix_scheme = 'posix_local'", "prefix_scheme = 'posix_prefix'")
_SITECUSTOMIZE = """import site
import sys

site.addsitedir(f"{{sys.prefix}}/{site}")
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the parts of an interpreter are. `threads` is `t` for a free-threaded one.

    `recorded` is the prefix that its texts name: another than `prefix` where it was moved.
    """

    version: str
    threads: str
    prefix: str
    recorded: str
    program: str
    library: str
    headers: str
    libraries: str

    @property
    def name(self) -> str:
        """The name of its program, and of its folders below `lib` and `include`: `python3.13t`."""
        return f"python{'.'.join(self.version.split('.')[:2])}{self.threads}"

    @property
    def site(self) -> str:
        """Where packages are installed, relative to a prefix."""
        return f"lib/{self.name}/site-packages"

    @property
    def abi(self) -> str:
        """The ABI's name in build strings, `cp313t`."""
        return f"cp{''.join(self.version.split('.')[:2])}{self.threads}"


def layout_of(python: str) -> Layout:
    """Return where the parts of an interpreter are, as it says itself. Raises PythonUnpackable."""
    with as_file(files("parity") / "probes" / "describe_interpreter.py") as probe:
        outcome = run([python, "-I", "-B", str(probe)])
    if outcome.status != 0:
        raise PythonUnpackable(f"`{python}` cannot be packed: it does not say where it is installed")
    return Layout(**json.loads(outcome.stdout))


def lay_out(layout: Layout, scratch: Path, *, left_out: Collection[str] = LEFT_OUT) -> None:
    """Copy an interpreter into an empty folder as it is in a package, but without bytecode.

    Names of `left_out` are left out wherever they are. Raises PythonUnpackable where a run path cannot be made
    relative, OSError.
    """
    for source, place in _sources(layout, left_out):
        # a distribution's links may lead to what is not installed
        if os.path.isfile(source):
            (scratch / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, scratch / place)
    for name in ("python", "python3"):
        (scratch / "bin" / name).symlink_to(layout.name)
    binaries = [*binaries_in(str(scratch))]
    for path in binaries:
        # a distribution's files may be read-only
        os.chmod(path, 0o755)  # noqa: S103 (what programs and libraries have in a package)
    if binaries and shutil.which("strip"):
        run(["strip", "--strip-unneeded", *binaries])
    try:
        for path in binaries:
            beside = os.path.join(layout.prefix, os.path.relpath(path, scratch))
            make_relative(path, layout.prefix, at=beside)
    except ValueError as error:
        raise PythonUnpackable(f"`{layout.program}` cannot be packed: {error}") from error
    _take_back(scratch / "lib" / layout.name, layout)
    _replace_prefix(scratch, layout)


def to_package(layout: Layout, scratch: Path, *, build: str, subdir: str) -> Package:
    """Compile what was laid out and return it as a package, having started it where it is now.

    `build` is a digest for the build string. Raises PythonUnpackable where it does not run elsewhere, OSError.
    """
    _compile(scratch, layout)
    # a free-threaded build says so in its build string, as conda's own do
    suffix = "cpython" if not layout.threads else layout.abi
    minor = ".".join(layout.version.split(".")[:2])
    return Package(
        "python",
        layout.version,
        f"h{build[:7]}_0_{suffix}",
        subdir=subdir,
        constrains=[f"python_abi {minor}.* *_{layout.abi}"],
        python_site_packages_path=layout.site,
        files={**_contents(scratch), f"{layout.site}/README.txt": "Packages are installed here.\n"},
        license="PSF-2.0",
        summary="An interpreter of this machine",
    )


def python_abi(layout: Layout) -> Package:
    """Return the empty package that ties what is compiled for a minor version of Python to it."""
    minor = ".".join(layout.version.split(".")[:2])
    suffix = "cpython" if not layout.threads else layout.abi
    return Package(
        "python_abi",
        minor,
        f"0_{layout.abi}",
        noarch="generic",
        constrains=[f"python {minor}.* *_{suffix}"],
        license="PSF-2.0",
        summary="What ties compiled packages to a minor version of Python",
    )


def _sources(layout: Layout, left_out: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the files of the interpreter and their places in the package."""
    yield layout.program, f"bin/{layout.name}"
    for path, relative in _walk(layout.library, left_out):
        if not path.endswith((".a", ".o")) and not os.path.basename(path).startswith(("_test", "_ctypes_test", "xx")):
            yield path, f"lib/{layout.name}/{relative}"
    for path, relative in _walk(layout.headers, ()):
        yield path, f"include/{layout.name}/{relative}"
    described = os.path.join(layout.prefix, "lib", "pkgconfig")
    for path, relative in _walk(described, ()):
        if relative.startswith("python-") and layout.name.removeprefix("python") in relative:
            yield path, f"lib/pkgconfig/{relative}"
    # what the program is linked with, where that is a library of its own
    for folder in dict.fromkeys((os.path.join(layout.prefix, "lib"), layout.libraries)):
        for path, relative in _walk(folder, (), deep=False):
            if re.match(rf"lib{re.escape(layout.name)}d?\.(so|dylib)", relative):
                yield path, f"lib/{relative}"


def _walk(above: str, left_out: Collection[str], *, deep: bool = True) -> Iterator[tuple[str, str]]:
    for folder, folders, names in os.walk(above, followlinks=True):
        folders[:] = sorted(set(folders) - set(left_out)) if deep else []
        for name in sorted(set(names) - set(left_out)):
            path = os.path.join(folder, name)
            yield path, os.path.relpath(path, above)


def _take_back(library: Path, layout: Layout) -> None:
    """Take back what a distribution changed about where packages are."""
    if "dist-packages" not in (library / "site.py").read_text(encoding="utf-8"):
        return
    (library / "sitecustomize.py").write_text(_SITECUSTOMIZE.format(site=layout.site), encoding="utf-8")
    for scheme in {*library.glob("sysconfig.py"), *library.glob("sysconfig/__init__.py")}:
        text = scheme.read_text(encoding="utf-8")
        scheme.write_text(text.replace(*_DISTRIBUTION_SCHEME), encoding="utf-8")


def _replace_prefix(scratch: Path, layout: Layout) -> None:
    """Put the placeholder where a text names the interpreter's folder; that may be /usr, and /usr/bin/gcc stays."""
    inside = r"/(?:lib|include|share)(?:['\"\s/:]|$)|/bin/?(?:python|['\"\s]|$)"
    prefixes = "|".join(re.escape(prefix) for prefix in (layout.prefix, layout.recorded) if prefix)
    own = re.compile(rf"(?<![\w.])(?:{prefixes})(?=['\"\s:]|$|{inside})", re.MULTILINE)
    library = scratch / "lib" / layout.name
    texts = [*library.glob("_sysconfig*"), *library.glob("build-details.json"), *library.glob("config-*/*")]
    for path in [*texts, *scratch.glob("lib/pkgconfig/*.pc")]:
        if path.is_file() and b"\0" not in path.read_bytes():
            text = path.read_text(encoding="utf-8", errors="surrogateescape")
            path.write_text(own.sub(PLACEHOLDER, text), encoding="utf-8", errors="surrogateescape")


def _compile(scratch: Path, layout: Layout) -> None:
    """Compile everything, with neither times nor this machine's folders in it; nothing for what holds a placeholder.

    The interpreter does it itself, where it lies now. Raises PythonUnpackable where it does not run there.
    """
    python = str(scratch / "bin" / layout.name)
    said = run([python, "-I", "-B", "-c", "import sys, os, math; print(sys.prefix, os.__file__, sep='\\n')"])
    if said.status != 0 or not all(line.startswith(str(scratch)) for line in said.stdout.split("\n")[:2]):
        last = said.stderr.strip().splitlines()[-1:] or ["it still finds its library where it was"]
        raise PythonUnpackable(
            f"`{layout.program}` cannot be packed: it does not run elsewhere ({last[0]})",
            hint=f"build one that does: `parity python install {layout.version} --build`",
        )
    command = [python, "-I", "-B", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    run([*command, "-s", str(scratch), str(scratch / "lib")])
    for path in scratch.rglob("*.py"):
        if PLACEHOLDER.encode() in path.read_bytes():
            for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
                compiled.unlink()


def _contents(scratch: Path) -> dict[str, str | bytes | File]:
    found: dict[str, str | bytes | File] = {}
    for path in sorted(scratch.rglob("*")):
        place = path.relative_to(scratch).as_posix()
        if path.is_symlink():
            found[place] = File(link=os.readlink(path))
        elif path.is_file():
            found[place] = File(path.read_bytes(), executable=os.access(path, os.X_OK))
    return found
