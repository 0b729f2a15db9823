"""The other half of the wiring, for interpreters: builds engines as `wiring` does, each imported on first use."""

from __future__ import annotations

from parity.workflows.wiring import data, discovery, inspector, uv

TYPE_CHECKING = False  # importing typing would cost more than this module
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from parity.core.conda.packages import Package
    from parity.core.interpreters import Interpreter
    from parity.core.python_request import PythonRequest
    from parity.engines.interpreters.downloads import Download
    from parity.engines.interpreters.prebuilt import Installed
    from parity.workflows import python_build, python_pack, python_uninstall


def source_builds(environ: Mapping[str, str], *, offline: bool, base: str, again: bool) -> python_build.Tools:
    """Return the engines that build interpreters from source; `base` is where source archives are fetched from."""
    from functools import partial

    from parity.core.builds.modules import Modules
    from parity.core.builds.sources import read_archives
    from parity.engines.interpreters.source_build import Order, SourceBuild
    from parity.engines.interpreters.source_build.archives import examine, fetch
    from parity.engines.machine.detect import detect
    from parity.engines.store.home import cache_folder, home_folder, make_folders
    from parity.workflows.python_build import Tools

    make_folders(environ)
    host = detect()
    engine = SourceBuild(
        home=home_folder(environ),
        cache=cache_folder(environ),
        platform=host.platform,
        libc=f"{host.libc} {host.libc_version}".strip() or f"macOS {host.macos}",
        modules=Modules.from_text(data("python_modules.toml")),
        environ=environ,
    )
    cache = cache_folder(environ)
    return Tools(
        archives=read_archives(data("cpython_sources.tsv")),
        fetch=lambda archives, progress: fetch(archives, base, cache, offline=offline, progress=progress),
        examine=examine,
        order=Order,
        build=partial(engine.install, again=again),
    )


def offers(environ: Mapping[str, str], *, offline: bool, downloads: str) -> Callable[[], Sequence[Interpreter]]:
    """Return what tells the prebuilt interpreters that there are for this machine."""
    from parity.engines.interpreters.downloads import available, read_list
    from parity.engines.pypi.uv import failure

    def ask() -> Sequence[Interpreter]:
        entries = read_list(downloads, offline=offline) if downloads else None
        call = uv(environ, offline=offline).call
        return [each.interpreter for each in available(call, failure, source=downloads, entries=entries)]

    return ask


def source_versions() -> Sequence[Interpreter]:
    """Return the versions of CPython that can be built from source."""
    from parity.core.builds.sources import read_archives, versions_of

    return versions_of(read_archives(data("cpython_sources.tsv")))


def writer() -> Callable[[Path, str], None]:
    """Return what writes a text file so that nobody ever sees a part of it."""
    from parity.engines.system.files import write_atomic

    return write_atomic


def pin_file(environ: Mapping[str, str], directory: Path, *, everywhere: bool) -> Path:
    """Return the file that pins a folder's Python, or, for `everywhere`, pyenv's global one."""
    from pathlib import Path

    if not everywhere:
        return directory / ".python-version"
    root = environ.get("PYENV_ROOT") or str(Path(environ.get("HOME") or Path.home()) / ".pyenv")
    return Path(root) / "version"


def uninstalling(environ: Mapping[str, str]) -> python_uninstall.Tools:
    """Return the engines that remove interpreters of parity's own."""
    import os
    from functools import partial
    from pathlib import Path

    from parity.engines.interpreters.own import Own
    from parity.engines.store.home import home_folder
    from parity.engines.store.standing import standing_on
    from parity.workflows.python_uninstall import Tools

    home = home_folder(environ)
    own = Own(home=home)
    return Tools(
        discovered=discovery(environ),
        name_of=lambda each: Path(os.path.relpath(each.path, own.folder(""))).parts[0],
        users=partial(standing_on, home),
        folder=own.folder,
        remove=own.remove,
    )


def packing(environ: Mapping[str, str]) -> python_pack.Tools:
    """Return the engines that make conda packages of an interpreter."""
    from parity.workflows.python_pack import Tools

    return Tools(
        discovered=discovery(environ), inspect=inspector(environ), pack=_pack_interpreter, write=_write_packages
    )


def _pack_interpreter(interpreter: Interpreter) -> Sequence[Package]:
    from hashlib import sha256
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from parity.engines.interpreters.packing import lay_out, layout_of, python_abi, to_package

    layout = layout_of(interpreter.path)
    build = interpreter.sha256 or sha256(Path(layout.program).read_bytes()).hexdigest()
    with TemporaryDirectory(prefix="parity-pack-") as folder:
        scratch = Path(folder).resolve()
        lay_out(layout, scratch)
        return to_package(layout, scratch, build=build, subdir=interpreter.platform), python_abi(layout)


def _write_packages(channel: Path, packages: Sequence[Package]) -> Sequence[dict[str, Any]]:
    from parity.engines.conda.write import write_channel

    write_channel(channel, *packages)
    return [
        {"name": each.name, "version": each.version, "build": each.build, "subdir": each.folder, "file": each.file}
        for each in packages
    ]


def prebuilt(
    environ: Mapping[str, str], *, offline: bool, mirror: str, downloads: str, again: bool
) -> tuple[Callable[[Sequence[PythonRequest]], Download], Callable[[Download], Installed]]:
    """Return what finds prebuilt interpreters and what installs them; `again` makes those that are here anew."""
    from functools import partial

    from parity.engines.interpreters.prebuilt import Offer, Prebuilt
    from parity.engines.pypi.uv import failure
    from parity.engines.store.home import cache_folder, home_folder

    offer = Offer(mirror=mirror, downloads=downloads)
    engine = Prebuilt(
        home=home_folder(environ),
        cache=cache_folder(environ),
        call=uv(environ, offline=offline).call,
        failure=failure,
        offline=offline,
    )
    return partial(engine.find, offer=offer), partial(engine.install, offer=offer, again=again)
