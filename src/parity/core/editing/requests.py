"""Words of a command line (`numpy`, `"numpy<2"`, `conda-forge::mkl`) → what is to be written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from parity.core.dataclass import dataclass
from parity.core.editing.conditions import marker_for, selector_for
from parity.core.editing.wanted import Wanted
from parity.core.errors import ManifestError, UsageError
from parity.core.manifests.match_spec import parse_match_spec
from parity.core.manifests.wheel_requirements import parse_requirement
from parity.core.places import Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from parity.core.editing.wanted import Kind

_COMMAND_LINE = Place(file="the command line")
_NAME = re.compile(r"([^][<>=!~;@\s]+)(\[[^]]*\])?")  # of a package, or of a folder; extras behind it


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds for all words: the group, the platform (`linux-64`, empty: all), and the kind that was said."""

    group: str = ""
    platform: str = ""
    kind: Kind | None = None


def read_request(text: str, terms: Terms, *, conda_first: bool) -> Wanted:
    """Return what a word asks for; where nobody said which, it is conda's if it can be and conda comes first.

    Raises ManifestError where it is neither, UsageError for a path: that is `--editable`'s.
    """
    if not text.strip():
        raise _empty()
    if terms.kind == "conda":
        return _conda(text, terms)
    if terms.kind is None and conda_first:
        try:
            return _conda(text, terms)
        except ManifestError:  # extras and addresses are pip's
            return _wheel(text, terms)
    return _wheel(text, terms)


def read_requests(words: Iterable[str], terms: Terms, *, conda_first: bool) -> list[Wanted]:
    """Return what words ask for, each thing once. Raises UsageError where two ask for different things of one name.

    Raises what `read_request` raises.
    """
    found: dict[tuple[str, str], tuple[str, Wanted]] = {}
    for word in words:
        one = read_request(word, terms, conda_first=conda_first)
        said, before = found.setdefault((canonicalize_name(one.name), one.condition), (word, one))
        if before != one:
            raise UsageError(
                f"`{one.name}` is asked for twice: `{said}` and `{word}`",
                hint="say it in one word, with a comma between two bounds, as in `numpy>=1,<2`",
            )
    return [one for _, one in found.values()]


def as_wheel(wanted: Wanted, terms: Terms) -> Wanted:
    """Return a request for conda as one for a distribution. Raises ManifestError where it cannot be one."""
    return _wheel(wanted.text, terms)


def name_in(text: str, *, instead: str) -> str:
    """Return the name in a word that may have extras besides. Raises UsageError where it asks for more than a name.

    `instead` is the hint for whoever does.
    """
    found = _NAME.fullmatch(text.strip())
    if not text.strip():
        raise _empty()
    if not found:
        raise UsageError(f"`{text}` is more than a name", hint=instead)
    return found[1]


def _empty() -> UsageError:
    return UsageError("a name is empty", hint="perhaps a variable of the shell has nothing in it")


def _conda(text: str, terms: Terms) -> Wanted:
    found = parse_match_spec(text, _COMMAND_LINE)
    bare = not (found.version or found.build or found.build_number or found.others)
    condition = selector_for(terms.platform) if terms.platform else ""
    return Wanted(kind="conda", name=found.name, text=text.strip(), condition=condition, group=terms.group, bare=bare)


def _wheel(text: str, terms: Terms) -> Wanted:
    found = parse_requirement(text, _COMMAND_LINE, locate=str)
    if not found.name:
        raise UsageError(
            f"`{text}` is no name of a distribution",
            hint="write `NAME @ ADDRESS` for an address, `--editable PATH` for a folder",
        )
    if terms.platform and found.marker:
        raise UsageError(f"`{text}` has a marker of its own", hint="leave out `--target`, or the marker")
    condition = marker_for(terms.platform) if terms.platform else found.marker
    body = text.strip() if not found.marker else text.rpartition(";")[0].strip()
    return Wanted(
        kind="pypi",
        name=canonicalize_name(found.name),
        text=body,
        condition=condition,
        group=terms.group,
        bare=not (found.specifier or found.url or found.path),
    )
