"""What a shell reads, where there is no such shell to read it: the grammar has the word."""

from pathlib import Path

import pytest
import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

from parity.engines.shells.hooks import integration
from parity.engines.store.roots import PLACE


def faults(text: str) -> list[str]:
    """Return the pieces of a script that are no PowerShell."""
    waiting: list[Node] = [Parser(Language(tree_sitter_powershell.language())).parse(text.encode()).root_node]
    found = []
    while waiting:
        node = waiting.pop()
        waiting.extend(node.children)
        if node.is_error or node.is_missing:
            found.append(text.encode()[node.start_byte : node.end_byte + 40].decode())
    return found


@pytest.mark.parametrize("home", ["/home/me/store", "/home/it's me/store"])
@pytest.mark.parametrize("on_path", [True, False])
def test_the_text_for_powershell_is_powershell(tmp_path: Path, home: str, *, on_path: bool) -> None:
    """Whatever the store's folder is called, and whether or not `parity` is on PATH; nothing is left to fill in."""
    (tmp_path / "parity").write_text("#!/bin/sh\n")
    (tmp_path / "parity").chmod(0o755 if on_path else 0o644)
    text = integration("powershell", home, PLACE, str(tmp_path))
    assert [] == faults(text)
    assert [] == [word for word in ("@store@", "@place@", "@guarded@", "@parity@") if word in text]
    assert on_path == ("Get-Command" in text)


def test_a_slip_in_powershell_is_noticed(tmp_path: Path) -> None:
    """The grammar is no rubber stamp."""
    text = integration("powershell", "/store", PLACE, str(tmp_path))
    assert faults(text.replace("foreach (", "foreach ", 1))
