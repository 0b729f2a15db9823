"""Extras of what conda brings: an index knows what they require, and conda does not."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from packaging.version import InvalidVersion, Version

from parity.core.errors import ResolutionImpossible
from parity.core.lockfile.model import LockedWheel
from parity.core.negotiation.check import reach
from parity.core.negotiation.joint import PublishedFile
from parity.core.resolution import Provided, Question
from parity.engines.pypi.pylock import Answered
from parity.engines.pypi.shelf import IndexShelf


def with_extras(question: Question, answer: Sequence[tuple[LockedWheel, Answered]], shelf: IndexShelf) -> Question:
    """Return a question that knows what those extras require which an answer asks of what conda brings.

    The same question where it knew all of them. Raises ResolutionImpossible where the answer does not hold,
    NetworkFailed.
    """
    versions = {wheel.name: wheel.version for wheel, _ in answer}
    versions |= {each.name: each.version for each in question.provided}
    requires = _required(question, answer, shelf)
    requires |= {each.name: each.requires for each in question.provided}
    reached = reach(question, versions, requires)
    if reached.unmet:
        listed = ", ".join(f"`{text}`" for text in sorted(set(reached.unmet)))
        raise ResolutionImpossible(f"nothing in the answer for `{question.target.name}` meets {listed}")
    asked = [each for each in question.provided if reached.extras.get(each.name) and not each.requires]
    found = {each.name: texts for each in asked if (texts := _of_extras(each, shelf))}
    return replace(
        question,
        provided=tuple(replace(each, requires=found.get(each.name, each.requires)) for each in question.provided),
    )


def _required(
    question: Question, answer: Sequence[tuple[LockedWheel, Answered]], shelf: IndexShelf
) -> dict[str, tuple[str, ...]]:
    given = {each.name: each for each in question.requirements if each.name and (each.path or each.url)}
    files = {wheel.name: file for wheel, answered in answer if (file := _file(wheel, answered))}
    read: Mapping[str, tuple[str, ...]] = dict(
        zip(files, (each.requires for each in shelf.metadata([*files.values()])), strict=True)
    )
    others = [wheel.name for wheel, _ in answer if wheel.name in given and wheel.name not in files]
    return {**read, **{name: shelf.given(given[name]).requires for name in others}}


def _file(wheel: LockedWheel, answered: Answered) -> PublishedFile | None:
    file = next((each for each in answered.files if each.name == wheel.file and each.address), None)
    if file is None:
        return None
    return PublishedFile(name=file.name, address=file.address, sha256=file.sha256, size=file.size)


def _of_extras(provided: Provided, shelf: IndexShelf) -> tuple[str, ...]:
    """Return what an index says that extras of this very version require; nothing where it does not have it."""
    files = [file for file in shelf.files([provided.name])[provided.name] if _is_of(file, provided.version)]
    said = shelf.metadata(files[:1])
    return tuple(text for each in said for text in each.requires if "extra" in text.partition(";")[2])


def _is_of(file: PublishedFile, version: str) -> bool:
    words = file.name.split("-")
    try:
        return file.name.endswith(".whl") and Version(words[1]) == Version(version)
    except (InvalidVersion, IndexError):
        return False
