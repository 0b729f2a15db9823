"""What every command is handed: where it stands and how it may speak."""

from collections.abc import Mapping
from pathlib import Path

from parity.core.dataclass import dataclass
from parity.core.ports import Reporter


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The working directory (after `-C`), the environment variables, and the flags that work everywhere."""

    directory: Path
    environ: Mapping[str, str]
    reporter: Reporter
    offline: bool = False
    quiet: bool = False
    as_json: bool = False
    debug: bool = False
