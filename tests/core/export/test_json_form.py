"""The form that loses nothing: written, read back, and refused where it is not what it says."""

import json
from dataclasses import replace

import pytest
from hypothesis import given

from parity.core.export.json_form import json_form, parse_json_form
from parity.core.lockfile import v1
from parity.core.lockfile.errors import LockfileDamaged, LockfileFuture
from parity.core.lockfile.model import Lockfile
from parity.core.spec import Index, Spec
from tests.core.export.test_environment_yml import TARGET, locks, subject

EMPTY = Lockfile(route="venv", manifests={}, made_with={}, targets=(TARGET,))
INDEX = Index(name="corp", url="https://me:secret@host.example/simple")


@given(lock=locks)
def test_a_lock_is_read_back_whole(lock: Lockfile) -> None:
    """With its name and the indexes that it needs, without their credentials."""
    text = json_form(replace(subject(lock), spec=Spec(manifests={}, indexes=(INDEX,)))).text
    read = parse_json_form(text, "x.json")
    assert ("any: name", v1.normalised(lock)) == (read.name, read.lock)
    assert (replace(INDEX, url="https://host.example/simple"),) == read.indexes


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("{", "x.json:1", "is not JSON"),
        ("[]", "x.json", "is no JSON object"),
        ('{"format": "other"}', "x.json: format", "expected `parity-export/1`"),
        ('{"format": "parity-export/1", "lock": {}, "more": 1}', "x.json: more", "is not a key"),
        ('{"format": "parity-export/1", "lock": {"version": 1}}', "x.json: route", "expected"),
    ],
)
def test_faults_have_their_place(text: str, place: str, reason: str) -> None:
    """Whatever is wrong, whether around the lock or in it."""
    with pytest.raises(LockfileDamaged) as caught:
        parse_json_form(text, "x.json")
    assert any(reason in fault.message and place in str(fault.place) for fault in caught.value.faults)


def test_a_later_format_is_refused() -> None:
    """The error says which parity is too old."""
    later = {**json.loads(json_form(subject(EMPTY)).text), "format": "parity-export/2"}
    with pytest.raises(LockfileFuture, match="parity-export/2"):
        parse_json_form(json.dumps(later), "x.json")
