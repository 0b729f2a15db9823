"""Channels over HTTP: forms of repodata, mirrors, credentials, faults, and what the cache is good for."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from parity.core.conda.errors import ChannelUnreachable
from parity.core.findings import Finding
from tests.support.conda.channel import Channels
from tests.support.conda.questions import Asking, book_of
from tests.support.conda.server import Repodata, ServedChannels, serve_channel
from tests.support.serving import Fault

SECRETS = ("someone", "pass%40word", "pass@word", "c29tZW9uZTpwYXNzQHdvcmQ=", "tk-12345-abc")


@pytest.fixture
def served(conda_channels: Channels) -> Iterator[ServedChannels]:
    """Serve every channel without a secret."""
    with serve_channel(conda_channels.root) as channels:
        yield channels


@pytest.fixture
def asking(conda_channels: Channels, tmp_path: Path, served: ServedChannels) -> Asking:
    """Ask the served channels."""
    return Asking(channels=conda_channels, cache=tmp_path / "cache", book=book_of(served.url))


def texts_in(folder: Path) -> str:
    """Return everything that stands in the files of a folder, names too."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return "\n".join(f"{path}\n{path.read_bytes().decode('utf-8', errors='replace')}" for path in files)


def elsewhere(asking: Asking, **book: Any) -> Asking:
    """Ask with another address book."""
    return replace(asking, book=replace(asking.book, **book))


@pytest.mark.parametrize("forms", [("plain",), ("plain", "zstd"), ("plain", "sharded")], ids="-".join)
def test_any_form_of_repodata_is_read(asking: Asking, served: ServedChannels, forms: Sequence[Repodata]) -> None:
    """The best that the channel offers is taken, and the answer is the same."""
    served.repodata = forms
    answer = asking.ask("lightning")
    folder = replace(asking, book=book_of(asking.channels.root.as_uri())).ask("lightning")
    assert folder.packages == answer.packages
    wanted = {"plain": "repodata.json", "zstd": "repodata.json.zst", "sharded": "repodata_shards.msgpack.zst"}
    asked = [each.path for each in served.requests if each.method == "GET" and each.status == 200]
    assert any(path.endswith(wanted[forms[-1]]) for path in asked)


def test_a_channel_that_cannot_be_reached_is_read_from_the_cache(asking: Asking, served: ServedChannels) -> None:
    """With a warning that says how old that is."""
    before = asking.ask("numpy")
    served.faults["conda-forge"] = Fault("status", 503)
    for stamp in (asking.cache / "reached").iterdir():
        os.utime(stamp, (stamp.stat().st_atime, stamp.stat().st_mtime - 3 * 3600))
    after = asking.ask("numpy")
    assert before.packages == after.packages
    assert (
        Finding(
            code="repodata-stale",
            severity="warning",
            subject="conda-forge",
            message="the channel `conda-forge` cannot be reached (503 Service Unavailable); "
            "what it has is taken from the cache, 3 hours old",
            hint="run it again when the channel answers",
        ),
    ) == after.findings


def test_offline_nothing_is_asked(asking: Asking, served: ServedChannels) -> None:
    """Only the cache counts, and its age is a note; without a cache the error says what to do."""
    offline = replace(asking, offline=True)
    with pytest.raises(ChannelUnreachable, match="is not asked offline") as refused:
        offline.ask("numpy")
    assert "run it once without `--offline`" == refused.value.hint
    before = asking.ask("numpy")
    asked = len(served.requests)
    after = offline.ask("numpy")
    assert (before.packages, asked) == (after.packages, len(served.requests))
    assert [("repodata-stale", "info")] == [(finding.code, finding.severity) for finding in after.findings]


def test_a_folder_needs_no_network(asking: Asking) -> None:
    """It is read offline as ever, without a remark."""
    folder = replace(asking, book=book_of(asking.channels.root.as_uri()), offline=True)
    assert () == folder.ask("numpy").findings


@pytest.mark.parametrize(
    ("fault", "said", "hint"),
    [
        (Fault("status", 401), "401 Unauthorized", "wants credentials"),
        (Fault("status", 403), "403 Forbidden", "refuses"),
        (Fault("status", 404), "404 Not Found", "no such channel"),
        (Fault("status", 500), "500 Internal Server Error", "check the address"),
        (Fault("garbled"), "failed to parse", "check the address"),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else None,
)
def test_a_channel_that_says_no_is_named_with_its_address(
    asking: Asking, served: ServedChannels, fault: Fault, said: str, hint: str
) -> None:
    """And with what may help; nothing is in the cache."""
    served.faults["conda-forge"] = fault
    with pytest.raises(ChannelUnreachable) as refused:
        asking.ask("numpy")
    assert refused.value.message.startswith(f"the channel `conda-forge` ({served.url}/conda-forge) cannot be read: ")
    assert said in refused.value.message
    assert hint in refused.value.hint


def test_a_channel_that_refuses_is_not_taken_from_the_cache(asking: Asking, served: ServedChannels) -> None:
    """Who may not read it any more must not be given what it had."""
    asking.ask("numpy")
    served.faults["conda-forge"] = Fault("status", 403)
    with pytest.raises(ChannelUnreachable):
        asking.ask("numpy")


def test_what_came_garbled_once_does_not_stay(asking: Asking, served: ServedChannels) -> None:
    """Rattler keeps it, and the server says truly that its own has not changed since."""
    served.faults["conda-forge"] = Fault("garbled")
    with pytest.raises(ChannelUnreachable):
        asking.ask("numpy")
    served.faults.clear()
    assert "2.1.3" == asking.versions("numpy")["numpy"]


@pytest.mark.parametrize("forms", [("plain",), ("plain", "zstd"), ("plain", "sharded")], ids="-".join)
def test_a_page_that_is_no_repodata_takes_nothing_away(
    asking: Asking, served: ServedChannels, forms: Sequence[Repodata]
) -> None:
    """As the one of a network that wants a login: what the channel said before is still there, offline too."""
    served.repodata = forms
    before = asking.ask("numpy")
    served.faults["conda-forge"] = Fault("garbled")
    during, again = asking.ask("numpy"), asking.ask("numpy")
    after = replace(asking, offline=True).ask("numpy")
    assert before.packages == during.packages == again.packages == after.packages
    assert [("repodata-stale", "warning")] == [(finding.code, finding.severity) for finding in again.findings]
    served.faults.clear()
    assert () == asking.ask("numpy").findings


def test_a_channel_that_is_not_there_is_told(asking: Asking) -> None:
    """Over the network and in a folder."""
    with pytest.raises(ChannelUnreachable, match="no-such-channel"):
        asking.ask("numpy", channels=["no-such-channel"])
    with pytest.raises(ChannelUnreachable, match=r"there is no `.*/gone/noarch/repodata.json`"):
        elsewhere(asking, root="/gone").ask("numpy", channels=["./"])


def test_a_mirror_is_asked_and_the_lock_does_not_know(asking: Asking, served: ServedChannels, tmp_path: Path) -> None:
    """The answer is the same as without it, and the channel itself hears nothing."""
    before = asking.ask("numpy").packages
    mirrored = elsewhere(asking, alias="http://127.0.0.1:9", mirrors={"conda-forge": (served.channel("conda-forge"),)})
    assert before == replace(mirrored, cache=tmp_path / "other").ask("numpy").packages


def test_the_next_mirror_is_asked_where_one_fails(asking: Asking, served: ServedChannels) -> None:
    """In their order."""
    mirrors = ("http://127.0.0.1:9/conda-forge", served.channel("conda-forge"))
    assert "numpy" in elsewhere(asking, alias="http://127.0.0.1:9", mirrors={"conda-forge": mirrors}).versions("numpy")


def test_a_mirror_may_be_a_folder(asking: Asking) -> None:
    """A copy of a channel on this machine, say where there is no network."""
    mirrors = {"conda-forge": (str(asking.channels.forge),)}
    found = elsewhere(asking, alias="http://127.0.0.1:9", mirrors=mirrors).ask("numpy").packages
    assert {"conda-forge"} == {package.channel for package in found}


def test_a_channel_of_low_standing_can_fail_alone(asking: Asking, served: ServedChannels) -> None:
    """Each channel has an age of its own: one from the cache, the others as they are, labels too."""
    channels = ("conda-forge/label/dev", "conda-forge", "pytorch")
    before = asking.ask("wordlib", channels=channels)
    served.faults["conda-forge/label/dev"] = Fault("status", 500)
    after = asking.ask("wordlib", channels=channels)
    assert before.packages == after.packages
    assert ["conda-forge/label/dev"] == [finding.subject for finding in after.findings]


def test_a_folder_that_was_never_read_is_not_taken_for_empty(asking: Asking) -> None:
    """What the cache has of one platform says nothing of another."""
    asking.ask("wordlib", channels=["conda-forge/label/dev", "conda-forge"])
    foreign = next(each for each in ("linux-aarch64", "linux-64") if each != asking.channels.subdir)
    with pytest.raises(ChannelUnreachable):
        replace(asking, offline=True).ask("wordlib", channels=["conda-forge"], target=foreign)


@pytest.mark.parametrize("way", ["address", "variables", "mirror", "netrc"])
def test_a_password_reaches_the_channel_and_nothing_else(
    conda_channels: Channels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """In the address, by variables in it, in a mirror's address, in `~/.netrc`: never in lock, cache or error."""
    with serve_channel(conda_channels.root, username="someone", password="pass@word") as served:
        book = book_of(served.url)
        channel = served.with_credentials(served.channel("conda-forge"))
        if way == "variables":
            book = replace(book, variables={"WHO": "someone", "SECRET": "pass@word"})
            channel = served.channel("conda-forge").replace("//", "//${WHO}:${SECRET}@")
        if way == "mirror":
            book, channel = replace(book, mirrors={"conda-forge": (channel,)}), "conda-forge"
        if way == "netrc":
            monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
            netrc = "machine 127.0.0.1\nlogin someone\npassword pass@word\n"
            (tmp_path / "netrc").write_text(netrc, encoding="utf-8")
            channel = "conda-forge"
        asking = Asking(channels=conda_channels, cache=tmp_path / "cache", book=book)
        found = asking.ask("numpy", channels=[channel])
        served.faults["conda-forge"] = Fault("status", 403)
        with pytest.raises(ChannelUnreachable) as refused:
            asking.ask("numpy", channels=[channel])
    everything = "\n".join([repr(found), str(refused.value), refused.value.hint, texts_in(tmp_path / "cache")])
    assert [] == [secret for secret in SECRETS if secret in everything]


def test_a_token_in_the_address_reaches_the_channel_alone(conda_channels: Channels, tmp_path: Path) -> None:
    """`/t/TOKEN/`, as private channels have it."""
    with serve_channel(conda_channels.root, token="tk-12345-abc") as served:
        channel = f"{served.url_with_credentials}/conda-forge"
        asking = Asking(channels=conda_channels, cache=tmp_path / "cache", book=book_of(served.url))
        found = asking.ask("numpy", channels=[channel])
        served.faults["conda-forge"] = Fault("status", 500)
        with pytest.raises(ChannelUnreachable) as refused:
            replace(asking, cache=tmp_path / "empty").ask("numpy", channels=[channel])
    assert {served.channel("conda-forge")} == {package.channel for package in found.packages}
    everything = "\n".join([repr(found), str(refused.value), refused.value.hint, texts_in(tmp_path / "cache")])
    assert [] == [secret for secret in SECRETS if secret in everything]


def test_a_password_is_for_its_own_channel(conda_channels: Channels, tmp_path: Path) -> None:
    """Another channel of the same host is asked without it."""
    with serve_channel(conda_channels.root) as served:
        private = served.channel("conda-forge").replace("//", "//someone:pass@")
        asking = Asking(channels=conda_channels, cache=tmp_path / "cache", book=book_of(served.url))
        asking.ask("wordlib", channels=[private, "pytorch"])
        sent = {request.path.split("/")[1]: "authorization" in request.headers for request in served.requests}
    assert {"conda-forge": True, "pytorch": False} == sent
