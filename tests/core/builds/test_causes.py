"""What probably went wrong, from what a build says."""

import pytest

from parity.core.builds.causes import end_of, likely_cause
from parity.core.builds.modules import Modules
from parity.workflows.wiring import data

TABLE = Modules.from_text(data("python_modules.toml"))


@pytest.mark.parametrize(
    ("log", "cause", "hint"),
    [
        (
            "0:00:39 [19/43] test_generators failed (1 failure)\nmake: *** [Makefile:902: profile-run-stamp] Error 2\n",
            "Python's own `test_generators` failed while the profile was made",
            "try again on an idle machine, or leave `--optimize` out",
        ),
        (
            "_bz2module.c:13:10: fatal error: bzlib.h: No such file or directory\nmake: *** [Makefile:1] Error 1",
            "the header `bzlib.h` is not installed",
            "libbz2-dev (apt)",
        ),
        ("fatal error: other.h: No such file or directory", "the header `other.h` is not installed", "package"),
        ("x.c:1:10: fatal error: 'zlib.h' file not found", "the header `zlib.h` is not installed", "zlib-dev (apk)"),
        ("gcc: fatal error: Killed signal terminated program cc1", "the compiler was killed", "--optimize"),
        ("/usr/bin/ld: cannot find -lcrypto: No such file or directory", "the library `crypto` cannot", "headers"),
        ("cc1: error: unrecognized command-line option '-fx'", "the compiler does not know an option", "CFLAGS"),
        ("write error: No space left on device", "the disk is full", "make room"),
        ("configure: error: no acceptable C compiler found in $PATH", "there is no C compiler", "gcc"),
        ("configure: error: Unexpected output of 'arch' on OSX", "`configure` says: Unexpected output", "--with"),
        ("ssl.c:(.text+0x1): undefined reference to `SSL_new'", "`SSL_new` is in no library", "LDFLAGS"),
    ],
)  # fmt: skip
def test_the_likely_cause_is_told_with_a_remedy(log: str, cause: str, hint: str) -> None:
    """The first complaint that explains the others."""
    found = likely_cause(f"gcc -c x.c\n{log}\nmake: *** Error\n", TABLE)

    assert cause in found[0]
    assert hint in found[1]


def test_where_nobody_can_tell_nothing_is_told() -> None:
    """A guess would lead astray."""
    assert ("", "") == likely_cause("make: *** [Makefile:12: all] Error 2\n", TABLE)


def test_the_end_of_a_log_is_its_last_lines() -> None:
    """Blank ones left out."""
    assert [f"line {number}" for number in range(8, 20)] == end_of(
        "".join(f"line {number}\n\n" for number in range(20))
    ).splitlines()
