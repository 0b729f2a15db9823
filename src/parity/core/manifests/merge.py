"""One spec out of everything that the manifests of a project say."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from itertools import chain
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from parity.core.dataclass import dataclass
from parity.core.errors import ExtraUnknown, Fault, GroupUnknown, ManifestError, UserError
from parity.core.manifests.index_merging import merge_indexes
from parity.core.manifests.parsed import Parsed
from parity.core.manifests.python_agreement import Agreement, agree
from parity.core.places import Place
from parity.core.spec import Project, Settings, Spec, WheelRequirement, canonical
from parity.core.spelling import known_ones

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from parity.core.manifests.environment_yml import Environment
    from parity.core.manifests.explicit import ExplicitList
    from parity.core.manifests.pyproject_toml import Pyproject
    from parity.core.manifests.requirements_txt import RequirementsFile
    from parity.core.python_request import PythonRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Parsed):
    """What one manifest says, whatever its format, under the name of its file."""

    file: str


def part_of(file: str, parsed: RequirementsFile | Environment | ExplicitList | Pyproject) -> Part:
    """Return what a parsed manifest says, under the name of its file."""
    names = {each.name for each in fields(Part)} & {each.name for each in fields(parsed)}
    said: dict[str, Any] = {name: getattr(parsed, name) for name in names}
    return Part(file=file, **said)


def content_digest(content: Any) -> str:
    """Return the digest of parsed content: that of its JSON with sorted keys, no blanks and ASCII only."""
    text = json.dumps(canonical(content), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return f"sha256:{hashlib.sha256(text.encode('ascii')).hexdigest()}"


def build_spec(
    parts: Sequence[Part],
    *,
    pins: Sequence[PythonRequest] = (),
    settings: Settings | None = None,
    project: Project | None = None,
    groups: Sequence[str] | None = None,
    extras: Sequence[str] | None = None,
) -> Spec:
    """Join the parts, in the order of precedence, with the pins of `.python-version`.

    A part may be there for its content alone (`.python-version`, a `pyproject.toml` that only settles things).
    `groups` and `extras` that are not None win over those of the settings. Raises ManifestError with the faults of
    all parts together, contradicting Python versions among them; GroupUnknown and ExtraUnknown.
    """
    settings = settings or Settings()
    faults = [fault for part in parts for fault in part.faults]
    said = [(part.file, index) for part in parts for index in part.indexes]
    indexes, clashes = merge_indexes(settings.indexes, said)
    agreement, contradictions = _agreement(pins, parts)
    if faults := list(dict.fromkeys([*faults, *clashes, *contradictions])):
        raise ManifestError(faults)
    chosen_groups = _chosen(groups, settings.groups, chain(*(part.groups for part in parts)), GroupUnknown)
    chosen_extras = _chosen(extras, settings.extras, chain(*(part.extras for part in parts)), ExtraUnknown)
    selected = {"", *chosen_groups, *(f"extra:{extra}" for extra in chosen_extras)}
    return Spec(
        manifests=dict(sorted((part.file, content_digest(part.content)) for part in parts)),
        python=agreement.requests,
        wheels=_sorted(wheel for part in parts for wheel in part.wheels if wheel.group in selected),
        constraints=_sorted(wheel for part in parts for wheel in part.constraints),
        conda=tuple(chain(*(part.conda for part in parts))),
        channels=tuple(dict.fromkeys(chain(*(part.channels for part in parts)))),
        indexes=indexes,
        prereleases=any(part.prereleases for part in parts),
        no_binary=tuple(sorted({name for part in parts for name in part.no_binary})),
        only_binary=tuple(sorted({name for part in parts for name in part.only_binary})),
        variables={name: value for part in reversed(parts) for name, value in part.variables.items()},
        platforms=tuple({each.name: each for part in parts for each in part.platforms}.values()),
        name=next((part.name for part in parts if part.name), ""),
        project=project,
        groups=chosen_groups,
        extras=chosen_extras,
        settings=settings,
        findings=(*chain(*(part.findings for part in parts)), *agreement.findings),
    )


def _agreement(pins: Sequence[PythonRequest], parts: Sequence[Part]) -> tuple[Agreement, Sequence[Fault]]:
    try:
        return agree(pins, [want for part in parts for want in part.python]), ()
    except ManifestError as error:
        return Agreement(), error.faults


def _chosen(
    given: Sequence[str] | None, settled: Sequence[str], known: Iterable[str], error: type[UserError]
) -> tuple[str, ...]:
    chosen = sorted({canonicalize_name(name) for name in (settled if given is None else given)})
    names = set(known)
    what = "groups" if error is GroupUnknown else "extras"
    for name in chosen:
        if name not in names:
            place = Place(file="pyproject.toml", key=f"tool.parity.{what}") if given is None else None
            hint = known_ones(name, names)
            raise error(f"the manifests define no {what.removesuffix('s')} `{name}`", hint=hint, place=place)
    return tuple(chosen)


def _sorted(requirements: Iterable[WheelRequirement]) -> tuple[WheelRequirement, ...]:
    return tuple(sorted(requirements, key=lambda one: (one.name, one.group, one.to_text(), one.index, one.hashes)))
