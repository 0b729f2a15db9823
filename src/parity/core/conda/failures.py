"""Why no set of packages answers: the solver's own report, made a short tree with what the user wrote at its roots.

The report is resolvo's: a heading, and below it lines that stand at the depth of their requirement. Read are the
depths and a few closing phrases; a phrase that is not known stays as it is.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from parity.core.amounts import counted
from parity.core.dataclass import dataclass
from parity.core.spec import CondaRequirement
from parity.core.target import Target

_LEVEL = 3
_MOST_LINES = 30
_BRANCH = re.compile(r"(?P<prefix>(?:[│ ]  )*[├└]─ )?(?P<text>.*)")
_INCOMPATIBLE = "The following packages are incompatible"
_TITLE = "Cannot solve the request because of: "
_CONSTRAINT = re.compile(r"the constraint (?P<spec>.+) cannot be fulfilled")
_OPTIONS = re.compile(
    r",?(?: which)? can(?:not)? be installed (?:because there are no viable options|with any of .*):?$"
)
_PHRASES = (
    (re.compile(r",? (?:which|that) conflicts with the versions reported above\.?$"), ": not beside what stands above"),
    (re.compile(r"^No candidates were found for (.+?)\.?$"), r"\1: nothing answers"),
    (re.compile(r" is excluded because (?:the package is )?"), ": "),
)
_NONE = re.compile(r", for which no candidates were found\.?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One line of the tree with what hangs below it."""

    text: str
    children: tuple["Node", ...] = ()

    @property
    def name(self) -> str:
        """The package that it begins with."""
        return re.split(r"[\s\[:]", self.text, maxsplit=1)[0]


def explain(report: str, requirements: Sequence[CondaRequirement], target: Target) -> list[str]:
    """Return the lines of the tree for a report of the solver. `requirements` are what the user wrote."""
    asked: dict[str, list[CondaRequirement]] = {}
    for requirement in requirements:
        asked.setdefault(requirement.name, []).append(requirement)
    machine = dict(text.split("=")[:2] for text in target.virtual_packages if "=" in text)
    roots = [_root(node, asked) for node in _shortened(_read(report), machine)]
    lines = list(_drawn(_merged(roots)))
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_MOST_LINES], f"… and {counted(len(lines) - _MOST_LINES, 'more line')}"]
    return lines


def lacking(report: str) -> frozenset[str]:
    """Return the virtual packages (`__cuda`) of which the report says that there are none that answer."""
    return frozenset(re.findall(r"(__[a-z0-9]+)[^\n]*for which no candidates were found", report))


def shown(requirement: CondaRequirement) -> str:
    """Return a requirement as it reads best: `channel::name >=1.2 build`."""
    channel = f"{requirement.channel}::" if requirement.channel else ""
    return " ".join(filter(None, [f"{channel}{requirement.name}", requirement.version, requirement.build]))


def _read(report: str) -> list[Node]:
    """Read lines with their depths into a tree; a heading that only says that there is one has no node."""
    rows: list[tuple[int, str]] = []
    for line in report.removeprefix(_TITLE).splitlines():
        match = _BRANCH.fullmatch(line)
        text = match["text"].strip() if match else line.strip()
        if match and text:
            rows.append((len(match["prefix"] or "") // _LEVEL, text))
    return [
        node
        for found in _gathered(rows)
        for node in (found.children if found.text.startswith(_INCOMPATIBLE) else [found])
    ]


def _gathered(rows: Sequence[tuple[int, str]]) -> Iterator[Node]:
    index = 0
    while index < len(rows):
        depth, text = rows[index]
        end = index + 1
        while end < len(rows) and rows[end][0] > depth:
            end += 1
        yield Node(text=text, children=tuple(_gathered(rows[index + 1 : end])))
        index = end


def _shortened(nodes: Iterable[Node], machine: Mapping[str, str]) -> list[Node]:
    return list(dict.fromkeys(_short(node, machine) for node in nodes))


def _short(node: Node, machine: Mapping[str, str]) -> Node:
    children = _shortened(node.children, machine)
    if node.text.endswith(" would require"):
        package = node.text.removesuffix(" would require")
        if len(children) == 1:
            return Node(text=f"{package} needs {children[0].text}", children=children[0].children)
        return Node(text=f"{package} needs", children=tuple(children))
    return Node(text=_phrased(node.text, machine), children=tuple(children))


def _phrased(text: str, machine: Mapping[str, str]) -> str:
    if _NONE.search(text):
        name = text.partition(" ")[0]
        has = f"the target has {machine[name]}" if name in machine else "the target has none"
        return _NONE.sub(f": {has}" if name.startswith("__") else ": no channel has it", text)
    text = _OPTIONS.sub("", text)
    for pattern, words in _PHRASES:
        text = pattern.sub(words, text)
    return text.removesuffix(" *")


def _root(node: Node, asked: Mapping[str, Sequence[CondaRequirement]]) -> Node:
    """Put what the user wrote, and where, in the place of a root."""
    constraint = _CONSTRAINT.fullmatch(node.text)
    name = re.split(r"[\s\[]", constraint["spec"], maxsplit=1)[0] if constraint else node.name
    wanted = asked.get(name.rpartition("::")[2], ())
    if not wanted:
        return node
    text = ", ".join(f"`{shown(requirement)}` ({requirement.place})" for requirement in wanted)
    return Node(text=text, children=node.children)


def _merged(roots: Iterable[Node]) -> list[Node]:
    """Return roots of one text as one, whose children are those of all that say more than that they exist."""
    children: dict[str, list[Node]] = {}
    for root in roots:
        children.setdefault(root.text, []).extend(root.children)
    merged = []
    for text, below in children.items():
        telling = [child for child in below if child.children or " needs " in child.text or ": " in child.text]
        merged.append(Node(text=text, children=tuple(dict.fromkeys(telling or below))))
    return merged


def _drawn(nodes: Sequence[Node], before: str = "") -> Iterator[str]:
    for number, node in enumerate(nodes, start=1):
        last = number == len(nodes)
        yield f"{before}{'└─' if last else '├─'} {node.text}"
        yield from _drawn(node.children, before + ("   " if last else "│  "))
