"""Real environment files get as far as the solve: what the tests' channel lacks is told by name and place."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from parity.core.conda.errors import PackageMissing
from parity.core.manifests.environment_yml import parse_environment
from tests.support.conda.channel import Channels
from tests.support.conda.questions import Asking, book_of

if TYPE_CHECKING:
    from parity.core.errors import Fault

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus"
FILES = sorted(CORPUS.glob("*.y*ml"))

pytestmark = pytest.mark.skipif(not FILES, reason="needs the corpus of real files in `../shared/corpus`")


def test_every_real_file_gets_as_far_as_the_solve(conda_channels: Channels, tmp_path: Path) -> None:
    """Each is solved, or says with places what the channels do not have; its channels are all channels."""
    book = book_of(conda_channels.root.as_uri())
    asking = Asking(channels=conda_channels, cache=tmp_path, book=book)
    missing: list[Fault] = []
    for path in FILES:
        found = parse_environment(path.read_text(encoding="utf-8"), path.name, read=lambda _: None)
        if found.faults:
            continue
        book.channels(found.channels)
        requirements = tuple(replace(entry, channel="", subdir="") for entry in found.conda)
        try:
            asking.solver().solve(replace(asking.question(channels=["conda-forge"]), requirements=requirements))
        except PackageMissing as refused:
            missing += refused.faults
    assert missing
    assert [] == [
        fault for fault in missing if not fault.place.file or not fault.place.line or "`" not in fault.message
    ]
