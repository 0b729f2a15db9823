"""The probes of a machine: run here, or handed out as text to be run where there is no parity."""

import json
import subprocess
import sys
from collections.abc import Mapping
from importlib.resources import as_file, files
from typing import Any, Literal

from parity.core.preflight.overrides import overridden_profile

Language = Literal["python", "sh"]

_SUFFIXES: dict[Language, str] = {"python": ".py", "sh": ".sh"}


def script(language: Language) -> str:
    """Return a probe's own text: for any Python from 3.6 on, or for any POSIX shell, which finds out less."""
    return (files("parity") / "probes" / f"probe_machine{_SUFFIXES[language]}").read_text(encoding="utf-8")


def probe(overrides: Mapping[str, str] | None = None, *, host_name: bool = False, asked: bool = True) -> dict[str, Any]:
    """Return the profile of this machine, as docs/reference/profile.md describes it.

    `host_name` asks for the name of the machine, which is left out otherwise. Where programs are not to be `asked`,
    compilers have no version and interpreters are not looked for. What the variables `overrides` say of the machine
    (core/preflight/overrides) comes before what it is. Raises OverrideInvalid.
    """
    with as_file(files("parity") / "probes" / "probe_machine.py") as path:
        command = [
            sys.executable,
            "-I",
            str(path),
            *(["--host-name"] if host_name else []),
            *([] if asked else ["--unasked"]),
        ]
        answer = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
    profile: dict[str, Any] = json.loads(answer.stdout)
    return overridden_profile(profile, overrides or {})
