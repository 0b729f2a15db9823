"""Kernels for Jupyter that follow an environment: what their `kernel.json` says.

Source: jupyter_client's documentation, "Making kernels for Jupyter", kernel specs.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from parity.core.dataclass import dataclass
from parity.core.errors import NameInvalid

LAUNCHER = "ipykernel"  # the distribution that answers to Jupyter inside an environment
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")  # as jupyter_client takes it, without a hidden one


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """A kernel of parity's: `name` for programs, `display` for people, and the `root` whose environment it follows.

    `options` are the words that mean the root on parity's command line.
    """

    name: str
    display: str
    root: str
    options: Sequence[str]

    def to_text(self, parity: Sequence[str], variables: Mapping[str, str]) -> str:
        """Return the text of its `kernel.json`: `parity` are the words that start parity, `variables` are set then."""
        launch = ["run", *self.options, "python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        said = {
            "argv": [*parity, *launch],
            "display_name": self.display,
            "language": "python",
            "interrupt_mode": "signal",
            "env": dict(variables),
            "metadata": {"debugger": True, "parity": {"root": self.root, "options": list(self.options)}},
        }
        return json.dumps(said, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def parse_kernel(name: str, text: str) -> Kernel | None:
    """Return the kernel that a `kernel.json` describes, or None where parity has not made it."""
    try:
        said: Any = json.loads(text)
        own = said["metadata"]["parity"]
        return Kernel(name=name, display=said["display_name"], root=own["root"], options=tuple(own["options"]))
    except (ValueError, LookupError, TypeError):
        return None


def kernel_name(title: str) -> str:
    """Return what a kernel is called after a project or an environment: small letters, digits, `.`, `_` and `-`."""
    return re.sub(r"[^a-z0-9._-]+", "-", title.lower()).strip("-._") or "parity"


def check_kernel_name(name: str) -> str:
    """Return a name that Jupyter takes, as it is. Raises NameInvalid."""
    if _NAME.fullmatch(name):
        return name
    raise NameInvalid(f"`{name}` is no name for a kernel", hint="use letters, digits, `.`, `_` and `-`")
