"""What the channels lack of that which is asked for, said so that the user can find it."""

from collections.abc import Iterable

from parity.core.conda.failures import shown
from parity.core.dataclass import dataclass
from parity.core.errors import Fault
from parity.core.spec import CondaRequirement
from parity.core.spelling import did_you_mean

_MOST_VERSIONS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the channels have for one requirement.

    `asked` are the names of the channels that count for it, `having` those that have a package of its name, and
    `answering` those that have one which answers it. `versions` are what there is of the name, the newest first;
    `known` are all names of the channels that count; nobody needs them where one of these has it.
    """

    requirement: CondaRequirement
    asked: tuple[str, ...]
    having: tuple[str, ...] = ()
    answering: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()
    platform: str = ""
    strict: bool = True

    @property
    def is_hidden(self) -> bool:
        """Whether what answers is in a channel behind one that has the name too."""
        return self.strict and bool(self.answering) and self.answering[0] != self.having[0]

    @property
    def is_lacking(self) -> bool:
        """Whether nothing that may be taken answers."""
        return not self.answering or self.is_hidden


def missing(offers: Iterable[Offer]) -> list[Fault]:
    """Return a fault for each requirement that nothing answers, in their order."""
    return [_fault(offer) for offer in offers if offer.is_lacking]


def _fault(offer: Offer) -> Fault:
    requirement = offer.requirement
    name, text = requirement.name, shown(requirement)
    if not offer.asked:
        message, hint = f"the channel `{requirement.channel}` of `{text}` is not one that is read", "add the channel"
    elif not offer.having:
        message = f"`{name}` is not in {_listed(offer.asked)} for {offer.platform}"
        hint = did_you_mean(name, offer.known, like=0.75)
    elif offer.is_hidden:
        first, other = offer.having[0], offer.answering[0]
        message = f"`{text}` is in `{other}` only, and `{first}`, which comes first, has a `{name}` too"
        hint = f"write `{other}::{name}`, change the order of the channels, or set `channel-priority` to `disabled`"
    else:
        message = f"nothing in {_listed(offer.having)} answers `{text}`{_hashed(requirement)} for {offer.platform}"
        there = ", ".join(f"`{version}`" for version in offer.versions[:_MOST_VERSIONS])
        more = ", …" if len(offer.versions) > _MOST_VERSIONS else ""
        hint = f"there is {there}{more}" if there else ""
    return Fault(place=requirement.place, message=message, hint=hint)


def _hashed(requirement: CondaRequirement) -> str:
    """Return the hash that is asked for too, which may be all that nothing answers."""
    return "".join(f" with {key.upper()} `{value}`" for key, value in requirement.others if key in {"md5", "sha256"})


def _listed(names: Iterable[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)
