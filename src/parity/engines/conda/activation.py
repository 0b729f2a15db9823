"""Activating a prefix once, on behalf of everybody who will: what `conda activate` would set there.

A shell is needed only where packages bring scripts for it, and is started twice then, as two callers.
"""

import json
import shlex
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from parity.core.activation.difference import Activation, Row, difference, mentioned, settle
from parity.core.conda.prefix_records import STATE
from parity.core.dataclass import dataclass
from parity.engines.system.process import run

_SCRIPTS = "etc/conda/activate.d"
_VARIABLES = "etc/conda/env_vars.d"
_CALLER = ("HOME", "LANG", "LOGNAME", "TMPDIR", "USER")  # the store is one user's, and so are these
_PATH = "/usr/local/bin:/usr/bin:/bin"
_PROBE = "parity-probe"
_END = "parity-end"
# what a shell or the loader would be disturbed by
_SHELLS = (
    *("BASHOPTS", "BASH_ENV", "ENV", "IFS", "OLDPWD", "POSIXLY_CORRECT", "PWD", "SHELLOPTS", "SHLVL", "_"),
    *("LD_AUDIT", "LD_PRELOAD"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Activated:
    """An activation, and why the scripts of packages have no part in it, if they have none."""

    activation: Activation
    failure: str = ""


def activate(prefix: str, environ: Mapping[str, str]) -> Activated:
    """Return what has to be set to work in a prefix, as `conda activate` would: variables first, then scripts.

    `environ` is the user's environment, of which only who and where he is counts. Raises OSError.
    """
    fixed = _fixed(Path(prefix))
    rows = Activation(rows=tuple(fixed.values()))
    scripts = sorted(map(str, Path(prefix, _SCRIPTS).glob("*.sh")))
    if not scripts:
        return Activated(activation=rows)
    shell = shutil.which("bash", path=environ.get("PATH") or _PATH)
    if shell is None:
        return Activated(activation=rows, failure="there is no `bash` to run them")
    caller = {name: environ[name] for name in _CALLER if name in environ} | {"PATH": _PATH}
    texts = [Path(script).read_text(encoding="utf-8", errors="replace") for script in scripts]
    probes = {name: f"{_PROBE}-{name}" for name in mentioned(texts) - {*caller, *fixed, *_SHELLS}}
    differences = []
    for variables in (caller, caller | probes | {"PATH": f"/{_PROBE}:{_PATH}"}):
        command = [shell, "--norc", "--noprofile", "-c", _text(scripts)]
        done = run(command, cwd=Path(prefix), env=_applied(fixed, variables))
        if _END not in done.stdout:
            last = done.stderr.strip().splitlines()[-1:] or ["one of them ended the shell"]
            return Activated(activation=rows, failure=last[0])
        differences.append(difference(variables, _parsed(done.stdout)))
    plain, probed = differences
    return Activated(activation=settle(plain, probed, probes.values()))


def _fixed(prefix: Path) -> dict[str, Row]:
    """Return what is set without any script, by variable; the environment's own variables come last."""
    variables = {"CONDA_DEFAULT_ENV": str(prefix), "CONDA_PREFIX": str(prefix), "CONDA_SHLVL": "1"}
    for file in sorted((prefix / _VARIABLES).glob("*.json")):
        variables |= _strings(json.loads(file.read_text(encoding="utf-8")))
    if (prefix / STATE).exists():
        variables |= _strings(json.loads((prefix / STATE).read_text(encoding="utf-8")).get("env_vars", {}))
    rows: dict[str, Row] = {"PATH": ("prepend", "PATH", f"{prefix}/bin")}
    return rows | {name: ("set", name, value) for name, value in variables.items()}


def _strings(variables: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in variables.items()}


def _applied(fixed: Mapping[str, Row], caller: Mapping[str, str]) -> dict[str, str]:
    set_up = {name: row[2] if row[0] == "set" else f"{row[2]}:{caller[name]}" for name, row in fixed.items()}
    return {**caller, **set_up}


def _text(scripts: Sequence[str]) -> str:
    """Return what a shell is told: what scripts print goes to standard error, the variables come last."""
    lines = ["exec 3>&1 1>&2", *(f". {shlex.quote(script)}" for script in scripts)]
    return "\n".join([*lines, "command env -0 >&3", f"printf %s {shlex.quote(_END)} >&3"])


def _parsed(text: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in text.removesuffix(_END).split("\0") if "=" in line)
    return {name: value for name, _, value in pairs}
