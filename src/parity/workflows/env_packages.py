"""Packages that are named on the command line, as the `environment.yml` that says the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def as_environment(packages: Sequence[str], *, channels: Sequence[str], pip: Sequence[str]) -> str:
    """Return the text of an `environment.yml`; nothing where nothing is named.

    A word is quoted as JSON has it, which YAML reads too.
    """
    if not (packages or channels or pip):
        return ""
    lines = [f"channels: {json.dumps(list(channels))}"] if channels else []
    lines += ["dependencies:"]
    lines += [f"- {json.dumps(package)}" for package in packages]
    lines += ["- pip:", *(f"  - {json.dumps(line)}" for line in pip)] if pip else []
    return "".join(f"{line}\n" for line in lines)
