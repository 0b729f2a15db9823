"""`environment.yml`: what conda, mamba and conda-lock read there, as data.

Beyond conda's own keys: `platforms` and `category` (conda-lock), `# [linux64]` behind an entry (conda-lock) and
`sel(linux):` in front of one (mamba).
"""

from collections.abc import Callable
from typing import Any

from parity.core.conda.channels import without_secrets
from parity.core.dataclass import dataclass
from parity.core.errors import Fault, ManifestError
from parity.core.findings import Finding, Severity
from parity.core.manifests.environment_entries import Entries, read_entries
from parity.core.manifests.parsed import Parsed, said
from parity.core.manifests.selectors import SUBDIRS, WORDS
from parity.core.manifests.yaml_nodes import Items, Scalar, Table, Tree, read_yaml
from parity.core.places import Place
from parity.core.spec import Platform
from parity.core.spelling import did_you_mean, nearest
from parity.core.translation.pythons import python_requests

_LOCKED = {"metadata", "package"}
_KNOWN = ("name", "channels", "dependencies", "variables", "prefix", "platforms", "category")
_MLFLOW = ("python", "build_dependencies")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment(Parsed):
    """What an environment file says for one platform.

    `python` holds the requests of its `python` entries; an entry stays in `conda` too. `content` is that of the whole
    file, the same on every platform; the environment's name and its `prefix` are not in it, for they decide nothing
    that is locked.
    """


def parse_environment(
    text: str, file: str, *, read: Callable[[str], str | None], base: str = "", platform: str = "linux-64"
) -> Environment:
    """Take an environment file apart, as it holds on a platform.

    `file` and `base`, the folder it stands in, are relative to the project; `read` returns the text of a file that
    a `pip:` list includes, or None where nothing is there. Raises nothing: faults are returned, all together.
    """
    try:
        tree = read_yaml(text, file)
    except ManifestError as error:
        return Environment(faults=tuple(error.faults))
    document = _Document(file)
    if tree is not None:
        document.take(tree)
    entries = document.entries
    pip, pip_content, pip_faults = _pip(entries, platform, read=read, base=base)
    conda = tuple(entry.requirement for entry in entries.conda if entry.holds(platform))
    return Environment(
        name=document.name,
        channels=document.channels,
        conda=conda,
        wheels=pip.wheels,
        constraints=pip.constraints,
        indexes=pip.indexes,
        prereleases=pip.prereleases,
        no_binary=pip.no_binary,
        only_binary=pip.only_binary,
        variables=document.variables,
        platforms=document.platforms,
        python=python_requests(conda),
        findings=(*document.findings, *entries.findings, *pip.findings),
        faults=(*document.faults, *entries.faults, *pip_faults),
        content=said(
            channels=[without_secrets(channel) for channel in document.channels],
            dependencies=sorted({entry.to_text() for entry in entries.conda}),
            pip=pip_content,
            variables=dict(sorted(document.variables.items())),
            platforms=sorted(platform.name for platform in document.platforms),
        ),
    )


def _pip(
    entries: Entries, platform: str, *, read: Callable[[str], str | None], base: str
) -> tuple[Parsed, dict[str, Any], tuple[Fault, ...]]:
    """Return what holds on the platform, the content for every platform, and the faults of both."""
    if not entries.pip:
        return Parsed(), {}, ()
    from parity.core.manifests.requirements_txt import parse_requirement_lines  # noqa: PLC0415 - many have no such list

    holding = [(line.text, line.place) for line in entries.pip if line.holds(platform)]
    chosen = parse_requirement_lines(holding, read=read, base=base)
    content: dict[str, Any] = {}
    faults = dict.fromkeys(chosen.faults)
    for selector in dict.fromkeys(line.selector for line in entries.pip):
        lines = [(line.text, line.place) for line in entries.pip if line.selector == selector]
        part = chosen if lines == holding else parse_requirement_lines(lines, read=read, base=base)
        faults |= dict.fromkeys(part.faults)
        if part.content:
            content[selector] = part.content
    return chosen, content, tuple(faults)


class _Document:
    """Reads the keys at the top; the dependencies have a module of their own."""

    def __init__(self, file: str) -> None:
        self.name = ""
        self.channels: tuple[str, ...] = ()
        self.platforms: tuple[Platform, ...] = ()
        self.variables: dict[str, str] = {}
        self.entries = Entries()
        self.findings: list[Finding] = []
        self.faults: list[Fault] = []
        self._file = file
        self._keys: frozenset[str] = frozenset()

    def take(self, tree: Tree) -> None:
        if not isinstance(tree, Table):
            if isinstance(tree, Scalar) and tree.kind == "null":
                return
            hint = "write `dependencies:` and the packages under it"
            self._fault(Place(file=self._file, line=tree.place.line), "this is no mapping of keys", hint)
            return
        self._keys = frozenset(key.text for key, _ in tree.pairs)
        if self._keys >= _LOCKED and "dependencies" not in self._keys:
            message = "this is what conda-lock has locked, and no `environment.yml`"
            self._fault(Place(file=self._file), message, "`parity import` takes it over into a project")
            return
        for key, value in tree.pairs:
            self._key(key, value)

    def _key(self, key: Scalar, value: Tree) -> None:
        match key.text:
            case "name":
                self.name = self._text(value, "a name")
            case "channels":
                self.channels = tuple(dict.fromkeys(part.text for part in self._texts(value)))
            case "dependencies":
                self.entries = read_entries(value)
            case "variables":
                self._variables(value)
            case "platforms":
                self._platforms(value)
            case "category":
                self._text(value, "a word")
            case "prefix":
                message = "`prefix` is ignored: parity decides where an environment lies"
                self._remark("prefix-ignored", key.place, message, "remove the line", severity="info")
            case _ if key.text in _MLFLOW:
                message = f"`{key.text}` belongs in MLflow's `python_env.yaml`; this is read as an `environment.yml`"
                self._fault(key.place, message, "write `python=3.12` and the packages under `dependencies:`")
            case _:
                self._unknown(key)

    def _unknown(self, key: Scalar) -> None:
        """Refuse a slip in a missing key that decides what is installed; of others, say that they are ignored."""
        hint = did_you_mean(key.text, _KNOWN, "remove it, or check its spelling")
        if nearest(key.text, _KNOWN) in {"dependencies", "channels"} - {*self._keys}:
            self._fault(key.place, f"`{key.text}` is no key of an `environment.yml`", hint)
            return
        self._remark("unknown-key", key.place, f"`{key.text}` is ignored: nothing reads this key", hint)

    def _text(self, value: Tree, what: str) -> str:
        if not isinstance(value, Scalar):
            self._fault(value.place, f"`{value.place.key}` is {what}, not a list or a mapping", "write one word")
            return ""
        return "" if value.kind == "null" else value.text

    def _texts(self, value: Tree) -> list[Scalar]:
        """Return a list of plain words; an empty key is an empty list."""
        if isinstance(value, Scalar) and value.kind == "null":
            return []
        if not isinstance(value, Items):
            self._fault(value.place, f"`{value.place.key}` is a list", "write one entry a line, each behind `- `")
            return []
        texts = []
        for part in value.items:
            if isinstance(part, Scalar) and part.kind in {"text", "number"} and part.text:
                texts.append(part)
                self._remark_selector(part)
            else:
                self._fault(part.place, "this entry is not a word", "write one word behind `- `")
        return texts

    def _platforms(self, value: Tree) -> None:
        parts = self._texts(value)
        for part in parts:
            if part.text not in SUBDIRS:
                hint = did_you_mean(part.text, SUBDIRS, "write a platform such as `linux-64`")
                self._fault(part.place, f"`{part.text}` is no platform that conda knows", hint)
        named = {part.text: Platform(name=part.text, place=part.place) for part in reversed(parts)}
        self.platforms = tuple(reversed(named.values()))

    def _variables(self, value: Tree) -> None:
        if isinstance(value, Scalar) and value.kind == "null":
            return
        if not isinstance(value, Table):
            self._fault(value.place, "`variables` is a mapping", "write `NAME: value`")
            return
        for key, part in value.pairs:
            if not isinstance(part, Scalar):
                self._fault(part.place, f"`{key.text}` is one value, not a list or a mapping", "write one text")
            elif part.kind == "null":
                self._fault(key.place, f"`{key.text}` has no value", 'write `""` for an empty one')
            elif not key.text or "=" in key.text or "\0" in key.text + part.text:
                self._fault(part.place, f"`{key.text}` cannot be set in an environment", "name it without `=`")
            else:
                self.variables[key.text] = part.text
                self._remark_selector(part)

    def _remark_selector(self, part: Scalar) -> None:
        inside = part.comment.removeprefix("[").partition("]")[0].split()
        if part.comment.startswith("[") and inside and WORDS.issuperset(inside):
            message = f"`# {part.comment}` is ignored: selectors hold for dependencies alone"
            self._remark("selector-ignored", part.place, message, "remove the comment")

    def _remark(self, code: str, place: Place, message: str, hint: str, *, severity: Severity = "warning") -> None:
        self.findings.append(Finding(code=code, severity=severity, subject=str(place), message=message, hint=hint))

    def _fault(self, place: Place, message: str, hint: str) -> None:
        self.faults.append(Fault(place=place, message=message, hint=hint))
