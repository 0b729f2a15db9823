"""`parity lock`, as a user types it: what is in the lock, what it depends on, what it keeps."""

import hashlib
import shutil
import sys

import pytest

from tests.support.index import serve_index
from tests.support.projects import World, files_of
from tests.support.wheels import make_sdist, make_wheel

NOWHERE = {"UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple", "UV_HTTP_TIMEOUT": "2"}
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
LOCK = """\
version = 1
route = "venv"
manifests = { "requirements.txt" = "sha256:f4681e8ea36ee0b86bef3403ca0486281ca7251774d6b27fbaa785a990eed1ba" }
made-with = { parity = "0.1.0", uv = "0.13.9" }

[[target]]
name = "linux-64"
virtual-packages = ["__archspec=1=x86_64", "__glibc=2.28", "__linux=4.18", "__unix"]
python = { implementation = "cpython", version = "3.11", request = "3.11", source = "found" }

[[pypi]]
name = "app"
version = "1.0"
index = "default"
file = "app-1.0-py3-none-any.whl"
sha256 = "dfbf67708027a77578c0903e0c8d1ff681802fc9c4cb1d80af2fb0badaa337e7"
size = 1313
requested = true
targets = ["linux-64"]
"""


def locked(world: World) -> dict[str, str]:
    """Return the version of each package in the project's lock, by name."""
    lines = (world.project / "parity.lock").read_text(encoding="utf-8").splitlines()
    names = [line.split('"')[1] for line in lines if line.startswith("name = ")]
    versions = [line.split('"')[1] for line in lines if line.startswith("version = ") and '"' in line]
    return dict(zip(names[1:], versions, strict=False))  # the first name is the target's


def test_a_lock_says_what_and_not_where_from(world: World) -> None:
    """Names, files, sizes and hashes; neither the index's address nor the name and password that it asked for."""
    world.write("requirements.txt", "app\n")
    with serve_index(world.wheels, username="ann", password="geheim7") as guarded:
        outcome = world.parity("lock", env={"UV_DEFAULT_INDEX": guarded.url_with_credentials})
    text = (world.project / "parity.lock").read_text(encoding="utf-8")
    digest = hashlib.sha256((world.wheels / "app-1.0-py3-none-any.whl").read_bytes()).hexdigest()

    assert (0, "", "locked 3 packages for linux-64\n") == outcome.said
    assert f'index = "default"\nfile = "app-1.0-py3-none-any.whl"\nsha256 = "{digest}"\n' in text
    for secret in ("127.0.0.1", "http", "ann", "geheim7"):
        assert secret not in text


def test_a_lock_made_behind_one_index_works_behind_another(world: World) -> None:
    """The first index is gone, the second has another address and path, and nothing is locked anew."""
    world.write("requirements.txt", "app\n")
    with serve_index(world.wheels, prefix="/company/mirror", username="ann", password="geheim7") as first:
        assert 0 == world.parity("lock", env={"UV_DEFAULT_INDEX": first.url_with_credentials}).exit_code
    before = (world.project / "parity.lock").read_bytes()
    outcome = world.parity("sync", "--locked")

    assert (0, "") == (outcome.exit_code, outcome.stdout)
    assert before == (world.project / "parity.lock").read_bytes()
    assert "hello from app\n" == world.parity("run", "app").stdout
    assert b"geheim7" not in b"".join(path.read_bytes() for path in world.store.rglob("*") if path.is_file())


def test_a_refused_password_is_not_told(world: World) -> None:
    """An error about an index names neither the password that was wrong nor an address with it."""
    world.write("requirements.txt", "app\n")
    with serve_index(world.wheels, username="ann", password="right") as guarded:
        url = guarded.url_with_credentials.replace("right", "wrong-one")
        outcome = world.parity("lock", env={"UV_DEFAULT_INDEX": url})

    assert (1, "") == (outcome.exit_code, outcome.stdout)
    assert outcome.stderr.startswith("error: ")
    assert "wrong-one" not in outcome.stderr
    assert not (world.project / "parity.lock").exists()


@pytest.mark.parametrize(
    "setting",
    [
        {"TZ": "Asia/Kathmandu"},
        {"LC_ALL": "C"},
        {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
        {"HOME": "elsewhere", "USER": "somebody", "LOGNAME": "somebody"},
        {"PYTHONHASHSEED": "1"},
        {"PYTHONHASHSEED": "4711", "PARITY_HOME": "store-2", "PARITY_CACHE_DIR": "cache-2"},
    ],
    ids=" ".join,
)
def test_a_lock_does_not_depend_on_the_machine(world: World, setting: dict[str, str]) -> None:
    """The same bytes under another time zone, language, user, hash seed, umask, folder and order of lines."""
    world.write("requirements.txt", "app[plugins]\ndiamond\nspace-one>=1,<2\nfiles\n")
    assert 0 == world.parity("lock").exit_code
    other = world.root / "another place" / "deep"
    other.mkdir(parents=True)
    lines = "# the same, otherwise\nfiles\nspace_one <2, >=1  # a comment\n\nDiamond\napp[plugins]\n"
    (other / "requirements.txt").write_text(lines, encoding="utf-8")
    folders = {"HOME", "PARITY_HOME", "PARITY_CACHE_DIR"}
    env = {name: str(world.root / value) if name in folders else value for name, value in setting.items()}
    outcome = world.run("sh", "-c", f"umask 077; exec '{sys.executable}' -m parity lock", cwd=other, env=env)

    assert 0 == outcome.exit_code, outcome
    assert (world.project / "parity.lock").read_bytes() == (other / "parity.lock").read_bytes()


def test_a_lock_keeps_what_fits_until_told_to_move_on(world: World) -> None:
    """A newer version on the index changes nothing; `--upgrade NAME` moves that one, `--upgrade` all."""
    world.write("requirements.txt", "plugin\nspace-one\n")
    assert 0 == world.parity("lock").exit_code
    make_wheel(world.wheels, "plugin", "1.1")
    make_wheel(world.wheels, "space-one", "1.1", modules={"space/one/__init__.py": ""})
    world.write("requirements.txt", "plugin\nspace-one\nfiles\n")
    again = world.parity("lock")
    kept = locked(world)
    one = world.parity("lock", "--upgrade", "Space_One")
    moved = locked(world)
    every = world.parity("lock", "--upgrade")

    assert (0, "", "  files new → 1.0 (linux-64)\nlocked 3 packages for linux-64\n") == again.said
    assert {"files": "1.0", "plugin": "1.0", "space-one": "1.0"} == kept
    assert (0, "", "  space-one 1.0 → 1.1 (linux-64)\nlocked 3 packages for linux-64\n") == one.said
    assert {"files": "1.0", "plugin": "1.0", "space-one": "1.1"} == moved
    assert (0, "", "  plugin 1.0 → 1.1 (linux-64)\nlocked 3 packages for linux-64\n") == every.said


def test_a_comment_does_not_outdate_a_lock(world: World) -> None:
    """Content counts, not bytes or times: nothing is asked and nothing is written."""
    world.write("requirements.txt", "app\n")
    world.parity("lock")
    before = (world.project / "parity.lock").stat()
    asked = len(world.index.requests)
    world.write("requirements.txt", "# why we need it\napp\n")
    outcome = world.parity("lock")
    after = (world.project / "parity.lock").stat()

    assert (0, "", "parity.lock is current: 3 packages for linux-64\n") == outcome.said
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert asked == len(world.index.requests)


def test_check_answers_without_the_network(world: World) -> None:
    """0 where the lock is current, 1 with the reason where it is not or not there; nothing is written."""
    world.write("requirements.txt", "app\n")
    missing = world.parity("lock", "--check", env=NOWHERE)
    world.parity("lock")
    current = world.parity("lock", "--check", env=NOWHERE)
    world.write("requirements.txt", "app\nfiles\n")
    before = (world.project / "parity.lock").read_bytes()
    outdated = world.parity("lock", "--check", env=NOWHERE)
    grouped = world.parity("lock", "--check", "--target", "osx-arm64", env=NOWHERE)

    assert (1, "", "error: there is no `parity.lock` in `[TMP]/project`\nhint: run `parity lock`\n") == missing.said
    assert (0, "", "parity.lock is current: 3 packages for linux-64\n") == current.said
    assert (
        1,
        "",
        "error: `parity.lock` is not current: `requirements.txt` has changed\nhint: run `parity lock`\n",
    ) == outdated.said
    assert 1 == grouped.exit_code
    assert "targets are `osx-arm64` now, and was `linux-64`" in grouped.stderr
    assert before == (world.project / "parity.lock").read_bytes()


@pytest.mark.parametrize(
    ("change", "message", "hint"),
    [
        (("version = 1\n", "version = 99\n"), "version", "parity"),
        (("[[target]]\n", "<<<<<<< HEAD\n[[target]]\n=======\n>>>>>>> theirs\n"), "merge", "parity lock"),
        (("[[pypi]]\n", "[[pypi]\n"), "damaged", "delete it and run `parity lock`"),
        (('sha256 = "', 'sha256 = "xyz'), "damaged", "delete it and run `parity lock`"),
        (('name = "app"', 'name = "../../app"'), "damaged", "delete it and run `parity lock`"),
    ],
    ids=["future", "merge markers", "not TOML", "not a hash", "a name that leads out"],
)
@pytest.mark.parametrize("words", [["lock"], ["sync"], ["sync", "--frozen"], ["run", "true"]], ids=" ".join)
def test_a_lock_that_cannot_be_taken_at_its_word_is_refused(
    world: World, change: tuple[str, str], message: str, hint: str, words: list[str]
) -> None:
    """By every command, with what to do, and nothing is touched."""
    world.write("requirements.txt", "app\n")
    world.write("parity.lock", LOCK.replace(*change, 1))
    before = (world.project / "parity.lock").read_bytes()
    outcome = world.parity(*words)

    assert (1, "") == (outcome.exit_code, outcome.stdout), outcome
    first, _, rest = outcome.stderr.partition("\n")
    assert first.startswith("error: ")
    assert message in first
    assert "hint: " in rest
    assert hint in rest
    assert before == (world.project / "parity.lock").read_bytes()
    assert ["parity.lock", "requirements.txt"] == files_of(world.project)


def test_what_is_given_by_flag_stays_in_force(world: World) -> None:
    """Groups, extras and targets are recorded, hold for the commands after, and are left out again by flag."""
    world.write("pyproject.toml", PYPROJECT)
    plain = world.parity("lock")
    names = set(locked(world))
    world.parity("lock", "--group", "test", "--extra", "more")
    both = set(locked(world))
    later = world.parity("lock", "--check")
    world.write("pyproject.toml", PYPROJECT.replace('"left"', '"left", "files"'))
    world.parity("sync")
    kept = set(locked(world))
    world.parity("lock", "--no-groups", "--no-extras")

    assert (0, "", "locked 2 packages for linux-64\n") == plain.said
    assert {"base", "left"} == names
    assert {"base", "left", "plugin", "space-one"} == both
    assert (0, "") == (later.exit_code, later.stdout)
    assert {"base", "files", "left", "plugin", "space-one"} == kept
    assert {"base", "files", "left"} == set(locked(world))


@pytest.mark.parametrize(
    ("flag", "name", "kind"),
    [("--group", "tests", "group"), ("--extra", "mroe", "extra"), ("--target", "linux-46", "target")],
)
def test_a_name_that_nobody_defines_is_refused(world: World, flag: str, name: str, kind: str) -> None:
    """Refuse rather than guess: no lock is written."""
    world.write("pyproject.toml", PYPROJECT)
    outcome = world.parity("lock", flag, name)

    assert (1, "") == (outcome.exit_code, outcome.stdout), outcome
    assert f"`{name}`" in outcome.stderr
    assert kind in outcome.stderr
    assert not (world.project / "parity.lock").exists()


def test_several_targets_are_one_lock(world: World) -> None:
    """Each target has its own counts, and the lock names them in the order of their names."""
    make_wheel(world.wheels, "native", "1.0", tag="py3-none-macosx_11_0_arm64")
    make_wheel(world.wheels, "native", "1.0", tag="py3-none-manylinux_2_17_x86_64")
    world.write("requirements.txt", 'native\nfiles ; sys_platform == "darwin"\n')
    outcome = world.parity("lock", "--target", "osx-arm64", "--target", "linux-64")
    text = (world.project / "parity.lock").read_text(encoding="utf-8")

    assert (0, "", "locked 1 package for linux-64, 2 packages for osx-arm64\n") == outcome.said
    assert text.index("manylinux_2_17_x86_64.whl") < text.index("macosx_11_0_arm64.whl")
    assert 0 == world.parity("sync").exit_code
    fewer = world.parity("lock", "--target", "linux-64")
    told = "  osx-arm64 is no target any more: `--target` names all that there are to be\n"
    assert (0, "", f"{told}locked 1 package for linux-64\n") == fewer.said
    more = world.parity("lock", "--target", "osx-arm64", "--target", "linux-64")
    assert outcome.said == more.said
    make_wheel(world.wheels, "native", "1.0", tag="py3-none-manylinux_2_28_x86_64")
    file = world.parity("lock", "--upgrade", "native")
    told = "  1 package with other files of the same version (linux-64)\n"
    assert (0, "", f"{told}locked 1 package for linux-64, 2 packages for osx-arm64\n") == file.said


def test_sources_are_locked_only_where_allowed(world: World) -> None:
    """Without leave the error says how to give it; with leave a note says what is built."""
    make_sdist(world.wheels, "sourced", "1.0")
    world.write("requirements.txt", "sourced\n")
    refused = world.parity("lock")
    world.write("pyproject.toml", '[tool.parity]\nsdists = ["sourced"]\n')
    allowed = world.parity("lock")

    assert (1, "") == (refused.exit_code, refused.stdout)
    assert 'hint: let it be built where it has no wheel: `sdists = ["sourced"]` in `[tool.parity]`\n' in refused.stderr
    assert 0 == allowed.exit_code
    assert "note: `sourced` 1.0 is locked as source and is built on each machine" in allowed.stderr


def test_what_contradicts_itself_is_one_error(world: World) -> None:
    """The reason in uv's words, in one sentence of ours; a lock that was there stays as it was."""
    world.write("requirements.txt", "diamond\n")
    world.parity("lock")
    before = (world.project / "parity.lock").read_bytes()
    world.write("requirements.txt", "diamond\nbase>=2\n")
    outcome = world.parity("lock")

    assert (1, "") == (outcome.exit_code, outcome.stdout)
    assert outcome.stderr.startswith("error: ")
    assert "base" in outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert before == (world.project / "parity.lock").read_bytes()


def test_all_faults_of_the_manifests_come_together(world: World) -> None:
    """Each with its place."""
    world.write("requirements.txt", "app ==\nfiles\n-r missing.txt\n")
    outcome = world.parity("lock")

    assert (1, "") == (outcome.exit_code, outcome.stdout)
    assert outcome.stderr.startswith("error: 2 faults in `requirements.txt`\n")
    assert "  requirements.txt:1: " in outcome.stderr
    assert "  requirements.txt:3: " in outcome.stderr


@pytest.mark.parametrize("words", [["lock"], ["sync"], ["run", "python", "-V"]], ids=" ".join)
def test_a_pin_that_nothing_answers_is_no_licence_to_take_another_python(world: World, words: list[str]) -> None:
    """An error with the pin's place and the command that installs it; never the system's Python."""
    world.write("requirements.txt", "app\n")
    world.write(".python-version", "3.12.99\n")
    outcome = world.parity(*words)

    assert (1, "") == (outcome.exit_code, outcome.stdout)
    assert outcome.stderr.startswith(
        "error: no installed Python answers `3.12.99` (asked for by `.python-version:1`)\n"
    )
    assert "hint: run `parity python install 3.12.99`" in outcome.stderr
    assert not (world.project / "parity.lock").exists()


@pytest.mark.parametrize(
    ("variable", "others"), [("PYENV_VERSION", {}), ("PARITY_PYTHON", {"PYENV_VERSION": "3.12.97"})]
)
def test_a_pin_by_variable_counts_first(world: World, variable: str, others: dict[str, str]) -> None:
    """PYENV_VERSION as pyenv means it, parity's own before it, named as the place."""
    world.write("requirements.txt", "app\n")
    outcome = world.parity("lock", env={variable: "3.12.98", **others})

    assert (1, "") == (outcome.exit_code, outcome.stdout)
    assert f"`3.12.98` (asked for by `{variable}`" in outcome.stderr


def test_environment_yml_takes_the_light_route_by_flag(world: World) -> None:
    """Without it the error says which command would; with it what is lost is listed, and the route is kept."""
    world.write("environment.yml", "channels: [conda-forge]\ndependencies:\n  - files=1.0=py_0\n")
    refused = world.parity("lock", env={"PARITY_CONDA_CHANNEL_ALIAS": "http://127.0.0.1:9"})
    outcome = world.parity("lock", "--route", "venv")
    again = world.parity("lock", "--check")

    assert (1, "") == (refused.exit_code, refused.stdout)
    assert "cannot be read: connection refused\n" in refused.stderr
    assert "`parity lock --route venv` tries it on PyPI" in refused.stderr
    assert 0 == outcome.exit_code, outcome
    assert "warning: environment.yml: " in outcome.stderr
    assert 0 == again.exit_code, again


def test_only_the_lock_is_written(world: World) -> None:
    """The project's other files stay as they are; nothing is left beside them, at home or in the temporary folder."""
    world.write("pyproject.toml", PYPROJECT)
    before = (world.project / "pyproject.toml").read_bytes()
    assert 0 == world.parity("lock").exit_code

    assert ["parity.lock", "pyproject.toml"] == files_of(world.project)
    assert before == (world.project / "pyproject.toml").read_bytes()
    assert [] == files_of(world.root / "tmp")
    assert [] == files_of(world.home)


def test_a_lock_is_the_same_wherever_the_project_is(world: World) -> None:
    """A checkout elsewhere has a current lock, and its paths appear nowhere in it."""
    world.write("pyproject.toml", PYPROJECT + '[build-system]\nrequires = []\nbuild-backend = "backend"\n')
    assert 0 == world.parity("lock").exit_code
    moved = world.root / "checkout"
    shutil.copytree(world.project, moved)

    assert 0 == world.parity("lock", "--check", cwd=moved, env=NOWHERE).exit_code
    assert str(world.root) not in (moved / "parity.lock").read_text(encoding="utf-8")


def test_a_file_that_is_included_is_named_where_it_may_have_changed(world: World) -> None:
    """The lock has one digest of a manifest and what it includes."""
    world.write("requirements.txt", "-r other.txt\nleft\n")
    world.write("other.txt", "plugin\n")
    assert 0 == world.parity("lock").exit_code
    world.write("other.txt", "plugin<2\n")
    outdated = world.parity("lock", "--check")
    said = "`parity.lock` is not current: `requirements.txt`, or what it includes (`other.txt`), has changed\n"
    assert (1, True) == (outdated.exit_code, said in outdated.stderr), outdated
