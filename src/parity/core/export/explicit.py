"""`@EXPLICIT`: the addresses of conda packages, one a line, each with its SHA-256 (CEP 23).

Read by conda from 24.9 on, micromamba and rattler; `#sha256:` is the one spelling that all of them know.
"""

from parity.core.conda.prefix_records import in_order
from parity.core.errors import ExportImpossible
from parity.core.export import losses
from parity.core.export.model import Exported, Subject
from parity.core.findings import Finding

MARKER = "@EXPLICIT"


def explicit(subject: Subject) -> Exported:
    """Return the conda packages of a target, each behind what it depends on.

    Raises ExportImpossible for an environment of the venv route, ChannelInvalid.
    """
    if subject.lock.route != "conda":
        raise ExportImpossible(
            "`explicit` names conda packages, and this environment has none: its route is `venv`",
            hint="use `--format requirements.txt` or `--format environment.yml`",
        )
    packages = in_order(subject.conda)
    lines = [f"# platform: {subject.platform}", MARKER]
    lines += [f"{subject.address_of(package)}#sha256:{package.sha256}" for package in packages]
    return Exported(text="".join(f"{line}\n" for line in lines), losses=tuple(_lost(subject)))


def _lost(subject: Subject) -> list[Finding]:
    found = [losses.wheels(subject.wheels)] if subject.wheels else []
    if subject.lock.variables:
        found.append(losses.variables(subject.lock.variables))
    local = [package.channel for package in subject.conda if subject.address_of(package).startswith("file:")]
    found += map(losses.local_channel, dict.fromkeys(local))
    return [*found, *losses.requests(subject), *losses.assumptions(subject)]
