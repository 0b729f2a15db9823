"""Building from source: with small sources that only act, and with upstream's own."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from parity.core import contents
from parity.core.builds.errors import PythonBuildFailed, PythonModulesMissing, PythonSourceCorrupt
from parity.core.builds.modules import Modules
from parity.core.builds.recipe import BuildOptions
from parity.core.errors import PythonBroken
from parity.core.ports import SilentReporter
from parity.engines.interpreters.run_paths import binaries_in, run_path
from parity.engines.interpreters.source_build import BuiltPython, Order, SourceBuild
from parity.engines.system.hashing import hash_file
from parity.workflows.wiring import data
from tests.support.builds import BuiltOnce
from tests.support.sources import VERSION, make_sources, upstream_archive

CACHE = Path(__file__).resolve().parents[3] / ".cache"


class Phases(SilentReporter):
    """A reporter that remembers what it was told."""

    def __init__(self, told: list[str]) -> None:
        self.told = told

    def phase(self, text: str) -> None:
        """Remember."""
        self.told.append(text)


class Store:
    """A store of its own, in which things are built."""

    def __init__(self, root: Path, environ: Mapping[str, str] | None = None) -> None:
        self.root = root
        self.phases: list[str] = []
        self.engine = SourceBuild(
            home=str(root / "home"),
            cache=str(root / "cache"),
            platform="linux-64",
            libc="glibc 2.36",
            modules=Modules.from_text(data("python_modules.toml")),
            environ={"PATH": os.environ["PATH"], "HOME": str(root), **(environ or {})},
        )

    def build(self, archive: Path, version: str = "3.99.0", **options: object) -> BuiltPython:
        """Build what is in an archive."""
        order = Order(
            version=version,
            archive=str(archive),
            sha256=hash_file(str(archive)),
            options=BuildOptions(**options),  # type: ignore[arg-type]  # the tests name real options
        )
        return self.engine.install(order, Phases(self.phases))

    def left(self) -> list[str]:
        """Return what lies where interpreters are."""
        folder = Path(self.engine.home, "pythons", "v1")
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return an empty store."""
    if shutil.which("make") is None or shutil.which("cc") is None:
        pytest.skip("no C compiler and make (cc, make)")
    return Store(tmp_path)


# --- what goes wrong ---------------------------------------------------------------------------------------------


def test_a_step_that_fails_tells_its_end_and_the_likely_cause(store: Store) -> None:
    """The log is kept, its end is shown, and nothing of the interpreter stays."""
    make = "echo compiling; echo 'x.c:1:2: fatal error: zlib.h: No such file or directory'; exit 1"
    said = "checking for stdlib extension module zlib... yes"
    archive = make_sources(store.root, "3.99.0", configure=f"echo '{said}'", make=make)
    with pytest.raises(PythonBuildFailed) as caught:
        store.build(archive)

    assert "building Python 3.99.0 failed while compiling: the header `zlib.h` is not installed" == caught.value.message
    assert caught.value.hint.startswith("install zlib1g-dev (apt), ")
    log = Path(caught.value.hint.split("`")[-2])
    assert said in log.read_text()
    assert "fatal error: zlib.h" in caught.value.said
    assert said not in caught.value.said
    assert [] == store.left()


def test_nothing_is_compiled_where_headers_are_missing(store: Store) -> None:
    """The answer of `configure` is enough; allowed by name, compiling begins."""
    said = "checking for stdlib extension module _ssl... missing"
    compiled = store.root / "compiled"
    archive = make_sources(store.root, "3.99.0", configure=f"echo '{said}'", make=f"touch {compiled}; exit 1")
    with pytest.raises(PythonModulesMissing, match="without `ssl`"):
        store.build(archive)

    assert not compiled.exists()
    assert [] == store.left()
    with pytest.raises(PythonBuildFailed):
        store.build(archive, allow_missing=("ssl",))
    assert compiled.exists()


def test_what_is_built_is_tried_out_before_it_appears(store: Store) -> None:
    """An interpreter that is another version than its sources say is none."""
    lines = [
        'mkdir -p "$PREFIX/bin" "$PREFIX/lib/python3.99"',
        ': >"$PREFIX/lib/python3.99/os.py"',
        'printf "#!/bin/sh\\necho 3.98.1\\n" >"$PREFIX/bin/python3"',
        'chmod 755 "$PREFIX/bin/python3"',
    ]
    configure = 'printf "all:\\n\\ninstall:\\n\\tPREFIX=%s sh install.sh\\n" "${1#--prefix=}" >Makefile'
    archive = make_sources(store.root, "3.99.0", configure=configure, install="\n".join(lines))
    with pytest.raises(PythonBroken, match="its library cannot be compiled"):
        store.build(archive)

    assert [] == store.left()


def test_sources_of_another_version_are_refused(store: Store) -> None:
    """Whatever the order says."""
    archive = make_sources(store.root, "3.99.0")
    with pytest.raises(PythonBuildFailed, match=r"failed while unpacking: `.*` is Python 3\.99\.0"):
        store.build(archive, version="3.13.5")

    assert [] == store.left()


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_what_is_no_archive_is_refused(store: Store, content: bytes) -> None:
    """And leaves nothing."""
    archive = store.root / "Python-3.99.0.tgz"
    archive.write_bytes(content)
    with pytest.raises(PythonSourceCorrupt, match="cannot be unpacked"):
        store.build(archive)

    assert [] == store.left()


def test_a_patch_is_applied_and_is_part_of_the_recipe(store: Store) -> None:
    """One that does not fit is an error before anything is configured."""
    patch = store.root / "mine.patch"
    patch.write_text("--- a/make.sh\n+++ b/make.sh\n@@ -1 +1 @@\n-exit 3\n+echo patched; exit 1\n")
    archive = make_sources(store.root, "3.99.0", make="exit 3")
    order = Order(version="3.99.0", archive=str(archive), sha256="0", options=BuildOptions())
    with_patch = Order(version="3.99.0", archive=str(archive), sha256="0", options=BuildOptions(patches=(str(patch),)))
    with pytest.raises(PythonBuildFailed) as caught:
        store.build(archive, patches=(str(patch),))

    assert "patched" in caught.value.said
    assert store.engine.recipe(order).digest != store.engine.recipe(with_patch).digest
    patch.write_text("--- a/nothing\n+++ b/nothing\n@@ -1 +1 @@\n-x\n+y\n")
    with pytest.raises(PythonBuildFailed, match="failed while patching"):
        store.build(archive, patches=(str(patch),))


def test_a_machine_without_a_compiler_is_told_what_to_install(tmp_path: Path) -> None:
    """Before anything is unpacked."""
    store = Store(tmp_path, {"PATH": str(tmp_path)})
    with pytest.raises(PythonBuildFailed, match="looking for tools: there is no C compiler"):
        store.build(make_sources(tmp_path, "3.99.0"))


def test_make_cannot_work_in_a_folder_with_a_space(tmp_path: Path) -> None:
    """It would fail with a riddle after minutes."""
    folder = tmp_path / "my store"
    folder.mkdir()
    with pytest.raises(PythonBuildFailed, match="there is a space in its name"):
        Store(folder).build(make_sources(folder, "3.99.0"))


def test_the_phases_are_told(store: Store) -> None:
    """Also those that only the output of `make` tells."""
    make = "echo 'Running code to generate profile data (this can take a while):'; exit 1"
    with pytest.raises(PythonBuildFailed):
        store.build(make_sources(store.root, "3.99.0", make=make))

    assert [
        "Building Python 3.99.0: unpacking",
        "Building Python 3.99.0: configuring",
        "Building Python 3.99.0: compiling",
    ] == store.phases[:3]


def test_headers_that_are_hidden_are_missed_by_the_real_configure(tmp_path: Path) -> None:
    """Upstream's own `configure` says so, and nothing was compiled."""
    archive, _ = upstream_archive(CACHE)
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "bzlib.h").write_text("#error hidden\n")
    environ = {"CPPFLAGS": f"-I{hidden}", "PKG_CONFIG_LIBDIR": str(tmp_path)}
    store = Store(tmp_path, environ)
    with pytest.raises(PythonModulesMissing) as caught:
        store.build(archive, VERSION)

    assert ["bz2"] == [fault.place.key for fault in caught.value.faults]
    assert "checking for stdlib extension module zlib... yes" in next(tmp_path.rglob("*.log")).read_text()
    assert not any("compiling" in phase for phase in store.phases)
    assert [] == store.left()


# --- a real one ------------------------------------------------------------------------------------------------


def asked(python: Path, code: str) -> str:
    """Return what an interpreter prints."""
    done = subprocess.run([python, "-I", "-B", "-c", code], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_a_built_interpreter_has_what_it_should(built_python: BuiltOnce) -> None:
    """The version, the modules without which nobody wants it, pip; and nothing that only tests Python."""
    imports = "import bz2, ctypes, lzma, readline, sqlite3, ssl, sys, zlib; print(sys.version.split()[0], sys.prefix)"
    version, prefix = asked(built_python.python, imports).split()

    assert VERSION == version
    assert str(built_python.python.parents[1]) == prefix
    pip = [str(built_python.python.parent / "pip"), "--version"]
    assert "(python 3.13)" in subprocess.run(pip, check=True, capture_output=True, text=True).stdout
    assert not (Path(prefix) / "lib" / "python3.13" / "test").exists()
    assert [] == [*Path(prefix).rglob("*.a")]


def test_a_built_interpreter_is_small_sealed_and_listed(built_python: BuiltOnce) -> None:
    """Every file is in the manifest, none can be written, and all of them are less than a tenth of a plain build."""
    files = [path for path in built_python.folder.rglob("*") if path.is_file() and not path.is_symlink()]
    own = [path for path in files if ".parity" not in path.parts]
    entries = contents.parse((built_python.folder / ".parity" / "files").read_text())

    assert {str(path.relative_to(built_python.folder)) for path in own} <= {entry.path for entry in entries}
    assert not [path for path in own if path.stat().st_mode & 0o222]
    assert 70e6 > sum(path.stat().st_size for path in own)


def test_nothing_in_it_looks_where_it_was_built(built_python: BuiltOnce) -> None:
    """No run path leads to an absolute place below the store, no text to the folder of the build."""
    binaries = [*binaries_in(str(built_python.folder))]
    gone = str(built_python.folder / ".build")

    assert binaries
    assert [] == [path for path in binaries if str(built_python.home) in run_path(path)]
    assert [] == [path for path in built_python.folder.rglob("*.py") if gone in path.read_text(errors="replace")]
    code = "import sysconfig; print([v for v in sysconfig.get_config_vars().values() if '.build' in str(v)])"
    assert "[]" == asked(built_python.python, code)


def test_its_recipe_is_recorded_and_names_its_folder(built_python: BuiltOnce) -> None:
    """Source, arguments, compiler, flags, libc; the same in the answer and beside the interpreter."""
    marker = json.loads((built_python.folder / ".parity" / "complete").read_text())
    archive, known = upstream_archive(CACHE)

    assert built_python.interpreter["recipe"] == marker["recipe"]
    assert known.sha256 == marker["recipe"]["source"] == hash_file(str(archive))
    assert "-O0" == marker["recipe"]["flags"]["CFLAGS"]
    assert marker["sha256"] == built_python.interpreter["sha256"]
    assert built_python.folder.name.endswith(marker["sha256"][:12])
    assert {"configure", "compiler", "libc", "flags", "patches", "keep"} < marker["recipe"].keys()


def test_the_log_of_a_build_is_kept(built_python: BuiltOnce) -> None:
    """With every step in it."""
    log = Path(built_python.interpreter["log"]).read_text(errors="replace")

    assert all(f"--- {step}: " in log for step in ("configuring", "compiling", "installing"))
