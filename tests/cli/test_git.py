"""Locks in a repository of git, with the real program: `parity diff REV:PATH`, `git-setup`, and merges."""

import json
import shutil

import pytest

from tests.support.conda.channel import Channels
from tests.support.projects import Outcome, World
from tests.support.wheels import make_wheel


@pytest.fixture
def repository(world: World) -> World:
    """Make the project a repository whose first commit has a lock."""
    if shutil.which("git") is None:
        pytest.skip("needs git")
    world.extra.update({"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"})
    git(world, "init", "--quiet", "--initial-branch=main")
    git(world, "config", "user.name", "Somebody")
    git(world, "config", "user.email", "somebody@example.com")
    commit(world, "base==1.0\nplugin\n")
    return world


def git(world: World, *words: str) -> Outcome:
    """Run git in the project."""
    return world.run("git", *words)


def commit(world: World, requirements: str, *, setup: bool = False) -> None:
    """Lock these requirements and commit everything."""
    world.write("requirements.txt", requirements)
    assert 0 == (locked := world.parity("lock")).exit_code, locked
    if setup:
        world.parity("git-setup")
    git(world, "add", "--all")
    assert 0 == (done := git(world, "commit", "--quiet", "--message", "Change")).exit_code, done


def branches(world: World, ours: str, theirs: str) -> Outcome:
    """Commit one change on `main` and one on a branch, and merge the branch; of requirements, ours is taken."""
    world.write(".gitattributes", "requirements.txt merge=ours\n")
    git(world, "config", "merge.ours.driver", "true")
    assert 0 == (said := world.parity("git-setup")).exit_code, said
    git(world, "add", "--all")
    git(world, "commit", "--quiet", "--message", "Set up")
    git(world, "checkout", "--quiet", "-b", "topic")
    commit(world, theirs)
    git(world, "checkout", "--quiet", "main")
    commit(world, ours)
    return git(world, "merge", "--no-edit", "topic")


def versions(world: World) -> list[str]:
    """Return what is locked, as `parity tree` says it."""
    return sorted(set(world.parity("tree", "--depth", "0").stdout.splitlines()))


def test_a_lock_of_a_revision_is_compared(repository: World) -> None:
    """Against the file, for people, as Markdown, and as JSON; from below the top as git has it."""
    commit(repository, "base==2.0\nleft\n")
    said = repository.parity("diff", "HEAD~1:parity.lock", "parity.lock")
    assert (0, "3 differences") == (said.exit_code, said.stderr.strip()[:13])
    assert ["package     base: 1.0 → 2.0", "package     left: nothing → 1.0"] == said.stdout.splitlines()[:2]
    text = repository.parity("diff", "HEAD~1:./parity.lock", "HEAD:parity.lock", "--markdown").stdout
    assert text.startswith("### `HEAD~1:./parity.lock` → `HEAD:parity.lock`\n\n")
    assert "| kind | name | before | after |\n|---|---|---|---|\n| package | `base` | `1.0` | `2.0` |\n" in text
    assert "| package | `plugin` | `1.0` |  |\n" in text
    data = json.loads(repository.parity("diff", "HEAD~1:parity.lock", "parity.lock", "--json").raw_stdout)["data"]
    assert [["linux-64"]] * 3 == [entry["targets"] for entry in data["locks"]["entries"]]


def test_targets_are_compared_all(repository: World) -> None:
    """Which the machine of a reviewer has nothing to do with."""
    repository.parity("lock", "--target", "linux-64", "--target", "osx-arm64")
    said = repository.parity("diff", "HEAD:parity.lock", "parity.lock").stdout
    assert "target      osx-arm64: added\n" == said


def test_what_git_has_not_is_said_in_its_words(repository: World) -> None:
    """A revision or path that is not there, a word that is an option, and no repository."""
    gone = repository.parity("diff", "HEAD:other.lock", "parity.lock")
    assert (1, "") == (gone.exit_code, gone.stdout)
    assert gone.stderr.startswith("error: git says no: path 'other.lock' does not exist in 'HEAD'\n")
    assert "error: git says no" in repository.parity("diff", "nothing:parity.lock", "parity.lock").stderr
    outside = repository.parity("git-setup", cwd=repository.home)
    assert (1, "git says no") == (outside.exit_code, outside.stderr[7:18])


def test_setting_up_is_done_once_and_undone(repository: World) -> None:
    """A line of its own in `.gitattributes`, and settings of this clone."""
    attributes = repository.write(".gitattributes", "*.png binary")
    assert 0 == repository.parity("git-setup").exit_code
    assert "*.png binary\nparity.lock merge=parity\n" == attributes.read_text(encoding="utf-8")
    assert " git-merge %O %A %B %P" in git(repository, "config", "merge.parity.driver").stdout
    before = (repository.project / ".git/config").read_text(encoding="utf-8")
    again = json.loads(repository.parity("git-setup", "--json").raw_stdout)["data"]
    assert (False, before) == (again["changed"], (repository.project / ".git/config").read_text(encoding="utf-8"))
    git(repository, "config", "--remove-section", "merge.parity")
    assert "note: .gitattributes: this repository has git merge" in repository.parity("doctor").stderr
    repository.parity("git-setup")
    assert "clone was not told how" not in repository.parity("doctor").stderr
    repository.parity("git-setup", "--undo")
    assert "*.png binary\n" == attributes.read_text(encoding="utf-8")
    assert "" == git(repository, "config", "merge.parity.driver").stdout
    attributes.unlink()
    repository.parity("git-setup")
    repository.parity("git-setup", "--undo")
    assert not attributes.exists()


def test_what_stands_in_the_file_stays_as_it_is(repository: World) -> None:
    """Line ends, a byte order mark, and text that is no UTF-8."""
    file = repository.project / ".gitattributes"
    before = b"\xef\xbb\xbf# caf\xe9\r\n*.png binary\r\n"
    file.write_bytes(before)
    assert 0 == repository.parity("git-setup").exit_code
    assert before + b"parity.lock merge=parity\r\n" == file.read_bytes()
    assert 0 == repository.parity("git-setup", "--undo").exit_code
    assert before == file.read_bytes()


def test_independent_changes_are_united(repository: World) -> None:
    """Where git alone leaves markers; the lock is outdated until `parity lock` has seen the manifests."""
    merged = branches(repository, "base==1.0\nplugin\nfiles\n", "base==2.0\nplugin\nspace-one\n")
    assert 0 == merged.exit_code, merged
    assert ["base 2.0", "files 1.0", "plugin 1.0", "space-one 1.0"] == versions(repository)
    assert "has changed" in repository.parity("lock", "--check").stderr
    repository.write("requirements.txt", "base==2.0\nplugin\nfiles\nspace-one\n")
    assert 0 == repository.parity("sync").exit_code
    assert 0 == repository.parity("lock", "--check").exit_code


def test_a_clash_stops_git_and_a_lock_settles_it(repository: World) -> None:
    """Both sides are told; there are no markers in the file."""
    make_wheel(repository.wheels, "base", "3.0")
    merged = branches(repository, "base==2.0\nplugin\n", "base==3.0\nplugin\nfiles\n")
    assert 1 == merged.exit_code
    assert "error: `base` on `linux-64` is `2.0` on our side and `3.0` on the other\n" in merged.stderr
    assert "hint: run `parity lock`, then `git add parity.lock`" in merged.stderr
    assert ["base 2.0", "files 1.0", "plugin 1.0"] == versions(repository)
    assert 0 == repository.parity("lock").exit_code
    git(repository, "add", "parity.lock")
    assert 0 == git(repository, "commit", "--no-edit").exit_code


def test_what_is_no_lock_is_merged_as_text(repository: World) -> None:
    """Git's own markers are left, as if nobody had set anything up."""
    for name, text in (("base", "a\n"), ("ours", "b\n"), ("theirs", "c\n")):
        repository.write(name, text)
    said = repository.parity("git-merge", "base", "ours", "theirs", "parity.lock")
    assert (1, True) == (said.exit_code, "it was merged as text" in said.stderr)
    assert "<<<<<<< ours\nb\n" in (repository.project / "ours").read_text(encoding="utf-8")


def test_conda_packages_are_held_to_what_they_require(repository: World, conda_channels: Channels) -> None:
    """One side takes an older numpy, the other adds what needs a newer one: both texts merge, the meaning does not."""
    repository.extra["PARITY_CONDA_CHANNEL_ALIAS"] = conda_channels.root.as_uri()

    def write(name: str, *dependencies: str) -> None:
        lines = "".join(f"  - {each}\n" for each in dependencies)
        repository.write("environment.yml", f"channels: [conda-forge]\ndependencies:\n{lines}")
        (repository.project / "parity.lock").unlink()
        assert 0 == (locked := repository.parity("lock")).exit_code, locked
        shutil.copy(repository.project / "parity.lock", repository.project / name)

    write("base", "numpy")
    write("ours", "numpy=1.26")
    write("theirs", "numpy", "greet")
    united = repository.parity("git-merge", "base", "ours", "theirs")
    assert 0 == united.exit_code, united
    shutil.copy(repository.project / "ours", repository.project / "parity.lock")
    assert "numpy 1.26.4" in repository.parity("tree", "--depth", "0").stdout
    write("ours", "numpy")
    write("base", "numpy=1.26")
    write("theirs", "numpy=1.26", "old-science")
    stopped = repository.parity("git-merge", "base", "ours", "theirs")
    assert 1 == stopped.exit_code, stopped
    assert "error: old-science " in stopped.stderr
