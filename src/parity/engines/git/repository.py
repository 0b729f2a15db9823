"""The repository around a folder, through the git program: old contents of files, settings, merges of text."""

import re
from collections.abc import Mapping
from pathlib import Path

from parity.core.dataclass import dataclass
from parity.core.errors import GitFailed
from parity.engines.system import process

_UNSET = frozenset({1, 5})  # `git config`: the key, or the section, is not there


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """The repository that git finds from `directory` upwards; `environ` is what git is started with."""

    directory: Path
    environ: Mapping[str, str]

    def top(self) -> Path:
        """Return the top folder of the work tree. Raises GitFailed where there is none."""
        return Path(self._said("rev-parse", "--show-toplevel").rstrip("\n"))

    def content(self, name: str) -> str:
        """Return the text of a file as `REVISION:PATH` names it (gitrevisions(7)). Raises GitFailed."""
        if name.startswith("-"):
            raise GitFailed(f"`{name}` names no file of a revision", hint="write it as `main:parity.lock`")
        return self._said("cat-file", "blob", name)

    def setting(self, key: str) -> str:
        """Return a setting of this repository alone, empty where there is none. Raises GitFailed."""
        return self._said("config", "--local", "--get", key, fine=_UNSET).rstrip("\n")

    def settle(self, key: str, value: str) -> None:
        """Make a setting of this repository. Raises GitFailed."""
        self._said("config", "--local", key, value)

    def unset(self, section: str) -> None:
        """Take a section of this repository's settings away, if it is there. Raises GitFailed."""
        self._said("config", "--local", "--remove-section", section, fine=frozenset({128}))

    def merge_text(self, ours: Path, base: Path, theirs: Path) -> bool:
        """Merge as git does where it knows nothing of a file: markers where both sides changed; false if there are.

        Raises GitFailed.
        """
        labels = ("-L", "ours", "-L", "base", "-L", "theirs")
        done = self._run("merge-file", *labels, str(ours), str(base), str(theirs))
        if done.status < 0 or done.status > 127:  # noqa: PLR2004 - as many conflicts, or a failure
            raise _failed(done)
        return done.status == 0

    def _said(self, *words: str, fine: frozenset[int] = frozenset()) -> str:
        done = self._run(*words)
        if done.status and done.status not in fine:
            raise _failed(done)
        return done.stdout

    def _run(self, *words: str) -> process.Outcome:
        try:
            return process.run(
                ["git", "-C", str(self.directory), *words], env={**self.environ, "LC_ALL": "C", "GIT_PAGER": "cat"}
            )
        except FileNotFoundError:
            raise GitFailed("there is no `git` on PATH", hint="install git, or name files instead") from None


def _failed(done: process.Outcome) -> GitFailed:
    """Return git's own words as an error."""
    lines = [re.sub(r"^(fatal|error): ", "", line) for line in done.stderr.strip().splitlines()]
    hints = [line.removeprefix("hint: ") for line in lines if line.startswith("hint: ")]
    said = [line.removesuffix(".") for line in lines if not line.startswith("hint: ")]
    hint = " ".join(hints) or "work in a repository of git, and name revisions that it has: `git log --oneline`"
    return GitFailed(f"git says no: {'; '.join(said) or f'exit code {done.status}'}", hint=hint)
