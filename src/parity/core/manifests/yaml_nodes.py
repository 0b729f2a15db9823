"""YAML text → a small tree that knows its lines and comments, and refuses what a manifest must not have.

YAML 1.2 without tags of its own: every scalar stays as it was written, so that `1.10` is not `1.1`.
"""

import re
from collections.abc import Sequence
from typing import Literal

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import Node, ScalarNode, SequenceNode

from parity.core.dataclass import dataclass
from parity.core.errors import Fault, ManifestError
from parity.core.places import Place

Kind = Literal["text", "number", "bool", "null"]

# a file of aliases to aliases unfolds without end; no manifest has this many parts
_MOST_PARTS = 50_000

_KINDS: dict[str, Kind] = {"int": "number", "float": "number", "bool": "bool", "null": "null"}
_MERGE_MARKER = re.compile(r"(?:<{7}|>{7}|\|{7})(?: .*)?|={7}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """One value as it was written; `comment` is what stands behind it on its line, without `#`.

    `start` and `end` are where it stands in the text (a byte order mark not counted), quotes included.
    """

    text: str
    kind: Kind
    place: Place
    comment: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A sequence; `flow` where it stands in brackets, which are at `start` and before `end`."""

    items: tuple["Tree", ...]
    place: Place
    flow: bool = False
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A mapping, in the order of the file; merge keys (`<<`) are resolved. `start` is where its first key stands."""

    pairs: tuple[tuple[Scalar, "Tree"], ...]
    place: Place
    start: int = 0


Tree = Scalar | Items | Table


def read_yaml(text: str, file: str) -> Tree | None:
    """Return the document as a tree, each part with its place; None for an empty file.

    Raises ManifestError with all faults: text that is no YAML, merge conflicts left in it, several documents, keys
    given twice, keys that are no plain text, a part that contains itself.
    """
    text = text.removeprefix("\ufeff")
    _refuse_conflicts(text, file)
    try:
        node: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        raise ManifestError([_syntax_fault(error, file)]) from None
    except YAMLError as error:
        reason = str(error).partition("\n")[0].strip()
        fault = Fault(place=Place(file=file), message=f"this is no YAML: {reason}", hint="save the file as UTF-8 text")
        raise ManifestError([fault]) from None
    except RecursionError:
        fault = Fault(place=Place(file=file), message="this is nested too deeply", hint="an environment file is flat")
        raise ManifestError([fault]) from None
    if node is None:
        return None
    reader = _Reader(text, file)
    tree = reader.tree(node, "")
    if reader.faults:
        raise ManifestError(reader.faults)
    return tree


def _refuse_conflicts(text: str, file: str) -> None:
    lines = [number for number, line in enumerate(text.splitlines(), 1) if _MERGE_MARKER.fullmatch(line)]
    if lines:
        raise ManifestError(
            [
                Fault(
                    place=Place(file=file, line=line),
                    message="a merge left its marker here",
                    hint="settle the conflict, and remove the markers",
                )
                for line in lines
            ]
        )


def _syntax_fault(error: MarkedYAMLError, file: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else None
    reason = " ".join(part for part in (error.context, error.problem) if part)
    hint = "indent with spaces" if "\\t" in reason else "quote the text, or mend the indentation"
    if "another document" in reason:
        reason, hint = "a second document begins here", "keep one document in a file"
    return Fault(place=Place(file=file, line=line), message=f"this is no YAML: {reason}", hint=hint)


class _Reader:
    def __init__(self, text: str, file: str) -> None:
        self.faults: list[Fault] = []
        self._text = text
        self._file = file
        self._open: set[int] = set()
        self._parts = 0

    def tree(self, node: Node, key: str) -> Tree:
        place = self._place(node, key)
        self._parts += 1
        if self._parts > _MOST_PARTS:
            fault = Fault(place=Place(file=self._file), message="this has too many parts", hint="write fewer aliases")
            raise ManifestError([fault])
        if isinstance(node, ScalarNode):
            kind = _KINDS.get(str(node.tag).rpartition(":")[2], "text")
            start, end = node.start_mark.index, node.end_mark.index
            return Scalar(
                text=str(node.value), kind=kind, place=place, comment=self._comment(node), start=start, end=end
            )
        if id(node) in self._open:
            self._fault(place, "this contains itself", "write it out")
            return Items(items=(), place=place)
        self._open.add(id(node))
        try:
            if isinstance(node, SequenceNode):
                items = (self.tree(child, f"{key}[{index}]") for index, child in enumerate(node.value))
                return Items(
                    items=tuple(items),
                    place=place,
                    flow=bool(node.flow_style),
                    start=node.start_mark.index,
                    end=node.end_mark.index,
                )
            return Table(pairs=self._pairs(node, key), place=place, start=node.start_mark.index)
        finally:
            self._open.discard(id(node))

    def _pairs(self, node: Node, key: str) -> tuple[tuple[Scalar, Tree], ...]:
        own: dict[str, tuple[Scalar, Tree]] = {}
        merged: dict[str, tuple[Scalar, Tree]] = {}
        for name, value in node.value:
            if not isinstance(name, ScalarNode):
                self._fault(self._place(name, key), "a key is a list or a mapping", "write a plain word")
                continue
            path = f"{key}.{name.value}" if key else str(name.value)
            child = self.tree(value, path)
            if str(name.tag).endswith(":merge"):
                merged |= {pair[0].text: pair for pair in self._merged(child) if pair[0].text not in merged}
                continue
            start, end = name.start_mark.index, name.end_mark.index
            scalar = Scalar(text=str(name.value), kind="text", place=self._place(name, path), start=start, end=end)
            if scalar.text in own:
                first = own[scalar.text][0].place.line
                self._fault(scalar.place, f"`{scalar.text}` is given twice, first in line {first}", "join the two")
            own[scalar.text] = (scalar, child)
        return tuple((merged | own).values())

    def _merged(self, child: Tree) -> Sequence[tuple[Scalar, Tree]]:
        parts = child.items if isinstance(child, Items) else (child,)
        tables = [part for part in parts if isinstance(part, Table)]
        if len(tables) != len(parts):
            self._fault(child.place, "`<<` takes a mapping", "refer to a mapping, such as `<<: *name`")
        return [pair for table in reversed(tables) for pair in table.pairs]

    def _comment(self, node: ScalarNode) -> str:
        if node.style in {"|", ">"}:
            return ""
        rest = self._text[node.end_mark.index :].partition("\n")[0]
        match = re.match(r"\s+#(.*)", rest)
        return match[1].strip() if match else ""

    def _place(self, node: Node, key: str) -> Place:
        return Place(file=self._file, key=key, line=node.start_mark.line + 1)

    def _fault(self, place: Place, message: str, hint: str) -> None:
        self.faults.append(Fault(place=place, message=message, hint=hint))
