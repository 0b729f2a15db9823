"""What the tests' channels have. Each function returns the packages that one kind of test is about.

A *hollow* package has the record of a real one and nearly no content: enough to solve with, nothing to run.
"""

import json
import platform
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tests.support.conda.interpreter import MINOR, SITE, TAG, interpreter, python_abi
from tests.support.conda.packages import MADE, PLACEHOLDER, File, Files, Package, module
from tests.support.conda.programs import extension, library

#: The folder of packages for this machine.
HOST = f"linux-{ {'x86_64': '64', 'arm64': 'aarch64'}.get(platform.machine(), platform.machine()) }"
#: Machines for which the channel has hollow packages, to solve for from here.
FOREIGN = tuple(subdir for subdir in ("linux-64", "linux-aarch64", "osx-arm64") if subdir != HOST)
#: An older Python, hollow: never chosen unless it is asked for.
OLDER = "3.10"

DAY = 86400
NUMPY = {"1.26.4": MADE + 36 * DAY, "2.0.2": MADE + 238 * DAY, "2.1.3": MADE + 306 * DAY}

# Longer than a path in the store is on some machines, shorter than on others: too short for a folder of 90 characters
SHORT_PLACEHOLDER = "/short" + "_placehold" * 6


def forge(scratch: Path) -> Iterator[Package]:
    """Return everything of the channel `conda-forge`; `scratch` is an empty folder to compile in."""
    yield interpreter(scratch / "python", HOST)
    yield from compiled(scratch)
    yield from pythons()
    for subdir in (HOST, *FOREIGN):
        yield from numpies(subdir)
        yield from blas(subdir)
        yield from variants(subdir)
    yield from applications()
    yield from activated()
    yield from awkward(scratch)
    yield from famous()


def dev() -> Iterator[Package]:
    """Return the packages of the label `dev` of `conda-forge`."""
    yield _noarch("wordlib", "3.0rc1")


def pytorch() -> Iterator[Package]:
    """Return the packages of the channel `pytorch`, which has an older `pytorch` and `greet` than `conda-forge` has."""
    for subdir in (HOST, *FOREIGN):
        for minor in (MINOR, OLDER):
            yield _python_package("pytorch", "2.3.1", subdir, build=f"py{minor}_cpu_0", dist="torch", minor=minor)
    yield _noarch("wordlib", "0.9")
    yield _noarch("only-here", "1.0", depends=["wordlib"])


def main() -> Iterator[Package]:
    """Return the packages of the channel `pkgs/main`, the first of `defaults`."""
    yield _noarch("wordlib", "1.0", build="main_0")
    yield _noarch("only-in-defaults", "1.0", depends=["python"])


def r() -> Iterator[Package]:
    """Return the packages of the channel `pkgs/r`, the second of `defaults`."""
    yield Package("r-base", "4.4.2", "h0_0", subdir=HOST, files=_note("r-base"))


def compiled(scratch: Path) -> Iterator[Package]:
    """Yield `libgreet` in two versions and `greet`, the extension linked to it; hollow for other machines."""
    for version in ("1.0", "1.1"):
        built = library(scratch / f"greet-{version}", version)
        yield Package("libgreet", version, "h5eed_0", subdir=HOST, depends=["__glibc >=2.17"], files=built)
    files = {f"{SITE}/greet/_greet.abi3.so": File(extension(scratch / "greet-1.1"), executable=True)}
    yield _python_package(
        "greet", "1.1", HOST, depends=["libgreet >=1.1,<2"], code="from greet._greet import *\n", extra=files
    )
    for subdir in FOREIGN:
        yield Package("libgreet", "1.1", "h5eed_0", subdir=subdir, files=_note("libgreet"))
        yield _python_package("greet", "1.1", subdir, depends=["libgreet >=1.1,<2"])


def pythons() -> Iterator[Package]:
    """Yield `python_abi`, an older Python without content, and this one for other machines, hollow too."""
    yield python_abi(MINOR)
    yield python_abi(OLDER)
    for subdir in (HOST, *FOREIGN):
        for version in (f"{OLDER}.14", *([] if subdir == HOST else [f"{MINOR}.4"])):
            minor = version.rpartition(".")[0]
            yield Package(
                "python",
                version,
                "h0110_0_cpython",
                subdir=subdir,
                constrains=[f"python_abi {minor}.* *_cp{minor.replace('.', '')}"],
                python_site_packages_path=f"lib/python{minor}/site-packages",
                files={f"include/python{minor}/patchlevel.h": f'#define PY_VERSION "{version}"\n'},
            )


def numpies(subdir: str) -> Iterator[Package]:
    """Yield `numpy` in three versions, each made on a day of its own, and a package that only goes with the first."""
    for version, made in NUMPY.items():
        yield _python_package("numpy", version, subdir, depends=["libblas >=3.9,<4"], made=made)
    yield _python_package("old-science", "1.0", subdir, depends=["numpy >=1.26,<2"])
    yield _python_package("new-science", "1.0", subdir, depends=["numpy >=2"])


def blas(subdir: str) -> Iterator[Package]:
    """Yield two implementations of one interface that exclude each other by the build of the mutex `blas`."""
    for name, version, number in (("openblas", "0.3.28", 1), ("mkl", "2024.2.2", 0)):
        yield Package("blas", "1.0", name, subdir=subdir, build_number=number)
        yield Package(name, version, "h0_0", subdir=subdir, depends=[f"blas * {name}"], files=_note(name))
        depends = [f"blas * {name}", f"{name} >={version}"]
        build = f"{20 + number}_{name}"
        yield Package(
            "libblas", "3.9.0", build, 20 + number, subdir=subdir, depends=depends, files=_note(f"libblas-{name}")
        )
    yield Package("needs-mkl", "1.0", "h0_0", subdir=subdir, depends=["blas * mkl"])
    yield Package("needs-openblas", "1.0", "h0_0", subdir=subdir, depends=["blas * openblas"])


def variants(subdir: str) -> Iterator[Package]:
    """Yield packages of which the target's virtual packages choose the build: `__cuda`, `__archspec`, `__glibc`."""
    linux = subdir.startswith("linux")
    for minor in (MINOR, OLDER):
        cpu = f"cpu_generic_py{minor.replace('.', '')}_h0_0"
        yield _python_package("pytorch", "2.4.1", subdir, build=cpu, depends=["numpy"], dist="torch", minor=minor)
    if linux:
        build, needs = f"cuda126_{TAG}_h0_300", ["numpy", "__cuda >=12", "cuda-version >=12.6,<13"]
        yield _python_package("pytorch", "2.4.1", subdir, build=build, number=300, depends=needs, dist="torch")
        yield Package("cuda-version", "12.6", "h0_3", subdir=subdir, constrains=["__cuda >=12"])
        yield Package("modern", "2.0", "h0_0", subdir=subdir, depends=["__glibc >=2.34"], files=_note("modern"))
        yield Package("modern", "1.0", "h0_0", subdir=subdir, depends=["__glibc >=2.17"], files=_note("modern"))
    levels = {"x86_64": 0, "x86_64_v3": 100, "skylake_avx512": 200} if subdir == "linux-64" else {}
    for level, number in levels.items():
        depends = [f"__archspec * {level}"] if number else []
        build = f"{level}_h0_{number}"
        yield Package(
            "fastmath", "1.0", build, number, subdir=subdir, depends=depends, files=_note(f"fastmath-{level}")
        )
    if not levels:
        yield Package("fastmath", "1.0", "generic_h0_0", subdir=subdir, files=_note("fastmath"))


def applications() -> Iterator[Package]:
    """Yield noarch packages: Python ones with entry points, in both formats, and one without Python."""
    yield _noarch("wordlib", "1.0", form=".tar.bz2")
    yield _noarch("wordlib", "1.1", made=MADE + 100 * DAY)
    yield _noarch("wordlib", "2.0", made=MADE + 200 * DAY)
    code = "import sys\n\n\ndef main():\n    print('textapp', *sys.argv[1:])\n"
    yield _noarch("textapp", "1.0", depends=["wordlib >=1,<2"], code=code, points={"textapp": "textapp:main"})
    said = "from greet import word, prefix\n\n\ndef main():\n    print(word(), prefix())\n"
    yield _noarch("greetapp", "1.0", depends=["greet"], code=said, points={"greetapp": "greetapp:main"})
    yield Package("data-files", "2024a", "0", noarch="generic", files={"share/data-files/data.txt": "data\n"})
    yield Package("for-unix", "1.0", "unix_0", noarch="generic", depends=["__unix"], files=_note("for-unix"))
    yield Package("for-unix", "1.0", "win_0", noarch="generic", depends=["__win"], files=_note("for-unix"))
    yield Package("old-format", "1.0", "0", subdir=HOST, form=".tar.bz2", files=_awkward_files("old-format"))


def activated() -> Iterator[Package]:
    """Yield packages that change the environment: a fixed way, by the caller's own environment, by `env_vars.d`."""
    static = (
        'export ACTIVATE_STATIC_HOME="$CONDA_PREFIX/share/activate-static"\n'
        'export PATH="$CONDA_PREFIX/share/activate-static/bin:$PATH"\n'
        "unset ACTIVATE_STATIC_GONE\n"
    )
    files: Files = {
        "etc/conda/activate.d/activate-static.sh": static,
        "etc/conda/deactivate.d/activate-static.sh": "unset ACTIVATE_STATIC_HOME\n",
        "share/activate-static/bin/static-tool": File(b"#!/bin/sh\necho static-tool\n", executable=True),
    }
    yield Package("activate-static", "1.0", "0", noarch="generic", files=files)
    caller = 'export ACTIVATE_CALLER_FLAGS="${CFLAGS:-none} -O2"\n'
    yield Package(
        "activate-caller", "1.0", "0", noarch="generic", files={"etc/conda/activate.d/activate-caller.sh": caller}
    )
    variables = json.dumps({"ENV_VARS_GREETING": "hello there", "ENV_VARS_EMPTY": ""})
    yield Package(
        "env-vars", "1.0", "0", noarch="generic", files={"etc/conda/env_vars.d/env-vars.json": variables + "\n"}
    )


def awkward(scratch: Path) -> Iterator[Package]:
    """Yield what installers stumble on: link scripts, menus, symbolic links, a placeholder that is too short."""
    stamp = 'mkdir -p "$PREFIX/share/linked" && echo "$PKG_NAME $PKG_VERSION" > "$PREFIX/share/linked/stamp"\n'
    scripts = {
        "bin/.linked-post-link.sh": f"#!/bin/sh\n{stamp}",
        "bin/.linked-pre-unlink.sh": '#!/bin/sh\nrm -rf "$PREFIX/share/linked"\n',
    }
    yield Package("linked", "1.0", "0", subdir=HOST, files={**scripts, **_note("linked")})
    menu = json.dumps({"menu_name": "Made for a test", "menu_items": []})
    yield Package("menus", "1.0", "0", noarch="generic", files={"Menu/menus.json": menu})
    yield Package("links", "1.0", "0", subdir=HOST, files=_awkward_files("links"))
    built = library(scratch / "stubborn", "1.0", placeholder=SHORT_PLACEHOLDER)
    program = {"lib/libstubborn.so": built["lib/libgreet.so.1"]}
    yield Package("stubborn", "1.0", "0", subdir=HOST, placeholder=SHORT_PLACEHOLDER, files=program)
    clash = {"share/clash/file.txt": "one\n"}
    yield Package("clash-one", "1.0", "0", noarch="generic", files=clash)
    yield Package("clash-two", "1.0", "0", noarch="generic", files={"share/clash/file.txt": "two\n"})


def famous() -> Iterator[Package]:
    """Yield hollow packages with the names that projects ask for."""
    needs = {
        "transformers": ["numpy >=1.17", "tokenizers"],
        "tokenizers": ["python >=3.9"],
        "datasets": ["numpy >=1.17", "pandas"],
        "pandas": ["numpy >=1.26"],
        "lightning": ["pytorch >=2.0"],
        "jupyter": ["python >=3.9"],
        "pip": ["python >=3.9"],
        "setuptools": ["python >=3.9"],
        "wheel": ["python >=3.9"],
    }
    for name, depends in needs.items():
        yield _noarch(name, "24.0" if name == "pip" else "4.0", depends=depends)
    # Numpy for the older Python, or nothing above could be had there.
    for subdir in (HOST, *FOREIGN):
        yield _python_package("numpy", "1.26.4", subdir, depends=["libblas >=3.9,<4"], minor=OLDER)


def _noarch(
    name: str,
    version: str,
    *,
    build: str = "pyhd8ed1ab_0",
    depends: Iterable[str] = (),
    code: str = "",
    points: Mapping[str, str] | None = None,
    made: int = MADE,
    form: str = ".conda",
) -> Package:
    """Return a noarch Python package with a module of its name."""
    return Package(
        name,
        version,
        build,
        noarch="python",
        depends=sorted({"python >=3.9", *depends}),
        files=module(name, version, code),
        entry_points=points or {},
        made=made,
        form=".conda" if form == ".conda" else ".tar.bz2",
    )


def _python_package(
    name: str,
    version: str,
    subdir: str,
    *,
    build: str = "",
    number: int = 0,
    depends: Iterable[str] = (),
    code: str = "",
    dist: str = "",
    extra: Mapping[str, File] | None = None,
    minor: str = MINOR,
    made: int = MADE,
) -> Package:
    """Return a package that is tied to a minor version of Python, as what is compiled is."""
    tag = minor.replace(".", "")
    plain: Files = module(dist or name, version, code, site=f"lib/python{minor}/site-packages")
    return Package(
        name,
        version,
        build or f"py{tag}_h0_{number}",
        number,
        subdir=subdir,
        depends=sorted({f"python >={minor},<3.{int(minor[2:]) + 1}.0a0", f"python_abi {minor}.* *_cp{tag}", *depends}),
        files={**plain, **(extra or {})},
        made=made,
    )


def _note(name: str) -> dict[str, str]:
    return {f"share/{name}/note.txt": f"{name}\n"}


def _awkward_files(name: str) -> dict[str, str | File]:
    """Return files with a link to a file, one to a folder, a space, a letter beyond ASCII and a text placeholder."""
    return {
        f"share/{name}/real/file.txt": "content\n",
        f"share/{name}/link.txt": File(link="real/file.txt"),
        f"share/{name}/folder": File(link="real"),
        f"share/{name}/with a space.txt": "space\n",
        f"share/{name}/grün.txt": "green\n",
        f"share/{name}/empty.txt": "",
        f"etc/{name}.conf": f"prefix = {PLACEHOLDER}\nlibrary = {PLACEHOLDER}/lib\n",
        f"bin/{name}": f"#!{PLACEHOLDER}/bin/python\nprint('{name}')\n",
    }
