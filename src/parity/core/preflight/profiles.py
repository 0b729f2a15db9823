"""The file in which `parity probe` says what a machine is (docs/reference/profile.md), read fact by fact."""

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from parity.core.errors import Fault
from parity.core.manifests.typed_table import TypedTable, kind
from parity.core.places import Place
from parity.core.preflight.errors import ProfileInvalid
from parity.core.preflight.machine import Folder, Gpu, Machine, virtual_packages
from parity.core.spelling import known_ones
from parity.core.target import LEVELS, Host

SCHEMA = "parity-profile/1"
_VERSION = re.compile(r"\d+(\.\d+)*")
_PLATFORM = re.compile(r"[a-z]+-[a-z0-9_]+")
_KERNEL = re.compile(r"\d+(\.\d+)*.*")
GLIBCXX, CXXABI = re.compile(r"3\.4(\.\d+)?"), re.compile(r"1\.3(\.\d+)?")
_LIBCS = ("glibc", "musl")
_SECTIONS = (
    "compilers", "cpu", "cxx_runtime", "folders", "interpreters", "libc", "nvidia", "probe", "rocm", "system",
)  # fmt: skip


def read_profile(text: str, file: str) -> Machine:
    """Read what `parity probe` wrote, in its envelope or without. Raises ProfileInvalid with every fault and its place.

    A machine is known by its profile's file name without the ending.
    """
    try:
        data = json.loads(text)
    except ValueError as error:
        raise _no_profile(file, f"is not a profile: it is not JSON ({error})") from None
    if isinstance(data, dict) and data.get("command") == "probe":
        data = data.get("data")
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        found = data.get("schema") if isinstance(data, dict) else None
        said = f"its schema is `{found}`" if found else f"it has no `schema` of `{SCHEMA}`"
        raise _no_profile(file, f"is not a profile that parity reads: {said}")
    return from_profile(data, file)


def from_profile(data: Mapping[str, Any], file: str) -> Machine:
    """Return the machine of a profile's data. Raises ProfileInvalid with every fault and its place in the file."""
    faults: list[Fault] = []
    machine = _machine(_Facts(data, Place(file=file), faults, _SECTIONS), file)
    if faults:
        raise ProfileInvalid(faults)
    return machine


def _no_profile(file: str, message: str) -> ProfileInvalid:
    return ProfileInvalid([Fault(place=Place(file=file), message=message)])


class _Facts(TypedTable):
    """A table of a profile: every key is there, and `null` says that nobody knows."""

    def __init__(self, values: Mapping[str, Any], place: Place, faults: list[Fault], keys: Collection[str]) -> None:
        super().__init__({key: value for key, value in values.items() if value is not None}, place, faults)
        for key in keys:
            if key not in values:
                self.fault(self.at(key), f"`{key}` is missing", "write `null` where nobody knows it")

    def section(self, key: str, *keys: str) -> "_Facts":
        """Return the table under a key, of which nothing is known where it is `null`."""
        found = self.table(key)
        known = keys if isinstance(self.values.get(key), Mapping) else ()
        return _Facts(found.values, found.place, self.faults, known)

    def rows(self, key: str, *keys: str) -> "list[_Facts]":
        """Return the tables of a list."""
        found = []
        for item, place in self.items(key):
            if isinstance(item, Mapping):
                found.append(_Facts(item, place, self.faults, keys))
            else:
                self.fault(place, f"a table was expected, found {kind(item)}", "write `{…}`")
        return found

    def version(self, key: str, example: str) -> str:
        """Return a version of digits and points."""
        text = self.text(key)
        return text if not text or self._fits(key, text, _VERSION, "a version", example) else ""

    def fitting(self, key: str, pattern: re.Pattern[str], example: str) -> str:
        """Return a text of a certain form."""
        text = self.text(key)
        return text if not text or self._fits(key, text, pattern, f"a `{key}`", example) else ""

    def one_of(self, key: str, known: Collection[str]) -> str:
        """Return one of the words that are known."""
        text = self.text(key)
        if text and text not in known:
            self.fault(self.at(key), f"`{text}` is not a `{key}` that parity knows", known_ones(text, known))
            return ""
        return text

    def number(self, key: str) -> int | None:
        """Return a whole number that is not negative."""
        value = self.values.get(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
            return value
        found = f"`{value}`" if isinstance(value, int | float) and not isinstance(value, bool) else kind(value)
        message = f"`{key}` must be a whole number, found {found}"
        self.fault(self.at(key), message, "write the number alone, as `1000000000`, or `null`")
        return None

    def _fits(self, key: str, text: str, pattern: re.Pattern[str], what: str, example: str) -> bool:
        if pattern.fullmatch(text):
            return True
        self.fault(self.at(key), f"`{text}` is not {what}", f"write it as `{example}`, or `null`")
        return False


def _machine(facts: _Facts, file: str) -> Machine:
    cxx = facts.section("cxx_runtime", "cxxabi", "glibcxx")
    nvidia = facts.section("nvidia", "cuda", "driver", "gpus")
    system = facts.section("system", "kernel", "macos")
    host = _host(facts, system, nvidia)
    looked = facts.section("probe", "language").one_of("language", ("python", "sh")) != "sh"
    pythons = tuple(each.text("version") for each in facts.rows("interpreters", "version"))
    folders = facts.section("folders")
    distribution = system.section("distribution", "id") if "distribution" in system else None
    return Machine(
        name=file.rsplit("/", 1)[-1].removesuffix(".json"),
        host=host,
        virtual_packages=virtual_packages(host, system.fitting("kernel", _KERNEL, "5.15.0-91-generic")),
        level=host.level,
        glibcxx=cxx.fitting("glibcxx", GLIBCXX, "3.4.30"),
        cxxabi=cxx.fitting("cxxabi", CXXABI, "1.3.13"),
        driver=nvidia.text("driver"),
        gpus=_gpus(nvidia),
        pythons=pythons if looked else None,
        compilers=tuple(each.text("name") for each in facts.rows("compilers", "name")),
        folders={key: _folder(folders, key) for key in folders.values},
        distribution=distribution.text("id") if distribution else "",
    )


def _host(facts: _Facts, system: _Facts, nvidia: _Facts) -> Host:
    libc = facts.section("libc", "name", "version")
    facts.section("rocm")
    if isinstance(facts.values.get("system"), Mapping) and "platform" not in system:
        system.fault(system.at("platform"), "`platform` is not known", "write conda's word for it, as `linux-64`")
    return Host(
        platform=system.fitting("platform", _PLATFORM, "linux-64"),
        libc=libc.one_of("name", _LIBCS),
        libc_version=libc.version("version", "2.35"),
        macos=system.version("macos", "14.5"),
        cuda=nvidia.version("cuda", "12.6"),
        gpu=nvidia.values.get("gpus") != [],
        rocm="rocm" in facts,
        level=facts.section("cpu", "level").one_of("level", LEVELS),
    )


def _gpus(nvidia: _Facts) -> tuple[Gpu, ...]:
    """Return the GPUs of which it is known what they run."""
    rows = nvidia.rows("gpus", "capability", "name")
    found = [(each.text("name") or "a GPU", each.version("capability", "9.0")) for each in rows]
    return tuple(Gpu(name=name, capability=capability) for name, capability in found if capability)


def _folder(folders: _Facts, key: str) -> Folder:
    keys = ("free_bytes", "free_inodes", "noexec", "path", "path_bytes", "read_only", "writable")
    facts = folders.section(key, *keys)
    return Folder(
        path=facts.text("path"),
        free_bytes=facts.number("free_bytes"),
        free_inodes=facts.number("free_inodes"),
        noexec=bool(facts.flag("noexec")),
        writable=bool(facts.flag("writable")) and not facts.flag("read_only"),
        path_bytes=facts.number("path_bytes") or 0,
    )
