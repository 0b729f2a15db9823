"""A manifest of any kind with one entry more, another or less: everything else stays as it is, byte for byte."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from parity.core.dataclass import dataclass
from parity.core.editing import environment_yml, pyproject_toml, requirements_txt
from parity.core.editing.errors import RequirementAmbiguous, RequirementUnknown
from parity.core.editing.lists import Brackets
from parity.core.editing.wanted import Edit, with_marker
from parity.core.errors import Fault
from parity.core.places import Place
from parity.core.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from parity.core.editing.lists import Entry, Lines
    from parity.core.editing.wanted import Kind, Wanted

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shelf:
    """One list of a manifest: its key, of which kind its entries are, and where they stand."""

    key: tuple[str, ...]
    kind: Kind
    found: Lines | Brackets


def is_environment(file: str) -> bool:
    """Say whether a manifest is an `environment.yml`, whatever its name."""
    return file.endswith((".yml", ".yaml"))


def is_pyproject(file: str) -> bool:
    """Say whether a manifest is a `pyproject.toml`."""
    return posixpath.basename(file) == "pyproject.toml"


def with_entry(text: str, file: str, wanted: Wanted) -> tuple[str, Edit | None]:
    """Return a manifest that asks for something, and what is different; None where it did so already.

    An entry for the same name under the same condition is replaced where it stands, and keeps its extras; a bare name
    replaces nothing. Raises ManifestError, ManifestUneditable, RequirementAmbiguous.
    """
    body = text.removeprefix(_BOM)
    shelf = _shelf_for(body, file, wanted)
    number = _number(body, file, shelf, wanted) if shelf else None
    before = "" if number is None or shelf is None else shelf.found.entries[number].text
    if before and wanted.bare:
        widened = _widened(wanted, before)
        if widened is None:
            return text, None
        wanted = widened
    wanted = _with_extras(wanted, before)
    new = _put(body, file, wanted) if number is None or shelf is None else _replaced(body, file, shelf, number, wanted)
    if new == body:
        return text, None
    place = Place(file=file, key=".".join(shelf.key if shelf else _key_for(body, file, wanted)))
    marked = with_marker(wanted.text, wanted.condition if wanted.kind == "pypi" else "")
    after = f"-e {wanted.text}" if wanted.editable else marked
    return _marked(text, new), Edit(place=place, name=wanted.name, before=before, after=after)


def without_entries(text: str, file: str, names: Sequence[str], group: str = "") -> tuple[str, tuple[Edit, ...]]:
    """Return a manifest that does not ask for some names any more: the project's own requirements, or a group's.

    Raises RequirementUnknown for a name that is not asked for there, ManifestError, ManifestUneditable.
    """
    body = text.removeprefix(_BOM)
    edits: list[Edit] = []
    for asked in names:
        before = len(edits)
        while hit := _hit(body, file, asked, group):
            shelf, number = hit
            entry = shelf.found.entries[number]
            edits.append(
                Edit(place=Place(file=file, key=".".join(shelf.key)), name=entry.name, before=entry.text, after="")
            )
            body = _taken(body, file, shelf, number)
        if len(edits) == before:
            raise _unknown(asked, body, file, group)
    return _marked(text, body), tuple(edits)


def _marked(text: str, body: str) -> str:
    return _BOM + body if text.startswith(_BOM) else body


def _shelves(text: str, file: str, group: str) -> Iterator[_Shelf]:
    """Yield the lists in which a name may stand: those of the project itself, or that of a group."""
    kinds: tuple[Kind, ...] = ("conda", "pypi")
    if is_environment(file):
        for kind in kinds:
            if found := environment_yml.listed(text, file, kind):
                yield _Shelf(
                    key=("dependencies", "pip") if kind == "pypi" else ("dependencies",), kind=kind, found=found
                )
    elif not is_pyproject(file):
        yield _Shelf(key=(), kind="pypi", found=requirements_txt.listed(text, file))
    else:
        paths = [pyproject_toml.group_path(text, group)] if group else [pyproject_toml.CONDA, pyproject_toml.PROJECT]
        for path in paths:
            kind = "conda" if path == pyproject_toml.CONDA else "pypi"
            if brackets := pyproject_toml.listed(text, file, path, kind):
                yield _Shelf(key=path, kind=kind, found=brackets)


def _shelf_for(text: str, file: str, wanted: Wanted) -> _Shelf | None:
    group = wanted.group if is_pyproject(file) else ""
    return next((shelf for shelf in _shelves(text, file, group) if shelf.kind == wanted.kind), None)


def _key_for(text: str, file: str, wanted: Wanted) -> tuple[str, ...]:
    """Return the key of a list that is begun for an entry."""
    if is_pyproject(file):
        return pyproject_toml.path_of(text, wanted)
    if is_environment(file):
        return ("dependencies",) if wanted.kind == "conda" else ("dependencies", "pip")
    return ()


def _number(text: str, file: str, shelf: _Shelf, wanted: Wanted) -> int | None:
    """Return which entry is about the same under the same condition.

    Where there are only several under conditions and none is named, nobody can say which of them is meant.
    """
    same = [(number, each) for number, each in enumerate(shelf.found.entries) if _is(each.name, wanted.name)]
    found = next((number for number, entry in same if entry.condition == wanted.condition), None)
    if found is None and not wanted.condition and len(same) > 1:
        raise RequirementAmbiguous(
            wanted.name,
            [
                Fault(place=Place(file=file, line=text.count("\n", 0, entry.start) + 1), message=f"`{_shown(entry)}`")
                for _, entry in same
            ],
        )
    return found


def _shown(entry: Entry) -> str:
    """Return an entry with its condition, which for a conda package stands in the comment behind it."""
    return entry.text if entry.condition in entry.text else f"{entry.text}  # [{entry.condition}]"


def _is(one: str, name: str) -> bool:
    return bool(one) and canonicalize_name(one) == canonicalize_name(name)


def _put(text: str, file: str, wanted: Wanted) -> str:
    if is_pyproject(file):
        return pyproject_toml.put(text, file, wanted)
    if is_environment(file):
        return environment_yml.put(text, file, wanted)
    return requirements_txt.listed(text, file).put(requirements_txt.value_of(wanted), wanted.name)


def _replaced(text: str, file: str, shelf: _Shelf, number: int, wanted: Wanted) -> str:
    if is_pyproject(file):
        return pyproject_toml.replace(text, file, wanted, number)
    if is_environment(file):
        # the selector is in the comment, which stays
        said = replace(wanted, condition="") if wanted.kind == "conda" else wanted
        flow = isinstance(shelf.found, Brackets)
        return shelf.found.replace(number, environment_yml.value_of(said, flow=flow))
    return shelf.found.replace(number, requirements_txt.value_of(wanted))


def _taken(text: str, file: str, shelf: _Shelf, number: int) -> str:
    if is_pyproject(file):
        return pyproject_toml.take(text, file, shelf.key, shelf.kind, number)
    if is_environment(file):
        return environment_yml.take(text, file, shelf.kind, number)
    return shelf.found.take(number)


def _hit(text: str, file: str, asked: str, group: str) -> tuple[_Shelf, int] | None:
    for shelf in _shelves(text, file, group):
        for number, entry in enumerate(shelf.found.entries):
            if _is(entry.name, asked):
                return shelf, number
    return None


def _widened(wanted: Wanted, before: str) -> Wanted | None:
    """Return a bare name with extras as the entry that is there with these too; None where that has them all."""
    if wanted.kind == "conda" or wanted.editable or "[" not in wanted.text:
        return None
    try:
        old, new = Requirement(before), Requirement(wanted.text)
    except InvalidRequirement:
        return None
    if new.extras <= old.extras:
        return None
    extras = f"[{','.join(sorted(old.extras | new.extras))}]"
    rest = before.partition(";")[0].strip().removeprefix(old.name).lstrip()
    rest = rest.partition("]")[2].lstrip() if rest.startswith("[") else rest
    return replace(wanted, text=f"{old.name}{extras}{rest}")


def _with_extras(wanted: Wanted, before: str) -> Wanted:
    """Return a requirement with the extras of the one that it replaces, unless it names its own."""
    if wanted.kind == "conda" or wanted.editable or "[" not in before:
        return wanted
    try:
        old, new = Requirement(before), Requirement(wanted.text)
    except InvalidRequirement:
        return wanted
    if new.extras or not old.extras:
        return wanted
    extras = f"[{','.join(sorted(old.extras))}]"
    return replace(wanted, text=wanted.text.replace(new.name, f"{new.name}{extras}", 1))


def _unknown(asked: str, text: str, file: str, group: str) -> RequirementUnknown:
    names = [entry.name for shelf in _shelves(text, file, group) for entry in shelf.found.entries if entry.name]
    where = f"the group `{group}` of `{file}`" if group else f"`{file}`"
    hint = did_you_mean(canonicalize_name(asked), names, f"`parity why {asked}` shows who asks for it, if anybody does")
    for other in pyproject_toml.groups_of(text) if is_pyproject(file) and not group else ():
        if _hit(text, file, asked, other):
            hint = f"the group `{other}` asks for it: `parity remove {asked} --group {other}`"
    return RequirementUnknown(f"{where} does not ask for `{asked}`", hint=hint, place=Place(file=file))
