"""Conda packages and the channels that hold them, written from contents in memory; the same bytes every time.

A file that contains the package's placeholder is recorded with it, as binary where it has a NUL byte and as text
elsewhere, so that an installer writes the prefix in its place. Follows conda's package format 2 (`.conda`) and 1
(`.tar.bz2`), `info/paths.json` version 1 and repodata version 1.
"""

import bz2
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from parity.core.conda.packages import File, Json, Package
from parity.engines.system.files import write_bytes_atomic

# what archives say of when their files were made: a moment of its own for each would be other bytes each time
_MOMENT = (2020, 1, 1, 0, 0, 0)
_MOMENT_SECONDS = 1577836800


def write_channel(folder: Path, *packages: Package) -> Path:
    """Write packages and the repodata of every subdir they are in, `noarch` always, and return the folder.

    Packages that are there already stay in the repodata. Both `repodata.json` and `repodata.json.zst` are written.
    """
    by_subdir: dict[str, list[Package]] = {"noarch": []}
    for package in packages:
        by_subdir.setdefault(package.folder, []).append(package)
    for subdir, those in by_subdir.items():
        (folder / subdir).mkdir(parents=True, exist_ok=True)
        written = {package.file: write_package(folder, package) for package in those}
        _write_repodata(folder / subdir, written)
    return folder


def write_package(channel: Path, package: Package) -> Json:
    """Write a package's archive into its subdir of the channel and return its record, leaving the repodata as it is."""
    files = {path: _file(path, content) for path, content in package.files.items()}
    info = _info(package, files)
    archive = _conda(package.stem, info, files) if package.form == ".conda" else _tar_bz2({**info, **files})
    path = channel / package.folder / package.file
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes_atomic(path, archive)
    digests = {"sha256": hashlib.sha256(archive).hexdigest(), "size": len(archive)}
    return package.index() | digests


def _file(path: str, content: str | bytes | File) -> File:
    if isinstance(content, File):
        return content
    plain = content.encode() if isinstance(content, str) else content
    return File(plain, executable=path.startswith("bin/"))


def _info(package: Package, files: Mapping[str, File]) -> dict[str, File]:
    info: dict[str, Json] = {
        "info/index.json": package.index(),
        "info/paths.json": {
            "paths": [_path(path, files, package.placeholder) for path in sorted(files)],
            "paths_version": 1,
        },
        "info/about.json": {"summary": package.summary, "license": package.license},
    }
    if package.noarch == "python":
        points = [f"{name} = {target}" for name, target in package.entry_points.items()]
        info["info/link.json"] = {
            "noarch": {"type": "python", "entry_points": points},
            "package_metadata_version": 1,
        }
    texts = {path: json.dumps(said, indent=2, sort_keys=True) for path, said in info.items()}
    texts["info/files"] = "".join(f"{path}\n" for path in sorted(files))
    return {path: File(text.encode()) for path, text in texts.items()}


def _path(path: str, files: Mapping[str, File], placeholder: str) -> Json:
    """Describe one file as `info/paths.json` does; of a link, the content is what it leads to."""
    file = files[path]
    content = _followed(path, files)
    said: Json = {
        "_path": path,
        "path_type": "softlink" if file.link else "hardlink",
        "sha256": hashlib.sha256(content).hexdigest(),
        "size_in_bytes": len(content),
    }
    if not file.link and placeholder.encode() in content:
        said["prefix_placeholder"] = placeholder
        said["file_mode"] = "binary" if b"\0" in content else "text"
    return said


def _followed(path: str, files: Mapping[str, File]) -> bytes:
    file = files[path]
    while file.link:
        parts = path.split("/")[:-1]
        for part in file.link.split("/"):
            parts = parts[:-1] if part == ".." else [*parts, part]
        path = "/".join(parts)
        file = files.get(path, File())
    return file.content


def _conda(stem: str, info: Mapping[str, File], files: Mapping[str, File]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        parts = {
            "metadata.json": b'{"conda_pkg_format_version": 2}',
            f"pkg-{stem}.tar.zst": compressed(_tar(files)),
            f"info-{stem}.tar.zst": compressed(_tar(info)),
        }
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _MOMENT), content)
    return buffer.getvalue()


def _tar_bz2(files: Mapping[str, File]) -> bytes:
    return bz2.compress(_tar(files), 1)


def _tar(files: Mapping[str, File]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(files):
            file = files[path]
            entry = tarfile.TarInfo(path)
            entry.mtime = _MOMENT_SECONDS
            if file.link:
                entry.type, entry.linkname = tarfile.SYMTYPE, file.link
            entry.size = 0 if file.link else len(file.content)
            entry.mode = 0o755 if file.executable else 0o644
            archive.addfile(entry, io.BytesIO(file.content))
    return buffer.getvalue()


def compressed(content: bytes) -> bytes:
    """Return content as one zstd frame."""
    # Only building needs it: a channel in the cache is used without.
    import zstandard  # noqa: PLC0415 - see above

    return zstandard.ZstdCompressor(level=3).compress(content)


def _write_repodata(folder: Path, written: Mapping[str, Json]) -> None:
    page = folder / "repodata.json"
    before = json.loads(page.read_text(encoding="utf-8")) if page.exists() else {}
    known: Json = {**before.get("packages", {}), **before.get("packages.conda", {}), **written}
    repodata = {
        "info": {"subdir": folder.name},
        "packages": {name: known[name] for name in sorted(known) if name.endswith(".tar.bz2")},
        "packages.conda": {name: known[name] for name in sorted(known) if name.endswith(".conda")},
        "removed": [],
        "repodata_version": 1,
    }
    text = json.dumps(repodata, indent=1, sort_keys=True).encode()
    write_bytes_atomic(page, text)
    write_bytes_atomic(folder / "repodata.json.zst", compressed(text))
