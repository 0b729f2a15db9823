"""What somebody may have meant who wrote a word that nobody knows."""

from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "", *, before: str = "", like: float = 0.6) -> str:
    """Return a hint that names the nearest known word, with what stands `before` it, else `otherwise`.

    `like` is how alike two words have to be, from 0 to 1: more where all known words begin alike.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - only who has erred pays for it

    near = get_close_matches(word, list(known), n=1, cutoff=like)
    return f"did you mean `{before}{near[0]}`?" if near else otherwise
