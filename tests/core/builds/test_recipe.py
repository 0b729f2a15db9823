"""What decides the bytes of an interpreter that is built."""

from dataclasses import replace

import pytest

from parity.core.builds.errors import BuildOptionRefused
from parity.core.builds.recipe import (
    BuildOptions,
    Recipe,
    configure_arguments,
    keeps_symbols,
    normalised_parts,
    settled_flags,
)

PLAIN = Recipe(
    version="3.13.5",
    platform="linux-64",
    source="93e5",
    configure=("--with-ensurepip=install",),
    compiler="gcc 12.2.0",
    libc="glibc 2.36",
)


@pytest.mark.parametrize(
    "other",
    [
        replace(PLAIN, source="0000"),
        replace(PLAIN, configure=(*PLAIN.configure, "--enable-shared")),
        replace(PLAIN, compiler="gcc 13.1.0"),
        replace(PLAIN, libc="glibc 2.41"),
        replace(PLAIN, flags={"CFLAGS": "-O1"}),
        replace(PLAIN, patches=("ab",)),
        replace(PLAIN, keep=("tests",)),
        replace(PLAIN, platform="linux-aarch64"),
    ],
)
def test_whatever_decides_bytes_decides_the_name(other: Recipe) -> None:
    """Each part gives another digest, and the folder is named after it."""
    assert PLAIN.digest != other.digest
    assert f"cpython-3.13.5-{other.platform}-{other.digest[:12]}" == other.name


def test_the_order_of_flags_decides_nothing() -> None:
    """The same recipe is the same digest."""
    one, two = replace(PLAIN, flags={"CC": "gcc", "OPT": "-O1"}), replace(PLAIN, flags={"OPT": "-O1", "CC": "gcc"})

    assert one.digest == two.digest


@pytest.mark.parametrize(
    ("version", "options", "expected"),
    [
        ("3.13.5", BuildOptions(),
         ("--with-ensurepip=install", "--without-static-libpython", "--disable-test-modules")),
        ("3.9.2", BuildOptions(), ("--with-ensurepip=install",)),
        ("3.13.5", BuildOptions(keep=("static", "tests")), ("--with-ensurepip=install",)),
        (
            "3.9.2",
            BuildOptions(optimize=True, debug=True),
            ("--with-ensurepip=install", "--enable-optimizations", "--with-lto", "--with-pydebug"),
        ),
        ("3.9.2", BuildOptions(arguments=("enable-shared", "--with-lto", "CC=clang")),
         ("--with-ensurepip=install", "--enable-shared", "--with-lto", "CC=clang")),
    ],
)  # fmt: skip
def test_configure_is_told(version: str, options: BuildOptions, expected: tuple[str, ...]) -> None:
    """Parity's own arguments that a version knows, then the user's, dashes added where there are none."""
    assert expected == configure_arguments(version, options)


def test_a_profile_is_made_with_the_test_modules() -> None:
    """What a profile is made of are Python's own tests: they are left out afterwards, not before."""
    assert "--disable-test-modules" not in configure_arguments("3.13.5", BuildOptions(optimize=True))


def test_free_threaded_takes_a_version_that_can() -> None:
    """3.13 is the first."""
    assert "--disable-gil" in configure_arguments("3.13.0", BuildOptions(free_threaded=True))
    with pytest.raises(BuildOptionRefused, match=r"Python 3\.12\.1 cannot be built free-threaded"):
        configure_arguments("3.12.1", BuildOptions(free_threaded=True))


@pytest.mark.parametrize("argument", ["--prefix=/opt", "prefix=/opt", "--libdir", "--program-suffix=x"])
def test_the_layout_is_not_the_users(argument: str) -> None:
    """Environments rely on it."""
    with pytest.raises(BuildOptionRefused, match="cannot be given to `configure`"):
        configure_arguments("3.13.5", BuildOptions(arguments=(argument,)))


def test_flags_of_the_user_are_taken_and_others_are_not() -> None:
    """And nothing is compiled with debug symbols, unless they are to be kept."""
    environ = {"CFLAGS": "-O1", "CFLAGS_NODIST": "-march=native", "HOME": "/home/you", "LDFLAGS": ""}

    assert {"CFLAGS": "-O1", "CFLAGS_NODIST": "-g0 -march=native"} == settled_flags(environ, BuildOptions())
    assert {"CFLAGS": "-O1", "CFLAGS_NODIST": "-march=native"} == settled_flags(environ, BuildOptions(keep=("debug",)))


def test_a_shared_library_is_found_beside_the_program() -> None:
    """Whatever folder that is: `$ORIGIN`, quoted for make and the shell."""
    shared = BuildOptions(arguments=("enable-shared",))

    assert r"-Wl,-rpath,\$$ORIGIN/../lib" == settled_flags({}, shared)["LDFLAGS"]
    assert "LDFLAGS" not in settled_flags({}, shared, macos=True)


def test_debug_builds_keep_their_symbols() -> None:
    """That is what they are for."""
    assert keeps_symbols(BuildOptions(debug=True))
    assert not keeps_symbols(BuildOptions())


def test_parts_are_named_one_by_one_or_together() -> None:
    """Other words are refused."""
    assert ("debug", "tests") == normalised_parts(["tests,debug", "tests"])
    with pytest.raises(BuildOptionRefused, match="`docs` is nothing that can be kept"):
        normalised_parts(["tests,docs"])
