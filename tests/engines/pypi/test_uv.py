"""uv as parity runs it."""

from pathlib import Path

import pytest

from parity.core.errors import NetworkFailed, ResolutionImpossible, UvFailed
from parity.engines.pypi.uv import Uv, failure, find_uv, redact
from parity.engines.system.process import Outcome


def uv(environ: dict[str, str], *, offline: bool = False) -> Uv:
    """Return uv with an environment."""
    return Uv(binary=find_uv(), cache=Path("/nowhere/cache"), environ=environ, offline=offline)


def test_what_could_change_an_answer_is_kept_from_uv() -> None:
    """Where and how to fetch passes through; what to choose does not."""
    passed = {
        "HOME": "/home/user",
        "HTTPS_PROXY": "http://proxy.example",
        "SSL_CERT_FILE": "/etc/certs",
        "NETRC": "/home/user/.netrc",
        "UV_DEFAULT_INDEX": "https://index.example/simple",
        "UV_INDEX_COMPANY_PASSWORD": "secret",
        "UV_KEYRING_PROVIDER": "subprocess",
        "UV_HTTP_TIMEOUT": "5",
    }
    refused = dict.fromkeys(
        [
            *("UV_EXCLUDE_NEWER", "UV_PRERELEASE", "UV_RESOLUTION", "UV_CONSTRAINT", "UV_OVERRIDE", "UV_NO_BINARY"),
            *("UV_PYTHON", "UV_TORCH_BACKEND", "UV_PROJECT", "UV_LINK_MODE", "UV_CONFIG_FILE", "UV_INDEX_STRATEGY"),
            *("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME", "MACOSX_DEPLOYMENT_TARGET", "FORCE_COLOR"),
        ],
        "1",
    )
    told = uv(passed | refused).environment()
    assert passed == {name: value for name, value in told.items() if name in passed}
    assert set() == set(refused) & set(told)
    assert "/nowhere/cache" == told["UV_CACHE_DIR"]


def test_the_version_is_the_programs_own(tmp_path: Path) -> None:
    """It stands in the lock."""
    program = Uv(binary=find_uv(), cache=tmp_path, environ={})
    assert program.version().startswith("0.")


def test_a_program_that_cannot_be_started_is_an_error_with_a_hint(tmp_path: Path) -> None:
    """Not a traceback."""
    with pytest.raises(UvFailed) as refused:
        Uv(binary=str(tmp_path / "uv"), cache=tmp_path, environ={}).call(["--version"])
    assert refused.value.hint


@pytest.mark.parametrize(
    ("stderr", "kind", "message", "hint"),
    [
        (
            (
                "error: No solution found when resolving dependencies\n"
                "  cause: Because you require a==1 and a>2, we can conclude that\n"
                "         your requirements are unsatisfiable.\n"
            ),
            ResolutionImpossible,
            "it failed: Because you require a==1 and a>2, we can conclude that your requirements are unsatisfiable",
            "",
        ),
        (
            (
                "error: No solution found when resolving dependencies\n  cause: Because of it.\n\n"
                "hint: Wheels are required for `docopt` because building from source is disabled for all packages\n"
            ),
            ResolutionImpossible,
            "it failed: Because of it",
            'let it be built where it has no wheel: `sdists = ["docopt"]` in `[tool.parity]`',
        ),
        (
            "error: Request failed after 3 retries\n  cause: Failed to fetch: http://user:pw@host.example/simple/a/\n",
            NetworkFailed,
            "it failed: Request failed after 3 retries: Failed to fetch: http://host.example/simple/a/",
            "check the address, the network and proxies",
        ),
        (
            (
                "error: No solution found when resolving dependencies\n  cause: Because a was not found in the cache.\n"
                "\nhint: Packages were unavailable because the network was disabled.\n"
            ),
            NetworkFailed,
            "it failed offline: Because a was not found in the cache",
            "run it once without `--offline`",
        ),
        (
            (
                "error: No solution found when resolving dependencies\n  cause: Because a was not found.\n\n"
                "hint: An index URL (http://user:pw@host.example/simple) could not be queried due to a lack of valid "
                "authentication credentials (401 Unauthorized)\n"
            ),
            NetworkFailed,
            (
                "it failed: the index `http://host.example/simple` refuses with 401 Unauthorized, and without it: "
                "Because a was not found"
            ),
            "keep the name and password that it wants in `~/.netrc`, or check its address",
        ),
        (
            (
                "error: Failed to build `a`\n  cause: The build backend returned an error\n\n"
                "         [stdout]\n         talk\n\n         [stderr]\n         Traceback:\n"
                '           File "setup.py"\n         no libfoo\n\nhint: Build failures are hard.\n'
            ),
            UvFailed,
            (
                "it failed: Failed to build `a`: The build backend returned an error\n"
                '  Traceback:\n    File "setup.py"\n  no libfoo'
            ),
            "Build failures are hard",
        ),
        (
            "error: Failed to build `a`\n\n         [stdout]\n         no compiler\n",
            UvFailed,
            "it failed: Failed to build `a`\n  no compiler",
            "",
        ),
        ("error: something else\n", UvFailed, "it failed: something else", ""),
        ("", UvFailed, "it failed: uv ended with status 2", ""),
    ],
)
def test_a_failure_is_told_in_uvs_own_words(stderr: str, kind: type[Exception], message: str, hint: str) -> None:
    """Sorted by what the user can do about it, without credentials."""
    error = failure(Outcome(status=2, stdout="", stderr=stderr), "it failed")
    assert (kind, message, hint) == (type(error), error.message, error.hint)


def test_our_folders_do_not_show_in_messages() -> None:
    """The user did not make them and cannot find them."""
    outcome = Outcome(status=2, stdout="", stderr="error: in /tmp/x/requirements.in")
    assert "it failed: in requirements.in" == failure(outcome, "it failed", replace={"/tmp/x/": ""}).message  # noqa: S108 - a text


@pytest.mark.parametrize("secret", ["user:pw@", "token@", ":pw@"])
def test_credentials_are_taken_out(secret: str) -> None:
    """Of every address in a text."""
    text = f"see https://{secret}a.example/x and git+https://{secret}b.example"
    assert "see https://a.example/x and git+https://b.example" == redact(text)
