"""What somebody may have meant who wrote a word that nobody knows."""

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str], *, like: float = 0.6) -> str:
    """Return the known word that is most like another, or nothing.

    `like` is how alike two words have to be, from 0 to 1: more where all known words begin alike.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - only who has erred pays for it

    return next(iter(get_close_matches(word, list(known), n=1, cutoff=like)), "")


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "", *, before: str = "", like: float = 0.6) -> str:
    """Return a hint that names the nearest known word, with what stands `before` it, else `otherwise`."""
    near = nearest(word, known, like=like)
    return f"did you mean `{before}{near}`?" if near else otherwise


def known_ones(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the nearest known word, else all of them: for where there are few."""
    known = sorted(known)
    listed = ", ".join(f"`{name}`" for name in known)
    return did_you_mean(word, known, f"known: {listed}" if known else "none is defined")
