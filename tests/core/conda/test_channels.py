"""What manifests and locks call channels, and where they are on a machine."""

import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.core.conda.channels import AddressBook, Source, name_of, read_book, without_secrets, without_secrets_in
from parity.core.conda.errors import ChannelInvalid

_WORD = string.ascii_letters + string.digits

BOOK = AddressBook(
    alias="https://alias.example",
    custom={"pkgs": "https://repo.example"},
    groups={"defaults": ("pkgs/main", "pkgs/r")},
    root="/home/me/project",
    home="/home/me",
    variables={"WHO": "me", "SECRET": "p@ss"},
)


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("conda-forge", "conda-forge", "https://alias.example/conda-forge"),
        ("conda-forge/label/dev", "conda-forge/label/dev", "https://alias.example/conda-forge/label/dev"),
        ("pkgs/main", "pkgs/main", "https://repo.example/pkgs/main"),
        ("https://host.example/c/", "https://host.example/c", "https://host.example/c"),
        ("https://host.example/c/linux-64", "https://host.example/c", "https://host.example/c"),
        ("file:///srv/channel", "file:///srv/channel", "file:///srv/channel"),
        ("./channel/", "./channel", "file:///home/me/project/channel"),
        ("../a channel", "../a channel", "file:///home/me/a%20channel"),
        ("~/channel", "~/channel", "file:///home/me/channel"),
        ("/srv/channel/", "/srv/channel", "file:///srv/channel"),
    ],
)
def test_a_channel_is_found_by_what_it_is_called(text: str, name: str, address: str) -> None:
    """Names are below the alias, folders relative to the project; addresses are themselves."""
    source = BOOK.source(text)
    assert (name, address, (address,)) == (source.name, source.address, source.fetched_from)


@pytest.mark.parametrize("text", ["./channel", "./a/b", ".", "..", "../up", "~/x", "/abs"])
def test_what_a_lock_calls_a_folder_leads_back_to_it(text: str) -> None:
    """The name in the lock is enough to find the channel again."""
    source = BOOK.source(text)
    assert source == BOOK.source(source.name)


@pytest.mark.parametrize("text", ["", "a b", "-x", "a//b", "a/../b", "${WHO}", "ftp://host.example/c"])
def test_what_is_no_channel_is_refused(text: str) -> None:
    """A name becomes part of an address only in its own shape."""
    with pytest.raises(ChannelInvalid):
        BOOK.source(text)


def test_a_group_is_one_channel_of_several_sources() -> None:
    """`defaults` shares one priority, and a lock knows its members by their own names."""
    channel = BOOK.channel("defaults")
    assert (True, ["pkgs/main", "pkgs/r"]) == (channel.is_group, [source.name for source in channel.sources])


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], ["defaults"]),
        (["conda-forge", "nodefaults"], ["conda-forge"]),
        (["nodefaults", "defaults", "bioconda"], ["bioconda"]),
        (["a", "b", "a"], ["a", "b"]),
        (["https://u:p@host.example/c", "https://host.example/c/"], ["https://host.example/c"]),
    ],
)
def test_channels_keep_their_order_and_stand_once(texts: list[str], expected: list[str]) -> None:
    """The order is the priority; without any there is what conda has; `nodefaults` takes that away."""
    assert expected == [channel.name for channel in BOOK.channels(texts)]


def test_nodefaults_alone_leaves_nothing() -> None:
    """An empty list of channels is never guessed at."""
    with pytest.raises(ChannelInvalid):
        BOOK.channels(["nodefaults"])


@pytest.mark.parametrize(
    ("text", "name", "fetched"),
    [
        ("https://u:p@host.example/c", "https://host.example/c", "https://u:p@host.example/c"),
        ("https://host.example/t/tk-1/c", "https://host.example/c", "https://host.example/t/tk-1/c"),
        ("https://${WHO}:${SECRET}@host.example/c", "https://${WHO}:${SECRET}@host.example/c", None),
    ],
)
def test_secrets_reach_nothing_but_the_wire(text: str, name: str, fetched: str | None) -> None:
    """Neither the name nor the address has them; references to variables are no secrets."""
    source = BOOK.source(text)
    assert name == source.name
    assert "https://host.example/c" == source.address
    assert (fetched or "https://me:p%40ss@host.example/c",) == source.fetched_from


def test_a_variable_that_is_not_set_is_named() -> None:
    """Its value cannot be guessed; the address is shown without what stands around it."""
    with pytest.raises(ChannelInvalid, match="`TOKEN`, which is not set"):
        BOOK.source("https://host.example/t/${TOKEN}/c")


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("conda-forge", "conda-forge", "https://mirror.example/m"),
        ("conda-forge", "conda-forge/label/dev", "https://mirror.example/m/label/dev"),
        ("https://alias.example", "bioconda", "https://mirror.example/m/bioconda"),
        ("https://alias.example/conda-forge/", "conda-forge", "https://mirror.example/m"),
        ("conda", "conda-forge", "https://alias.example/conda-forge"),
    ],
)
def test_a_mirror_is_asked_in_the_place_of_a_channel(key: str, text: str, expected: str) -> None:
    """By name or by the beginning of the address; the channel keeps its name and its address."""
    book = replace(BOOK, mirrors={key: ("https://mirror.example/m/",)})
    source = book.source(text)
    assert (text, f"https://alias.example/{text}") == (source.name, source.address)
    assert (expected,) == source.fetched_from


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("conda-forge", "https://alias.example/t/tk-1/conda-forge"),
        ("https://alias.example/mine/label/dev", "https://alias.example/t/tk-1/mine/label/dev"),
        ("https://alias.example/t/mine/c", "https://alias.example/t/mine/c"),
        ("https://u:p@alias.example/c", "https://u:p@alias.example/c"),
        ("http://alias.example/c", "http://alias.example/c"),
        ("https://alias.example.net/c", "https://alias.example.net/c"),
        ("pkgs/main", "https://repo.example/pkgs/main"),
        ("https://company.example/conda/mine", "https://company.example/conda/t/tk-2/mine"),
        ("https://company.example/other/mine", "https://company.example/other/mine"),
        ("https://cloud.example/repo/main", "https://cloud.example/t/tk%2F3/repo/main"),
        ("mirrored", "https://cloud.example/t/tk%2F3/repo/mirrored"),
        ("/srv/channel", "file:///srv/channel"),
    ],
)
def test_a_token_is_for_its_own_site(text: str, expected: str) -> None:
    """It stands where conda puts it, in the address that is asked and in no other."""
    tokens = {
        "https://alias.example": "tk-1",
        "https://company.example/conda": "tk-2",
        "https://cloud.example/repo": "tk/3",
    }
    book = replace(BOOK, tokens=tokens, mirrors={"mirrored": ("https://cloud.example/repo/mirrored",)})
    source, without = book.source(text), replace(book, tokens={}).source(text)
    assert (expected,) == source.fetched_from
    assert (without.name, without.address) == (source.name, source.address)


def test_a_mirror_in_a_folder_stands_in_for_the_address() -> None:
    """No client fetches a folder in the place of an address, so records say the folder."""
    book = replace(BOOK, mirrors={"conda-forge": ("/srv/mirror",)})
    expected = Source(name="conda-forge", address="file:///srv/mirror", fetched_from=("file:///srv/mirror",))
    assert expected == book.source("conda-forge")


def test_a_record_is_known_by_the_name_of_its_channel() -> None:
    """Records say an address; one of no channel keeps it, without secrets."""
    channels = BOOK.channels(["conda-forge", "defaults", "../a channel"])
    assert "conda-forge" == name_of("https://alias.example/conda-forge/", channels)
    assert "pkgs/r" == name_of("https://repo.example/pkgs/r", channels)
    assert "../a channel" == name_of("file:///home/me/a channel/", channels)
    assert "https://other.example/c" == name_of("https://u:p@other.example/c/", channels)


def test_the_shipped_book_has_an_alias_and_the_defaults() -> None:
    """The data file says where things are for everybody."""
    book = read_book(
        'alias = "https://a.example"\n[custom]\npkgs = "https://b.example"\n[groups]\ndefaults = ["pkgs/x"]'
    )
    assert "https://b.example/pkgs/x" == book.channel("defaults").sources[0].address


@given(
    user=st.text(_WORD, min_size=1, max_size=8),
    password=st.text(_WORD + "%._~-", min_size=6, max_size=12),
    token=st.text(_WORD + "-", min_size=6, max_size=20),
)
def test_no_secret_survives(user: str, password: str, token: str) -> None:
    """Whatever the name, the password and the token are, the address that is shown has none of them."""
    address = f"https://{user}:{password}@host.example/t/{token}/c/noarch"
    assert "https://host.example/c" == without_secrets(address)
    text = without_secrets_in(f"error for url ({address})")
    assert "error for url (https://host.example/c/noarch)" == text


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://alias.example/conda-forge/", "conda-forge"),
        ("https://alias.example/t/secret/conda-forge/linux-64", "conda-forge"),
        ("https://repo.example/pkgs/main", "pkgs/main"),
        ("https://elsewhere.example/forge", "https://elsewhere.example/forge"),
    ],
)
def test_an_address_has_the_name_that_leads_to_it(address: str, expected: str) -> None:
    """Other tools write addresses; a manifest has names. What has none keeps its address, without secrets."""
    assert expected == BOOK.named(address)
