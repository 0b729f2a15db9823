"""One lock for machines with and without a GPU, as a user makes and takes it; indexes are stand-ins on this machine."""

import json
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.support.index import Index, serve_index
from tests.support.projects import World
from tests.support.wheels import make_wheel

NO_GPU = {"CONDA_OVERRIDE_CUDA": ""}
GPU = {"CONDA_OVERRIDE_CUDA": "12.4"}
OLD_GPU = {"CONDA_OVERRIDE_CUDA": "11.4"}


def torch(folder: Path, version: str, *, requires: tuple[str, ...] = ()) -> None:
    """Publish a small torch that tells its version."""
    make_wheel(folder, "torch", version, requires=requires, modules={"torch/__init__.py": f"version = '{version}'\n"})


@pytest.fixture
def indexes(world: World) -> Iterator[dict[str, Index]]:
    """Serve an index for each accelerator, which the machine names, beside the default one."""
    torch(world.wheels, "2.7.0")
    make_wheel(world.wheels, "trainer", "1.0", requires=["torch>=2"])
    with ExitStack() as stack:
        served: dict[str, Index] = {}
        for name in ("cpu", "cu118", "cu126"):
            folder = world.root / f"wheels-{name}"
            folder.mkdir()
            torch(folder, f"2.7.0+{name}", requires=("base",) if name == "cpu" else ("base", "plugin"))
            served[name] = stack.enter_context(serve_index(folder))
        world.extra["PARITY_ACCELERATOR_INDEXES"] = " ".join(f"{name}={each.url}" for name, each in served.items())
        yield served


def lock_of(world: World) -> dict[str, Any]:
    """Return the lock as data."""
    return tomllib.loads((world.project / "parity.lock").read_text(encoding="utf-8"))


def locked(world: World, target: str) -> dict[str, tuple[str, str]]:
    """Return version and index of what a target has, as `parity.lock` says."""
    wheels = lock_of(world)["pypi"]
    return {each["name"]: (each["version"], each["index"]) for each in wheels if target in each["targets"]}


def synced(world: World, *words: str, env: dict[str, str]) -> Any:
    """Return what `parity sync --json` says."""
    return json.loads(world.parity("--json", "sync", *words, env=env).raw_stdout)


TARGETS = ("--target", "linux-64", "--target", "linux-64+cpu", "--target", "linux-64+cu126")


def test_each_target_has_its_builds_in_one_lock(world: World, indexes: dict[str, Index]) -> None:
    """The index is there by its name, no address, and what only one of them needs is for that one."""
    world.write("requirements.txt", "trainer\n")
    outcome = world.parity("lock", *TARGETS)
    text = (world.project / "parity.lock").read_text(encoding="utf-8")

    assert 0 == outcome.exit_code, outcome
    assert ("2.7.0", "default") == locked(world, "linux-64")["torch"]
    assert ("2.7.0+cpu", "pytorch-cpu") == locked(world, "linux-64+cpu")["torch"]
    assert ("2.7.0+cu126", "pytorch-cu126") == locked(world, "linux-64+cu126")["torch"]
    assert ("plugin" in locked(world, "linux-64+cu126"), "plugin" in locked(world, "linux-64+cpu")) == (True, False)
    assert "127.0.0.1" not in text
    assert [] == indexes["cu118"].requests
    assert 1 == text.count("requested = true"), "torch was brought along, nobody asked for it"


def test_a_laptop_and_a_server_write_the_same_bytes(world: World, indexes: dict[str, Index]) -> None:
    """What the machine that locks can run decides nothing."""
    assert indexes
    world.write("requirements.txt", "torch\n")
    texts = set()
    for environ in (NO_GPU, GPU, OLD_GPU):
        (world.project / "parity.lock").unlink(missing_ok=True)
        assert 0 == world.parity("lock", *TARGETS, env=environ).exit_code
        texts.add((world.project / "parity.lock").read_text(encoding="utf-8"))
    assert 1 == len(texts)


def test_a_machine_takes_what_its_driver_runs(world: World, indexes: dict[str, Index]) -> None:
    """The builds for CUDA with a driver, those for the processor without: the choice is told, the files are those."""
    assert indexes
    world.write("requirements.txt", "torch\n")
    world.parity("lock", *TARGETS)
    with_gpu = synced(world, env=GPU)
    told = world.parity("run", "python", "-c", "import torch; print(torch.version)", env=GPU)
    without = synced(world, env=NO_GPU)
    changed = world.parity("run", "python", "-c", "import torch; print(torch.version)", env=NO_GPU)

    assert ("linux-64+cu126", "linux-64+cpu") == (with_gpu["data"]["target"], without["data"]["target"])
    assert ("2.7.0+cu126\n", "2.7.0+cpu\n") == (told.stdout, changed.stdout)


def test_a_gpu_that_is_gone_is_noticed(world: World, indexes: dict[str, Index]) -> None:
    """Nothing of the project has changed, and yet the environment is not the one for this machine any more."""
    assert indexes
    world.write("requirements.txt", "torch\n")
    world.parity("lock", *TARGETS)
    world.parity("sync", env=GPU)
    made = world.environment()
    quick = world.parity("sync", env=GPU)
    gone = world.parity("run", "python", "-c", "import torch; print(torch.version)", env=NO_GPU)

    assert f"in sync: .venv is {made.name}\n" == quick.stderr, "this is not the quick way"
    assert "2.7.0+cpu\n" == gone.stdout


def test_less_than_an_accelerator_is_refused(world: World, indexes: dict[str, Index]) -> None:
    """A machine whose driver is too old gets neither what it cannot run nor, unasked, what computes without it."""
    assert indexes
    world.write("requirements.txt", "torch\n")
    world.parity("lock", "--target", "linux-64", "--target", "linux-64+cu126")
    refused = world.parity("sync", env=OLD_GPU)

    assert (1, "") == refused.said[:2]
    assert (
        "error: what is left for this machine is `linux-64`, without an accelerator: `linux-64+cu126`: it needs CUDA"
        " 12.6, and this machine has a driver for CUDA 11.4\n"
        "hint: mend what is missing, or take it with `parity sync --target linux-64` or `--allow-cpu`; a target"
        " `linux-64+cpu` in the lock is taken unasked\n"
    ) == refused.stderr
    assert not (world.project / ".venv").exists()


@pytest.mark.parametrize("how", ["flag", "target", "setting"])
def test_less_is_taken_where_it_was_allowed(world: World, indexes: dict[str, Index], how: str) -> None:
    """By a flag, by naming the target, or for everybody; and what was allowed here stays so, the lock untouched."""
    assert indexes
    world.write("requirements.txt", "torch\n")
    if how == "setting":
        world.write("pyproject.toml", "[tool.parity.accelerators]\nallow-cpu = true\n")
    world.parity("lock", "--target", "linux-64", "--target", "linux-64+cu126")
    before = (world.project / "parity.lock").read_text(encoding="utf-8")
    words = {"flag": ["--allow-cpu"], "target": ["--target", "linux-64"], "setting": []}[how]
    found = synced(world, *words, env=NO_GPU)
    again = world.parity("run", "python", "-c", "import torch; print(torch.version)", env=NO_GPU)
    world.write("requirements.txt", "torch\nfiles\n")
    later = world.parity("sync", env=NO_GPU)

    assert ("linux-64", "2.7.0\n") == (found["data"]["target"], again.stdout)
    assert ("linux-64", True) == (found["data"]["target"], "linux-64+cu126" in before)
    assert 0 == later.exit_code, later


def test_what_was_allowed_here_is_told_and_taken_back(world: World, indexes: dict[str, Index]) -> None:
    """`check` agrees with `sync`; another project with the same lock has allowed nothing."""
    assert indexes
    world.write("requirements.txt", "torch\n")
    world.parity("lock", "--target", "linux-64", "--target", "linux-64+cu126")
    before = json.loads(world.parity("--json", "check", env=NO_GPU).raw_stdout)["findings"]
    synced(world, "--allow-cpu", env=NO_GPU)
    allowed = json.loads(world.parity("--json", "check", env=NO_GPU).raw_stdout)["findings"]
    other = world.parity("sync", cwd=world.copy_project(), env=NO_GPU)
    refused = world.parity("sync", "--no-allow-cpu", env=NO_GPU)
    again = world.parity("sync", env=NO_GPU)

    assert ["accelerator-unmet", "cpu-allowed"] == [each["code"] for each in (*before, *allowed)]
    assert "`parity sync --no-allow-cpu` takes that back" == allowed[0]["hint"]
    assert [1, 1, 1] == [each.exit_code for each in (other, refused, again)], again


def test_a_setting_that_allowed_less_is_taken_back_with_it(world: World, indexes: dict[str, Index]) -> None:
    """It stands for everybody, and holds as long as it stands there; a flag comes before it."""
    assert indexes
    world.write("requirements.txt", "torch\n")
    world.write("pyproject.toml", "[tool.parity.accelerators]\nallow-cpu = true\n")
    world.parity("lock", "--target", "linux-64", "--target", "linux-64+cu126")
    synced(world, env=NO_GPU)
    hints = [each["hint"] for each in json.loads(world.parity("--json", "check", env=NO_GPU).raw_stdout)["findings"]]
    flag = world.parity("sync", "--no-allow-cpu", env=NO_GPU)
    (world.project / "pyproject.toml").unlink()
    world.parity("lock")
    gone = world.parity("sync", env=NO_GPU)

    assert ["`allow-cpu` in `[tool.parity.accelerators]` says so"] == hints
    assert (1, 1) == (flag.exit_code, gone.exit_code), gone


def test_a_named_target_is_the_one_that_is_taken(world: World, indexes: dict[str, Index]) -> None:
    """Also where there is a better one; one that this machine cannot run is refused, one that is not there as well."""
    assert indexes
    world.write("requirements.txt", "torch\n")
    world.parity("lock", *TARGETS)
    taken = synced(world, "--frozen", "--target", "linux-64+cpu", env=GPU)
    refused = world.parity("sync", "--target", "linux-64+cu126", env=NO_GPU)
    unknown = world.parity("sync", "--frozen", "--target", "linux-64+cu118", env=GPU)

    assert "linux-64+cpu" == taken["data"]["target"]
    assert "this machine does not satisfy this target: `linux-64+cu126`: it needs CUDA 12.6" in refused.stderr
    assert "the lock is not for `linux-64+cu118`" in unknown.stderr


def test_versions_are_the_same_for_all_where_one_fits_all(world: World, indexes: dict[str, Index]) -> None:
    """A build for another accelerator is another version to an index, and yet the same to a user."""
    for name in ("cpu", "cu126"):
        torch(indexes[name].folder, f"2.8.0+{name}")
    world.write("requirements.txt", "trainer\n")
    world.parity("lock", *TARGETS)
    torch(world.wheels, "2.8.0")
    world.parity("lock", *TARGETS, "--target", "linux-64+cu118")
    kept = {each["name"]: locked(world, each["name"])["torch"][0] for each in lock_of(world)["target"]}
    world.parity("lock", "--upgrade")
    moved = {each["name"]: locked(world, each["name"])["torch"][0] for each in lock_of(world)["target"]}

    assert {
        "linux-64": "2.7.0",
        "linux-64+cpu": "2.7.0+cpu",
        "linux-64+cu118": "2.7.0+cu118",
        "linux-64+cu126": "2.7.0+cu126",
    } == kept
    assert ("2.8.0", "2.8.0+cu126", "2.7.0+cu118") == (
        moved["linux-64"],
        moved["linux-64+cu126"],
        moved["linux-64+cu118"],
    )


def test_a_project_says_what_stands_for_what(world: World, indexes: dict[str, Index]) -> None:
    """By name or by index, with the version that was asked for; what parity knows can be taken back."""
    assert indexes
    for name, version in (("onnxruntime", "1.2"), ("onnxruntime-gpu", "1.1"), ("ours", "1.0"), ("jax", "1.0")):
        make_wheel(world.wheels, name, version, extras={"cuda12": ["plugin"]})
    own = world.root / "own"
    own.mkdir()
    make_wheel(own, "ours", "1.0+gpu")
    world.write("requirements.txt", "onnxruntime<1.2\nours\njax\n")
    settings = """
[tool.parity]
indexes = [{ name = "house", url = "OWN", flat = true, explicit = true }]
[tool.parity.accelerators.packages]
ours = { cuda12 = { index = "house" } }
"""
    make_wheel(world.wheels, "onnxruntime", "1.1")
    world.write("pyproject.toml", settings.replace("OWN", own.as_uri()))
    outcome = world.parity("lock", *TARGETS)
    gpu, cpu = locked(world, "linux-64+cu126"), locked(world, "linux-64+cpu")
    built = synced(world, env=GPU)
    world.write("pyproject.toml", "[tool.parity.accelerators.packages]\njax = {}\nonnxruntime = {}\n")
    world.parity("lock", *TARGETS)

    assert "`onnxruntime` is taken as `onnxruntime-gpu` for `linux-64+cu126`" in outcome.stderr, outcome
    assert {"onnxruntime-gpu", "ours", "jax", "plugin"} == {*gpu}
    assert (("1.1", "default"), ("1.0+gpu", "house")) == (gpu["onnxruntime-gpu"], gpu["ours"])
    assert {"onnxruntime": ("1.1", "default"), "ours": ("1.0", "default"), "jax": ("1.0", "default")} == cpu
    assert "linux-64+cu126" == built["data"]["target"], built
    assert {"onnxruntime", "ours", "jax"} == {*locked(world, "linux-64+cu126")}


def test_a_check_says_who_goes_without(world: World, indexes: dict[str, Index]) -> None:
    """A target of the lock's own may be asked about as well."""
    assert indexes
    world.write("requirements.txt", "torch\n")
    world.write("targets/lab.toml", 'based-on = "ubuntu-22.04"\naccelerator = "cu126"\n')
    world.parity("lock", "--target", "linux-64", "--target", "lab")
    without = json.loads(world.parity("--json", "check", "--on", "linux-64").raw_stdout)
    (world.project / "targets" / "lab.toml").unlink()
    there = json.loads(world.parity("--json", "check", "--on", "lab").raw_stdout)

    assert ("linux-64", "runs", ["accelerator-unmet"]) == (
        without["data"]["target"],
        without["data"]["verdict"],
        [each["code"] for each in without["findings"]],
    )
    assert ("lab", "runs", []) == (there["data"]["target"], there["data"]["verdict"], there["findings"])


def test_an_export_names_the_index_of_its_accelerator(world: World, indexes: dict[str, Index]) -> None:
    """And of no other; it is for the target that this machine takes, unless another is named."""
    world.write("requirements.txt", "torch\nfiles\n")
    world.parity("lock", *TARGETS)
    here = world.parity("export", "--format", "requirements.txt", env=GPU)
    plain = world.parity("export", "--format", "requirements.txt", "--target", "linux-64")
    (world.project / "parity.lock").unlink()
    world.parity("lock", "--target", "linux-64", "--target", "linux-64+cu126")
    refused = world.parity("export", "--format", "requirements.txt", env=NO_GPU)

    assert f"--extra-index-url {indexes['cu126'].url}" in here.raw_stdout
    assert ("torch==2.7.0+cu126" in here.stdout, indexes["cpu"].url in here.raw_stdout) == (True, False)
    assert ("torch==2.7.0 " in plain.stdout, "extra-index-url" in plain.stdout) == (True, False)
    assert (1, True) == (refused.exit_code, "hint: say which one to write with `--target`" in refused.stderr)


def test_an_index_without_the_build_is_no_reason_for_another(world: World, indexes: dict[str, Index]) -> None:
    """The default index has a torch, and it is not taken for a target that wants CUDA; neither is one for a CPU."""
    world.write("requirements.txt", "torch\n")
    next(indexes["cu126"].folder.iterdir()).unlink()
    none = world.parity("lock", "--target", "linux-64+cu126")
    torch(indexes["cu126"].folder, "2.7.0+cpu")
    other = world.parity("lock", "--target", "linux-64+cu126")

    assert (1, False) == (none.exit_code, (world.project / "parity.lock").exists()), none
    assert "error: `torch` 2.7.0+cpu is a build for `cpu`, and `linux-64+cu126` is for `cu126`" in other.stderr


def test_a_folder_of_wheels_is_an_index(world: World) -> None:
    """For an accelerator, whichever way it is written, on the machine that locks and on the one that installs."""
    torch(world.wheels, "2.7.0")
    for name in ("cpu", "cu126"):
        (world.project / f"wheels-{name}").mkdir()
        torch(world.project / f"wheels-{name}", f"2.7.0+{name}")
    world.write("requirements.txt", "torch\n")
    settings = '{ cpu = "wheels-cpu", cu126 = { url = "wheels-cu126", flat = true } }'
    world.write("pyproject.toml", f"[tool.parity.accelerators]\nindexes = {settings}\n")
    outcome = world.parity("lock", "--target", "linux-64+cpu", "--target", "linux-64+cu126")
    built = synced(world, env=GPU)

    assert 0 == outcome.exit_code, outcome
    assert ("2.7.0+cpu", "pytorch-cpu") == locked(world, "linux-64+cpu")["torch"]
    assert ("2.7.0+cu126", "pytorch-cu126") == locked(world, "linux-64+cu126")["torch"]
    assert "linux-64+cu126" == built["data"]["target"], built


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ('[tool.parity.accelerators]\nindexes = { cu126 = "away" }', "tool.parity.accelerators.indexes.cu126"),
        ('[tool.parity]\nindexes = [{ name = "house", url = "away", flat = true }]', "tool.parity.indexes[0].url"),
        ('[tool.parity]\nindexes = [{ name = "house", url = "away" }]', "tool.parity.indexes[0].url"),
    ],
)
def test_a_folder_that_is_not_there_is_named_with_its_place(world: World, settings: str, place: str) -> None:
    """Rather than an index that has nothing."""
    world.write("requirements.txt", "torch\n")
    world.write("pyproject.toml", settings)
    refused = world.parity("lock", "--target", "linux-64+cu126")
    assert (1, True) == (refused.exit_code, f"at pyproject.toml: {place}\n" in refused.stderr), refused
    assert "error: there is no folder `away` for the index" in refused.stderr


def test_a_folder_can_take_the_default_index_s_place(world: World) -> None:
    """Nothing is asked of another one; accelerators keep theirs, and a mirror of the default one counts no more."""
    for folder, name in (("house", "app"), ("house", "left"), ("house", "base"), ("fast", "torch")):
        (world.project / folder).mkdir(exist_ok=True)
        make_wheel(world.project / folder, name, "9.0", requires=["left"] if name == "app" else [])
    settings = '[tool.parity]\nindexes = [{ name = "house", url = "house", default = true, flat = true }]\n'
    world.write("pyproject.toml", f'{settings}accelerators = {{ indexes = {{ cu126 = "fast" }} }}\n')
    world.write("requirements.txt", "app\ntorch\n")
    outcome = world.parity("sync", "--target", "linux-64+cu126", env=GPU)
    world.write("requirements.txt", "diamond\n")
    refused = world.parity("lock")

    assert 0 == outcome.exit_code, outcome
    assert {"app": ("9.0", "house"), "left": ("9.0", "house"), "torch": ("9.0", "pytorch-cu126")} == locked(
        world, "linux-64+cu126"
    )
    assert [] == world.index.requests
    assert (1, True) == (refused.exit_code, "no index has `diamond`" in refused.stderr), refused
