"""Credentials that rattler keeps."""

from pathlib import Path

import pytest

from parity.core.conda.errors import CredentialsUnreadable
from parity.engines.conda.client import make_client


def test_credentials_that_cannot_be_read_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the file's name, and not as a failure of parity's own."""
    kept = tmp_path / ".rattler" / "credentials.json"
    kept.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("RATTLER_AUTH_FILE", raising=False)
    with pytest.raises(CredentialsUnreadable, match=r"cannot be read: .*credentials\.json"):
        make_client([])
