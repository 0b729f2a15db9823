"""Finding out what an executable is: by the files around it, and only where these do not say by starting it once.

An answer that took a process is kept in the cache under the executable's real path, inode, size and time.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from parity.engines.interpreters.binaries import read_binary
from parity.engines.interpreters.static import Facts, read_facts
from parity.engines.system.digests import digest
from parity.engines.system.files import write_atomic
from parity.engines.system.process import run

_PROBE = str(Path(__file__).parents[2] / "probes" / "inspect_interpreter.py")
_MACHINES = {"x86_64": "64", "amd64": "64", "i686": "32", "i386": "32", "arm64": "aarch64"}


class NotAnInterpreter(Exception):
    """The executable cannot be started or does not answer like a Python; the text says which."""

    def __init__(self, reason: str, *, is_script: bool = False) -> None:
        super().__init__(reason)
        self.is_script = is_script


def inspect_statically(path: str) -> Facts | None:
    """Return what the files around an executable say, or None where it must be started to know.

    Raises NotAnInterpreter where it can be no interpreter of its own: missing, a script (so are all shims).
    """
    real_path = os.path.realpath(path)
    try:
        binary = read_binary(real_path)
        if not os.access(real_path, os.X_OK):
            raise NotAnInterpreter("it may not be executed")
        if binary.kind == "script":
            raise NotAnInterpreter("it is a script", is_script=True)
        return read_facts(real_path, binary)
    except OSError as error:
        raise NotAnInterpreter(_reason(error)) from error


def inspect_running(path: str, cache: str) -> Facts:
    """Return what an executable says about itself, started at most once as long as it does not change.

    `cache` is the folder of earlier answers. Raises NotAnInterpreter.
    """
    real_path = os.path.realpath(path)
    try:
        found = os.stat(real_path)
    except OSError as error:
        raise NotAnInterpreter(_reason(error)) from error
    identity = f"{real_path}\0{found.st_ino}\0{found.st_size}\0{found.st_mtime_ns}"
    record = Path(cache, digest(identity.encode(errors="surrogateescape"))[:32] + ".json")
    if (known := _recall(record)) is not None:
        return known
    facts = _to_facts(_ask(path))
    # a cache that cannot be written costs time, not truth
    with suppress(OSError):
        record.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(record, json.dumps(asdict(facts)))
    return facts


def _recall(record: Path) -> Facts | None:
    try:
        return Facts(**json.loads(record.read_bytes()))
    except (OSError, ValueError, TypeError):
        # absent, cut off, or written by a parity that knew other facts: ask again
        return None


def _ask(path: str) -> Mapping[str, Any]:
    try:
        # no site, no variables, no bytecode written beside the probe; 2.7 has no `-I`
        outcome = run([path, "-E", "-s", "-S", "-B", _PROBE])
    except OSError as error:
        raise NotAnInterpreter(_reason(error)) from error
    if outcome.status != 0:
        last = outcome.stderr.strip().splitlines()[-1:]
        raise NotAnInterpreter(last[0] if last else f"it ends with status {outcome.status}")
    try:
        answer = json.loads(outcome.stdout)
    except ValueError as error:
        raise NotAnInterpreter("it does not answer like a Python") from error
    if not isinstance(answer, dict) or not isinstance(answer.get("version"), str):
        raise NotAnInterpreter("it does not answer like a Python")
    return answer


def _to_facts(answer: Mapping[str, Any]) -> Facts:
    suffix: str = answer["suffix"]
    on_linux = str(answer["platform"]).startswith("linux")
    return Facts(
        implementation=answer["implementation"],
        version=answer["version"],
        free_threaded="t" in answer["abiflags"],
        debug=answer["debug"],
        platform=_platform(answer),
        libc=("musl" if "-musl" in suffix else "glibc") if on_linux else "",
        cache_tag=answer["cache_tag"],
        abi=_abi(suffix),
    )


def _platform(answer: Mapping[str, Any]) -> str:
    system = "linux" if str(answer["platform"]).startswith("linux") else "osx"
    machine = _MACHINES.get(answer["machine"].lower(), answer["machine"].lower())
    if system == "osx":
        return f"osx-{'arm64' if machine == 'aarch64' else machine}"
    # a 32-bit interpreter on a 64-bit kernel reports the kernel's machine
    return "linux-32" if (machine, answer["bits"]) == ("64", 32) else f"linux-{machine}"


def _abi(suffix: str) -> str:
    """Return the wheels' ABI tag from an extension's suffix: `.cpython-37m-x86_64-linux-gnu.so` → `cp37m`."""
    words = suffix.split(".")[1].split("-") if suffix.count(".") > 1 else []
    if words[:1] == ["cpython"]:
        return f"cp{words[1]}"
    return f"{words[0]}_{words[1]}" if words[:1] and words[0].startswith("pypy") else ""


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
