"""The house's own rules, each as a proof: floors, sizes, style, start-up, and documents that say what the code says."""

import argparse
import ast
import dataclasses
import importlib
import importlib.util
import io
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tokenize
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import pytest

import parity
from parity.core import environment, errors
from parity.core.lockfile import model

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "parity"
DOCS = ROOT / "docs"

MOST_LINES_OF_A_FUNCTION = 45
MOST_LINES_OF_A_FILE = 400
MOST_MODULES_OF_HELP = 120

# Each of these is known in one place, so that it can be replaced, or paid for, in one place.
SOLE_IMPORTERS = {
    "asyncio": "src/parity/engines/conda/",
    "platformdirs": "src/parity/engines/",
    "rattler": "src/parity/engines/conda/",
    "rich": "src/parity/cli/render/",
    "uv": "src/parity/engines/pypi/",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def tracked() -> list[str]:
    """Return every file that is, or would be, committed."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("needs git and a checkout: these rules are about what is committed")
    # A checkout may belong to somebody else than who tests it, in a container.
    listed = run("git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard")
    assert 0 == listed.returncode, explain(listed)
    return [name for name in sorted(set(listed.stdout.splitlines())) if (ROOT / name).is_file()]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a tool over the checkout."""
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )


def programs() -> Iterator[tuple[str, ast.Module]]:
    """Yield every Python file of ours with its tree."""
    for name in tracked():
        first = (ROOT / name).read_bytes()[:80].partition(b"\n")[0]
        if name.endswith(".py") or (first.startswith(b"#!") and b"python" in first):
            yield name, ast.parse((ROOT / name).read_text(encoding="utf-8"), name)


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield the full name of every module that a file imports, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def explain(said: subprocess.CompletedProcess[str]) -> str:
    return f"{said.stdout}\n{said.stderr}"


@pytest.fixture
def updater() -> ModuleType:
    """Load the tool that writes the reference tables."""
    spec = importlib.util.spec_from_file_location("update_reference", ROOT / "tools" / "update_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_imports_keep_to_their_floors() -> None:
    """import-linter's contracts hold: floors, rooms, no cycles, and every folder has a floor."""
    done = run(sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache")
    assert 0 == done.returncode, explain(done)


def test_every_type_is_right() -> None:
    """mypy, strict, over sources, tests, tools and benchmarks."""
    folders = [name for name in ("src", "tests", "tools", "benchmarks") if any((ROOT / name).rglob("*.py"))]
    done = run(sys.executable, "-m", "mypy", *folders)
    assert 0 == done.returncode, explain(done)


@pytest.mark.parametrize("check", [("check",), ("format", "--check")], ids=" ".join)
def test_the_style_is_one(check: Sequence[str]) -> None:
    """Ruff, every rule but those that pyproject.toml excuses with a reason, and one format."""
    done = run(sys.executable, "-m", "ruff", *check, ".")
    assert 0 == done.returncode, explain(done)


def test_each_tool_is_known_in_one_place() -> None:
    """rattler, uv, rich and the event loop have one importer each."""
    strays = [
        f"{name} imports {module}"
        for name, tree in programs()
        if name.startswith("src/")
        for module in imported(tree)
        if not name.startswith(SOLE_IMPORTERS.get(module.partition(".")[0], ""))
    ]
    assert [] == strays


def test_dataclasses_cost_little() -> None:
    """Every shape of parity's is made by its own `dataclass` (decision 0030)."""
    found = {
        name
        for name, tree in programs()
        for node in ast.walk(tree)
        if name.startswith("src/parity/") and isinstance(node, ast.ImportFrom) and node.module == "dataclasses"
        if "dataclass" in {each.name for each in node.names}
    }
    assert {"src/parity/core/dataclass.py"} == found


def test_core_touches_no_file() -> None:
    """What import-linter cannot see: in core a path is only a name, nothing is opened or printed."""
    pure = {"PurePath", "PurePosixPath", "PureWindowsPath"}
    strays = []
    for name, tree in programs():
        if not name.startswith("src/parity/core/"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import) and any(part.name == "pathlib" for part in node.names):
                strays.append(f"{name}:{node.lineno} imports all of pathlib")
            if isinstance(node, ast.ImportFrom) and node.module == "pathlib":
                strays += [f"{name}:{node.lineno} imports {part.name}" for part in node.names if part.name not in pure]
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"open", "print"}:
                strays.append(f"{name}:{node.lineno} calls {node.func.id}")
    assert [] == strays


def test_functions_and_files_stay_small() -> None:
    """A function that outgrows a screen, or a file that outgrows a sitting, is split."""
    sizes = {name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name, _ in programs()}
    functions = {
        f"{name}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name, tree in programs()
        for node in ast.walk(tree)
        if isinstance(node, Function)
    }
    assert {} == {name: size for name, size in sizes.items() if size > MOST_LINES_OF_A_FILE}
    assert {} == {name: size for name, size in functions.items() if size > MOST_LINES_OF_A_FUNCTION}


def test_no_exception_is_swallowed() -> None:
    """An `except` does something; what may fail quietly says so by name, with `contextlib.suppress`."""
    silent = [
        f"{name}:{node.lineno}"
        for name, tree in programs()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        if all(isinstance(part, ast.Pass) or _is_ellipsis(part) for part in node.body)
    ]
    assert [] == silent


def _is_ellipsis(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def test_every_exception_to_the_style_has_its_reason() -> None:
    """A `noqa` or a `type: ignore` names its code and says why on its line."""
    excused = re.compile(r"#\s*(?:noqa|type:\s*ignore)\b.*")
    explained = re.compile(r"# (?:noqa: [A-Z0-9, ]+|type: ignore\[[a-z, -]+\])\W+\w.*")
    silent = [
        f"{name}: {excuse}"
        for name, _ in programs()
        for token in tokenize.tokenize(io.BytesIO((ROOT / name).read_bytes()).readline)
        if token.type == tokenize.COMMENT
        for excuse in excused.findall(token.string)
        if not explained.fullmatch(excuse)
    ]
    assert [] == silent


def test_every_folder_has_a_floor() -> None:
    """Also the two that import-linter does not see, because nothing in them is ever imported."""
    assert {"cli", "core", "data", "engines", "probes", "workflows"} >= {
        path.name for path in SOURCE.iterdir() if path.is_dir() and path.name != "__pycache__"
    }
    imports = [(name, module) for name, tree in programs() for module in imported(tree)]
    assert [] == [name for name, module in imports if module.startswith(("parity.probes", "parity.data"))]


def test_no_drawers() -> None:
    """A module is named after its subject; a drawer for whatever comes along has none."""
    drawers = {"common", "helpers", "misc", "shared", "tools", "util", "utils"}
    assert [] == [path for path in SOURCE.rglob("*") if path.stem in drawers]


def test_every_error_is_known_by_its_code(updater: ModuleType) -> None:
    """Every error class is drawn in the tree of core/errors.py, in a module of core's, with a code of its own."""
    for module in pkgutil.walk_packages(parity.__path__, "parity."):
        # A probe runs when it is imported, in a foreign interpreter; `__main__` is the program.
        if not module.name.startswith("parity.probes") and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found = list(updater.error_classes())
    assert [] == [
        error.__qualname__ for error in found if not re.fullmatch(r"parity\.core\.(\w+\.)?errors", error.__module__)
    ]
    codes = [vars(error).get("code", f"{error.__name__} has none") for error in found]
    assert sorted(set(codes)) == sorted(codes)
    assert [] == [code for code in codes if not re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", code)]
    drawn = set(re.findall(r"\b(?:[A-Z][a-z]+){2,}\b", errors.__doc__ or ""))
    assert {error.__name__ for error in found} == drawn


def test_the_reference_says_what_the_code_says(updater: ModuleType) -> None:
    """The reference lists every error, variable and target, and no other: `tools/update_reference.py` writes it."""
    for name, table in updater.PAGES.items():
        page = (DOCS / "reference" / name).read_text(encoding="utf-8")
        assert updater.renewed(page, table()) == page, f"run `python tools/update_reference.py` for {name}"


def test_every_key_of_the_lockfile_is_documented() -> None:
    """docs/reference/lockfile.md has the keys of the lock's data, and no other."""
    page = (DOCS / "reference" / "lockfile.md").read_text(encoding="utf-8")
    shapes = (
        model.Lockfile,
        model.LockedTarget,
        model.LockedPython,
        model.LockedConda,
        model.LockedWheel,
        model.Negotiated,
    )
    keys = {field.name.replace("_", "-") for shape in shapes for field in dataclasses.fields(shape)}
    # Tables have headings of their own, and the format's version is no field.
    listed = re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    assert keys - {"conda", "wheels", "negotiated"} | {"version"} == set(listed)


def test_every_variable_is_declared() -> None:
    """What is read from the environment anywhere is in core/environment.py."""
    read = {variable for name, tree in programs() if name.startswith("src/") for variable in _variables(tree)}
    assert set() == read - set(environment.VARIABLES)


def _variables(tree: ast.Module) -> Iterator[str]:
    """Yield the names looked up in anything called environ or env, and every constant that begins with PARITY_."""
    for node in ast.walk(tree):
        keys: list[ast.expr] = []
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and _is_environment(node.value):
            keys = [node.slice]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"get", "getenv"}:
            keys = node.args[:1] if _is_environment(node.func.value) or node.func.attr == "getenv" else []
        if isinstance(node, ast.Compare) and any(_is_environment(part) for part in node.comparators):
            keys = [node.left]
        if isinstance(node, ast.Constant) and re.fullmatch(r"PARITY_[A-Z_]+", str(node.value)):
            keys = [node]
        yield from (key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str))


def _is_environment(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name.lower().strip("_") in {"environ", "env", "environment"}


def test_every_command_is_documented() -> None:
    """docs/reference/commands.md has a heading for each command of the table, and for no other."""
    registry = importlib.import_module("parity.cli.registry")
    page = (DOCS / "reference" / "commands.md").read_text(encoding="utf-8")
    assert sorted(registry.COMMANDS) == sorted(re.findall(r"^## `parity ([a-z-]+)", page, re.MULTILINE))


def test_every_command_has_examples() -> None:
    """The help of each command and subcommand ends with lines to copy; tests/docs sees whether they can be typed."""
    dispatch = importlib.import_module("parity.cli.dispatch")
    registry = importlib.import_module("parity.cli.registry")
    shown = importlib.import_module("parity.cli.examples").EXAMPLES
    names = {name for name, entry in registry.COMMANDS.items() if not entry.hidden}
    for name in sorted(names):
        for action in dispatch.command_parser(name)._actions:
            verbs = action.choices if isinstance(action, argparse._SubParsersAction) else ()
            names |= {f"{name} {verb}" for verb in verbs}
    assert sorted(names) == sorted(shown)


def test_help_loads_little() -> None:
    """`parity --help` stays within its modules and brings none of the heavy ones."""
    done = run(sys.executable, "-X", "importtime", "-m", "parity", "--help")
    assert 0 == done.returncode, explain(done)
    modules = [line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines() if line.startswith("import time:")]
    assert MOST_MODULES_OF_HELP >= len(modules) - 1, "\n".join(modules)
    assert set() == {name.partition(".")[0] for name in modules} & {"asyncio", "packaging", "rattler", "rich", "uv"}


def test_no_address_or_machine_is_named() -> None:
    """No package registry's address and no path of one machine stands in what is committed."""
    # Written in parts, or this file would be the first to be found.
    hosts = [
        "py" + r"pi\.org",
        "python" + r"hosted\.org",
        "npm" + r"js\.(?:org|com)",
        r"(?:deb|ftp|security)\.de" + "bian",
    ]
    machine = r"(?<![\w./])/(?:ro" + r"ot|wo" + r"rk|opt/wh" + r"eels|opt/py" + r"pi)(?:/|\b)"
    found = []
    for name in tracked():
        text = (ROOT / name).read_bytes().decode("utf-8", errors="replace")
        found += [f"{name}: {match.group()}" for match in re.finditer("|".join([*hosts, machine]), text)]
    assert [] == found


def test_links_between_pages_lead_somewhere() -> None:
    """Every relative link of a document is a file."""
    broken = []
    for name in tracked():
        if name.endswith(".md"):
            text = re.sub(r"^```.*?^```", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
            links = re.findall(r"\]\((?!\w+:|#)([^)#]+)", text)
            broken += [f"{name}: {link}" for link in links if not ((ROOT / name).parent / link).exists()]
    assert [] == broken
