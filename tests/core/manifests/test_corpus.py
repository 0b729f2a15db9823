"""Real environment files: each parses, or is refused with a place and a reason."""

from pathlib import Path

import pytest

from parity.core.manifests.environment_yml import parse_environment
from parity.core.manifests.match_spec import parse_match_spec

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus"
FILES = sorted(CORPUS.glob("*.y*ml"))
# python_env.yaml of MLflow, and a `-r` to a file that the corpus does not have
REFUSED = {"006-azureml-examples.yml", "011-azureml-examples.yml", "012-azureml-examples.yml", "017-conda.yml"}

pytestmark = pytest.mark.skipif(not FILES, reason="needs the corpus of real files in `../shared/corpus`")


@pytest.mark.parametrize("platform", ["linux-64", "osx-arm64", "win-64"])
def test_every_real_file_parses_or_is_refused_with_place_and_reason(platform: str) -> None:
    """No file ends in a traceback, in silence, or in a fault that says neither where nor why."""
    refused = set()
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        found = parse_environment(text, path.name, read=lambda _: None, platform=platform)
        for fault in found.faults:
            refused.add(path.name)
            assert path.name == fault.place.file
            assert fault.place.line
            assert fault.message
            assert fault.hint
        for entry in found.conda:
            assert entry == parse_match_spec(entry.to_text(), entry.place)
    assert REFUSED == refused


def test_content_is_the_same_on_every_platform() -> None:
    """A lock made on one platform is not outdated on another."""
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        contents = [
            parse_environment(text, path.name, read=lambda _: None, platform=platform).content
            for platform in ("linux-64", "osx-arm64")
        ]
        assert contents[0] == contents[1]
