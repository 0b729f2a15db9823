"""`devcontainer.json`: a container for development that makes the project's environment when it is created.

The specification: https://containers.dev/implementors/json_reference/.
"""

import json
from typing import Any

from parity.core.errors import ExportImpossible
from parity.core.export import losses
from parity.core.export.model import Exported, Subject
from parity.core.export.own_tool import MINORS, own_requirement, python_request, unpublished

_ARCHITECTURES = {"linux-64": "linux/amd64", "linux-aarch64": "linux/arm64"}
_ENVIRONMENT = "${containerWorkspaceFolder}/.venv"


def devcontainer(subject: Subject) -> Exported:
    """Return the file for one target. Raises ExportImpossible where that is no Linux with glibc."""
    platform = _ARCHITECTURES.get(subject.platform)
    if platform is None or not any(each.startswith("__glibc=") for each in subject.target.virtual_packages):
        raise ExportImpossible(
            f"the containers for development have Linux with glibc, and `{subject.target.name}` has not",
            hint="choose another target with `--target`, or lock for one more with `parity lock --target`",
        )
    data: dict[str, Any] = {
        "name": subject.name,
        "image": f"mcr.microsoft.com/devcontainers/python:{MINORS[0]}",
        "runArgs": [f"--platform={platform}"],
        "containerEnv": {"PARITY": own_requirement(subject), **dict(sorted(subject.lock.variables.items()))},
        "onCreateCommand": 'pipx install "$PARITY"',
        "updateContentCommand": f"{_python(subject)}parity sync --locked",
        "remoteEnv": {"PATH": f"{_ENVIRONMENT}/bin:${{containerEnv:PATH}}"},
        "customizations": {
            "vscode": {
                "extensions": ["ms-python.python"],
                "settings": {"python.defaultInterpreterPath": f"{_ENVIRONMENT}/bin/python"},
            }
        },
    }
    if any(each.startswith("__cuda=") for each in subject.target.virtual_packages):
        data["hostRequirements"] = {"gpu": True}
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    hint = "name where it is in `PARITY`, under `containerEnv`: the address of its wheel, or of a repository"
    return Exported(text=text, losses=(unpublished(hint), *losses.assumptions(subject)))


def _python(subject: Subject) -> str:
    """Return the command that brings the interpreter of the venv route, where the image may not have it."""
    if subject.lock.route != "venv":
        return ""
    return f"parity python install {python_request(subject.target.python)} && "
