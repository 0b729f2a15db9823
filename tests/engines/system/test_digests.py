"""SHA-256 of small texts, from whichever of Python's modules is cheapest."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from parity.engines.system.digests import digest


@given(st.binary())
def test_it_is_sha_256(data: bytes) -> None:
    """The module that is not hashlib says what hashlib says."""
    assert hashlib.new("sha256", data).hexdigest() == digest(data)
