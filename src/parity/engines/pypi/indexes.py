"""The indexes of one resolution: what uv is told of them, and by which name a lock knows them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from parity.core.addresses import comparable
from parity.core.dataclass import dataclass
from parity.core.errors import PathMissing
from parity.core.spec import Index

DEFAULT = "default"
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")


def expanded(text: str, environ: Mapping[str, str]) -> str:
    """Return a text with `${NAME}` replaced as pip does it: what is not set stays as it is."""
    return _VARIABLE.sub(lambda match: environ.get(match[1], match[0]), text)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSettings:
    """The indexes of one resolution: those of the manifests, and before them those of the machine.

    The machine's come first because a mirror is a fact of the machine; a lock does not say where its files were found.
    """

    indexes: Sequence[Index]
    environ: Mapping[str, str]
    root: Path

    def environment(self) -> dict[str, str]:
        """Return the variables that tell uv of them. Not by flags: anybody can read those of a running program."""
        told: dict[str, str] = {}
        serving = [index for index in self.indexes if not index.explicit]
        flat = [index for index in serving if self.is_flat(index)]
        plain = [index for index in serving if index not in flat]
        default = next((index for index in plain if index.default and index.url), None)
        if default and not (self.environ.get("UV_DEFAULT_INDEX") or self.environ.get("UV_INDEX_URL")):
            told["UV_DEFAULT_INDEX"] = self.address(default)
        if alone := next((index for index in flat if index.default), None):
            told["UV_DEFAULT_INDEX"] = self.address(alone)  # there is nothing by the name of a distribution
        others = [f"{index.name}={self.address(index)}" for index in plain if not index.default]
        if others:
            told["UV_INDEX"] = " ".join([*self.environ.get("UV_INDEX", "").split(), *others])
        if flat:
            folders = [*filter(None, [self.environ.get("UV_FIND_LINKS", "")]), *map(self.address, flat)]
            told["UV_FIND_LINKS"] = ",".join(folders)
        return told

    def is_flat(self, index: Index) -> bool:
        """Say whether files lie in an index one beside the other: it says so, or is a folder in which they do.

        Raises PathMissing for a folder that is not there.
        """
        folder = self._folder(index)
        if folder is None:
            return index.flat
        if not folder.is_dir():
            raise PathMissing(
                f"there is no folder `{index.url}` for the index `{index.name}`",
                hint="a folder is relative to the project; name one that is there, or an address",
                place=index.place,
            )
        return index.flat or any(path.name.endswith((".whl", ".tar.gz")) for path in folder.iterdir())

    def _folder(self, index: Index) -> Path | None:
        address = urlsplit(self.address(index)) if index.url else urlsplit("none:")
        return Path(unquote(address.path)) if address.scheme == "file" else None

    def serving(self, names: Iterable[str]) -> "IndexSettings":
        """Return the settings for what is locked: of the indexes that serve only what names them, those that are."""
        named = set(names)
        there = [index for index in self.indexes if not index.explicit or index.name in named]
        return replace(self, indexes=[replace(index, explicit=False) for index in there])

    def flags(self) -> list[str]:
        """Return what uv must be told by flags, having no variable for it: that there is no index at all."""
        return ["--no-index"] if any(index.default and not index.url for index in self.indexes) else []

    def address(self, index: Index) -> str:
        """Return where an index is: variables filled in, a folder made absolute."""
        url = expanded(index.url, self.environ)
        return url if "://" in url else (self.root / url).resolve().as_uri()

    def name_of(self, url: str) -> str:
        """Return the name by which a lock knows the index at an address."""
        names = {comparable(self.address(index)): index.name for index in self.indexes if index.url}
        for entry in self.environ.get("UV_INDEX", "").split():
            name, found, address = entry.partition("=")
            if found and "/" not in name:
                names.setdefault(comparable(address), name)
        return names.get(comparable(url), DEFAULT)
