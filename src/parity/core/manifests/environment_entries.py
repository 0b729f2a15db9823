"""The `dependencies:` of an environment file: MatchSpecs, `pip:` lists, and the platforms they hold on."""

from parity.core.dataclass import dataclass
from parity.core.errors import Fault, ManifestError
from parity.core.findings import Finding
from parity.core.manifests.match_spec import parse_match_spec
from parity.core.manifests.selectors import SelectorSyntaxError, canonical_selector, selects
from parity.core.manifests.yaml_nodes import Items, Scalar, Table, Tree
from parity.core.places import Place
from parity.core.spec import CondaRequirement

_NESTED = "write one package a line, each behind `- `"


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaEntry:
    """One MatchSpec and the selector under which it holds; empty: everywhere."""

    requirement: CondaRequirement
    selector: str = ""

    def holds(self, platform: str) -> bool:
        """Say whether the entry counts on a platform."""
        return not self.selector or selects(self.selector, platform)

    def to_text(self) -> str:
        """Return the entry with its selector, canonical."""
        text = self.requirement.to_text()
        return f"{text} # [{self.selector}]" if self.selector else text


@dataclass(frozen=True, slots=True, kw_only=True)
class PipLine:
    """One line of the `pip:` list and the selector under which it holds."""

    text: str
    place: Place
    selector: str = ""

    def holds(self, platform: str) -> bool:
        """Say whether the line counts on a platform."""
        return not self.selector or selects(self.selector, platform)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """All entries, whatever platform they hold on, in the order of the file."""

    conda: tuple[CondaEntry, ...] = ()
    pip: tuple[PipLine, ...] = ()
    findings: tuple[Finding, ...] = ()
    faults: tuple[Fault, ...] = ()


def read_entries(tree: Tree) -> Entries:
    """Take the value of `dependencies:` apart; empty is fine. Raises nothing: faults are in what is returned."""
    reader = _Reader()
    if isinstance(tree, Items):
        for item in tree.items:
            reader.item(item)
    elif not (isinstance(tree, Scalar) and tree.kind == "null"):
        reader.fault(tree.place, "`dependencies` is a list", _NESTED)
    return reader.result()


class _Reader:
    def __init__(self) -> None:
        self._conda_entries: list[CondaEntry] = []
        self._pip_lines: list[PipLine] = []
        self._findings: list[Finding] = []
        self._faults: list[Fault] = []
        self._pip: Place | None = None

    def result(self) -> Entries:
        return Entries(
            conda=tuple(self._conda_entries),
            pip=tuple(self._pip_lines),
            findings=tuple(self._findings),
            faults=tuple(self._faults),
        )

    def item(self, item: Tree) -> None:
        if isinstance(item, Scalar):
            self._conda(item, "")
        elif isinstance(item, Items):
            self.fault(item.place, "a list stands inside the list", _NESTED)
        else:
            self._section(item)

    def _section(self, table: Table) -> None:
        for key, value in table.pairs:
            place = value.place
            if key.text == "pip":
                self._pip_list(value)
            elif key.text.startswith("sel(") and key.text.endswith(")"):
                self._selected(key.text[4:-1], value)
            else:
                hint = f"write `- {key.text}` for a package" if isinstance(value, Scalar) else "remove the section"
                message = f"`{key.text}:` is no section that parity knows; there are `pip:` and `sel(PLATFORM):`"
                self.fault(place, message, hint)

    def _pip_list(self, value: Tree) -> None:
        if self._pip:
            message = f"`pip:` stands here and in line {self._pip.line}; conda would drop the first without a word"
            self.fault(value.place, message, "join the two lists")
        self._pip = value.place
        if isinstance(value, Scalar) and value.kind == "null":
            return
        if not isinstance(value, Items):
            self.fault(value.place, "`pip` is a list", "write one requirement a line, each behind `- `")
            return
        for item in value.items:
            if isinstance(item, Scalar) and item.kind == "text" and item.text.strip():
                selector = self._selector_behind(item)
                self._pip_lines.append(PipLine(text=item.text, place=item.place, selector=selector))
            else:
                self.fault(item.place, "this entry is no requirement", "write one requirement behind `- `")

    def _selected(self, expression: str, value: Tree) -> None:
        try:
            selector = canonical_selector(expression)
        except SelectorSyntaxError as error:
            self.fault(value.place, str(error), "write `sel(linux):`, `sel(osx):`, `sel(win):` or `sel(unix):`")
            return
        for part in value.items if isinstance(value, Items) else (value,):
            if isinstance(part, Scalar):
                self._conda(part, selector)
            else:
                self.fault(part.place, "behind `sel(…):` stands a package", _NESTED)

    def _conda(self, item: Scalar, selector: str) -> None:
        text = item.text.strip()
        if item.kind != "text" or not text:
            what = "this entry is empty" if item.kind == "null" or not text else f"`{text}` is no package"
            self.fault(item.place, what, "write a package, or remove the entry")
            return
        if text.startswith("-"):
            self.fault(item.place, f"`{text}` is a line for pip among conda packages", "put it under `pip:`")
            return
        try:
            requirement = parse_match_spec(text, item.place)
        except ManifestError as error:
            self._faults.extend(error.faults)
            return
        selector = _both(selector, self._selector_behind(item))
        self._conda_entries.append(CondaEntry(requirement=requirement, selector=selector))

    def _selector_behind(self, item: Scalar) -> str:
        """Return the selector in the comment behind an entry; a remark of another kind is none."""
        if not item.comment.startswith("["):
            return ""
        inside = item.comment[1:].partition("]")[0]
        try:
            return canonical_selector(inside)
        except SelectorSyntaxError as error:
            if error.unknown:
                message = f"`# [{inside}]` is read as a remark: {error}"
                self._remark(item.place, message, "write `# [linux]`, `# [osx]`, `# [win]` or `# [arm64]`")
            return ""

    def _remark(self, place: Place, message: str, hint: str) -> None:
        finding = Finding(code="selector-unknown", severity="warning", subject=str(place), message=message, hint=hint)
        self._findings.append(finding)

    def fault(self, place: Place, message: str, hint: str) -> None:
        self._faults.append(Fault(place=place, message=message, hint=hint))


def _both(one: str, other: str) -> str:
    return f"({one}) and ({other})" if one and other else one or other
