"""What a user says that a machine is to be taken for: conda's variables `CONDA_OVERRIDE_…` (its manual, CEP 30)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from parity.core.preflight.errors import OverrideInvalid
from parity.core.spelling import did_you_mean
from parity.core.target import LEVELS, Host

CUDA, GLIBC, OSX, ARCHSPEC = (f"CONDA_OVERRIDE_{name}" for name in ("CUDA", "GLIBC", "OSX", "ARCHSPEC"))
VARIABLES = (CUDA, GLIBC, OSX, ARCHSPEC)
_EXAMPLES = {CUDA: "12.6", GLIBC: "2.28", OSX: "14.0"}
_VERSION = re.compile(r"\d+(\.\d+)*")
# The microarchitectures that a channel may be told of, with the level of the psABI that each has (archspec).
_PROCESSORS = {
    "x86_64": "nocona core2 k10",
    "x86_64-v2": "nehalem westmere sandybridge ivybridge bulldozer piledriver steamroller",
    "x86_64-v3": "haswell broadwell skylake excavator zen zen2 zen3",
    "x86_64-v4": "skylake_avx512 cannonlake cascadelake icelake sapphirerapids zen4 zen5",
}
_LEVELS = {
    **{level.replace("-", "_"): level for level in LEVELS},
    **{level: level for level in LEVELS},
    **{name: level for level, names in _PROCESSORS.items() for name in names.split()},
}


def read_overrides(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what is said, by variable; a level of the processor as `x86_64-v3`, and nothing where it is said to be.

    Raises OverrideInvalid for what no machine can be.
    """
    found = {name: environ[name].strip() for name in VARIABLES if name in environ}
    for name, text in found.items():
        if name == ARCHSPEC:
            found[name] = _level(text)
        elif text and not _VERSION.fullmatch(text):
            raise OverrideInvalid(
                f"`{name}` is `{text}`, which is no version",
                hint=f"write it as `{name}={_EXAMPLES[name]}`, leave it empty for none, or unset it",
            )
    return found


def overridden(host: Host, environ: Mapping[str, str]) -> Host:
    """Return a machine with what a user says of it. Raises OverrideInvalid."""
    said = read_overrides(environ)
    level = said.get(ARCHSPEC, "") if host.platform.endswith("-64") else ""
    return replace(
        host,
        cuda=said.get(CUDA, host.cuda),
        gpu=CUDA in said or host.gpu,
        libc_version=said.get(GLIBC, host.libc_version) if host.libc == "glibc" else host.libc_version,
        macos=said.get(OSX, host.macos),
        level=level or host.level,
    )


def overridden_profile(profile: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """Return a machine's profile with what a user says of it. Raises OverrideInvalid."""
    said = read_overrides(environ)
    found = dict(profile)
    if GLIBC in said and (found["libc"] or {}).get("name") == "glibc":
        found["libc"] = {**found["libc"], "version": said[GLIBC] or None}
    if CUDA in said:
        nvidia = {"driver": None, **(found["nvidia"] or {}), "cuda": said[CUDA]}
        found["nvidia"] = {**nvidia, "gpus": nvidia.get("gpus") or None} if said[CUDA] else None
    if OSX in said:
        found["system"] = {**found["system"], "macos": said[OSX] or None}
    if said.get(ARCHSPEC) and found["system"]["platform"].endswith("-64"):
        found["cpu"] = {**found["cpu"], "level": said[ARCHSPEC]}
    return found


def _level(text: str) -> str:
    if text and text not in _LEVELS:
        known = ", ".join(f"`{level.replace('-', '_')}`" for level in LEVELS)
        hint = did_you_mean(text, sorted(_LEVELS), f"write {known}, or unset it")
        raise OverrideInvalid(f"`{ARCHSPEC}` is `{text}`, which is no processor that parity knows", hint=hint)
    return _LEVELS.get(text, "")
