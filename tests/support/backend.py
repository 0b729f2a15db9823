"""A PEP 517 and PEP 660 backend in one file: copied into every source project that tests make.

It reads `pyproject.toml` and packs `src/`; it needs Python 3.11 or newer (`tomllib`) and nothing else.
"""

import base64
import hashlib
import re
import tomllib
import zipfile
from pathlib import Path
from typing import Any

SOURCE = Path("src")


def build_wheel(wheel_directory: str, config_settings: object = None, metadata_directory: str | None = None) -> str:
    """Pack `src/` and return the wheel's file name."""
    del config_settings, metadata_directory
    files = {path.relative_to(SOURCE).as_posix(): path.read_bytes() for path in SOURCE.rglob("*") if path.is_file()}
    return _write(wheel_directory, {path: content for path, content in files.items() if "__pycache__" not in path})


def build_editable(wheel_directory: str, config_settings: object = None, metadata_directory: str | None = None) -> str:
    """Pack a `.pth` that points at `src/` and return the wheel's file name."""
    del config_settings, metadata_directory
    return _write(wheel_directory, {f"_{_stem()}.pth": f"{SOURCE.resolve()}\n".encode()})


def build_sdist(sdist_directory: str, config_settings: object = None) -> str:
    """Refuse: tests make their sdists themselves."""
    raise NotImplementedError(sdist_directory, config_settings)


def _project() -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project


def _stem() -> str:
    project = _project()
    return f"{re.sub(r'[-_.]+', '_', project['name']).lower()}-{project['version']}"


def _metadata() -> str:
    project = _project()
    lines = ["Metadata-Version: 2.1", f"Name: {project['name']}", f"Version: {project['version']}"]
    if "requires-python" in project:
        lines.append(f"Requires-Python: {project['requires-python']}")
    lines += [f"Requires-Dist: {requirement}" for requirement in project.get("dependencies", [])]
    for extra, requirements in project.get("optional-dependencies", {}).items():
        lines.append(f"Provides-Extra: {extra}")
        for requirement in requirements:
            body, _, marker = requirement.partition(";")
            both = f'({marker.strip()}) and extra == "{extra}"' if marker else f'extra == "{extra}"'
            lines.append(f"Requires-Dist: {body.strip()} ; {both}")
    return "\n".join(lines) + "\n"


def _write(folder: str, files: dict[str, bytes]) -> str:
    info = f"{_stem()}.dist-info"
    files[f"{info}/METADATA"] = _metadata().encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: parity-tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    scripts = _project().get("scripts", {})
    if scripts:
        lines = "".join(f"{name} = {target}\n" for name, target in scripts.items())
        files[f"{info}/entry_points.txt"] = f"[console_scripts]\n{lines}".encode()
    record = ""
    for path, content in sorted(files.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(content)}\n"
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    name = f"{_stem()}-py3-none-any.whl"
    with zipfile.ZipFile(Path(folder) / name, "w") as archive:
        for path, content in sorted(files.items()):
            entry = zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0))
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content)
    return name
