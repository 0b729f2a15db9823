"""What requirements mean, as plain data that is equal where the meaning is equal, ready to be digested."""

from collections.abc import Iterable, Sequence
from typing import Any

from parity.core.manifests.requirement_options import without_credentials
from parity.core.spec import Index, WheelRequirement


def requirement_texts(requirements: Iterable[WheelRequirement]) -> list[str]:
    """Return requirements as sorted texts, each once, with all that decides what is installed."""
    return sorted({_text(requirement) for requirement in requirements})


def index_rows(indexes: Sequence[Index]) -> list[list[Any]]:
    """Return indexes in their order, which is their priority, without the credentials in their addresses."""
    return [
        [index.name, without_credentials(index.url), index.default, index.flat, index.explicit] for index in indexes
    ]


def _text(requirement: WheelRequirement) -> str:
    extras = f"[{','.join(requirement.extras)}]" if requirement.extras else ""
    marker = f" ; {requirement.marker}" if requirement.marker else ""
    source = without_credentials(requirement.url) or requirement.path
    where = f" @ {'-e ' if requirement.editable else ''}{source}" if source else ""
    index = f" --index={requirement.index}" if requirement.index else ""
    hashes = "".join(f" --hash={value}" for value in sorted(requirement.hashes))
    return f"{requirement.name}{extras}{requirement.specifier}{where}{marker}{index}{hashes}"
