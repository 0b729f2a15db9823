"""uv as the installer: fresh environments, and distributions put into them with their hashes checked."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from packaging.utils import canonicalize_name

from parity.core.dataclass import dataclass
from parity.core.errors import UvFailed
from parity.core.lockfile.model import LockedWheel
from parity.engines.pypi.indexes import IndexSettings, expanded
from parity.engines.pypi.uv import Uv, failure

_DOES = re.compile(r" +(Downloaded|Building) ([A-Za-z0-9._-]+)")
_UNPACKED = "Failed to install: "  # what comes after fetching and building: linking what is in uv's cache


@dataclass(frozen=True, slots=True, kw_only=True)
class UvInstaller:
    """An installer. `settings` say where indexes are; `root` is the project, which relative paths start from."""

    uv: Uv
    settings: IndexSettings
    root: Path

    def create_environment(self, path: str, interpreter: str) -> None:
        """Make an empty environment at an address, on an interpreter.

        Relocatable: its scripts find their interpreter beside themselves, so their bytes are the same at any address.
        Raises UvFailed.
        """
        outcome = self.uv.call(["venv", "--relocatable", "--no-project", "--python", interpreter, "--quiet", path])
        if outcome.status:
            raise failure(outcome, "an environment could not be made")

    def install(
        self,
        environment: str,
        wheels: Sequence[LockedWheel],
        *,
        fresh: bool,
        told: Callable[[str, str], None] | None = None,
    ) -> None:
        """Install distributions into an environment, without looking at what they require.

        What has a hash must match it. `fresh` distrusts what uv has unpacked before. `told` is given what uv does
        meanwhile and with which distribution (`downloaded`, `building`). Raises UvFailed, NetworkFailed.
        """
        hashed = [wheel for wheel in wheels if wheel.sha256]
        others = [wheel for wheel in wheels if not wheel.sha256]
        settings = self.settings.serving(wheel.index for wheel in wheels)
        if fresh:
            self.forget(wheel.name for wheel in wheels)
        if hashed:
            lines = [f"{self._line(wheel)} --hash=sha256:{wheel.sha256}" for wheel in hashed]
            self._install(environment, lines, ["--require-hashes"], settings, told)
        if others:
            self._install(environment, [self._line(wheel) for wheel in others], [], settings, told)

    def forget(self, names: Iterable[str]) -> None:
        """Have everything that uv has unpacked of distributions fetched anew."""
        self.uv.call(["cache", "clean", *sorted(names)])

    def blames_cache(self, error: UvFailed) -> bool:
        """Say whether uv failed over what it has unpacked before, which can be fetched again."""
        return not self.uv.offline and _UNPACKED in error.message

    def _install(
        self,
        environment: str,
        lines: Sequence[str],
        flags: Sequence[str],
        settings: IndexSettings,
        told: Callable[[str, str], None] | None,
    ) -> None:
        listed = Path(f"{environment}.requirements.txt")
        listed.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        command = ["pip", "install", "--no-deps", "--python", f"{environment}/bin/python"]
        command += [] if told else ["--quiet"]
        # the hash decides which file it is, so it does not matter which index is asked first
        command += ["--index-strategy", "unsafe-best-match", *flags, *settings.flags()]
        command += ["--requirements", str(listed)]
        try:
            hear = partial(_hear, told) if told else None
            outcome = self.uv.call(command, extra=settings.environment(), told=hear)
        finally:
            listed.unlink()
        if outcome.status:
            raise failure(outcome, "what is locked cannot be installed", replace={str(listed): "parity.lock"})

    def _line(self, wheel: LockedWheel) -> str:
        if wheel.path:
            path = (self.root / wheel.path).resolve()
            return f"-e {path.as_uri()}" if wheel.editable else f"{wheel.name} @ {path.as_uri()}"
        url = expanded(wheel.url, self.uv.environ)
        if wheel.commit:
            place = f"#subdirectory={wheel.subdirectory}" if wheel.subdirectory else ""
            return f"{wheel.name} @ git+{url.removeprefix('git+')}@{wheel.commit}{place}"
        return f"{wheel.name} @ {url}" if url else f"{wheel.name}=={wheel.version}"


def _hear(told: Callable[[str, str], None], line: str) -> None:
    """Tell what a line of uv's is about, where it is about a distribution."""
    if found := _DOES.match(line):
        told(found[1].lower(), canonicalize_name(found[2]))
