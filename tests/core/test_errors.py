"""What the operating system says → an error of ours."""

from pathlib import Path

import pytest

from parity.core.errors import SystemRefused


def test_both_ends_of_a_link_are_named(tmp_path: Path) -> None:
    """Python puts first what the link leads to, and it is the link's own folder that refuses."""
    link = tmp_path / "project" / "link"
    with pytest.raises(OSError, match="No such file") as refused:
        link.symlink_to(tmp_path)
    message = SystemRefused.from_error(refused.value).message
    assert f"the system refused: `{tmp_path}` to `{link}`: no such file or directory" == message


def test_one_file_is_named_alone(tmp_path: Path) -> None:
    """With what the system says of it."""
    with pytest.raises(OSError, match="No such file") as refused:
        (tmp_path / "gone").read_text()
    message = SystemRefused.from_error(refused.value).message
    assert f"the system refused: `{tmp_path / 'gone'}`: no such file or directory" == message
