"""`platforms:` of an `environment.yml` → the targets that are locked where nobody names any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.errors import Fault, ManifestError

if TYPE_CHECKING:
    from parity.core.spec import Spec
    from parity.core.target import Targets


def declared(spec: Spec, targets: Targets) -> tuple[str, ...]:
    """Return the target of each platform that the manifests name and a target is called after; none for none.

    Raises ManifestError with the places where they name platforms, and there is a target for none of them.
    """
    known = tuple(platform.name for platform in spec.platforms if platform.name in targets.plain)
    if known:
        return known
    faults = [
        Fault(
            place=platform.place,
            message=f"parity has no target for `{platform.name}`",
            hint="take it out, or name targets with `--target`, which wins over `platforms`",
        )
        for platform in spec.platforms
    ]
    if faults:
        raise ManifestError(faults)
    return ()
