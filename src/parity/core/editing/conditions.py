"""What makes an entry count on one platform only: a selector of conda's, or a marker of PEP 508."""

from __future__ import annotations

from parity.core.manifests.selectors import SUBDIRS, words_of

_SYSTEMS = {"linux": "linux", "osx": "darwin", "win": "win32"}
_MACHINES = {"64": "x86_64", "32": "i686"}


def selector_for(platform: str) -> str:
    """Return the selector that holds on a platform (`linux-64`) and on no other that parity has targets for."""
    family = platform.partition("-")[0]
    alone = [
        word
        for word in sorted(SUBDIRS[platform])
        if sum(word in words for words in SUBDIRS.values()) == 1 and word in words_of(platform)
    ]
    return alone[0] if alone else f"{family} and {min(SUBDIRS[platform])}"


def marker_for(platform: str) -> str:
    """Return the marker that holds on a platform, as `packaging` writes it."""
    family, _, machine = platform.partition("-")
    machine = "AMD64" if platform == "win-64" else _MACHINES.get(machine, machine)
    return f'sys_platform == "{_SYSTEMS[family]}" and platform_machine == "{machine}"'
