"""Fingerprint, repair, rollback, collection and comparison of environments of conda packages, as a user types them."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from parity.core.lockfile import v1
from parity.core.lockfile.model import LockedWheel, Lockfile
from tests.support.conda.channel import Channels
from tests.support.conda.server import ServedChannels
from tests.support.projects import World

Write = Callable[..., Lockfile]


def fingerprint(world: World, **variables: str) -> str:
    """Return the fingerprint of the project's environment."""
    outcome = world.parity("fingerprint", env=variables)
    assert (0, "") == (outcome.exit_code, outcome.stderr), outcome
    return outcome.stdout.strip()


def wheel_of(world: World, name: str, version: str, target: str) -> LockedWheel:
    """Return what a lock says of a wheel of the index."""
    file = next(world.wheels.glob(f"{name}-{version}-*.whl"))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return LockedWheel(name=name, version=version, targets=(target,), index="default", file=file.name, sha256=digest)


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


def _package(path: str) -> str:
    return path.rpartition("/")[2].partition("-")[0]


def test_repair_fetches_what_the_cache_has_not_right(write: Write, world: World, served: ServedChannels) -> None:
    """Written through to the cache, gone from it, or not what it was there; nothing else is fetched."""
    write("textapp", "links", "env-vars")
    world.parity("sync", "--frozen")
    prefix, before = world.environment(), fingerprint(world)
    module = next(prefix.glob("lib/python3*/site-packages/wordlib/__init__.py"))
    module.chmod(0o644)
    module.write_text("stolen = 1\n", encoding="utf-8")
    shutil.rmtree(next((world.cache / "conda/v1/packages").glob("links-*/")))
    edit(prefix / "etc/links.conf", b"wrong\n")
    asked = len(served.requests)
    repaired = json.loads(world.parity("repair", "--json").raw_stdout)

    assert (True, ["links", "wordlib"]) == (repaired["ok"], repaired["data"]["fetched"])
    assert {"wordlib", "links"} == {_package(each.path) for each in served.requests[asked:]}
    assert before == fingerprint(world)
    assert {} == findings(world, "--deep")
    assert 0 == world.parity("cache", "verify").exit_code


def test_repair_of_records_builds_anew(write: Write, world: World) -> None:
    """The marker or a manifest of the store's own; with the network cut, for everything is in the cache."""
    write("textapp", "links")
    world.parity("sync", "--frozen")
    prefix, before = world.environment(), fingerprint(world)
    for record in ("manifests/ground-1", "complete"):
        edit(prefix / ".parity" / record, b"")
        repaired = world.parity("repair", "--offline", "--json")
        assert (0, True) == (repaired.exit_code, json.loads(repaired.raw_stdout)["data"]["rebuilt"]), repaired
        assert before == fingerprint(world)


def test_what_a_link_script_made_comes_back(write: Write, world: World) -> None:
    """By building the whole environment again: nobody knows which of its files the script has touched."""
    lock = write("linked", "links")
    world.write("parity.lock", v1.dump(replace(lock, link_scripts=("linked",))))
    world.parity("sync", "--frozen")
    before = fingerprint(world)
    edit(world.environment() / "share/linked/stamp", b"wrong\n")
    edit(world.environment() / "etc/links.conf", b"wrong\n")
    repaired = world.parity("repair", "--json")

    assert (0, True) == (repaired.exit_code, json.loads(repaired.raw_stdout)["data"]["rebuilt"]), repaired
    assert before == fingerprint(world)


def test_wheels_over_packages_are_repaired(write: Write, world: World, conda_channels: Channels) -> None:
    """Their files, their scripts and their bytecode, and what stands under them as well."""
    wheels = tuple(wheel_of(world, name, "1.0", conda_channels.subdir) for name in ("app", "left", "base"))
    write("textapp", wheels=wheels)
    assert 0 == world.parity("sync", "--frozen").exit_code
    prefix, before = world.environment(), fingerprint(world)
    site = next(prefix.glob("lib/python3*/site-packages"))
    for path in (prefix / "bin/app", site / "app/__init__.py", site / "textapp/__init__.py"):
        edit(path, b"wrong\n")
    repaired = json.loads(world.parity("repair", "--json", "--offline").raw_stdout)

    assert (True, 3) == (repaired["ok"], len(repaired["data"]["restored"]))
    assert before == fingerprint(world)


def test_history_and_rollback_of_prefixes(write: Write, world: World) -> None:
    """Back to the one before, and to one whose environment has to be built again, byte for byte."""
    write("textapp", "wordlib=1.0")
    world.parity("sync", "--frozen")
    first, before = world.environment(), fingerprint(world)
    write("textapp")
    world.parity("sync", "--frozen")
    back = world.parity("rollback", "--json")
    world.parity("sync", "--frozen")
    world.run("sh", "-c", f"chmod -R u+w {first} && rm -r {first}")
    again = world.parity("rollback", "1", "--lock", "--json")

    assert (0, False) == (back.exit_code, json.loads(back.raw_stdout)["data"]["rebuilt"])
    assert (0, True) == (again.exit_code, json.loads(again.raw_stdout)["data"]["rebuilt"]), again
    assert (first, before) == (world.environment(), fingerprint(world))
    assert 0 == world.parity("verify", "--deep").exit_code


def test_collection_keeps_what_is_used(write: Write, world: World) -> None:
    """What goes takes with it what only it was made of, and what stays is whole: it can even be built again."""
    write("textapp", "links")
    world.parity("sync", "--frozen")
    write("textapp")
    world.parity("sync", "--frozen")
    collected = json.loads(world.parity("gc", "--keep", "1", "--json", "--wait").raw_stdout)["data"]
    cleaned = json.loads(world.parity("cache", "clean", "--json").raw_stdout)["data"]
    there = {path.name.partition("-")[0] for path in (world.cache / "conda/v1/packages").iterdir() if path.is_dir()}

    assert (1, 1) == (len(collected["environments"]), collected["kept"])
    assert cleaned["trees"] >= 1
    assert {"python", "textapp", "wordlib"} == there - {"python_abi"}
    assert len(there) == len(list((world.cache / "conda/v1/trusted").iterdir()))
    assert 0 == world.parity("verify", "--deep").exit_code
    assert {"trees": len(there) + 2, "corrupt": 0, "dropped": []} == json.loads(
        world.parity("cache", "verify", "--json").raw_stdout
    )["data"]


def test_cache_verify_reads_packages(write: Write, world: World) -> None:
    """A byte flipped in a package is found, and dropped it is fetched anew."""
    write("textapp")
    world.parity("sync", "--frozen")
    module = next((world.cache / "conda/v1/packages").glob("wordlib-*/site-packages/wordlib/__init__.py"))
    found, text = module.stat(), module.read_bytes()
    module.chmod(0o644)
    module.write_bytes(bytes([text[0] ^ 1]) + text[1:])
    os.utime(module, ns=(found.st_atime_ns, found.st_mtime_ns))
    told = json.loads(world.parity("cache", "verify", "--drop", "--json").raw_stdout)

    assert ["cache-corrupt"] == [each["code"] for each in told["findings"]]
    assert [str(module.parents[2])] == [each["subject"] for each in told["findings"]]
    assert 0 == world.parity("repair").exit_code
    assert 0 == world.parity("verify", "--deep").exit_code
