"""Requirements as rattler is told them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rattler import MatchSpec
from rattler.exceptions import InvalidMatchSpecError

from parity.core.conda.channels import Channel
from parity.core.errors import Fault, ManifestError
from parity.core.spec import CondaRequirement


def specs_of(requirements: Iterable[CondaRequirement], channels: Sequence[Channel]) -> list[MatchSpec]:
    """Return requirements as rattler has them. Raises ManifestError for all that it does not understand."""
    specs: list[MatchSpec] = []
    faults: list[Fault] = []
    for requirement in requirements:
        try:
            specs.append(MatchSpec(addressed(requirement, channels).to_text()))
        except InvalidMatchSpecError as error:
            message = f"`{requirement.to_text()}` is not understood by the solver: {error}"
            hint = "write a version or a range without patterns in its middle"
            faults.append(Fault(place=requirement.place, message=message, hint=hint))
    if faults:
        raise ManifestError(faults)
    return specs


def addressed(requirement: CondaRequirement, channels: Sequence[Channel]) -> CondaRequirement:
    """Put a channel's address in the place of its name, which rattler would look for below an alias of its own."""
    channel = next((each for each in channels if each.name == requirement.channel), None)
    if channel is None or channel.is_group:
        return requirement
    return replace(requirement, channel=channel.sources[0].address)
