"""conda's entry for Python → the request for an interpreter."""

import re
from collections.abc import Iterable
from dataclasses import replace

from parity.core.python_request import PythonRequest, parse_request
from parity.core.spec import CondaRequirement
from parity.core.translation.versions import UntranslatableError, to_pep440

_MINOR = re.compile(r"==(\d+(?:\.\d+){0,2})\.\*")
_PATCH = re.compile(r"==(\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?)")
_BUILD = re.compile(r"(?:\d+_|\*_?)?(?:[0-9a-z]+_)*?(?P<word>cpython|pypy\d*|cp\d+t?)(?:[_*].*)?")


def python_request(entry: CondaRequirement) -> PythonRequest | None:
    """Return what `python=3.10`, `python >=3.9,<3.12` or `python=3.13=*_cp313t` ask for; None for any Python.

    `=3.10` is the request `3.10`, `==3.10.4` is `3.10.4`, ranges are PEP 440 sets. A build string says PyPy or free
    threading and is otherwise not looked at. Raises UntranslatableError for alternatives and patterns.
    """
    versions = to_pep440(entry.version)
    word = build_word(entry.build)
    implementation = "pypy" if word.startswith("pypy") else "cpython"
    threads = word.startswith("cp") and word.endswith("t")
    if not versions and implementation == "cpython" and not threads:
        return None
    plain = _MINOR.fullmatch(versions) or _PATCH.fullmatch(versions)
    if not plain:
        request = parse_request(versions, entry.place)
        return replace(request, implementation=implementation, free_threaded=threads)
    prefix = "" if implementation == "cpython" else implementation
    return parse_request(f"{prefix}{plain[1]}{'t' if threads else ''}", entry.place)


def python_requests(conda: Iterable[CondaRequirement]) -> tuple[PythonRequest, ...]:
    """Return the requests of all entries for Python that can be said so.

    conda can still answer `python 3.11|3.12`; the light route refuses it, with its place.
    """
    requests = []
    for entry in conda:
        if entry.name == "python":
            try:
                requests.append(python_request(entry))
            except UntranslatableError:
                continue
    return tuple(request for request in requests if request)


def build_word(build: str) -> str:
    """Return the word in a build string of Python that says which Python it is: `cpython`, `pypy`, `cp313t`."""
    match = _BUILD.fullmatch(build)
    return match["word"] if match else ""
