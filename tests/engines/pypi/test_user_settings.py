"""What is taken over from a user's `uv.toml`, and what is not."""

from pathlib import Path

import pytest

from parity.core.errors import UvSettingsInvalid
from parity.engines.pypi.user_settings import with_user_settings


def _home(tmp_path: Path, text: str) -> dict[str, str]:
    folder = tmp_path / ".config" / "uv"
    folder.mkdir(parents=True)
    (folder / "uv.toml").write_text(text, encoding="utf-8")
    return {"HOME": str(tmp_path)}


def test_indexes_are_taken_over(tmp_path: Path) -> None:
    """A mirror that is set up for uv is used by parity, the default one and the others by name."""
    text = """
        [[index]]
        url = "https://mirror.example/simple"
        default = true
        [[index]]
        name = "team"
        url = "https://team.example/simple"
        [[index]]
        name = "hidden"
        url = "https://hidden.example/simple"
        explicit = true
    """
    settled = with_user_settings(_home(tmp_path, text), system=tmp_path / "none")
    assert "https://mirror.example/simple" == settled["UV_DEFAULT_INDEX"]
    assert "team=https://team.example/simple" == settled["UV_INDEX"]


def test_older_keys_mean_the_same(tmp_path: Path) -> None:
    """`index-url` and its companions are read at the top and under `[pip]`."""
    text = """
        index-url = "https://mirror.example/simple"
        native-tls = true
        [pip]
        extra-index-url = ["https://team.example/simple"]
        find-links = ["/wheels"]
        keyring-provider = "subprocess"
    """
    settled = with_user_settings(_home(tmp_path, text), system=tmp_path / "none")
    expected = {
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INDEX": "https://team.example/simple",
        "UV_FIND_LINKS": "/wheels",
        "UV_KEYRING_PROVIDER": "subprocess",
        "UV_SYSTEM_CERTS": "1",
    }
    assert expected.items() <= settled.items()


def test_what_would_change_the_answer_is_left_out(tmp_path: Path) -> None:
    """A user's preference for pre-releases must not make his lock another than his colleague's."""
    environ = _home(tmp_path, 'prerelease = "allow"\nresolution = "lowest"\n')
    assert environ == with_user_settings(environ, system=tmp_path / "none")


def test_a_variable_wins(tmp_path: Path) -> None:
    """What is set for this one command comes before what is set for all."""
    environ = _home(tmp_path, 'index-url = "https://mirror.example/simple"') | {"UV_DEFAULT_INDEX": "https://mine"}
    assert "https://mine" == with_user_settings(environ, system=tmp_path / "none")["UV_DEFAULT_INDEX"]


def test_the_user_comes_before_the_system(tmp_path: Path) -> None:
    """The machine's file is read too, behind the user's."""
    system = tmp_path / "system.toml"
    system.write_text('index-url = "https://system.example"\nfind-links = ["/system"]\n', encoding="utf-8")
    settled = with_user_settings(_home(tmp_path, 'index-url = "https://user.example"'), system=system)
    assert ("https://user.example", "/system") == (settled["UV_DEFAULT_INDEX"], settled["UV_FIND_LINKS"])


def test_no_config_is_obeyed(tmp_path: Path) -> None:
    """`UV_NO_CONFIG` means for parity what it means for uv."""
    environ = _home(tmp_path, 'index-url = "https://mirror.example/simple"') | {"UV_NO_CONFIG": "1"}
    assert "UV_DEFAULT_INDEX" not in with_user_settings(environ, system=tmp_path / "none")


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    """A typing error is told with the file, not swallowed."""
    with pytest.raises(UvSettingsInvalid) as caught:
        with_user_settings(_home(tmp_path, "index-url = "), system=tmp_path / "none")
    assert "uv.toml` is not TOML" in caught.value.message
