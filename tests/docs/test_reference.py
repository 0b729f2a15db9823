"""The reference says what the code says, where no tool writes it: settings, JSON, exit codes."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from parity.core.manifests import accelerators_table, conda_table, matrix_table, settings_table
from parity.core.spec import Index
from tests.support.projects import World

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"


def rows(page: str, heading: str = "") -> list[list[str]]:
    """Return the cells of every table row of a page whose first cell is code, from a heading on to the next."""
    text = (REFERENCE / page).read_text(encoding="utf-8")
    if heading:
        text = re.split(r"^## ", text.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    return [line.strip("| \n").split(" | ") for line in text.splitlines() if line.startswith("| `")]


def words(cell: str) -> list[str]:
    """Return what stands between backticks."""
    return re.findall(r"`([^`]+)`", cell)


def codes_of_findings() -> Iterator[str]:
    """Yield the code of every finding that the sources make."""
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield from _codes(node)


def _codes(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    given = [keyword.value for keyword in call.keywords if keyword.arg == "code" and name == "Finding"]
    given += call.args[:1] if name in {"_remark", "Difference"} else []
    for value in given:
        if isinstance(value, ast.Constant) and re.fullmatch(r"[a-z]+(-[a-z]+)+", str(value.value)):
            yield str(value.value)


def test_every_setting_is_documented() -> None:
    """docs/reference/settings.md has the keys of `[tool.parity]` and of each table in it, and no other."""
    known = {
        "Settings: `[tool.parity]`": {*settings_table.KEYS},
        "One of `indexes`": {*Index.__slots__} - {"place"},  # where a user has said so is nothing that he says
        "The table `conda`": {*conda_table.KEYS},
        "The table `matrix`": {*matrix_table.KEYS},
        "The table `accelerators`": {*accelerators_table.KEYS},
    }
    documented = {name: [words(row[0])[0] for row in rows("settings.md", name) if len(row) == 3] for name in known}
    everywhere = [row for row in rows("settings.md") if len(row) == 3]

    assert {name: sorted(keys) for name, keys in known.items()} == {n: sorted(k) for n, k in documented.items()}
    assert sum(map(len, known.values())) == len(everywhere)


def test_every_finding_is_documented() -> None:
    """docs/reference/json.md has the code of every finding, and no other."""
    documented = [code for row in rows("json.md", "Findings") for code in words(row[0])]
    assert sorted(set(codes_of_findings())) == sorted(documented)


@pytest.mark.parametrize(
    "command",
    [
        *("lock", "sync", "list", "verify", "repair", "fingerprint", "history", "rollback 1", "diff 1", "gc"),
        *("cache info", "cache verify", "cache clean", "env unlock", "check", "probe", "export", "why"),
        *("which", "hook", "import", "info", "tree", "outdated", "why-not", "doctor", "complete"),
        *("python list", "python find"),
    ],
)
def test_the_keys_of_data_are_documented(world: World, command: str) -> None:
    """docs/reference/json.md names the keys that a command's `data` really has, in their order."""
    world.write("requirements.txt", "app\n")
    if command not in {"lock", "sync", "probe", "python list", "python find"}:
        world.parity("sync")
    request = {
        "python find": ["3"],
        "export": ["--format", "json"],
        "which": ["python3"],
        "hook": ["zsh"],
        "import": ["pyenv"],
        "why": ["app"],
        "why-not": ["base>=1"],
        "complete": ["packages"],
    }.get(command, [])
    answer = json.loads(world.parity(*command.split(), *request, "--json").raw_stdout)
    documented = {words(row[0])[0]: words(row[1]) for row in rows("json.md", "`data`, by command")}

    assert documented[command.removesuffix(" 1")] == list(answer["data"])


def test_the_example_of_the_json_page_is_an_envelope(world: World) -> None:
    """The object shown has the keys of a real one, down to those of a finding."""
    world.write("requirements.txt", "app\n")
    world.parity("sync", "--copy")
    next(world.environment().rglob("app/__init__.py")).write_text("", encoding="utf-8")
    real = json.loads(world.parity("verify", "--json").raw_stdout)
    text = (REFERENCE / "json.md").read_text(encoding="utf-8")
    shown = json.loads(text.split("```json\n", 1)[1].split("```", 1)[0])

    assert list(real) == list(shown)
    assert list(real["data"]) == list(shown["data"])
    assert list(real["findings"][0]) == list(shown["findings"][0])
