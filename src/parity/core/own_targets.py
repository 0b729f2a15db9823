"""Targets that a user describes: the profile of a real machine, or a TOML file of a few lines."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from parity.core.errors import Fault, ManifestError, TargetUnknown
from parity.core.manifests.typed_table import TypedTable
from parity.core.places import Place
from parity.core.spelling import known_ones
from parity.core.target import LEVELS, Target, Targets, contradiction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from parity.core.preflight.machine import Machine

ENDINGS = (".json", ".toml")
KEYS = (
    "accelerator", "based-on", "cuda", "cxxabi", "glibc", "glibcxx", "kernel", "level", "macos",
)  # fmt: skip
_VERSION = re.compile(r"\d+(\.\d+)*")
_NAME = re.compile(r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]*")


def is_file(word: str) -> bool:
    """Say whether a target is named by its file (`gpu-server.json`, `machines/old.toml+cpu`)."""
    base, _ = parted(word)
    return base.endswith(ENDINGS)


def parted(word: str) -> tuple[str, str]:
    """Return a target as a user names it without its accelerator, and that; a path may have a `+` of its own."""
    base, plus, accelerator = word.rpartition("+")
    return (base, accelerator) if plus and "/" not in accelerator and "." not in accelerator[:1] else (word, "")


def name_of(file: str) -> str:
    """Return what the target of a file is called."""
    return file.rsplit("/", 1)[-1].rpartition(".")[0]


def titles(words: Sequence[str]) -> dict[str, str]:
    """Return by which name each of some machines is known: a file's by as much of its path as tells it from others."""
    names = {word: [*parted(word)[0].rpartition(".")[0].split("/")] for word in words if is_file(word)}
    others = {word for word in words if word not in names}
    found = {}
    for word, parts in names.items():
        ends = ["/".join(parts[-count:]) for count in range(1, len(parts) + 1)]
        rivals = {
            "/".join(each[-count:]) for other, each in names.items() if other != word for count in range(len(each))
        }
        plus = parted(word)[1]
        free = (end for end in ends if end not in others and end not in rivals)
        found[word] = f"{next(free, word)}+{plus}" if plus else next(free, word)
    return {word: found.get(word, word) for word in words}


def read_target(text: str, file: str, targets: Targets) -> Target:
    """Return the target that a file describes. Raises ProfileInvalid; ManifestError with every fault and its place."""
    name = name_of(file)
    if name in targets.plain or not _NAME.fullmatch(name):
        why = "a target of parity's own is called so" if name in targets.plain else "it is no name"
        place = Place(file=file)
        raise ManifestError([Fault(place=place, message=f"`{name}`: {why}", hint="give the file another name")])
    if file.endswith(".json"):
        from parity.core.preflight.profiles import read_profile  # noqa: PLC0415 - hardly any target is a profile

        return _of_profile(read_profile(text, file), name, file, targets)
    return _of_table(text, name, file, targets)


def _of_profile(machine: Machine, name: str, file: str, targets: Targets) -> Target:
    """Return the machine of a profile as a target, with the builds that its driver runs without a compiler."""
    like = _like(machine, file, targets)
    accelerator = targets.accelerator_for(like, machine.host)
    virtual = [f"{key}={version}" if version != "0" else key for key, version in machine.virtual_packages.items()]
    target = replace(
        machine.floors,
        name=name,
        glibcxx=machine.glibcxx,
        cxxabi=machine.cxxabi,
        accelerator=accelerator,
        torch_backend=targets.accelerators.get(accelerator, ""),
        virtual_packages=tuple(sorted(virtual)),
        kinds=like.kinds,
        without=like.without,
        own=True,
    )
    return targets.with_uv(target)


def _like(machine: Machine, file: str, targets: Targets) -> Target:
    """Return a target of parity's own of the same platform and C library: what parity does not know, it cannot lock."""
    host = machine.host
    try:
        return targets.like(host.platform, host.libc)
    except TargetUnknown:
        what = f"{host.platform} with {host.libc or 'a C library that nobody knows'}"
        known = ", ".join(dict.fromkeys(each.platform for each in targets.plain.values()))
        fault = Fault(place=Place(file=file), message=f"parity has no targets for {what}", hint=f"it has {known}")
        raise ManifestError([fault]) from None


def _of_table(text: str, name: str, file: str, targets: Targets) -> Target:
    from parity.core.preflight.profiles import CXXABI, GLIBCXX  # noqa: PLC0415 - hardly any target has a file

    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        fault = Fault(place=Place(file=file), message=f"is not TOML: {error}", hint='write `based-on = "linux-64"`')
        raise ManifestError([fault]) from None
    faults: list[Fault] = []
    table = TypedTable(values, Place(file=file), faults)
    table.keys_known(KEYS)
    base = table.text("based-on")
    if base not in targets.plain:
        hint = known_ones(base, targets.plain)
        table.fault(table.at("based-on"), f"`{base}` is not a target of parity's own", hint)
    said = {key: _version(table, key) for key in ("cuda", "glibc", "kernel", "macos")}
    said["glibcxx"] = _version(table, "glibcxx", GLIBCXX, "3.4.30")
    said["cxxabi"] = _version(table, "cxxabi", CXXABI, "1.3.13")
    accelerator, level = table.text("accelerator"), table.text("level")
    for key, word, known in (("accelerator", accelerator, targets.accelerators), ("level", level, LEVELS)):
        if word and word not in known:
            table.fault(table.at(key), f"`{word}` is not a value of `{key}`", known_ones(word, known))
    if said["cuda"] and (message := contradiction(accelerator, said["cuda"])):
        table.fault(table.at("cuda"), message, "leave one of the two out, or change it")
    if not faults and (message := _elsewhere(targets.plain[base], said, level)):
        table.fault(table.place, message, "leave it out, or name another target in `based-on`")
    if faults:
        raise ManifestError(faults)
    return _with(targets.plain[base], name, {**said, "accelerator": accelerator, "level": level}, targets)


def _version(table: TypedTable, key: str, form: re.Pattern[str] = _VERSION, example: str = "2.35") -> str:
    text = table.text(key)
    if text and not form.fullmatch(text):
        table.fault(table.at(key), f"`{text}` is not a version of `{key}`", f"write it as `{example}`")
        return ""
    return text


def _elsewhere(base: Target, said: Mapping[str, str], level: str) -> str:
    """Return what is said that cannot be of such a machine."""
    if said["glibc"] and base.libc != "glibc":
        return f"`glibc` is said, and `{base.name}` has none"
    if said["macos"] and not base.macos:
        return f"`macos` is said, and `{base.name}` is none"
    if level and not base.level:
        return f"`level` is of x86-64 processors, and `{base.name}` has another"
    return ""


def _with(base: Target, name: str, said: Mapping[str, str], targets: Targets) -> Target:
    libc_version = said["glibc"] or base.libc_version
    changed: dict[str, Any] = {
        "__glibc": said["glibc"],
        "__osx": said["macos"],
        "__linux": said["kernel"],
        "__cuda": said["cuda"],
        "__archspec": f"1={said['level'].replace('-', '_')}" if said["level"] else "",
    }
    virtual = dict(text.partition("=")[::2] for text in base.virtual_packages)
    virtual |= {key: version for key, version in changed.items() if version}
    target = replace(
        base,
        name=name,
        own=True,
        libc_version=libc_version,
        macos=said["macos"] or base.macos,
        glibcxx=said["glibcxx"] or base.glibcxx,
        cxxabi=said["cxxabi"] or base.cxxabi,
        virtual_packages=tuple(sorted(f"{key}={version}" if version else key for key, version in virtual.items())),
    )
    target = targets.with_uv(target)
    return targets.with_accelerator(target, said["accelerator"]) if said["accelerator"] else target
