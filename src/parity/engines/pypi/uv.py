"""uv, the program: where it is, what it is told of this machine, and what its failures mean."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from textwrap import dedent

import uv as uv_package

from parity.core.dataclass import dataclass
from parity.core.errors import NetworkFailed, ParityError, ResolutionImpossible, UvFailed
from parity.engines.system.process import Outcome, run

# Settings of the machine that say where and how to fetch. Every other UV_* variable could change the answer.
_ALLOWED = re.compile(
    r"UV_(DEFAULT_INDEX|INDEX|INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|INDEX_[A-Z0-9_]+_(USERNAME|PASSWORD)"
    r"|KEYRING_PROVIDER|CREDENTIALS_DIR|INSECURE_HOST|SYSTEM_CERTS|NATIVE_TLS|OFFLINE|GITHUB_TOKEN"
    r"|HTTP_TIMEOUT|REQUEST_TIMEOUT|HTTP_CONNECT_TIMEOUT|HTTP_RETRIES|S3_ENDPOINT_URL"
    r"|CONCURRENT_(DOWNLOADS|BUILDS|INSTALLS))"
)
# What an active environment or a user's shell would whisper to uv or to the builds that it starts
_REFUSED = re.compile(
    r"UV_.*|VIRTUAL_ENV.*|CONDA_.*|_CONDA_.*|PYTHON.*|__PYVENV_LAUNCHER__|MACOSX_DEPLOYMENT_TARGET|RUST_LOG"
    r"|FORCE_COLOR|CLICOLOR_FORCE"
)
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s'\"`]*@")
_WHEELS_REQUIRED = re.compile(r"Wheels are required for `([^`]+)` because building")
_NO_ABI = re.compile(r"no wheels with a matching Python (?:ABI|version) tag")
_NO_SOLUTION = "No solution found"
_REFUSED_BY = re.compile(r"\((?P<url>\w+://[^\s)]+)\) .*?(?P<said>401 Unauthorized|403 Forbidden)")
_NO_EXTRA = re.compile(
    r"warning: The package `(?P<name>[^`=]+)==(?P<version>[^`]+)` does not have an extra named `(?P<extra>[^`]+)`"
)
_MOST_LINES = 20  # of what a build says before it ends
_OFFLINE = ("network was disabled", "network connectivity is disabled", "in the cache")
_NETWORK = ("Failed to fetch", "error sending request", "dns error", "HTTP status", "Git operation failed", "timed out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Uv:
    """uv with folders of ours: `cache` is parity's own, `environ` the user's environment."""

    binary: str
    cache: Path
    environ: Mapping[str, str]
    offline: bool = False

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return what uv is told by its environment: the user's, without what could change an answer."""
        kept = {
            name: value
            for name, value in self.environ.items()
            if _ALLOWED.fullmatch(name) or not _REFUSED.fullmatch(name)
        }
        ours = {"UV_CACHE_DIR": str(self.cache), "UV_NO_PROGRESS": "1", "UV_PYTHON_DOWNLOADS": "never"}
        return kept | ours | dict(extra or {})

    def call(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path | None = None,
        extra: Mapping[str, str] | None = None,
        text: str = "",
        told: Callable[[str], None] | None = None,
    ) -> Outcome:
        """Run uv to its end and return how it ended, whatever that is.

        `told` is given the lines that it says meanwhile. Raises UvFailed where it cannot be started.
        """
        flags = ["--no-config", "--color", "never", *(["--offline"] if self.offline else [])]
        try:
            return run([self.binary, *arguments, *flags], cwd=cwd, env=self.environment(extra), text=text, told=told)
        except OSError as error:
            raise UvFailed(
                f"`uv` cannot be started: {error.strerror}", hint="install parity again, with its dependencies"
            ) from error

    def version(self) -> str:
        """Return the version of the program."""
        words = self.call(["--version"]).stdout.split()
        return words[1] if len(words) > 1 else "unknown"


def find_uv() -> str:
    """Return the program that the `uv` distribution brought. Raises UvFailed where it is not there."""
    try:
        return uv_package.find_uv_bin()
    except FileNotFoundError as error:
        raise UvFailed(
            "the `uv` program is not installed", hint="install parity again, with its dependencies"
        ) from error


def failure(outcome: Outcome, subject: str, *, replace: Mapping[str, str] | None = None) -> ParityError:
    """Turn uv's failure into an error of ours that tells its reason in its own words, credentials taken out.

    `subject` says what was tried, as the beginning of a sentence; `replace` maps texts of ours (temporary folders) to
    what the user knows them as.
    """
    text = redact(outcome.stderr)
    for ours, theirs in (replace or {}).items():
        text = text.replace(ours, theirs)
    reasons, hints = _reasons(text)
    reason = ": ".join(reasons) or f"uv ended with status {outcome.status}"
    offline = any(word in text for word in _OFFLINE)
    if offline:
        return NetworkFailed(f"{subject} offline: {reason}", hint="run it once without `--offline`")
    if _NO_SOLUTION in text and (refused := _REFUSED_BY.search("\n".join(hints))):
        return NetworkFailed(
            f"{subject}: the index `{refused['url']}` refuses with {refused['said']}, and without it: {reason}",
            hint="keep the name and password that it wants in `~/.netrc`, or check its address",
        )
    if _NO_SOLUTION in text:
        impossible = ResolutionImpossible(f"{subject}: {reason}", hint=_sdist_hint(text) or "; ".join(hints))
        impossible.unbuilt = tuple(sorted(set(_WHEELS_REQUIRED.findall(text))))
        return impossible
    if any(word in text for word in _NETWORK):
        return NetworkFailed(
            f"{subject}: {reason}", hint="; ".join(hints) or "check the address, the network and proxies"
        )
    return UvFailed("\n  ".join([f"{subject}: {reason}", *_last_words(text)]), hint="; ".join(hints))


def extras_missing(outcome: Outcome) -> list[tuple[str, str, str]]:
    """Return the extras that were asked for and that uv passed over: name, version and extra of each, in order."""
    found = _NO_EXTRA.findall(outcome.stderr)
    return sorted({(name, version, extra) for name, version, extra in found})


def _last_words(text: str) -> list[str]:
    """Return the last lines that a build wrote before it failed, on standard error where it wrote there at all."""
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        if line.strip() in {"[stdout]", "[stderr]"}:
            current = sections.setdefault(line.strip(), [])
        elif line and not line.startswith(" "):
            current = []
        else:
            current.append(line)
    said = dedent("\n".join(sections.get("[stderr]") or sections.get("[stdout]") or [])).strip("\n").splitlines()
    return said[-_MOST_LINES:]


def _sdist_hint(text: str) -> str:
    names = sorted(set(_WHEELS_REQUIRED.findall(text)))
    listed = ", ".join(f'"{name}"' for name in names)
    if not names:
        return ""
    build = f"let it be built where it has no wheel: `sdists = [{listed}]` in `[tool.parity]`"
    other = (
        "an older Python may have one: `parity python list` shows those that are here, `parity python pin` takes one"
    )
    return f"{other}; or {build}" if _NO_ABI.search(text) else build


def redact(text: str) -> str:
    """Return a text without the names and passwords that stand in its addresses."""
    return _CREDENTIALS.sub("", text)


def _reasons(text: str) -> tuple[list[str], list[str]]:
    """Take uv's report apart: `error:` and `cause:` lines with their continuations, and `hint:` lines."""
    reasons: list[str] = []
    hints: list[str] = []
    current: list[str] = []
    for line in text.splitlines():
        kind, found, rest = line.strip().partition(": ")
        if found and kind in {"error", "cause", "hint"}:
            current = hints if kind == "hint" else reasons
            current.append(rest.strip())
        elif line.startswith(" ") and current:
            current[-1] = f"{current[-1]} {line.strip()}"
        else:
            current = []
    said = [reason for reason in reasons if not reason.startswith(_NO_SOLUTION)]
    return [reason.removesuffix(".") for reason in said], [hint.removesuffix(".") for hint in hints]
