"""Small distributions for tests: wheels, sdists and source projects, the same bytes every time.

A source project carries its own PEP 517 backend (`backend-path`), so that building it needs no network.
"""

import base64
import gzip
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from packaging.utils import canonicalize_name

#: 2020-01-01: after the zip format's first day, and long past.
MOMENT = (2020, 1, 1, 0, 0, 0)
MOMENT_SECONDS = 1577836800

BACKEND = (Path(__file__).parent / "backend.py").read_text(encoding="utf-8")

Content = str | bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Distribution:
    """What every form of a distribution says about itself."""

    name: str
    version: str
    requires: Sequence[str] = ()
    extras: Mapping[str, Sequence[str]] = field(default_factory=dict)
    entry_points: Mapping[str, str] = field(default_factory=dict)
    requires_python: str = ""

    @property
    def stem(self) -> str:
        """The name as file names have it, with the version."""
        return f"{canonicalize_name(self.name).replace('-', '_')}-{self.version}"

    def metadata(self) -> str:
        """Return METADATA (core metadata 2.1)."""
        lines = ["Metadata-Version: 2.1", f"Name: {self.name}", f"Version: {self.version}", "Summary: Made for a test"]
        if self.requires_python:
            lines.append(f"Requires-Python: {self.requires_python}")
        lines += [f"Requires-Dist: {requirement}" for requirement in self.requires]
        for extra, requirements in self.extras.items():
            lines.append(f"Provides-Extra: {extra}")
            lines += [f"Requires-Dist: {_with_extra(requirement, extra)}" for requirement in requirements]
        return "\n".join(lines) + "\n"

    def scripts(self) -> str:
        """Return entry_points.txt: each of `entry_points` is a console script."""
        return "[console_scripts]\n" + "".join(f"{name} = {target}\n" for name, target in self.entry_points.items())

    def pyproject(self) -> str:
        """Return a pyproject.toml whose backend stands beside it."""
        lines = ["[build-system]", "requires = []", 'build-backend = "backend"', 'backend-path = ["."]', ""]
        lines += ["[project]", f'name = "{self.name}"', f'version = "{self.version}"']
        lines.append(f"dependencies = {_toml_list(self.requires)}")
        if self.requires_python:
            lines.append(f'requires-python = "{self.requires_python}"')
        if self.extras:
            lines += ["", "[project.optional-dependencies]"]
            lines += [f"{extra} = {_toml_list(requirements)}" for extra, requirements in self.extras.items()]
        if self.entry_points:
            lines += ["", "[project.scripts]"]
            lines += [f'{name} = "{target}"' for name, target in self.entry_points.items()]
        return "\n".join(lines) + "\n"


def make_wheel(
    folder: Path,
    name: str,
    version: str,
    *,
    requires: Sequence[str] = (),
    extras: Mapping[str, Sequence[str]] | None = None,
    modules: Mapping[str, Content] | None = None,
    entry_points: Mapping[str, str] | None = None,
    tag: str = "py3-none-any",
    build: str = "",
    data: Mapping[str, Content] | None = None,
    requires_python: str = "",
) -> Path:
    """Write a wheel into `folder` (made where missing) and return its path.

    `modules` are files under site-packages (without it: one package with `__version__`), `data` files under the
    wheel's `.data` folder (`scripts/tool`, `data/share/x.txt`, `headers/x.h`), `entry_points` console scripts.
    `tag` is a whole tag (`cp312-cp312-manylinux_2_28_x86_64`). Same arguments, same bytes.
    Follows the binary distribution format 1.0.
    """
    said = _Distribution(
        name=name,
        version=version,
        requires=requires,
        extras=extras or {},
        entry_points=entry_points or {},
        requires_python=requires_python,
    )
    files = dict(default_modules(name, version) if modules is None else modules)
    files |= {f"{said.stem}.data/{path}": content for path, content in (data or {}).items()}
    files[f"{said.stem}.dist-info/METADATA"] = said.metadata()
    files[f"{said.stem}.dist-info/WHEEL"] = _wheel_text(tag, build)
    if entry_points:
        files[f"{said.stem}.dist-info/entry_points.txt"] = said.scripts()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "-".join(part for part in (said.stem, build, f"{tag}.whl") if part)
    path.write_bytes(_zip(files, f"{said.stem}.dist-info/RECORD"))
    return path


def make_sdist(
    folder: Path,
    name: str,
    version: str,
    *,
    requires: Sequence[str] = (),
    extras: Mapping[str, Sequence[str]] | None = None,
    modules: Mapping[str, Content] | None = None,
    entry_points: Mapping[str, str] | None = None,
    requires_python: str = "",
) -> Path:
    """Write an sdist (`.tar.gz`) into `folder` and return its path. Same arguments, same bytes.

    It builds with nothing but the interpreter; arguments as for `make_wheel`.
    """
    said = _Distribution(
        name=name,
        version=version,
        requires=requires,
        extras=extras or {},
        entry_points=entry_points or {},
        requires_python=requires_python,
    )
    files = _project_files(said, default_modules(name, version) if modules is None else modules)
    files["PKG-INFO"] = said.metadata()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{said.stem}.tar.gz"
    path.write_bytes(_tar(files, said.stem))
    return path


def write_project(
    folder: Path,
    name: str,
    version: str = "1.0",
    *,
    requires: Sequence[str] = (),
    extras: Mapping[str, Sequence[str]] | None = None,
    modules: Mapping[str, Content] | None = None,
    entry_points: Mapping[str, str] | None = None,
    requires_python: str = "",
) -> Path:
    """Write a source project with a `src` layout into `folder` and return the folder.

    It builds as a wheel and installs editable with nothing but the interpreter; arguments as for `make_wheel`.
    """
    said = _Distribution(
        name=name,
        version=version,
        requires=requires,
        extras=extras or {},
        entry_points=entry_points or {},
        requires_python=requires_python,
    )
    for path, content in _project_files(said, default_modules(name, version) if modules is None else modules).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(_bytes(content))
    return folder


def default_modules(name: str, version: str) -> dict[str, Content]:
    """Return the files of a distribution that says nothing but its version."""
    return {f"{canonicalize_name(name).replace('-', '_')}/__init__.py": f'__version__ = "{version}"\n'}


def replaced(wheel: bytes) -> bytes:
    """Return a wheel with the same content and other bytes, as a rebuilt or tampered one has."""
    buffer = io.BytesIO(wheel)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"replaced"
    return buffer.getvalue()


def _project_files(said: _Distribution, modules: Mapping[str, Content]) -> dict[str, Content]:
    return {
        "pyproject.toml": said.pyproject(),
        "backend.py": BACKEND,
        **{f"src/{path}": content for path, content in modules.items()},
    }


def _with_extra(requirement: str, extra: str) -> str:
    body, _, marker = requirement.partition(";")
    both = f'({marker.strip()}) and extra == "{extra}"' if marker else f'extra == "{extra}"'
    return f"{body.strip()} ; {both}"


def _wheel_text(tag: str, build: str) -> str:
    python, abi, platform = tag.split("-")
    pure = "true" if platform == "any" else "false"
    lines = ["Wheel-Version: 1.0", "Generator: parity-tests", f"Root-Is-Purelib: {pure}"]
    lines += [f"Build: {build}"] if build else []
    # A compressed tag set is written out, one line a tag.
    lines += [f"Tag: {p}-{a}-{o}" for p in python.split(".") for a in abi.split(".") for o in platform.split(".")]
    return "\n".join(lines) + "\n"


def _toml_list(items: Sequence[str]) -> str:
    return "[" + ", ".join(f"'{item}'" for item in items) + "]"


def _bytes(content: Content) -> bytes:
    return content.encode() if isinstance(content, str) else content


def _record_line(path: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    quoted = f'"{path}"' if "," in path else path
    return f"{quoted},sha256={digest},{len(content)}"


def _zip(files: Mapping[str, Content], record: str) -> bytes:
    written = {path: _bytes(files[path]) for path in sorted(files)}
    lines = [_record_line(path, content) for path, content in written.items()]
    written[record] = ("\n".join([*lines, f"{record},,"]) + "\n").encode()
    buffer = io.BytesIO()
    # Stored, not deflated: zlib's output differs between versions and machines.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path, content in written.items():
            entry = zipfile.ZipInfo(path, MOMENT)
            entry.create_system = 3
            entry.external_attr = (0o100755 if ".data/scripts/" in path else 0o100644) << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def _tar(files: Mapping[str, Content], root: str) -> bytes:
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=0, mtime=0, filename="") as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for path in sorted(files):
            content = _bytes(files[path])
            entry = tarfile.TarInfo(f"{root}/{path}")
            entry.size = len(content)
            entry.mtime = MOMENT_SECONDS
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
