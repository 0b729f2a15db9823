"""The folder in which uv is asked: its inputs written out, the project's paths made absolute."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from parity.core.dataclass import dataclass
from parity.core.resolution import Question
from parity.core.spec import WheelRequirement
from parity.engines.pypi.indexes import IndexSettings, expanded

REQUIREMENTS = "requirements.in"
CONSTRAINTS = "constraints.in"
PROJECT = "parity-question"
_PYLOCK = "pylock.answer.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A folder of ours, readable by nobody else: addresses in it may carry credentials."""

    folder: Path
    root: Path
    settings: IndexSettings

    def write_inputs(self, question: Question) -> list[str]:
        """Write what the question asks for and return the arguments that name it.

        Sorted, so that the order of a manifest's lines decides nothing.
        """
        bound = [requirement for requirement in question.requirements if requirement.index]
        free = [requirement for requirement in question.requirements if not requirement.index]
        self.write(REQUIREMENTS, sorted(map(self.line, free)))
        self.write(CONSTRAINTS, sorted(map(self.line, question.constraints)))
        project = [self.write("pyproject.toml", self._project(bound))] if bound else []
        return [REQUIREMENTS, *project, "--constraints", CONSTRAINTS]

    def line(self, requirement: WheelRequirement) -> str:
        """Return a requirement as uv is told it; editable or not makes no difference to what it requires."""
        environ = self.settings.environ
        if requirement.path:
            # `as_uri` quotes what a path may hold and a requirement may not
            url = (self.root / requirement.path).resolve().as_uri()
            return replace(requirement, path="", url=url, editable=False).to_text()
        return replace(requirement, url=expanded(requirement.url, environ), editable=False).to_text()

    def _project(self, bound: Sequence[WheelRequirement]) -> list[str]:
        """Return a project that asks for what may come from one index only; uv knows no other way to say that."""
        lines = ["[project]", f'name = "{PROJECT}"', 'version = "0"', "dependencies = ["]
        lines += [*(f"  {_toml(line)}," for line in sorted(map(self.line, bound))), "]"]
        sources = {requirement.name: requirement.index for requirement in bound}
        lines += ["[tool.uv.sources]"]
        lines += [f"{name} = {{ index = {_toml(sources[name])} }}" for name in sorted(sources)]
        needed = set(sources.values())
        for index in self.settings.indexes:
            if not index.url or (index.explicit and index.name not in needed):
                continue
            lines += [
                "[[tool.uv.index]]",
                f"name = {_toml(index.name)}",
                f"url = {_toml(self.settings.address(index))}",
            ]
            lines += [f"explicit = {'true' if index.explicit else 'false'}"]
            lines += ['format = "flat"'] if self.settings.is_flat(index) else []
        return lines

    def write_pins(self, pins: Mapping[str, str], requirements: Sequence[WheelRequirement]) -> str:
        """Write versions to prefer where uv will write its answer, which is where it looks for them.

        Of what one index alone may provide, uv prefers a version only if it is said to be from there.
        """
        addresses = {index.name: self.settings.address(index) for index in self.settings.indexes if index.url}
        bound = {each.name: addresses[each.index] for each in requirements if each.index in addresses}
        if not pins:
            (self.folder / _PYLOCK).unlink(missing_ok=True)
            return _PYLOCK
        lines = ['lock-version = "1.0"', 'created-by = "parity"']
        for name in sorted(pins):
            lines += ["[[packages]]", f"name = {_toml(name)}", f"version = {_toml(pins[name])}"]
            lines += [f"index = {_toml(bound[name])}"] if name in bound else []
        return self.write(_PYLOCK, lines)

    def write(self, name: str, lines: Sequence[str]) -> str:
        """Write a file of lines and return its name."""
        (self.folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return name

    def read(self, name: str) -> str:
        """Return what is in a file of the folder."""
        return (self.folder / name).read_text(encoding="utf-8")


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
