"""Distributions of the indexes that parity is set up with, looked at directly: pages, and metadata, which never change.

Which index counts follows uv: the first that has a name, those of `UV_INDEX` before the default one.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, unquote, urlsplit

from packaging.utils import canonicalize_name

from parity.core.dataclass import dataclass
from parity.core.errors import NetworkFailed
from parity.core.negotiation.joint import Metadata, PublishedFile
from parity.core.resolution import Question
from parity.core.spec import WheelRequirement
from parity.engines.pypi.core_metadata import from_text, read_metadata, read_project, to_text
from parity.engines.pypi.indexes import DEFAULT, IndexSettings, expanded
from parity.engines.pypi.pages import ACCEPT, read_folder, read_page
from parity.engines.pypi.uv import Uv
from parity.engines.system.files import read_text, write_atomic
from parity.engines.system.http import Http, Response

_Thing = TypeVar("_Thing")
_Found = TypeVar("_Found")

_THREADS = 16
_FRESH_SECONDS = 600.0  # as long as uv believes a page


@dataclass(frozen=True, slots=True)
class _Place:
    """Where files are: an index, or a page or folder of links (`flat`)."""

    name: str
    address: str
    flat: bool = False
    explicit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexShelf:
    """A shelf (core/ports.py). `root` is the project, `cache` a folder of parity's own, `question` says what counts."""

    uv: Uv
    http: Http
    root: Path
    cache: Path
    question: Question

    def files(self, names: Sequence[str]) -> Mapping[str, Sequence[PublishedFile]]:
        """Return the files of each distribution; none where no index has it. Raises NetworkFailed."""
        places = self._places(names)
        return dict(zip(names, _each(lambda name: self._files(name, places), names), strict=True))

    def metadata(self, files: Sequence[PublishedFile]) -> Sequence[Metadata]:
        """Return what files say of themselves, in their order. Raises NetworkFailed."""
        return _each(self._metadata, files)

    def given(self, requirement: WheelRequirement) -> Metadata:
        """Return what a folder or an address that the user gave says of itself, as far as that is written down.

        Raises NetworkFailed.
        """
        url = expanded(requirement.url, self.uv.environ)
        address = url or (self.root / requirement.path).resolve().as_uri()
        path = unquote(urlsplit(address).path)
        if path.endswith(".whl"):
            return self._metadata(PublishedFile(name=path.rsplit("/", 1)[-1], address=address.partition("#")[0]))
        return read_project(self.root / requirement.path) if requirement.path else Metadata()

    def _files(self, name: str, places: Sequence[_Place]) -> list[PublishedFile]:
        bound = {each.index for each in self.question.requirements if each.name == name and each.index}
        counting = [each for each in places if (each.name in bound if bound else not each.explicit)]
        found = [file for place in counting if place.flat for file in self._listed(place, "", name)]
        for place in counting:
            if not place.flat and (listed := self._listed(place, f"{quote(name)}/", name)):
                return [*found, *listed]
        return found

    def _listed(self, place: _Place, path: str, name: str) -> list[PublishedFile]:
        if place.address.startswith("file:") and place.flat:
            folder = Path(unquote(urlsplit(place.address).path))
            listed = read_folder(folder, index=place.name) if folder.is_dir() else []
        else:
            page = self._page(f"{place.address.rstrip('/')}/{path}", refresh={"*", name} & {*self.question.refresh})
            listed = read_page(page, index=place.name, before=self.question.exclude_newer) if page else []
        stem = f"{name.replace('-', '_')}-"
        return [file for file in listed if not place.flat or _stem(file.name).startswith(stem)]

    def _page(self, address: str, *, refresh: Iterable[str]) -> Response | None:
        """Return a page, out of the cache while it is fresh, or offline."""
        kept = self.cache / "pages" / sha256(address.encode()).hexdigest()
        body, kind = kept.with_suffix(".body"), read_text(kept.with_suffix(".kind")) or ""
        known = body.is_file()
        if known and (self.uv.offline or (not refresh and time.time() - body.stat().st_mtime < _FRESH_SECONDS)):
            return Response(status=200, headers={"content-type": kind}, content=body.read_bytes(), address=address)
        if self.uv.offline:
            raise NetworkFailed(f"`{address}` is not in the cache", hint="run it once without `--offline`")
        page = self.http.get(address, {"Accept": ACCEPT})
        if page:
            kept.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(kept.with_suffix(".kind"), page.headers.get("content-type", ""))
            _replace(body, page.content)
        return page

    def _metadata(self, file: PublishedFile) -> Metadata:
        digest = file.sha256 or sha256(f"{file.address} {file.size}".encode()).hexdigest()
        kept = self.cache / "metadata" / digest
        text = read_text(kept)
        if text:
            return from_text(text)
        if self.uv.offline and not file.address.startswith("file:"):
            raise NetworkFailed(f"the metadata of `{file.name}` is not in the cache", hint="run it without `--offline`")
        found = read_metadata(self.http, file)
        if file.sha256:
            kept.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(kept, to_text(found))
        return found

    def _places(self, names: Sequence[str]) -> list[_Place]:
        """Return the places in the order in which uv asks them."""
        settings = IndexSettings(indexes=self.question.indexes, environ=self.uv.environ, root=self.root)
        told = {**self.uv.environ, **settings.environment()}
        flat = [_Place(DEFAULT, self._located(each), flat=True) for each in _words(told, "UV_FIND_LINKS", ",")]
        named = {each.index for each in self.question.requirements}
        explicit = [each for each in self.question.indexes if each.explicit and each.url and each.name in named]
        places = [
            *flat,
            *(_Place(each.name, settings.address(each), settings.is_flat(each), explicit=True) for each in explicit),
        ]
        if settings.flags() or any(each.default and settings.is_flat(each) for each in self.question.indexes):
            return places
        others = [_named(each, told) for each in [*_words(told, "UV_INDEX"), *_words(told, "UV_EXTRA_INDEX_URL")]]
        default = told.get("UV_DEFAULT_INDEX") or told.get("UV_INDEX_URL") or self._default(names)
        name, address = _named(default, told)
        return [*places, *(_Place(*each) for each in others), *([_Place(name or DEFAULT, address)] if address else [])]

    def _located(self, text: str) -> str:
        return text if "://" in text else (self.root / text).resolve().as_uri()

    def _default(self, names: Sequence[str]) -> str:
        """Return the address of uv's own default index, which uv tells beside an answer."""
        kept = self.cache / f"default-index-{self.uv.version()}"
        if known := read_text(kept):
            return known
        for name in names:
            asked = ["pip", "compile", "-", "--no-deps", "--quiet", "--no-header", "--emit-index-annotation"]
            said = self.uv.call(asked, text=f"{name}\n").stdout
            for line in said.splitlines():
                if line.strip().startswith("# from "):
                    kept.parent.mkdir(parents=True, exist_ok=True)
                    write_atomic(kept, address := line.strip().removeprefix("# from "))
                    return address
        return ""


def shelf_of(uv: Uv, root: Path, question: Question) -> IndexShelf:
    """Return the shelf of the indexes that a question is about; its cache is beside uv's."""
    return IndexShelf(
        uv=uv, http=Http(environ=uv.environ), root=root, cache=uv.cache.with_name("indexes"), question=question
    )


def _each(function: Callable[[_Thing], _Found], things: Iterable[_Thing]) -> list[_Found]:
    with ThreadPoolExecutor(_THREADS) as threads:
        return [*threads.map(function, things)]


def _words(told: Mapping[str, str], name: str, apart: str | None = None) -> list[str]:
    return [word.strip() for word in told.get(name, "").split(apart) if word.strip()]


def _named(text: str, told: Mapping[str, str]) -> tuple[str, str]:
    """Return the name and the address of an index, with the credentials that its variables hold."""
    name, found, address = text.partition("=")
    if not found or "/" in name:
        return DEFAULT, text
    variable = f"UV_INDEX_{''.join(each if each.isalnum() else '_' for each in name).upper()}"
    user, password = told.get(f"{variable}_USERNAME", ""), told.get(f"{variable}_PASSWORD", "")
    if user or password:
        parts = urlsplit(address)
        secret = f"{quote(user, safe='')}:{quote(password, safe='')}@"
        address = parts._replace(netloc=f"{secret}{parts.netloc.rpartition('@')[2]}").geturl()
    return name, address


def _stem(file: str) -> str:
    head, _, rest = file.partition("-")
    return f"{canonicalize_name(head).replace('-', '_')}-{rest}"


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_suffix(".new")
    temporary.write_bytes(content)
    temporary.replace(path)
