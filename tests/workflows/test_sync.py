"""From a lock to an environment: what a sync heals by itself, and what it refuses."""

import shutil

from tests.support.projects import World
from tests.support.wheels import make_wheel


def test_a_damaged_cache_is_healed_at_once(world: World) -> None:
    """A cached file that was changed is never linked; the same command fetches the package anew."""
    make_wheel(world.wheels, "solid", "1.0", modules={"solid/__init__.py": "value = 1\n"})
    world.write("requirements.txt", "solid\n")
    assert 0 == world.parity("sync").exit_code
    (cached,) = [path for path in world.cache.glob("wheels/v1/*/*/tree/site/solid/__init__.py") if path.is_file()]
    shutil.rmtree(world.store / "envs", onerror=None, ignore_errors=True)
    cached.chmod(0o600)
    cached.write_text("value = 2\n", encoding="utf-8")

    outcome = world.parity("sync")

    assert (0, "") == (outcome.exit_code, outcome.stdout), outcome
    assert "1\n" == world.parity("run", "python", "-c", "import solid; print(solid.value)").stdout
    assert 0 == world.parity("verify", "--deep").exit_code


def test_a_package_without_its_project_is_refused_with_the_way_out(world: World) -> None:
    """A lock alone cannot bring the project itself; the hint says how to do without."""
    make_wheel(world.wheels, "solid", "1.0")
    world.write(
        "pyproject.toml",
        '[project]\nname = "mine"\nversion = "1"\ndependencies = ["solid"]\n[tool.parity]\npackage = true\n',
    )
    assert 0 == world.parity("lock").exit_code
    (world.project / "pyproject.toml").unlink()

    refused = world.parity("sync", "--frozen")
    without = world.parity("sync", "--frozen", "--no-project")

    assert (1, "") == (refused.exit_code, refused.stdout)
    assert "error: there is no package to build at `.`\n" in refused.stderr
    assert "`--no-project`" in refused.stderr
    assert (0, "") == (without.exit_code, without.stdout), without
