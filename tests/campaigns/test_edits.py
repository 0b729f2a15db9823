"""Edits of manifests killed at points spread over their whole run, counted in changes of files."""

import pytest

from tests.support.conda.channel import Channels
from tests.support.injection import Injector, Signalled, Whom, points
from tests.support.projects import World

MANIFESTS = {
    "requirements.txt": "# what we need\nleft\n",
    "pyproject.toml": "[project]\nname = 'ours'\nversion = '1'\ndependencies = [\n    'left',  # first\n]\n",
    "environment.yml": "channels: [conda-forge]\ndependencies:\n  - python  # any\n  - pip:\n    - left\n",
}
EDITS = (("add", "right"), ("remove", "left"))
KILLS: tuple[Whom, ...] = ("group", "first", "maker")


def killed(world: World, injector: Injector, name: str, words: tuple[str, ...], count: int) -> None:
    """Kill an edit at so many points: the manifest is the old or the new one to the byte, and a sync ends healthy."""
    file = world.project / name
    before = MANIFESTS[name].encode()
    file.write_bytes(before)
    assert 0 == world.parity("sync").exit_code
    total = injector.parity(world, *words).changes
    after = file.read_bytes()
    assert before != after
    for place, at in enumerate(points(total, count, 1)):
        file.write_bytes(before)
        assert 0 == world.parity("sync").exit_code
        injector.parity(world, *words, injection=Signalled(at=at, whom=KILLS[place % len(KILLS)]))
        assert file.read_bytes() in {before, after}, at
        assert 0 == world.parity("sync").exit_code, at
        assert 0 == world.parity("verify").exit_code, at
        assert 0 == world.parity("gc", "--wait").exit_code, at
        assert {name, "parity.lock", ".venv"} == {path.name for path in world.project.iterdir()}, at


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_an_edit_that_is_killed_leaves_a_whole_manifest(world: World, injector: Injector, name: str) -> None:
    """A few points of each."""
    killed(world, injector, name, ("add", "--pip", "right"), 2)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
@pytest.mark.parametrize("words", EDITS)
def test_many_more(world: World, injector: Injector, name: str, words: tuple[str, ...]) -> None:
    """The same at many more points, and for what is removed."""
    killed(world, injector, name, words, 20)


@pytest.mark.slow
@pytest.mark.parametrize("words", [("add", "--pip", "right"), ("remove", "left")])
def test_conda_manifests_too(
    world: World, conda_channels: Channels, injector: Injector, words: tuple[str, ...]
) -> None:
    """An `environment.yml` is written whole as well."""
    world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = conda_channels.root.as_uri()
    killed(world, injector, "environment.yml", words, 10)
