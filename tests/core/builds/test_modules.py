"""Which standard modules would be missing, from what `configure` says."""

import pytest

from parity.core.builds.errors import PythonModulesMissing
from parity.core.builds.modules import Modules, Outlook, foresee, refuse_missing, remarks
from parity.workflows.wiring import data

TABLE = Modules.from_text(data("python_modules.toml"))
MANAGERS = ["apt", "dnf", "apk", "pacman", "zypper", "brew"]

SAID = """\
checking for gcc... gcc
checking for stdlib extension module zlib... yes
checking for stdlib extension module _bz2... missing
checking for stdlib extension module _ssl... missing
checking for stdlib extension module _hashlib... missing
checking for stdlib extension module _gdbm... missing
checking for stdlib extension module _scproxy... n/a
checking for stdlib extension module _testcapi... disabled
checking for stdlib extension module _ctypes_test... missing
checking for stdlib extension module _novelty... missing
"""
OLD = """\
checking whether compiling and linking against OpenSSL works... no
checking for --with-ssl-default-suites... python
"""


def names(outlook: Outlook) -> list[str]:
    """Return the names of what is missing."""
    return [module.name for module in outlook.missing]


def refuse_headers(header: str) -> bool:
    """Fail where the compiler is asked although `configure` has answered."""
    raise AssertionError(header)


def test_configure_says_what_is_missing() -> None:
    """Each standard module once, by the name under which it is imported; what nobody misses is left out."""
    outlook = foresee(SAID, "3.13.5", TABLE, has_header=refuse_headers)

    assert ["bz2", "ssl", "dbm.gnu", "novelty"] == names(outlook)
    assert ("zlib",) == outlook.extensions


def test_older_versions_are_asked_through_the_compiler() -> None:
    """What their `configure` checks counts; of the rest, one header of several is enough."""
    outlook = foresee(OLD, "3.9.2", TABLE, has_header=lambda header: header not in {"bzlib.h", "tk.h", "ffi.h"})

    assert ["ssl", "bz2"] == names(outlook)
    assert "_ctypes" in outlook.extensions
    assert "_zstd" not in outlook.extensions


def test_what_must_be_there_is_an_error_that_names_packages() -> None:
    """All modules together, each with the package of six managers, and this machine's command."""
    outlook = foresee(SAID, "3.13.5", TABLE, has_header=refuse_headers)
    with pytest.raises(PythonModulesMissing) as caught:
        refuse_missing(outlook, [], TABLE, manager="apt", version="3.13.5")

    assert "Python 3.13.5 would be built without `bz2`, `ssl`" == caught.value.message
    assert (
        "run `apt-get install libbz2-dev libssl-dev`, or do without: `--allow-missing bz2 --allow-missing ssl`"
    ) == caught.value.hint
    assert (
        "the package with its headers: libbz2-dev (apt), bzip2-devel (dnf), bzip2-dev (apk), bzip2 (pacman), "
        "libbz2-devel (zypper), bzip2 (brew)"
    ) == caught.value.faults[0].hint


@pytest.mark.parametrize("allowed", [["bz2", "ssl"], ["_bz2", "_ssl"], ["bz2", "hashlib"]])
def test_what_is_allowed_by_name_may_be_missing(allowed: list[str]) -> None:
    """By the module's own name, or that of its extension."""
    refuse_missing(
        foresee(SAID, "3.13.5", TABLE, has_header=refuse_headers), allowed, TABLE, manager="", version="3.13"
    )


def test_allowing_one_does_not_allow_another() -> None:
    """Each by its name; where no package manager is known, the packages are named all the same."""
    outlook = foresee(SAID, "3.13.5", TABLE, has_header=refuse_headers)
    with pytest.raises(PythonModulesMissing) as caught:
        refuse_missing(outlook, ["bz2"], TABLE, manager="", version="3.13.5")

    assert "install the packages that are named, or do without: `--allow-missing ssl`" == caught.value.hint
    assert 1 == len(caught.value.faults)


def test_the_rest_is_a_remark() -> None:
    """With the command that brings the headers, or nothing where nobody knows."""
    findings = remarks(foresee(SAID, "3.13.5", TABLE, has_header=refuse_headers), TABLE, manager="dnf")

    assert [("warning", "bz2"), ("warning", "ssl"), ("info", "dbm.gnu"), ("info", "novelty")] == [
        (finding.severity, finding.package) for finding in findings
    ]
    assert ["dnf install gdbm-devel", ""] == [finding.hint for finding in findings][2:]


def test_every_required_module_has_a_package_for_every_manager() -> None:
    """The seven without which an interpreter is of little use."""
    required = [module for module in TABLE.modules if module.required]

    assert {"ssl", "zlib", "ctypes", "sqlite3", "bz2", "lzma", "readline"} == {module.name for module in required}
    assert MANAGERS == [*TABLE.managers]
    assert all([*module.packages] == MANAGERS and all(module.packages.values()) for module in required)
