"""uv's answer taken apart."""

import pytest

from parity.core.errors import InternalError
from parity.core.wheel_files import DistributionFile
from parity.engines.pypi.pylock import Answered, read_pylock

A, B = "a" * 64, "b" * 64


def test_every_kind_of_source_is_understood() -> None:
    """Files of an index, an archive by address or path, a repository, a folder."""
    text = f"""
lock-version = "1.0"
[[packages]]
name = "Zoo"
version = "1"
sdist = {{ url = "https://host.example/zoo-1.tar.gz", size = 3, hashes = {{ sha256 = "{A}" }} }}
wheels = [{{ url = "https://host.example/zoo-1%2Bx-py3-none-any.whl", hashes = {{ sha256 = "{B}" }} }}]
[[packages]]
name = "git"
version = "2"
vcs = {{ type = "git", url = "https://host.example/git", commit-id = "c0ffee", subdirectory = "sub" }}
[[packages]]
name = "file"
version = "3"
archive = {{ path = "/srv/file-3.whl", hashes = {{ sha256 = "{A}" }} }}
[[packages]]
name = "folder"
directory = {{ path = "../lib", editable = true }}
"""
    wheel = DistributionFile(
        name="zoo-1+x-py3-none-any.whl", sha256=B, address="https://host.example/zoo-1%2Bx-py3-none-any.whl"
    )
    sdist = DistributionFile(name="zoo-1.tar.gz", sha256=A, size=3, address="https://host.example/zoo-1.tar.gz")
    assert (
        Answered(name="file", version="3", path="/srv/file-3.whl", file=DistributionFile(name="file-3.whl", sha256=A)),
        Answered(name="folder", version="", path="../lib"),
        Answered(name="git", version="2", url="https://host.example/git", commit="c0ffee", subdirectory="sub"),
        Answered(name="zoo", version="1", files=(wheel, sdist)),
    ) == read_pylock(text)


def test_one_file_offered_twice_is_one_file_with_its_size() -> None:
    """A folder of wheels and an index know the same file; only the index knows its size."""
    text = f"""
[[packages]]
name = "a"
version = "1"
wheels = [
  {{ url = "file:///srv/a-1-py3-none-any.whl", hashes = {{ sha256 = "{A}" }} }},
  {{ url = "https://host.example/a-1-py3-none-any.whl", size = 7, hashes = {{ sha256 = "{A}" }} }},
]
"""
    (answered,) = read_pylock(text)
    (file,) = answered.files
    assert ("a-1-py3-none-any.whl", A, 7) == (file.name, file.sha256, file.size)


@pytest.mark.parametrize("text", ["not toml", "[[packages]]\nversion = '1'\n", "packages = [1]\n"])
def test_another_shape_is_parity_s_own_fault(text: str) -> None:
    """The user can do nothing about it."""
    with pytest.raises(InternalError):
        read_pylock(text)
