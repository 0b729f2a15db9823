"""Fingerprint, repair, rollback, collection and comparison of environments of conda packages, as a user types them."""

import json
from collections.abc import Callable
from pathlib import Path

from parity.core.lockfile.model import Lockfile
from tests.support.conda.channel import Channels
from tests.support.projects import World

Write = Callable[..., Lockfile]


def fingerprint(world: World, **variables: str) -> str:
    """Return the fingerprint of the project's environment."""
    outcome = world.parity("fingerprint", env=variables)
    assert (0, "") == (outcome.exit_code, outcome.stderr), outcome
    return outcome.stdout.strip()


def elsewhere(world: World, name: str) -> dict[str, str]:
    """Return the variables under which parity has another store, at a path of another length, and another cache."""
    return {"PARITY_HOME": str(world.root / name), "PARITY_CACHE_DIR": str(world.root / "caches" / name)}


def edit(path: Path, text: bytes) -> None:
    """Put another file in the place of one, as an editor does that does not write through links."""
    path.parent.chmod(0o755)
    found = path.stat()
    path.unlink()
    path.write_bytes(text)
    path.chmod(found.st_mode)


def test_two_homes_give_one_fingerprint(write: Write, world: World, conda_channels: Channels) -> None:
    """Text and programs name the prefix, first lines of scripts change with its length, records with the channel."""
    write("greetapp", "textapp", "links", "old-format", "env-vars")
    assert 0 == world.parity("sync", "--frozen").exit_code
    found = {fingerprint(world)}
    write_to = conda_channels.root
    moved = world.root / "moved channels"
    moved.symlink_to(write_to)
    for name in ("a store", "another/" + "longer" * 20):
        variables = elsewhere(world, name) | {"PARITY_CONDA_CHANNEL_ALIAS": moved.as_uri()}
        assert 0 == world.parity("sync", "--frozen", env=variables).exit_code
        found.add(fingerprint(world, **variables))

    assert 1 == len(found)


def test_a_private_prefix_has_the_fingerprint_of_the_shared_one(write: Write, world: World) -> None:
    """Although its files may be written to."""
    write("greetapp", "links")
    world.parity("sync", "--frozen")
    shared = fingerprint(world)
    assert 0 == world.parity("sync", "--frozen", "--copy").exit_code

    assert shared == fingerprint(world)


def test_what_was_changed_in_a_prefix_shows(write: Write, world: World) -> None:
    """In a file that names the prefix and in one that does not; where it is the same change, it is the same again."""
    write("greetapp", "links")
    found = set()
    for variables in ({}, elsewhere(world, "a rather longer store")):
        world.parity("sync", "--frozen", env=variables)
        found.add(fingerprint(world, **variables))
        prefix = world.environment()
        edit(prefix / "etc/links.conf", (prefix / "etc/links.conf").read_bytes() + b"more\n")
        found.add(fingerprint(world, **variables))
        edit(prefix / "bin/greetapp", (prefix / "bin/greetapp").read_bytes() + b"# more\n")
        found.add(fingerprint(world, **variables))

    assert 3 == len(found)


def test_diff_ranks_what_changed_in_a_prefix(write: Write, world: World) -> None:
    """Which BLAS is behind an interface is in the builds of packages, and comes before versions of others."""
    write("libblas", "blas * openblas", "wordlib=1.0", "links")
    world.parity("sync", "--frozen")
    write("libblas", "blas * mkl", "wordlib", "links")
    world.parity("sync", "--frozen")
    entries = json.loads(world.parity("diff", "1", "--json").raw_stdout)["data"]["entries"]

    assert ["provider"] * 4 + ["package"] == [each["kind"] for each in entries]
    assert {"blas", "libblas", "mkl", "openblas"} == {each["name"] for each in entries[:4]}
    assert ("3.9.0 21_openblas", "3.9.0 20_mkl") == next(
        (each["before"], each["after"]) for each in entries if each["name"] == "libblas"
    )


def findings(world: World, *options: str) -> dict[str, str]:
    """Return what `verify` finds, code by subject."""
    said = json.loads(world.parity("verify", "--json", *options).raw_stdout)
    return {each["subject"]: each["code"] for each in said["findings"]}


def test_repair_puts_every_kind_of_file_right(write: Write, world: World) -> None:
    """Files that name the prefix and that do not, programs, scripts, bytecode, links, records: only what is wrong."""
    write("greetapp", "textapp", "links", "env-vars")
    world.parity("sync", "--frozen")
    prefix, before = world.environment(), fingerprint(world)
    library = next(prefix.glob("lib/python3*"))
    untouched = library / "os.py"
    bytecode = next(prefix.glob("lib/python3*/site-packages/wordlib/__pycache__/*.pyc"))
    stamp = untouched.stat()
    spoiled = {
        "etc/links.conf",
        "bin/greetapp",
        "lib/libgreet.so.1",
        "conda-meta/history",
        "conda-meta/frozen",
        f"{library.relative_to(prefix)}/EXTERNALLY-MANAGED",
        next(str(path.relative_to(prefix)) for path in prefix.glob("conda-meta/greet-*.json")),
        next(str(path.relative_to(prefix)) for path in prefix.glob("bin/python3.*")),
        str(bytecode.relative_to(prefix)),
    }
    for path in spoiled:
        edit(prefix / path, b"#!/bin/false\n")
    (prefix / "share/links").chmod(0o755)
    (prefix / "share/links/link.txt").unlink()
    assert spoiled | {"share/links/link.txt"} == findings(world).keys()
    repaired = world.parity("repair", "--json")
    data = json.loads(repaired.raw_stdout)["data"]

    assert 0 == repaired.exit_code, repaired
    assert (spoiled | {"share/links/link.txt"}, [], False) == (set(data["restored"]), data["fetched"], data["rebuilt"])
    assert {} == findings(world, "--deep")
    assert before == fingerprint(world)
    assert stamp.st_ino == untouched.stat().st_ino
    assert "hello" in world.parity("run", "--no-sync", "greet").stdout
