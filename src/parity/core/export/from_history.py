"""`environment.yml` with what was asked for, and nothing that came along: the manifests' own channels and pins."""

from collections.abc import Iterable

from parity.core.addresses import kept
from parity.core.conda.channels import without_secrets
from parity.core.conda.pythons import with_python
from parity.core.export import losses
from parity.core.export.conda_specs import spec_text
from parity.core.export.environment_yml import document
from parity.core.export.model import Exported, Subject
from parity.core.export.pip_lines import index_options
from parity.core.findings import Finding
from parity.core.spec import WheelRequirement


def from_history(subject: Subject) -> Exported:
    """Return what the manifests ask for on a target; of the lock only the environment's variables are taken."""
    spec = subject.spec
    channels = [without_secrets(each) if "://" in each else each for each in spec.channels]
    wheels = [wheel for wheel in spec.wheels if subject.own_package or wheel.path != "." or not spec.project]
    options = [*index_options(subject), *(["--pre"] if spec.prereleases else [])]
    options += [f"{flag} {name}" for flag, name in _binaries(subject)]
    text = document(
        subject,
        channels=channels,
        conda=[spec_text(requirement) for requirement in with_python(spec)],
        pip=[*options, *(_line(subject, wheel) for wheel in wheels)] if wheels else [],
    )
    return Exported(text=text, losses=tuple(_lost(subject, channels, wheels)))


def _binaries(subject: Subject) -> list[tuple[str, str]]:
    spec = subject.spec
    return [
        *(("--no-binary", name) for name in spec.no_binary),
        *(("--only-binary", name) for name in spec.only_binary),
    ]


def _line(subject: Subject, wheel: WheelRequirement) -> str:
    """Return a requirement as it was asked for; with the hashes that were given, and a repository's revision."""
    marker = f" ; {wheel.marker}" if wheel.marker else ""
    hashes = "".join(f" --hash={value}" for value in wheel.hashes)
    extras = f"[{','.join(wheel.extras)}]" if wheel.extras else ""
    if wheel.path:
        return f"{'-e ' if wheel.editable else ''}{subject.placed(wheel.path)}{extras}{marker}"
    if wheel.url:
        named = f"{wheel.name}{extras} @ " if wheel.name else ""
        return f"{named}{kept(wheel.url)}{marker}{hashes}"
    return f"{wheel.name}{extras}{wheel.specifier}{marker}{hashes}"


def _lost(subject: Subject, channels: Iterable[str], wheels: Iterable[WheelRequirement]) -> list[Finding]:
    spec = subject.spec
    wheels = list(wheels)
    found = [losses.credentials(kept) for kept, given in zip(channels, spec.channels, strict=True) if _cut(kept, given)]
    found += [losses.credentials(kept(index.url)) for index in spec.indexes if _cut(kept(index.url), index.url)]
    found += [losses.credentials(kept(wheel.url)) for wheel in wheels if _cut(kept(wheel.url), wheel.url)]
    found += [losses.local_path(wheel.name or wheel.path, wheel.path) for wheel in wheels if wheel.path]
    bound = [wheel.name for wheel in wheels if wheel.index]
    found += [losses.bound_requirements(bound)] if bound else []
    found += [losses.constraints(len(spec.constraints))] if spec.constraints else []
    return [*found, *losses.assumptions(subject)]


def _cut(left: str, given: str) -> bool:
    return left.rstrip("/") != given.rstrip("/")
