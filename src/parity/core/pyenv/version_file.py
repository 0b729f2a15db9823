"""A `.python-version` as pyenv itself reads it: nothing in it is an error."""


def words_of(text: str) -> list[str]:
    """Return the first word of each line; empty lines and those that begin with `#` say nothing."""
    firsts = [line.split() for line in text.replace("\r", " ").split("\n")]
    return [words[0][:1024] for words in firsts if words and not words[0].startswith("#")]
