"""An activation as POSIX shell: whatever is in a value, a real `sh` sets exactly that."""

import subprocess

from hypothesis import given, settings
from hypothesis import strategies as st

from parity.core.activation.choice import chosen, unchosen
from parity.core.activation.posix import script
from parity.core.activation.startup import rewritten

TEXTS = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=20)


@settings(max_examples=25, deadline=None)
@given(TEXTS, TEXTS)
def test_a_shell_sets_what_the_rows_say(value: str, before: str) -> None:
    """`set` and `prepend` with any text, `unset`, and nothing for a name that no shell has."""
    rows = [["set", "A", value], ["prepend", "B", value], ["unset", "C"], ["set", "D.E", "x"]]
    text = script("/env", rows) + 'printf \'%s\\0\' "$A" "$B" "${C-gone}"\n'
    done = subprocess.run(
        ["/bin/sh", "-c", text], env={"B": before, "C": "c", "PATH": "/bin"}, capture_output=True, check=True
    )
    joined = f"{value}:{before}" if before else value
    assert [value, joined, "gone", ""] == done.stdout.decode().split("\0")


def test_a_choice_is_said_to_each_shell() -> None:
    """In its own words, and as one word whatever the folder's name."""
    assert "export PARITY_CHOSEN='/it'\\''s'" == chosen("zsh", "/it's")
    assert "set -gx PARITY_CHOSEN '/it\\'s'" == chosen("fish", "/it's")
    assert ("unset PARITY_CHOSEN", "set -e PARITY_CHOSEN") == (unchosen("bash"), unchosen("fish"))


def test_a_start_up_file_goes_over() -> None:
    """Pyenv's lines become comments, parity's line stands behind them once, and all else stays as it is."""
    text = 'a\n  eval "$(pyenv init -)"\nb\neval "$(pyenv virtualenv-init -)"\n# pyenv init\nc\n'
    new = rewritten(text, "OURS parity hook")
    expected = (
        'a\n#   eval "$(pyenv init -)"\nb\n# eval "$(pyenv virtualenv-init -)"\nOURS parity hook\n# pyenv init\nc\n'
    )
    assert (expected, (2, 4)) == (new.text, new.lines)
    assert (expected, ()) == (rewritten(expected, "OURS").text, rewritten(expected, "OURS").lines)
    assert "a\n" == rewritten("a\n", "OURS").text
