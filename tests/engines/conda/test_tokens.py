"""The files that `anaconda login` leaves: where they are, which site each is for, and what cannot be one."""

import sys
from pathlib import Path

import pytest

from parity.core.conda.errors import CondaSettingsInvalid
from parity.engines.conda.tokens import read_tokens


def keep(folder: Path, name: str, content: bytes) -> Path:
    """Write the file of one site."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.token"
    file.write_bytes(content)
    return file


def test_a_site_is_known_by_its_login_and_by_its_channels(tmp_path: Path) -> None:
    """The name is the site's address, quoted; `api` in it is `conda` where packages are."""
    keep(tmp_path / "data", "https%3A%2F%2Fapi.anaconda.org", b"tk-1\n")
    keep(tmp_path / "data", "https%3A%2F%2Fcompany.example%2Fapi", b"tk-2")
    keep(tmp_path / "data", "https%3A%2F%2Frepo.example%2Frapid%2F", b"tk-3")
    keep(tmp_path / "data", "https%3A%2F%2Fempty.example", b"\n")
    expected = {
        "https://api.anaconda.org": "tk-1",
        "https://conda.anaconda.org": "tk-1",
        "https://company.example/api": "tk-2",
        "https://company.example/conda": "tk-2",
        "https://repo.example/rapid": "tk-3",
    }
    assert expected == read_tokens({"BINSTAR_CONFIG_DIR": str(tmp_path)})


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has one folder for both")
def test_the_folder_of_today_comes_before_the_older_one(tmp_path: Path) -> None:
    """Before 24.1 conda kept them with the data; both may lie there, in the XDG folders too."""
    assert {} == read_tokens({"HOME": str(tmp_path)})
    keep(tmp_path / ".local/share/binstar", "https%3A%2F%2Fone.example", b"old")
    keep(tmp_path / ".local/share/binstar", "https%3A%2F%2Ftwo.example", b"two")
    keep(tmp_path / ".config/binstar", "https%3A%2F%2Fone.example", b"new")
    assert {"https://one.example": "new", "https://two.example": "two"} == read_tokens({"HOME": str(tmp_path)})
    folders = {"XDG_DATA_HOME": str(tmp_path / ".config"), "XDG_CONFIG_HOME": str(tmp_path / "nothing")}
    assert {"https://one.example": "new"} == read_tokens({"HOME": str(tmp_path), **folders})


@pytest.mark.parametrize("content", [b"two words", b"\xff\xfe", b"two\nlines"])
def test_what_is_no_token_is_named_and_not_shown(tmp_path: Path, content: bytes) -> None:
    """An address made of it would be another one."""
    file = keep(tmp_path / "data", "https%3A%2F%2Fone.example", content)
    with pytest.raises(CondaSettingsInvalid) as refused:
        read_tokens({"BINSTAR_CONFIG_DIR": str(tmp_path)})
    assert f"`{file}` holds no token" == str(refused.value)
