"""Where one interpreter is built: its steps run one by one, everything they say in one log."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from parity.core.builds.causes import end_of, likely_cause
from parity.core.builds.errors import PythonBuildFailed
from parity.core.builds.modules import Modules
from parity.core.dataclass import dataclass
from parity.engines.system.supervised import supervise

# bytes of a log in which a cause is looked for; a compiler's first complaint is often far above the end
_LOOKED_AT = 200_000

# what `make` says when it begins the next third of a build with `--enable-optimizations`
_STAGES = {
    "Building with support for profile generation": "compiling, to find out what is used most",
    "Running code to generate profile data": "running programs, to find out what is used most",
    "Rebuilding with profile guided optimizations": "compiling, with what was found out",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """One build: the sources' folder, the final address, the variables, the log. `phase` is told what goes on."""

    version: str
    source: str
    prefix: str
    environ: Mapping[str, str]
    log: str
    modules: Modules
    phase: Callable[[str], None]

    def step(self, doing: str, command: Sequence[str]) -> None:
        """Run one step in the sources' folder.

        Raises PythonBuildFailed, with the end of the log and what probably went wrong, where it fails.
        """
        self.phase(doing)
        with open(self.log, "ab") as log:
            log.write(f"\n--- {doing}: {' '.join(command)}\n".encode())
            status = supervise(command, cwd=self.source, env=self.environ, log=log, on_line=self._listen)
        if status != 0:
            raise self.failure(doing)

    def failure(self, doing: str, cause: str = "") -> PythonBuildFailed:
        """Return the error for a step that failed, explained by the log where no cause is given."""
        said = Path(self.log).read_bytes()[-_LOOKED_AT:].decode(errors="replace")
        last = said.rpartition("\n--- ")[2]
        probable, hint = likely_cause(last, self.modules)
        return PythonBuildFailed(
            self.version,
            doing,
            cause=cause or probable,
            hint="" if cause else hint,
            log=self.log,
            said="" if cause else end_of(last),
        )

    def says(self) -> str:
        """Return everything that was said so far. Raises OSError."""
        return Path(self.log).read_text(encoding="utf-8", errors="replace")

    def _listen(self, line: str) -> None:
        if stage := _STAGES.get(line.rstrip(":.")):
            self.phase(stage)


def begin_log(folder: str, name: str) -> str:
    """Return the path of an empty log. Raises OSError."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    path = os.path.join(folder, f"{name}.log")
    Path(path).write_bytes(b"")
    return path
