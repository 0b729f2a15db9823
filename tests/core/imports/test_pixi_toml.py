"""What pixi was asked for, in the words of an `environment.yml`."""

import pytest

from parity.core.imports.pixi_toml import read_pixi_toml
from parity.core.manifests.match_spec import parse_match_spec
from parity.core.places import Place


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ('"3.11.*"', "x=3.11"),
        ('"==3.11.*"', "x=3.11"),
        ('"3.11"', "x ==3.11"),
        ('">=1.26, <2"', "x >=1.26,<2"),
        ('"~=1.2"', "x ~=1.2"),
        ('"*"', "x"),
        ('"1.2|1.3"', 'x[version="1.2|1.3"]'),
        ('{ version = ">=1", build = "py311*" }', 'x[version=">=1", build="py311*"]'),
        ('{ version = "*", channel = "forge" }', "forge::x"),
    ],
)
def test_a_range_is_written_as_conda_users_write_it(said: str, expected: str) -> None:
    """In the short form where there is one, and in brackets where only they say it."""
    foreign = read_pixi_toml(f"[workspace]\n[dependencies]\nx = {said}\n", "pixi.toml", lambda _: None)
    assert (expected,) == foreign.conda


@pytest.mark.parametrize("version", ["3.11.*", "3.11", ">=1.26, <2", "=1.2", "1.2|1.3", "!=2"])
def test_the_short_form_means_the_same(version: str) -> None:
    """As the long one with pixi's own words in it."""
    foreign = read_pixi_toml(f'[workspace]\n[dependencies]\nx = "{version}"\n', "pixi.toml", lambda _: None)
    place = Place(file="environment.yml")
    long = parse_match_spec(f'x[version="{version}"]', place)
    assert long == parse_match_spec(foreign.conda[0], place)
