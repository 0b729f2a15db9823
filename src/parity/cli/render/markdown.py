"""Tables as Markdown, for a comment on a pull request."""

from collections.abc import Iterable, Sequence


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Return the lines of a table; what would end a cell or be read as markup is escaped."""
    return (
        f"| {' | '.join(heading)} |",
        f"|{'---|' * len(heading)}",
        *(f"| {' | '.join(map(_cell, row))} |" for row in rows),
    )


def code(text: str) -> str:
    """Return a text as code, nothing where there is none."""
    return f"`{text.replace('`', chr(39))}`" if text else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
