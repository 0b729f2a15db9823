"""Reading the files of an environment for what they are, wherever they stand."""

from pathlib import Path

from parity.engines.store.reading import digest_of_bytecode, digest_without, digests, leads_to, read_text
from parity.engines.system.digests import digest


def test_files_are_hashed_in_order(tmp_path: Path) -> None:
    """One digest a path."""
    for name in ("b", "a"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    assert [digest(b"a"), digest(b"b")] == digests(str(tmp_path), ["a", "b"])
    assert "a" == read_text(str(tmp_path), "a")


def test_bytecode_that_notices_edits_counts_as_what_does_not(tmp_path: Path) -> None:
    """Other kinds are what they are."""
    (tmp_path / "checked").write_bytes(b"MAGI\3\0\0\0rest")
    (tmp_path / "timed").write_bytes(b"MAGI\0\0\0\0rest")
    assert digest(b"MAGI\1\0\0\0rest") == digest_of_bytecode(str(tmp_path), "checked")
    assert digest(b"MAGI\0\0\0\0rest") == digest_of_bytecode(str(tmp_path), "timed")


def test_a_place_is_called_by_a_name(tmp_path: Path) -> None:
    """Written as a path or as an address."""
    (tmp_path / "x").write_text("/a b/c file:///a%20b/c", encoding="utf-8")
    (tmp_path / "y").write_text("nothing", encoding="utf-8")
    assert (digest(b"{p}/c file://{p}/c"), True) == digest_without(str(tmp_path), "x", "/a b", "{p}")
    assert (digest(b"nothing"), False) == digest_without(str(tmp_path), "y", "/a b", "{p}")


def test_only_a_link_out_of_it_leads_to_an_interpreter(tmp_path: Path) -> None:
    """Over others too; a link inside the environment is one of its own."""
    python = tmp_path / "python3.13"
    python.touch()
    (tmp_path / "python3").symlink_to("python3.13")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(tmp_path / "python3")
    (tmp_path / "bin" / "inner").symlink_to("python")
    (tmp_path / "bin" / "evil").symlink_to("/bin/sh")
    found = [leads_to(str(tmp_path), f"bin/{name}", str(python)) for name in ("python", "inner", "evil")]
    assert [True, False, False] == found
