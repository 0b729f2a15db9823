"""Packages added to an environment that belongs to no project, and taken out of it: `conda install -n` and its kin."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from parity.core.conda.errors import PackageMissing
from parity.core.distributions.errors import DistributionUnknown
from parity.core.editing.errors import RequirementUnknown
from parity.core.editing.manifests import with_entry, without_entries
from parity.core.editing.requests import as_wheel, read_requests
from parity.core.errors import UsageError
from parity.core.places import Place
from parity.workflows.edit import Edited, neither, without_package
from parity.workflows.env_create import changed
from parity.workflows.env_ingredients import COMMAND_LINE, Ingredients, kept
from parity.workflows.lock import Wish
from parity.workflows.lock_text import lock_of
from parity.workflows.project import held_as_named, title_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from parity.core.editing.requests import Terms
    from parity.core.editing.wanted import Edit, Wanted
    from parity.workflows.env_create import Tools

_EMPTY = "dependencies:\n"


def add(tools: Tools, root: Path, words: Sequence[str], terms: Terms) -> Edited:
    """Have an environment be made of some packages more; of its lock stays what still fits.

    On the conda route a bare name is conda's where a channel has it. Raises UsageError for an environment that was
    made of a lock, ManifestError, and what locking and syncing raise; the environment is then as it was.
    """
    with held_as_named(tools.roots, root, tools.reporter):
        old = _editable(tools, root)
        conda_first = lock_of(tools.roots, root).route == "conda"
        wanted = read_requests(words, terms, conda_first=conda_first)
        lacking: PackageMissing | None = None
        while True:
            try:
                return _changed(tools, root, *_with_all(old, wanted))
            except DistributionUnknown as error:
                raise neither(error, lacking) from error
            except PackageMissing as error:
                lacking = error
                absent = without_package(error, wanted, terms)
                wanted = [as_wheel(one, terms) if one.name in absent else one for one in wanted]


def remove(tools: Tools, root: Path, names: Sequence[str]) -> Edited:
    """Have an environment be made without some names. The user's own files, of which it has copies, stay as they are.

    Raises RequirementUnknown for a name that none of its manifests asks for, and what `add` raises.
    """
    with held_as_named(tools.roots, root, tools.reporter):
        old = _editable(tools, root)
        texts, edits = dict(old.texts), []
        for name in names:
            found = [edit for file in old.manifests for edit in _without(texts, file, name)]
            if not found:
                raise _unknown(title_of(tools.roots, root), name, old)
            edits += found
        return _changed(tools, root, replace(old, texts=texts), tuple(edits))


def _editable(tools: Tools, root: Path) -> Ingredients:
    old = kept(tools.roots, str(root))
    if old.lock:
        hint = "make one of packages or of a manifest: `parity env create`"
        raise UsageError("the environment was made of a lock, to which nothing can be added", hint=hint)
    return old


def _with_all(old: Ingredients, wanted: Sequence[Wanted]) -> tuple[Ingredients, tuple[Edit, ...]]:
    """Return what it is made of with all of them in the manifest that stands for the command line, and what is new."""
    text, edits = old.texts.get(COMMAND_LINE, _EMPTY), []
    for one in wanted:
        texts = {COMMAND_LINE: text}
        before = () if one.bare else _without(texts, COMMAND_LINE, one.name)  # conda's entry gives way to the index's
        text, edit = with_entry(texts[COMMAND_LINE], COMMAND_LINE, one)
        if edit:
            edits.append(replace(edit, before=before[0].before if before else ""))
    manifests = old.manifests if COMMAND_LINE in old.manifests else (*old.manifests, COMMAND_LINE)
    new = replace(old, manifests=manifests, texts={**old.texts, COMMAND_LINE: text}) if edits else old
    return new, tuple(edits)


def _without(texts: dict[str, str], file: str, name: str) -> tuple[Edit, ...]:
    """Take a name out of one of the texts, and return what is different."""
    try:
        texts[file], edits = without_entries(texts[file], file, [name])
    except RequirementUnknown:  # another one may ask for it
        return ()
    return edits


def _unknown(title: str, name: str, old: Ingredients) -> RequirementUnknown:
    hint = f"`parity why -n {title} {name}` shows who asks for it, if anybody does"
    for file in old.manifests:
        try:
            without_entries(old.texts[file], file, [name])
        except RequirementUnknown as error:
            hint = error.hint if error.hint.startswith("did you mean") else hint
    return RequirementUnknown(f"`{title}` is not made of `{name}`", hint=hint)


def _changed(tools: Tools, root: Path, new: Ingredients, edits: Sequence[Edit]) -> Edited:
    title = title_of(tools.roots, root)
    ready = changed(tools, root, new, Wish()).ready
    return Edited(
        manifest=title,
        edits=tuple(replace(edit, place=Place(file=title, key=edit.place.key)) for edit in edits),
        changes=ready.locked.changes if ready.locked else (),
        findings=(),  # the sync tells of them
        ready=ready,
    )
