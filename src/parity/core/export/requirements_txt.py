"""`requirements.txt`: distributions with their hashes, for pip and uv."""

from parity.core.errors import ExportImpossible
from parity.core.export import losses
from parity.core.export.model import Exported, Subject
from parity.core.export.pip_lines import pip_lines


def requirements_txt(subject: Subject) -> Exported:
    """Return what comes from indexes, addresses and folders. Raises ExportImpossible where nothing does."""
    if subject.conda and not subject.wheels:
        raise ExportImpossible(
            "`requirements.txt` names distributions of an index, and this environment has conda packages only",
            hint="use `--format environment.yml` or `--format explicit`",
        )
    lines = pip_lines(subject)
    found = [*lines.losses]
    if subject.conda:
        found.append(losses.conda_packages(subject.conda))
    elif subject.target.python.version:
        found.append(losses.interpreter(subject.target.python))
    if subject.lock.variables:
        found.append(losses.variables(subject.lock.variables))
    text = "".join(f"{line}\n" for line in [f"# for {subject.target.name}", *lines.options, *lines.requirements])
    return Exported(text=text, losses=(*found, *losses.requests(subject), *losses.assumptions(subject)))
