"""How bringing conda and PyPI together says no; core/errors.py has the whole tree."""

from collections.abc import Sequence

from parity.core.errors import UserError


class AgreementImpossible(UserError):
    """conda's packages and an index's distributions cannot be had together, whichever versions are taken."""

    code = "agreement-impossible"


class DistributionTwice(UserError):
    """A conda package turned out to bring a distribution that the lock takes from an index as well."""

    code = "distribution-twice"

    def __init__(self, package: str, distributions: Sequence[str]) -> None:
        listed = " and ".join(f"`{name}`" for name in distributions)
        super().__init__(
            f"conda's package `{package}` brings {listed}, which the lock takes from an index as well",
            hint=f"this is known now: `parity lock --upgrade {' '.join(distributions)}` takes each once",
        )
        self.distributions = tuple(distributions)


class NegotiationStopped(UserError):
    """conda and PyPI were not brought together in the rounds that there are; whether they can be is not known."""

    code = "negotiation-stopped"
