"""Real wheels over conda packages that have the names, versions and requirements of real ones."""

import tomllib
from pathlib import Path

import pytest

from tests.support.conda.catalog import HOST
from tests.support.conda.channel import Channels
from tests.support.conda.interpreter import MINOR
from tests.support.conda.packages import Package, write_channel
from tests.support.projects import World

#: name → version → what it requires besides Python
SCIENCE: dict[str, dict[str, list[str]]] = {
    "numpy": {"1.24.4": [], "1.26.4": [], "2.0.2": [], "2.2.6": []},
    "scipy": {"1.11.4": ["numpy >=1.23.5,<1.28"], "1.13.1": ["numpy >=1.22.4,<2.3"], "1.15.3": ["numpy >=1.23.5,<2.5"]},
    "pandas": {"2.0.3": ["numpy >=1.21,<2"], "2.2.3": ["numpy >=1.23,<3"]},
}


@pytest.fixture
def project(world: World, conda_channels: Channels) -> World:
    """Return a world that asks the registries, with a channel of its own before the tests' one."""
    packages = [
        Package(name, version, f"py{MINOR.replace('.', '')}_0", subdir=HOST, depends=[f"python {MINOR}.*", *needs])
        for name, versions in SCIENCE.items()
        for version, needs in versions.items()
    ]
    write_channel(world.root / "science", *packages)
    world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = conda_channels.root.as_uri()
    return world


def locked(world: World, *conda: str, pip: str) -> tuple[dict[str, str], dict[str, str], str]:
    """Lock and return the versions of both kinds by name, and what was said."""
    lines = "".join(f"  - {each}\n" for each in conda)
    channel = (world.root / "science").as_uri()
    text = f"channels: ['{channel}', conda-forge]\ndependencies:\n  - python={MINOR}\n{lines}  - pip: [{pip}]\n"
    world.write("environment.yml", text)
    outcome = world.parity("lock")
    assert 0 == outcome.exit_code, outcome
    lock = tomllib.loads(Path(world.project / "parity.lock").read_text(encoding="utf-8"))
    conda_found, pypi = ({each["name"]: each["version"] for each in lock.get(kind, [])} for kind in ("conda", "pypi"))
    return conda_found, pypi, outcome.stderr


@pytest.mark.network
@pytest.mark.parametrize(
    ("conda", "pip", "expected"),
    [
        (["numpy"], "scikit-learn==1.3.2", {"numpy": "1.26.4"}),
        (["numpy", "scipy"], "scikit-learn==1.3.2", {"numpy": "1.26.4", "scipy": "1.15.3"}),
        (["numpy"], "scipy==1.11.4", {"numpy": "1.26.4"}),
        (["pandas"], "numpy<2", {"numpy": "1.26.4", "pandas": "2.2.3"}),
        (["pandas"], "pyarrow==14.0.2", {"numpy": "2.2.6", "pandas": "2.2.3"}),
        (["numpy", "scipy"], "pandas==2.0.3", {"numpy": "2.2.6", "scipy": "1.15.3"}),
        (["scipy", "pandas"], "transformers==4.40.2, numpy<1.26", {"numpy": "1.24.4", "scipy": "1.15.3"}),
    ],
)  # fmt: skip
def test_real_wheels_and_conda_agree(project: World, conda: list[str], pip: str, expected: dict[str, str]) -> None:
    """Conda's packages are as new as the wheels let them be, and nothing is there twice."""
    found, pypi, said = locked(project, *conda, pip=", ".join(f'"{each}"' for each in pip.split(", ")))
    assert expected == {name: found.get(name) for name in expected}, said
    assert set() == {*found} & {*pypi}
    assert 0 == project.parity("lock", "--check").exit_code
