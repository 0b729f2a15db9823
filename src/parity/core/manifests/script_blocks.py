"""PEP 723: what a script says in its comments about the environment that it runs in.

Part of `parity run SCRIPT.py`: imports nothing.
"""

_BEGIN = "# /// script"
_END = "# ///"
_TABLE = ("[project]", 'name = "script"')


def block_of(text: str) -> tuple[int, str] | None:
    """Return the number of the line with which the block of a script begins, and its TOML; None where there is none.

    A block ends with the last closing line of its run of comments. Raises ValueError where there are two, and where one
    is never closed: PEP 723 has it be none then, and what the script needs would be passed over without a word.
    """
    lines = text.splitlines()
    found: list[tuple[int, str]] = []
    at = 0
    while at < len(lines):
        if lines[at].rstrip() == _BEGIN:
            end = _end_of(lines, at)
            if not end:
                message = f"the `{_BEGIN[2:]}` block in line {at + 1} is not closed by a line `{_END}`"
                raise ValueError(message)
            inside = (line[2:] if line.startswith("# ") else line[1:] for line in lines[at + 1 : end])
            found.append((at + 1, "\n".join(inside)))
            at = end
        at += 1
    if len(found) > 1:
        message = f"there are two `{_BEGIN[2:]}` blocks, in the lines {found[0][0]} and {found[1][0]}"
        raise ValueError(message)
    return found[0] if found else None


def as_project(text: str) -> str:
    """Return what a script asks for as a `pyproject.toml`, each line where it stands in the script where it can be.

    Raises ValueError as `block_of` does.
    """
    number, block = block_of(text) or (0, "")
    padding = "\n" * max(number - len(_TABLE), 0)
    return "\n".join(_TABLE) + "\n" + padding + block + "\n"


def _end_of(lines: list[str], begin: int) -> int:
    """Return the index of the line that closes a block, or 0 where none does."""
    end, at = 0, begin + 1
    while at < len(lines) and (lines[at] == "#" or lines[at].startswith("# ")):
        if lines[at].rstrip() == _END:
            end = at
        at += 1
    return end
