"""What a refusal tells to do can be done as it stands."""

from tests.support.projects import World

PYPROJECT = """\
[project]
name = "mine"
version = "1"
dependencies = ["left"]
[project.optional-dependencies]
more = ["plugin"]
[dependency-groups]
test = ["space-one"]
lint = ["space-two"]
"""


def test_a_hint_has_all_that_was_asked_for(world: World) -> None:
    """The command that it names does what the refused one wanted."""
    world.write("pyproject.toml", PYPROJECT)
    assert 0 == world.parity("lock").exit_code
    refused = world.parity("sync", "--locked", "--group", "test", "--group", "lint", "--no-extras")
    assert 1 == refused.exit_code
    assert "hint: run `parity lock --group test --group lint --no-extras`\n" in refused.stderr


def test_a_group_that_a_lock_has_recorded_and_nobody_defines_is_told(world: World) -> None:
    """Where the name comes from, and how to be rid of it."""
    world.write("pyproject.toml", PYPROJECT)
    assert 0 == world.parity("lock", "--group", "test").exit_code
    world.write("pyproject.toml", PYPROJECT.replace('test = ["space-one"]\n', ""))
    refused = world.parity("sync")
    assert (1, "") == (refused.exit_code, refused.stdout)
    assert "error: the manifests define no group `test`, which `parity.lock` has recorded\n" in refused.stderr
    assert "`parity lock --no-groups`" in refused.stderr
    assert 0 == world.parity("sync", "--no-groups").exit_code


def test_the_command_for_a_python_that_is_missing_can_be_copied(world: World) -> None:
    """A shell would take `>` for something else."""
    world.write("pyproject.toml", PYPROJECT.replace('version = "1"', 'version = "1"\nrequires-python = ">=3.99"'))
    assert "hint: run `parity python install '>=3.99'`" in world.parity("lock").stderr


def test_what_only_conda_may_have_is_told_with_its_route(world: World) -> None:
    """A name that parity does not know on PyPI, and that is not there."""
    world.write("environment.yml", "dependencies: [left, no-such-thing]\n")
    refused = world.parity("lock", "--route", "venv")
    assert 1 == refused.exit_code
    assert "hint: `no-such-thing` may be conda's alone: use `--route conda`" in refused.stderr
    world.write("environment.yml", "dependencies: [left>=9]\n")  # what has the name is another thing
    assert "hint: `left` may be conda's alone: use `--route conda`" in world.parity("lock", "--route", "venv").stderr
