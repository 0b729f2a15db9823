"""Questions to the real solver about the tests' channels, as short as a test wants them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import parity
from parity.core.conda.channels import AddressBook, read_book
from parity.core.conda.questions import CondaAnswer, CondaQuestion
from parity.core.manifests.match_spec import parse_match_spec
from parity.core.places import Place
from parity.core.spec import CondaRequirement
from parity.core.target import load_targets
from parity.engines.conda.gateways import Gateways
from parity.engines.conda.solve import RattlerSolver
from tests.support.conda.channel import Channels

_DATA = Path(parity.__file__).parent / "data"


def book_of(alias: str) -> AddressBook:
    """Return the shipped address book with everything below one alias, `pkgs/main` too."""
    book = read_book((_DATA / "channels.toml").read_text(encoding="utf-8"))
    return replace(book, alias=alias, custom={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """The real solver with channels and a cache of its own. `target` is the one of this machine unless said."""

    channels: Channels
    cache: Path
    book: AddressBook = field(default_factory=lambda: book_of("file:///nowhere"))
    offline: bool = False

    def ask(
        self, *specs: str, channels: Sequence[str] = ("conda-forge",), target: str = "", **more: Any
    ) -> CondaAnswer:
        """Return the answer for some MatchSpecs."""
        return self.solver().solve(self.question(*specs, channels=channels, target=target, **more))

    def solver(self) -> RattlerSolver:
        """Return the solver."""
        return RattlerSolver(gateways=Gateways(cache=self.cache, offline=self.offline))

    def question(self, *specs: str, channels: Sequence[str], target: str = "", **more: Any) -> CondaQuestion:
        """Return the question that these specs are."""
        targets = load_targets((_DATA / "targets.toml").read_text(encoding="utf-8"))
        return CondaQuestion(
            target=targets.named(target or self.channels.subdir),
            requirements=tuple(_requirement(spec, number) for number, spec in enumerate(specs)),
            channels=self.book.channels(channels),
            **more,
        )

    def versions(self, *specs: str, **more: Any) -> dict[str, str]:
        """Return the versions that answer, by name."""
        return {package.name: package.version for package in self.ask(*specs, **more).packages}


def _requirement(spec: str, number: int) -> CondaRequirement:
    return parse_match_spec(spec, Place(file="environment.yml", key=f"dependencies[{number}]"))
