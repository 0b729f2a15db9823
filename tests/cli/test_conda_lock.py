"""`parity lock` on the conda route, as a user types it, against the tests' real channels."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.conda.channel import Channels
from tests.support.conda.server import ServedChannels, serve_channel
from tests.support.projects import World
from tests.support.serving import Fault
from tests.support.wheels import make_wheel


@pytest.fixture
def project(world: World, conda_channels: Channels) -> World:
    """Return a world whose channels are in a folder."""
    world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = conda_channels.root.as_uri()
    return world


@pytest.fixture
def served(world: World, conda_channels: Channels) -> Iterator[ServedChannels]:
    """Serve the channels over HTTP."""
    with serve_channel(conda_channels.root) as channels:
        world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = channels.url
        yield channels


def environment(world: World, *dependencies: str, channels: str = "[conda-forge]", more: str = "") -> None:
    """Write an `environment.yml`."""
    lines = "".join(f"  - {dependency}\n" for dependency in dependencies)
    world.write("environment.yml", f"channels: {channels}\ndependencies:\n{lines}{more}")


def locked(world: World) -> dict[str, Any]:
    """Return the lock as it is in the file."""
    return tomllib.loads((world.project / "parity.lock").read_text(encoding="utf-8"))


def versions(world: World, kind: str = "conda") -> dict[str, str]:
    """Return the versions by name."""
    return {package["name"]: package["version"] for package in locked(world).get(kind, [])}


def test_an_environment_yml_is_locked_on_its_own_route(project: World, conda_channels: Channels) -> None:
    """Every package with its hash, channels by name, the Python that came along, and no address."""
    environment(project, "numpy", "greet")
    outcome = project.parity("lock", "--json")
    assert 0 == outcome.exit_code, outcome
    lock = locked(project)
    assert ("conda", ["conda-forge"]) == (lock["route"], lock["channels"])
    assert {"parity", "rattler"} == set(lock["made-with"])
    python = lock["target"][0]["python"]
    assert (conda_channels.python_version, "conda") == (python["version"], python["source"])
    assert {"conda-forge"} == {package["channel"] for package in lock["conda"]}
    text = (project.project / "parity.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert str(conda_channels.root) not in text
    counts = json.loads(outcome.raw_stdout)["data"]["targets"]
    assert [{"name": conda_channels.subdir, "conda": len(lock["conda"]), "pypi": 0}] == counts


def test_a_lock_is_the_same_from_anywhere(project: World, served: ServedChannels) -> None:
    """From a folder and over HTTP, twice and in another order: the same bytes."""
    environment(project, "numpy", "lightning", channels="[conda-forge, pytorch]")
    texts = set()
    for number, alias in enumerate([served.url, project.extra["PARITY_CONDA_CHANNEL_ALIAS"], served.url]):
        if number == 2:
            environment(project, "lightning  # a comment", "numpy", channels="[conda-forge, pytorch]")
        (project.project / "parity.lock").unlink(missing_ok=True)
        outcome = project.parity("lock", env={"PARITY_CONDA_CHANNEL_ALIAS": alias, "TZ": f"Etc/GMT+{number}"})
        assert 0 == outcome.exit_code, outcome
        texts.add((project.project / "parity.lock").read_text(encoding="utf-8"))
    assert 1 == len(texts)


def test_a_lock_made_behind_a_mirror_is_the_same_lock(project: World, served: ServedChannels) -> None:
    """By a variable, by the project's settings and by conda's own: the channel itself is never asked."""
    environment(project, "numpy")
    assert 0 == project.parity("lock").exit_code
    expected = (project.project / "parity.lock").read_text(encoding="utf-8")
    nowhere = {"PARITY_CONDA_CHANNEL_ALIAS": "http://127.0.0.1:9"}
    mirror = served.channel("conda-forge")
    condarc = project.write("condarc", f"custom_channels:\n  conda-forge: {served.url}\n")
    ways: list[tuple[dict[str, str], str]] = [
        ({**nowhere, "PARITY_CONDA_MIRRORS": f"conda-forge={mirror}"}, ""),
        (nowhere, f'[tool.parity.conda.mirrors]\nconda-forge = "{mirror}"\n'),
        ({"PARITY_CONDA_CHANNEL_ALIAS": "", "CONDARC": str(condarc)}, ""),
        ({"PARITY_CONDA_CHANNEL_ALIAS": ""}, f'[tool.parity.conda]\nchannel-alias = "{served.url}"\n'),
    ]
    for environ, settings in ways:
        (project.project / "parity.lock").unlink()
        project.write("pyproject.toml", settings)
        outcome = project.parity("lock", env=environ)
        assert 0 == outcome.exit_code, outcome
        assert expected == (project.project / "parity.lock").read_text(encoding="utf-8")


def test_several_targets_are_locked_from_one_machine(project: World, conda_channels: Channels) -> None:
    """Each with its own builds; what is the same stands once; the choice stays in force."""
    targets = [conda_channels.subdir, f"{conda_channels.subdir}+cu126", "osx-arm64"]
    environment(project, "pytorch", "wordlib", "for-unix  # [osx]")
    outcome = project.parity("lock", *(word for target in targets for word in ("--target", target)))
    assert 0 == outcome.exit_code, outcome
    lock = locked(project)
    assert sorted(targets) == [target["name"] for target in lock["target"]]
    (wordlib,) = [package for package in lock["conda"] if package["name"] == "wordlib"]
    assert sorted(targets) == wordlib["targets"]
    assert [["osx-arm64"]] == [each["targets"] for each in lock["conda"] if each["name"] == "for-unix"]
    cuda = [each for each in lock["conda"] if each["name"] == "pytorch" and each["build"].startswith("cuda")]
    assert [[f"{conda_channels.subdir}+cu126"]] == [each["targets"] for each in cuda]
    assert 0 == project.parity("lock", "--check").exit_code


def test_a_machine_takes_the_channel_s_build_for_its_driver(project: World, conda_channels: Channels) -> None:
    """The virtual package of each target decides; the lock is the same on a laptop and on a server."""
    names = [f"{conda_channels.subdir}+{accelerator}" for accelerator in ("cpu", "cu126")]
    words = [word for name in names for word in ("--target", name)]
    environment(project, "pytorch")
    texts = set()
    for driver in ("", "12.6"):
        (project.project / "parity.lock").unlink(missing_ok=True)
        assert 0 == project.parity("lock", *words, env={"CONDA_OVERRIDE_CUDA": driver}).exit_code
        texts.add((project.project / "parity.lock").read_text(encoding="utf-8"))
    builds = {}
    for driver in ("", "12.6"):
        environ = {"CONDA_OVERRIDE_CUDA": driver}
        target = json.loads(project.parity("--json", "sync", env=environ).raw_stdout)["data"]["target"]
        packages = json.loads(project.parity("--json", "list", env=environ).raw_stdout)["data"]["packages"]
        (builds[target],) = [each["build"][:4] for each in packages if each["name"] == "pytorch"]

    assert 1 == len(texts)
    assert {names[0]: "cpu_", names[1]: "cuda"} == builds


def test_a_current_lock_asks_nobody(project: World, served: ServedChannels) -> None:
    """Neither `lock` nor `lock --check`; a comment changes nothing, a requirement does."""
    environment(project, "numpy")
    assert 0 == project.parity("lock").exit_code
    asked = len(served.requests)
    environment(project, "numpy  # the fast one")
    for arguments in (["lock"], ["lock", "--check"]):
        outcome = project.parity(*arguments)
        assert (0, asked) == (outcome.exit_code, len(served.requests)), outcome
    environment(project, "numpy<2.1")
    outdated = project.parity("lock", "--check")
    assert 1 == outdated.exit_code
    assert "`environment.yml` has changed" in outdated.stderr


def test_what_still_fits_stays(project: World) -> None:
    """A new requirement moves nothing else; `--upgrade` does, and tells before and after."""
    environment(project, "wordlib=1.1", "numpy=1.26")
    assert 0 == project.parity("lock").exit_code
    environment(project, "wordlib", "numpy", "greet")
    assert 0 == project.parity("lock").exit_code
    assert ("1.1", "1.26.4", "1.1") == tuple(versions(project)[name] for name in ("wordlib", "numpy", "greet"))
    one = project.parity("lock", "--upgrade", "Wordlib")
    assert "wordlib 1.1 → 2.0" in one.stderr
    assert "1.26.4" == versions(project)["numpy"]
    assert 0 == project.parity("lock", "--upgrade").exit_code
    assert "2.1.3" == versions(project)["numpy"]
    unknown = project.parity("lock", "--upgrade", "wordlip")
    assert "hint: did you mean `wordlib`?" in unknown.stderr


def test_a_pin_binds_the_channels_too(project: World) -> None:
    """`.python-version` beside an `environment.yml`, and a variable that wins over it."""
    environment(project, "python", "numpy=1.26")
    project.write(".python-version", "3.10\n")
    assert 0 == project.parity("lock").exit_code
    assert "3.10.14" == versions(project)["python"]
    assert 0 == project.parity("lock", "--check").exit_code
    outdated = project.parity("lock", "--check", env={"PYENV_VERSION": "3.9"})
    assert "Python 3.10.14 on" in outdated.stderr
    project.write(".python-version", "system\n")
    told = project.parity("lock")
    assert "warning: .python-version:1: `system` names an interpreter of this machine" in told.stderr


def test_an_environment_may_be_without_python(project: World) -> None:
    """Tools alone are an environment, and its lock is read again."""
    environment(project, "libgreet")
    assert 0 == project.parity("lock").exit_code
    assert "python" not in locked(project)["target"][0]
    assert 0 == project.parity("lock", "--check").exit_code
    environment(project, "libgreet", "blas")
    assert 0 == project.parity("lock").exit_code


def test_pyproject_can_ask_for_conda_packages(project: World) -> None:
    """`[tool.parity.conda]` is a manifest of the conda route, with settings of its own."""
    table = '[tool.parity.conda]\nchannels = ["conda-forge", "pytorch"]\ndependencies = ["wordlib=0.9", "python"]\n'
    project.write("pyproject.toml", table)
    refused = project.parity("lock")
    assert "pyproject.toml: tool.parity.conda.dependencies[0]: `wordlib 0.9.*` is in `pytorch` only" in refused.stderr
    project.write("pyproject.toml", table + 'channel-priority = "disabled"\n')
    assert 0 == project.parity("lock").exit_code
    assert ("0.9", "disabled") == (versions(project)["wordlib"], locked(project)["channel-priority"])
    project.write("pyproject.toml", table + 'channel-priority = "flexible"\n')
    flexible = project.parity("lock")
    assert "`flexible` is not offered" in flexible.stderr


def test_a_requirement_can_name_its_channel_or_its_file(project: World, served: ServedChannels) -> None:
    """A channel that only it names is read too; the lock calls what is in the manifest by its name there."""
    file = served.channel("conda-forge/noarch/wordlib-1.1-pyhd8ed1ab_0.conda")
    environment(project, "pytorch::only-here", file)
    outcome = project.parity("lock")
    assert 0 == outcome.exit_code, outcome
    channels = {package["name"]: package["channel"] for package in locked(project)["conda"]}
    assert ("pytorch", "conda-forge") == (channels["only-here"], channels["wordlib"])
    assert ("1.1", ["conda-forge"]) == (versions(project)["wordlib"], locked(project)["channels"])


def test_a_channel_out_of_reach_says_which_command_would(project: World) -> None:
    """Only where everything has an equal on PyPI; the address is named."""
    nowhere = {"PARITY_CONDA_CHANNEL_ALIAS": "http://127.0.0.1:9/conda"}
    environment(project, "numpy", "python=3.11")
    light = project.parity("lock", env=nowhere)
    assert (1, "") == (light.exit_code, light.stdout)
    assert (
        "the channel `conda-forge` (http://[INDEX]/conda/conda-forge) cannot be read: connection refused"
        in light.stderr
    )
    assert "has an equal on PyPI: `parity lock --route venv` takes it" in light.stderr
    environment(project, "numpy", "no-such-name-anywhere")
    unknown = project.parity("lock", env=nowhere).stderr
    assert "nothing asked for is known to be conda's alone: `parity lock --route venv` tries it on PyPI" in unknown
    assert "has an equal on PyPI" not in unknown
    environment(project, "numpy", "r-base")
    assert "--route venv" not in project.parity("lock", env=nowhere).stderr


def test_an_unsolvable_request_is_a_tree(project: World, conda_channels: Channels) -> None:
    """With what the user wrote at its roots; nothing is written."""
    environment(project, "old-science", "numpy>=2")
    outcome = project.parity("lock")
    assert (
        1,
        "",
        (
            f"error: nothing can be locked for `{conda_channels.subdir}`:\n"
            "  ├─ `old-science` (environment.yml:3: dependencies[0])\n"
            "  │  └─ old-science 1.0 needs numpy >=1.26,<2\n"
            "  │     └─ numpy 1.26.4\n"
            "  └─ `numpy >=2` (environment.yml:4: dependencies[1])\n"
            "hint: ask for less, or for other versions, of what stands at the left\n"
        ),
    ) == outcome.said
    assert not (project.project / "parity.lock").exists()


def test_wheels_come_over_what_conda_brings(project: World) -> None:
    """Conda's numpy is held, whatever the index has of it; what a wheel needs of it is told."""
    for version in ("1.26.4", "2.2.0"):
        make_wheel(project.wheels, "numpy", version)
    make_wheel(project.wheels, "overlay", "1.0", requires=["numpy>=1.20", "base"])
    environment(project, "numpy=1.26", "pip", "pip: [overlay]")
    outcome = project.parity("lock")
    assert 0 == outcome.exit_code, outcome
    assert ("1.26.4", {"base": "2.0", "overlay": "1.0"}) == (versions(project)["numpy"], versions(project, "pypi"))
    (overlay,) = [each for each in locked(project)["pypi"] if each["name"] == "overlay"]
    assert ["base", "numpy"] == overlay["requires"]
    assert {"parity", "rattler", "uv", "conda-names"} == set(locked(project)["made-with"])
    text = (project.project / "parity.lock").read_text(encoding="utf-8")
    assert "+conda" not in text
    assert 0 == project.parity("lock", "--check").exit_code


def test_what_wheels_need_and_conda_has_not_is_an_error_of_both(project: World, conda_channels: Channels) -> None:
    """Who wants what, and which package stands against it."""
    make_wheel(project.wheels, "modernist", "1.0", requires=["numpy>=2"])
    make_wheel(project.wheels, "numpy", "2.2.0")
    environment(project, "numpy=1.26", "pip: [modernist]")
    outcome = project.parity("lock")
    assert 1 == outcome.exit_code
    assert (
        "error: nothing can be locked for `linux-64`, since these exclude each other:\n"
        "  `numpy 1.26.*` (environment.yml:3: dependencies[0])\n"
        "  `modernist` (environment.yml:4: dependencies[1].pip[0])\n"
        "  modernist 1.0 needs numpy>=2\n"
        "hint: this gives an answer: write `numpy` in place of `numpy 1.26.*` (environment.yml:3: dependencies[0]), "
        "which gives numpy 2.1.3; or leave out `modernist` (environment.yml:4: dependencies[1].pip[0])\n"
    ) == outcome.stderr.replace(conda_channels.subdir, "linux-64")


def test_where_nothing_is_asked_for_no_channel_is_read(world: World) -> None:
    """An empty file, and one with channels alone; it is told, since a file may have been cut off."""
    world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = "http://127.0.0.1:9"
    for text in ("", "name: x\nchannels: [conda-forge]\ndependencies: []\n"):
        world.write("environment.yml", text)
        outcome = world.parity("sync")
        assert 0 == outcome.exit_code, outcome
        assert "warning: `environment.yml` asks for nothing: there will be nothing in the environment" in outcome.stderr


def test_a_name_that_differs_is_one_distribution(project: World) -> None:
    """Conda's `pytorch` is `torch` on PyPI: it is not installed a second time."""
    make_wheel(project.wheels, "torch", "2.9.0")
    make_wheel(project.wheels, "trainer", "1.0", requires=["torch>=2"])
    environment(project, "pytorch", "pip: [trainer]")
    outcome = project.parity("lock")
    assert 0 == outcome.exit_code, outcome
    assert {"trainer": "1.0"} == versions(project, "pypi")


def test_a_password_in_a_channel_is_in_no_lock_and_no_message(world: World, conda_channels: Channels) -> None:
    """Nor a token; the lock keeps the address without them, and answers its manifest."""
    with serve_channel(conda_channels.root, username="someone", password="s3cretword") as served:
        channel = served.with_credentials(served.channel("conda-forge"))
        environment(world, "numpy", channels=f'["{channel}"]')
        outcome = world.parity("lock")
        assert 0 == outcome.exit_code, outcome
        text = (world.project / "parity.lock").read_text(encoding="utf-8")
        assert {served.channel("conda-forge")} == {package["channel"] for package in locked(world)["conda"]}
        assert 0 == world.parity("lock", "--check").exit_code
    (world.project / "parity.lock").unlink()
    refused = world.parity("lock", env={"PARITY_CACHE_DIR": str(world.root / "other")})
    assert 1 == refused.exit_code
    assert "s3cretword" not in text + refused.stderr + outcome.stderr


def test_an_old_answer_is_taken_with_a_warning(project: World, served: ServedChannels) -> None:
    """`--offline` takes it with a note; a channel that went away, with a warning."""
    environment(project, "numpy")
    assert 0 == project.parity("lock").exit_code
    (project.project / "parity.lock").unlink()
    offline = project.parity("lock", "--offline")
    assert "note: the channel `conda-forge` is not asked offline" in offline.stderr
    assert 0 == offline.exit_code
    (project.project / "parity.lock").unlink()
    served.faults["conda-forge"] = Fault("status", 502)
    stale = project.parity("lock")
    assert "warning: the channel `conda-forge` cannot be reached (502 Bad Gateway)" in stale.stderr
    assert 0 == stale.exit_code


@pytest.mark.parametrize(
    ("channels", "expected"),
    [
        ("[]", "pkgs/r"),
        ("[conda-forge, defaults]", "pkgs/r"),
        ("[conda-forge]", "`r-base` is not in `conda-forge`"),
        ("[conda-forge, defaults, nodefaults]", "`r-base` is not in `conda-forge`"),
        ("[nodefaults]", "`nodefaults` leaves no channel at all"),
    ],
)
def test_defaults_counts_where_nothing_keeps_it_out(conda: World, channels: str, expected: str) -> None:
    """Where no channel is named it is implied, and `nodefaults` takes it away, named or not."""
    environment(conda, "r-base", channels=channels)
    outcome = conda.parity("lock")
    if outcome.exit_code == 0:
        assert [expected] == [package["channel"] for package in locked(conda)["conda"]]
    else:
        assert expected in outcome.stderr
        assert not (conda.project / "parity.lock").exists()


def test_an_interrupted_lock_leaves_the_old_one(project: World, tmp_path: Path) -> None:
    """What cannot be locked changes nothing."""
    environment(project, "numpy")
    assert 0 == project.parity("lock").exit_code
    before = (project.project / "parity.lock").read_bytes()
    environment(project, "no-such-package")
    assert 1 == project.parity("lock").exit_code
    assert before == (project.project / "parity.lock").read_bytes()
    assert [] == list(tmp_path.glob("project/.parity.lock*"))


def test_platforms_are_the_targets_where_nobody_names_any(project: World) -> None:
    """A flag wins, what is locked stays; a platform without a target is told, and refused where there is no other."""
    text = "channels: [conda-forge]\ndependencies: [wordlib]\nplatforms:\n  - linux-64\n  - osx-arm64\n"
    project.write("environment.yml", text)
    assert 0 == project.parity("lock").exit_code
    assert ["linux-64", "osx-arm64"] == [each["name"] for each in locked(project)["target"]]
    assert 0 == project.parity("lock", "--check").exit_code
    fewer = project.parity("lock", "--target", "linux-64")
    assert 0 == fewer.exit_code
    assert "`platforms` names `osx-arm64`, and nothing is locked for it" in fewer.stderr
    assert 0 == project.parity("lock").exit_code
    assert ["linux-64"] == [each["name"] for each in locked(project)["target"]]
    (project.project / "parity.lock").unlink()
    project.write("environment.yml", f"{text}  - win-64\n")
    told = project.parity("lock")
    assert 0 == told.exit_code
    assert "`platforms` names `win-64`, and nothing is locked for it" in told.stderr
    assert ["linux-64", "osx-arm64"] == [each["name"] for each in locked(project)["target"]]
    (project.project / "parity.lock").unlink()
    project.write("environment.yml", text.replace("linux-64\n  - osx-arm64", "win-64"))
    refused = project.parity("lock")
    assert 1 == refused.exit_code
    assert "environment.yml:4: platforms[0]: parity has no target for `win-64`" in refused.stderr
