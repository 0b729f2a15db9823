"""What `parity python` does, apart from words."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from parity.core.errors import PythonBroken, PythonMissing, PythonUnavailable
from parity.core.findings import Finding
from parity.core.interpreters import Interpreter
from parity.core.places import Place
from parity.core.ports import SilentReporter
from parity.core.python_request import PythonRequest, parse_request
from parity.engines.system.files import read_text
from parity.workflows.python import find_interpreter, install_python, list_interpreters, pinned


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What was discovered."""

    interpreters: tuple[Interpreter, ...]
    findings: tuple[Finding, ...] = ()
    environments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An interpreter that was installed."""

    interpreter: Interpreter
    file: str = "python.tar.gz"
    sha256: str = "0" * 64
    reused: bool = False


def python(version: str, *, name: str = "", real: str = "", source: str = "pyenv") -> Interpreter:
    """Make an interpreter."""
    path = f"/{name or version}/bin/python"
    return Interpreter(
        implementation="cpython",
        version=version,
        path=path,
        real_path=real or path,
        source=source,  # type: ignore[arg-type]  # the tests name real sources
        name=name or version,
    )


def inspect(path: str) -> Interpreter:
    """Say that everything below `/opt` is an interpreter."""
    if not path.startswith("/opt/"):
        raise PythonBroken(path, "no such file or directory")
    return Interpreter(implementation="cpython", version="3.9.9", path=path, real_path=path, source="path")


def asked(text: str) -> list[PythonRequest]:
    """Return a request of the command line."""
    return [parse_request(text, Place(file=""))]


HERE = World(interpreters=(python("3.11.7"), python("3.13.0")), environments=("work",))


def test_the_pin_of_a_directory_marks_the_current_one(tmp_path: Path) -> None:
    """The nearest `.python-version` above counts, `PYENV_VERSION` before it."""
    (tmp_path / ".python-version").write_text("3.11\n")
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)

    assert "3.11.7" == getattr(list_interpreters(HERE, inner, read=read_text, environ={}).current, "version", "")
    assert "3.13.0" == getattr(
        list_interpreters(HERE, inner, read=read_text, environ={"PYENV_VERSION": "3.13"}).current, "version", ""
    )
    assert "../../.python-version" == pinned(inner, read=read_text, environ={})[0].place.file


def test_without_a_pin_none_is_current(tmp_path: Path) -> None:
    """The newest stands on top, nothing is marked."""
    listing = list_interpreters(HERE, tmp_path, read=lambda _: None, environ={})

    assert listing.current is None
    assert ["3.13.0", "3.11.7"] == [each.version for each in listing.interpreters]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "3.12",
            "no installed Python answers `3.12` (asked for by `.python-version:1`)",
            "run `parity python install 3.12`; the nearest here: `3.13.0`, `3.11.7`",
        ),
        ("../x", "`../x` is not the name of a Python version", ""),
    ],
)
def test_a_pin_that_cannot_be_met_does_not_hide_the_list(tmp_path: Path, text: str, message: str, hint: str) -> None:
    """Who has to mend a pin needs the list."""
    (tmp_path / ".python-version").write_text(text)
    listing = list_interpreters(HERE, tmp_path, read=read_text, environ={})

    assert 2 == len(listing.interpreters)
    assert [("python-pin", message, hint)] == [(each.code, each.message, each.hint) for each in listing.findings]


def test_aliases_and_environments_are_shown_on_demand(tmp_path: Path) -> None:
    """One executable is one line, unless everything is wanted."""
    real = python("3.12.4")
    alias = python("3.12.4", name="3.12", real=real.path)
    gpu, base = (python("3.10.1", name=name, source="conda") for name in ("gpu", "base"))
    world = World(interpreters=(alias, real, gpu, base))

    shown = list_interpreters(world, tmp_path, read=lambda _: None, environ={}).interpreters
    everything = list_interpreters(world, tmp_path, read=lambda _: None, environ={}, everything=True).interpreters
    assert (["3.12.4", "base"], 4) == ([each.name for each in shown], len(everything))


def test_what_is_asked_for_is_found_or_missing(tmp_path: Path) -> None:
    """Nothing stands in for what is not there, and the error says how to get it."""
    assert "3.11.7" == find_interpreter(asked("3.11"), HERE, tmp_path, inspect=inspect).version
    with pytest.raises(PythonMissing) as caught:
        find_interpreter(asked("3.12.99"), HERE, tmp_path, inspect=inspect)

    assert "no installed Python answers `3.12.99`" == caught.value.message
    assert "run `parity python install 3.12.99`; the nearest here: `3.11.7`, `3.13.0`" == caught.value.hint


def test_the_name_of_a_virtual_environment_is_explained(tmp_path: Path) -> None:
    """As pyenv-virtualenv writes it into `.python-version`."""
    with pytest.raises(PythonMissing) as caught:
        find_interpreter(asked("work"), HERE, tmp_path, inspect=inspect)

    assert "`work` is a virtual environment: name the version it was made from" == caught.value.hint


def test_a_path_is_looked_at_from_the_directory() -> None:
    """Relative or not, a path names that one; what is none is refused as what it is."""
    assert "/opt/x/python" == find_interpreter(asked("../x/python"), HERE, Path("/opt/y"), inspect=inspect).path
    assert "/opt/python" == find_interpreter(asked("/opt/python"), HERE, Path("/tmp"), inspect=inspect).path  # noqa: S108 - only a name
    with pytest.raises(PythonBroken):
        find_interpreter(asked("./python"), HERE, Path("/usr"), inspect=inspect)


def test_nothing_is_installed_unless_all_can_be() -> None:
    """A typing error in the second request costs no download of the first."""
    installed: list[str] = []

    def find(requests: Sequence[PythonRequest]) -> Fetched:
        if requests[0].text == "3.99":
            raise PythonUnavailable(requests[0].text)
        return Fetched(interpreter=python(requests[0].text))

    def install(offer: Fetched) -> Fetched:
        installed.append(offer.interpreter.version)
        return offer

    with pytest.raises(PythonUnavailable):
        install_python([*asked("3.12.4"), *asked("3.99")], find=find, install=install, reporter=SilentReporter())
    assert [] == installed
    install_python([*asked("3.12.4"), *asked("3.11.1")], find=find, install=install, reporter=SilentReporter())
    assert ["3.12.4", "3.11.1"] == installed
