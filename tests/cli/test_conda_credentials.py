"""Credentials of conda channels, where rattler's and conda's users keep them: they open the channel, and no more."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

from tests.support.conda.channel import Channels
from tests.support.conda.server import serve_channel
from tests.support.projects import World

SECRETS = ("s3cret-t0ken", "pass%40word", "pass@word", "c29tZW9uZTpwYXNzQHdvcmQ=")
MANIFEST = "channels: [conda-forge]\ndependencies: [textapp]\n"


def lock_and_sync(world: World, **environ: str) -> str:
    """Lock and sync the project and return all that was said, twice: with what is cached, too."""
    world.write("environment.yml", MANIFEST)
    said = ""
    for arguments in (["sync"], ["lock", "--upgrade"], ["sync", "--json"], ["list", "--json"]):
        outcome = world.parity(*arguments, env=environ)
        assert 0 == outcome.exit_code, outcome
        said += outcome.raw_stdout + outcome.stderr
    return said


def telling(world: World) -> list[Path]:
    """Return the files of the project, the store and the cache that have a secret in them."""
    files = [path for folder in (world.project, world.store, world.cache) for path in folder.rglob("*")]
    return [path for path in files if path.is_file() and any(each.encode() in path.read_bytes() for each in SECRETS)]


def refused(world: World, **environ: str) -> str:
    """Return what is said where nothing is cached and the credentials are not there."""
    outcome = world.parity("lock", "--upgrade", env={**environ, "PARITY_CACHE_DIR": str(world.root / "other-cache")})
    assert 1 == outcome.exit_code, outcome
    return outcome.stderr


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ({"bearer": "s3cret-t0ken"}, {"BearerToken": "s3cret-t0ken"}),
        (
            {"username": "someone", "password": "pass@word"},
            {"BasicHTTP": {"username": "someone", "password": "pass@word"}},
        ),
        ({"token": "s3cret-t0ken"}, {"CondaToken": "s3cret-t0ken"}),
    ],
    ids=["bearer", "basic", "token"],
)
def test_rattlers_file_of_credentials_opens_a_channel(
    world: World, conda_channels: Channels, asked: dict[str, str], kept: dict[str, Any]
) -> None:
    """`RATTLER_AUTH_FILE`, in each of the forms that it knows; none of them is found anywhere afterwards."""
    keys = world.root / "credentials.json"
    keys.write_text(json.dumps({"127.0.0.1": kept}), encoding="utf-8")
    with serve_channel(conda_channels.root, **asked) as served:  # type: ignore[arg-type] # secrets by name
        world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = served.url
        said = lock_and_sync(world, RATTLER_AUTH_FILE=str(keys))
        said += refused(world)
    assert [] == [secret for secret in SECRETS if secret in said]
    assert [] == telling(world)


def test_a_token_in_condas_settings_opens_a_channel(world: World, conda_channels: Channels) -> None:
    """An alias with `/t/TOKEN` in `~/.condarc`, as Anaconda's servers have it."""
    with serve_channel(conda_channels.root, token="s3cret-t0ken") as served:
        (world.home / ".condarc").write_text(f"channel_alias: {served.url_with_credentials}\n", encoding="utf-8")
        said = lock_and_sync(world)
        (world.home / ".condarc").write_text(f"channel_alias: {served.url}/t/an0ther-t0ken\n", encoding="utf-8")
        wrong = refused(world)
    assert "an0ther-t0ken" not in wrong
    assert [] == [secret for secret in SECRETS if secret in said + wrong]
    assert [] == telling(world)


def test_what_anaconda_login_has_kept_opens_a_channel(world: World, conda_channels: Channels) -> None:
    """A token for the channel's site; rattler's own for the same host comes first, and `.condarc` may say no."""
    kept = world.home / ".config" / "binstar"
    kept.mkdir(parents=True)
    keys = world.root / "credentials.json"
    keys.write_text(json.dumps({"127.0.0.1": {"CondaToken": "s3cret-t0ken"}}), encoding="utf-8")
    empty = {"PARITY_CACHE_DIR": str(world.root / "empty")}
    with serve_channel(conda_channels.root, token="s3cret-t0ken") as served:
        world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = served.url
        file = kept / f"{quote_plus(served.url)}.token"
        file.write_text("s3cret-t0ken\n", encoding="utf-8")
        said = lock_and_sync(world)
        file.write_text("an0ther-t0ken", encoding="utf-8")
        wrong = refused(world)
        both = world.parity("lock", "--upgrade", env={**empty, "RATTLER_AUTH_FILE": str(keys)})
        file.write_text("s3cret-t0ken", encoding="utf-8")
        (world.home / ".condarc").write_text("add_anaconda_token: false\n", encoding="utf-8")
        said += refused(world)
    assert 0 == both.exit_code, both
    assert "an0ther-t0ken" not in wrong
    assert [] == [secret for secret in SECRETS if secret in said]
    assert [] == telling(world)


def test_no_keyring_is_needed(world: World, conda_channels: Channels) -> None:
    """A machine on which none answers, as in a container, reads what asks for nothing."""
    with serve_channel(conda_channels.root) as served:
        world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = served.url
        assert lock_and_sync(world, DBUS_SESSION_BUS_ADDRESS="unix:path=/nowhere")
