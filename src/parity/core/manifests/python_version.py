"""`.python-version` and the variables before it: which interpreters, as pyenv reads them."""

import re
from collections.abc import Iterable, Mapping, Sequence

from parity.core.errors import Fault, ManifestError
from parity.core.places import Place
from parity.core.python_request import PythonRequest, parse_request

# names become parts of paths, in shims too
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")

#: The variables that choose a version before any file does; the first that is set counts.
VARIABLES = ("PARITY_PYTHON", "PYENV_VERSION")
#: What may stand among the variables that one cell of a matrix is made with: who asks for its Python.
ASKERS = ("-p", "[tool.parity.matrix]")


def parse_python_version(text: str, file: str) -> tuple[PythonRequest, ...]:
    """Take a `.python-version` apart: the first word of each line, in order of preference; `#` begins a comment line.

    Raises ManifestError, with every line at fault, for words that are no version and no name.
    """
    words = (
        (line.split()[0], Place(file=file, line=number))
        for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1)
        if line.strip() and not line.lstrip().startswith("#")
    )
    return _requests(words)


def choosing_variable(environ: Mapping[str, str]) -> str:
    """Return the name of the variable that chooses a version, or nothing where none is set."""
    return next((name for name in (*ASKERS, *VARIABLES) if environ.get(name)), "")


def parse_variables(environ: Mapping[str, str]) -> tuple[PythonRequest, ...]:
    """Take the value of the variable that chooses apart: versions with colons between them, `system` among them.

    Raises ManifestError as `parse_python_version` does; the place is the variable.
    """
    name = choosing_variable(environ)
    words = (word.strip() for word in environ.get(name, "").split(":"))
    return _requests((word, Place(file=name)) for word in words if word)


def _requests(words: Iterable[tuple[str, Place]]) -> tuple[PythonRequest, ...]:
    found: dict[str, PythonRequest] = {}
    faults: list[Fault] = []
    for word, place in words:
        if _NAME.fullmatch(word) and ".." not in word:
            found.setdefault(word, parse_request(word, place))
        else:
            hint = "write a version such as `3.12`, or the name of an installed interpreter"
            faults.append(Fault(place=place, message=f"`{word}` is not the name of a Python version", hint=hint))
    if faults:
        raise ManifestError(faults)
    return tuple(found.values())


def parse_versions(texts: Iterable[str]) -> tuple[PythonRequest, ...]:
    """Return what words that are to be pinned ask for. Raises ManifestError for what is no version and no name."""
    return _requests((text, Place(file="")) for text in texts)


def with_versions(text: str, versions: Sequence[str]) -> str:
    """Return a `.python-version` that names these versions, where its first one stood; comments and the rest stay.

    A remark behind the first version stays too, as pyenv takes only the first word of a line.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    named = [number for number, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")]
    if [lines[number].split()[0] for number in named] == [*versions]:
        return text
    place = named[0] if named else len(lines)
    remark = lines[place].strip().partition(" ")[2] if named else ""
    new = [*versions]
    new[0] = f"{new[0]} {remark}".rstrip()
    kept_after = [line for number, line in enumerate(lines[place:], start=place) if number not in named]
    return "".join(f"{line}\n" for line in [*lines[:place], *new, *kept_after])
