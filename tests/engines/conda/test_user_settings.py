"""What conda's, rattler's and pixi's own configuration says of where channels are."""

from pathlib import Path

import pytest

from parity.core.conda.channels import AddressBook
from parity.core.conda.errors import CondaSettingsInvalid
from parity.engines.conda.user_settings import mirrors_in, with_user_settings

BOOK = AddressBook(
    alias="https://alias.example", custom={"pkgs": "https://repo.example"}, groups={"defaults": ("pkgs/main", "pkgs/r")}
)


def settled(home: Path, **environ: str) -> AddressBook:
    """Return the book with the settings of a user whose home this is."""
    return with_user_settings(BOOK, {"HOME": str(home), **environ}, system=home / "etc")


def write(path: Path, text: str) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_without_files_nothing_changes(tmp_path: Path) -> None:
    """Most users have none."""
    assert BOOK == settled(tmp_path)


def test_condarc_says_where_channels_are(tmp_path: Path) -> None:
    """Alias, custom channels, groups; which channels are used is the project's to say."""
    write(
        tmp_path / ".condarc",
        "channels: [bioconda]\nchannel_priority: flexible\nchannel_alias: https://company.example/conda/\n"
        "custom_channels:\n  internal: https://files.example\n"
        "custom_multichannels:\n  ours: [internal, conda-forge]\n",
    )
    book = settled(tmp_path)
    assert "https://company.example/conda/conda-forge" == book.source("conda-forge").address
    assert "https://files.example/internal" == book.source("internal").address
    assert ["internal", "conda-forge"] == [source.name for source in book.channel("ours").sources]
    assert ["defaults"] == [channel.name for channel in book.channels([])]


def test_default_channels_are_mirrors_of_what_a_lock_names(tmp_path: Path) -> None:
    """A company's copy of `pkgs/main` is `pkgs/main` in the lock."""
    copy = "https://mirror.example/anaconda/pkgs/main"
    write(tmp_path / ".condarc", f"default_channels:\n  - {copy}\n")
    (source,) = settled(tmp_path).channel("defaults").sources
    assert ("pkgs/main", "https://repo.example/pkgs/main", (copy,)) == (
        source.name,
        source.address,
        source.fetched_from,
    )


def test_mirrors_of_rattler_and_pixi_count(tmp_path: Path) -> None:
    """`[mirrors]` of their own configuration."""
    text = '[mirrors]\n"https://alias.example/conda-forge" = ["https://one.example/cf", "https://two.example/cf"]\n'
    write(tmp_path / ".config" / "rattler" / "config.toml", text)
    assert ("https://one.example/cf", "https://two.example/cf") == settled(tmp_path).source("conda-forge").fetched_from


def test_the_user_wins_over_the_system(tmp_path: Path) -> None:
    """And the file that he names over both."""
    write(tmp_path / "etc" / "conda" / ".condarc", "channel_alias: https://system.example\n")
    assert "https://system.example" == settled(tmp_path).alias
    write(tmp_path / ".condarc", "channel_alias: https://user.example\n")
    assert "https://user.example" == settled(tmp_path).alias
    write(tmp_path / "other", "channel_alias: https://named.example\n")
    assert "https://named.example" == settled(tmp_path, CONDARC=str(tmp_path / "other")).alias


@pytest.mark.parametrize(
    ("name", "text"),
    [(".condarc", "channels: [a\n"), (".condarc", "\0"), (".pixi/config.toml", "mirrors = \n")],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, text: str) -> None:
    """Passing over it would fetch from elsewhere than the user wants."""
    write(tmp_path / name, text)
    with pytest.raises(CondaSettingsInvalid, match=name):
        settled(tmp_path)


@pytest.mark.parametrize("text", ["[]", "channel_alias: [1]", "custom_channels: 3\ndefault_channels: {a: b}\n", ""])
def test_odd_values_do_no_harm(tmp_path: Path, text: str) -> None:
    """A file of conda's may hold what parity has no word for."""
    write(tmp_path / ".condarc", text)
    assert BOOK.groups == settled(tmp_path).groups


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("", True),
        ("add_anaconda_token: true", True),
        ("add_anaconda_token: false", False),
        ("add_binstar_token: no", False),
    ],
)
def test_tokens_are_used_unless_condarc_says_no(tmp_path: Path, said: str, expected: bool) -> None:
    """By conda's key, or the name that it had; no token is in what an address book shows of itself."""
    write(tmp_path / ".condarc", said)
    write(tmp_path / "data" / "https%3A%2F%2Falias.example.token", "tk-1")
    book = settled(tmp_path, BINSTAR_CONFIG_DIR=str(tmp_path))
    assert ({"https://alias.example": "tk-1"} if expected else {}) == book.tokens
    assert "tk-1" not in repr(book)


def test_mirrors_by_a_variable() -> None:
    """Names and addresses, one or several for each."""
    assert {
        "conda-forge": ("https://one.example", "https://two.example/a=b"),
        "https://alias.example": ("/srv/mirror",),
    } == mirrors_in(
        "conda-forge=https://one.example conda-forge=https://two.example/a=b  https://alias.example=/srv/mirror"
    )
    with pytest.raises(CondaSettingsInvalid):
        mirrors_in("https://one.example")
