"""Addresses as users write them."""

import pytest

from parity.core.addresses import comparable, file_name, kept, repository


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://user:secret@host.example/a.whl", "https://host.example/a.whl"),
        ("https://token@host.example/a.whl", "https://host.example/a.whl"),
        ("git+https://user:secret@host.example/a.git", "git+https://host.example/a.git"),
        ("git+ssh://git@host.example/a.git", "git+ssh://git@host.example/a.git"),
        ("https://${USER}:${TOKEN}@host.example/a.whl", "https://${USER}:${TOKEN}@host.example/a.whl"),
        ("https://host.example/a@1.whl", "https://host.example/a@1.whl"),
    ],
)
def test_no_secret_is_kept(url: str, expected: str) -> None:
    """A lock is committed; references to variables tell nothing."""
    assert expected == kept(url)


@pytest.mark.parametrize(
    "url", ["https://host.example/simple", "https://user:pw@HOST.example/simple/", "HTTPS://host.example/simple//"]
)
def test_spellings_of_one_index_are_the_same(url: str) -> None:
    """Credentials and slashes do not make another index."""
    assert "https://host.example/simple" == comparable(url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://host.example/a-1.0%2Bcpu-py3-none-any.whl#sha256=0", "a-1.0+cpu-py3-none-any.whl"),
        ("libs/100%25.whl", "100%25.whl"),
    ],
)
def test_the_file_name_is_what_is_on_disk(url: str, expected: str) -> None:
    """Addresses are quoted, paths are not."""
    assert expected == file_name(url)


@pytest.mark.parametrize(
    "url",
    [
        "git+https://host.example/a/b.git@main#egg=b",
        "git+https://host.example/a/b.git@feature/x?y#subdirectory=z",
        "https://host.example/a/b.git",
    ],
)
def test_a_repository_is_named_without_its_revision(url: str) -> None:
    """The commit stands beside it."""
    assert "git+https://host.example/a/b.git" == repository(url)


def test_a_local_repository_keeps_its_slashes() -> None:
    """`file:///` has an empty host."""
    assert "git+file:///srv/b.git" == repository("git+file:///srv/b.git@v1")
