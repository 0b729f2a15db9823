"""The indexes that have builds for accelerators: those that parity knows, a project names, or a machine has near it."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from parity.core.places import Place
from parity.core.spec import AcceleratorSettings, Index

_FAMILY = "pytorch"
#: The variable with which a machine says where indexes of accelerators are.
VARIABLE = "PARITY_ACCELERATOR_INDEXES"


def read_indexes(text: str, settings: AcceleratorSettings, machine: Mapping[str, str]) -> tuple[Index, ...]:
    """Return what is known (the data file of accelerators, ours, TOML) under what a project and a machine say.

    `machine` are addresses of indexes by accelerator, which come before those of the project.
    """
    data = tomllib.loads(text)["builds"]
    said = {name: Index(name=name, url=url, place=Place(file=VARIABLE)) for name, url in machine.items()}
    named = {**settings.indexes, **said}
    backends = dict.fromkeys([*data["backends"], *named])
    return tuple(
        replace(
            named.get(backend) or Index(name=backend, url=data["address"].format(backend=backend)),
            name=f"{_FAMILY}-{backend}",
            explicit=True,
        )
        for backend in backends
    )


def beside(indexes: Sequence[Index], known: Iterable[Index]) -> tuple[Index, ...]:
    """Return indexes with those of accelerators behind them; what is called the same is the project's."""
    names = {index.name for index in indexes}
    return (*indexes, *(index for index in known if index.name not in names))


def addresses_in(text: str) -> dict[str, str]:
    """Return the addresses of a variable, by accelerator: `cu126=https://… cpu=https://…`."""
    pairs = (word.partition("=") for word in text.split())
    return {name: address for name, found, address in pairs if found and address}
