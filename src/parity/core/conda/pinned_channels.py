"""Requirements that name where they are to come from: `channel::name`, and the address of a package's file."""

from collections.abc import Sequence
from dataclasses import replace

from parity.core.conda.channels import AddressBook, Channel
from parity.core.spec import CondaRequirement


def in_channel(
    requirement: CondaRequirement, channels: Sequence[Channel], book: AddressBook
) -> tuple[CondaRequirement, Channel | None]:
    """Return a requirement with its channel by the name that a lock has for it, and that channel; None where any does.

    A channel of the manifest is known by any of its addresses. The address of a file is the package of that version and
    build in the channel around it: the channel's repodata has the hash, which the address need not. Raises
    ChannelInvalid.
    """
    requirement = _by_file(requirement)
    if not requirement.channel:
        return requirement, None
    asked = book.channel(requirement.channel)
    addresses = [source.address for source in asked.sources]
    same = (each for each in channels if [source.address for source in each.sources] == addresses)
    channel = next(same, asked)
    return replace(requirement, channel=channel.name), channel


def _by_file(requirement: CondaRequirement) -> CondaRequirement:
    url = dict(requirement.others).get("url", "")
    if not url:
        return requirement
    folder, _, subdir = url.rpartition("/")[0].rpartition("/")
    if "://" not in folder and not folder.startswith(("/", ".", "~")):
        folder = f"./{folder}"
    others = tuple((key, value) for key, value in requirement.others if key != "url")
    return replace(requirement, channel=folder, subdir=subdir, others=others)
