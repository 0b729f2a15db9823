"""Scripts of packages that want to run after their package was placed: only those that the project allows by name."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from parity.core.conda.errors import LinkScriptFailed
from parity.core.lockfile.model import LockedConda
from parity.engines.system.process import run

_MESSAGES = ".messages.txt"


def run_link_script(prefix: str, package: LockedConda, script: str, environ: Mapping[str, str]) -> str:
    """Run a package's script as conda does and return what it wants the user to read.

    `script` is its path in the prefix. Raises LinkScriptFailed, OSError.
    """
    variables = {
        "PREFIX": prefix,
        "ROOT_PREFIX": prefix,
        "CONDA_PREFIX": prefix,
        "PKG_NAME": package.name,
        "PKG_VERSION": package.version,
        "PKG_BUILDNUM": str(package.build_number),
        "PATH": f"{prefix}/bin:{environ.get('PATH', '')}",
    }
    shell = shutil.which("bash", path=environ.get("PATH")) or "sh"
    done = run([shell, f"{prefix}/{script}"], cwd=Path(prefix), env={**environ, **variables})
    if done.status:
        last = done.stderr.strip().splitlines()[-1:] or [f"it ended with status {done.status}"]
        raise LinkScriptFailed(
            f"the link script of `{package.name}` failed: {last[0]}",
            hint="take its name out of `link-scripts` in `[tool.parity.conda]` to do without it",
        )
    messages = Path(prefix) / _MESSAGES
    if not messages.exists():
        return ""
    text = messages.read_text(encoding="utf-8", errors="replace")
    messages.unlink()
    return " ".join(text.split())
