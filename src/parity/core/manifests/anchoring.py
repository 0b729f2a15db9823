"""Folders that a file of another folder names: written so that they mean the same from everywhere.

Requirements on folders are located where they are read; this is about what is kept as it was written: channels, the
files of packages in them, indexes of `[tool.parity]`.
"""

import posixpath
from dataclasses import replace

from parity.core.manifests.merge import Part
from parity.core.spec import AcceleratorSettings, CondaRequirement, CondaSettings, Index, Settings


def anchored(part: Part, folder: str) -> Part:
    """Return what a manifest says with the folders it names made absolute, where its own `folder` is absolute."""
    if not posixpath.isabs(folder):
        return part
    return replace(
        part,
        channels=tuple(_absolute(channel, folder) for channel in part.channels),
        conda=tuple(_requirement(each, folder) for each in part.conda),
    )


def anchored_settings(settings: Settings, folder: str) -> Settings:
    """Return settings with the folders they name made absolute, where their file's own `folder` is absolute."""
    if not posixpath.isabs(folder):
        return settings
    return replace(
        settings,
        indexes=tuple(_index(index, folder) for index in settings.indexes),
        conda=_conda(settings.conda, folder),
        accelerators=_accelerators(settings.accelerators, folder),
    )


def _requirement(requirement: CondaRequirement, folder: str) -> CondaRequirement:
    others = tuple(
        (key, _absolute(value, folder, bare=True) if key == "url" else value) for key, value in requirement.others
    )
    return replace(requirement, channel=_absolute(requirement.channel, folder), others=others)


def _conda(settings: CondaSettings, folder: str) -> CondaSettings:
    mirrors = {
        name: tuple(_absolute(address, folder) for address in addresses) for name, addresses in settings.mirrors.items()
    }
    return replace(settings, mirrors=mirrors)


def _accelerators(settings: AcceleratorSettings, folder: str) -> AcceleratorSettings:
    indexes = {name: _index(index, folder) for name, index in settings.indexes.items()}
    return replace(settings, indexes=indexes)


def _index(index: Index, folder: str) -> Index:
    return replace(index, url=_absolute(index.url, folder, bare=True) if index.url else "")


def _absolute(text: str, folder: str, *, bare: bool = False) -> str:
    """Return a relative path as an absolute one; `bare`: also one that does not begin with a dot."""
    relative = text.startswith(("./", "../")) or text in {".", ".."}
    if not relative and (not bare or "://" in text or text.startswith(("/", "~", "${", "file:"))):
        return text
    return posixpath.normpath(posixpath.join(folder, text))
