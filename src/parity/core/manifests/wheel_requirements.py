"""One requirement, as PEP 508 has it or as pip adds to it: a name, an address, a repository, a folder, a file."""

import posixpath
import re
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from packaging.markers import InvalidMarker, Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidName, InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from parity.core.errors import Fault, ManifestError
from parity.core.places import Place
from parity.core.spec import WheelRequirement

ARCHIVES = (".whl", ".tar.gz", ".tgz", ".zip", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tar")
HASH_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}
_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://|file:", re.IGNORECASE)
_NAMED_ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\s*(\[[^\]]*\])?\s*@")
_MARKER_BREAK = re.compile(r"\s+;\s*|;\s+")
_EXTRAS = re.compile(r"(?P<body>.*?)\s*(?:\[(?P<extras>[^\[\]]*)\])?", re.DOTALL)
_CREDENTIALS = re.compile(r"//[^/@\s]+@")
_SCHEMES = {"http", "https", "file", "git", "git+https", "git+http", "git+ssh", "git+file", "git+git"}


def relative_path(path: str, base: str) -> str:
    """Return a path that stands in a file of folder `base`, relative to the project: `.`, `./lib` or `../lib`.

    Absolute paths, `~` and paths that begin with a variable (`${HOME}/lib`) stay as they are.
    """
    if path.startswith(("/", "~", "${")):
        return path
    joined = posixpath.normpath(posixpath.join(base, path))
    return joined if joined == "." or joined.startswith(("/", "..")) else f"./{joined}"


def is_address(text: str) -> bool:
    """Say whether a text is an address (`https://…`, `file:…`) and not a path."""
    return _ADDRESS.match(text) is not None


def parse_requirement(
    text: str,
    place: Place,
    *,
    locate: Callable[[str], str],
    editable: bool = False,
    group: str = "",
    hashes: tuple[str, ...] = (),
) -> WheelRequirement:
    """Take one requirement apart: PEP 508, or pip's bare paths and addresses (`#egg=` names them).

    `locate` turns a path as it was written into one relative to the project. What follows `-e` is a path unless it
    is an address. Raises ManifestError with one fault where the text is none of these.
    """
    text = text.strip()
    draft = WheelRequirement(name="", place=place, editable=editable, group=group, hashes=hashes)
    reader = _Reader(draft=draft, locate=locate, text=text)
    if not _NAMED_ADDRESS.match(text):
        if _ADDRESS.match(text):
            return reader.address()
        if editable or _looks_like_path(text):
            return reader.path()
    return reader.named()


def _looks_like_path(text: str) -> bool:
    body = re.split(r"[;\[]", text, maxsplit=1)[0].strip()
    return body.startswith((".", "/", "~")) or "/" in body or body.lower().endswith(ARCHIVES)


class _Reader:
    """Reads one text; every error knows the place and the whole text."""

    def __init__(self, *, draft: WheelRequirement, locate: Callable[[str], str], text: str) -> None:
        self.draft = draft
        self.locate = locate
        self.text = text

    def fault(self, reason: str, hint: str) -> ManifestError:
        shown = _CREDENTIALS.sub("//…@", self.text)
        message = f"`{shown}` is not a requirement: {reason}"
        return ManifestError([Fault(place=self.draft.place, message=message, hint=hint)])

    def named(self) -> WheelRequirement:
        try:
            parsed = Requirement(self.text)
        except InvalidRequirement as error:
            raise self.fault(_first_line(error), _hint(self.text)) from None
        marker = str(parsed.marker) if parsed.marker else ""
        if parsed.url:
            return self._addressed(parsed.url, name=parsed.name, extras=tuple(parsed.extras), marker=marker)
        return self._with(name=parsed.name, extras=tuple(parsed.extras), marker=marker, specifier=str(parsed.specifier))

    def address(self) -> WheelRequirement:
        body, marker = self._split_marker()
        matched = _EXTRAS.fullmatch(body)
        extras = self._extras(matched["extras"]) if matched else ()
        # brackets inside an address belong to it; after a fragment they are pip's extras
        if matched and matched["extras"] is not None and "#" not in matched["body"]:
            return self._addressed(matched["body"], extras=extras, marker=marker)
        return self._addressed(body, marker=marker)

    def path(self) -> WheelRequirement:
        body, marker = self._split_marker()
        body, _, fragment = body.partition("#")
        matched = _EXTRAS.fullmatch(body.strip().strip("\"'"))
        if not matched or not matched["body"]:
            raise self.fault("a path was expected", "write a folder such as `./lib`")
        name, extras = self._egg(_pairs(fragment))
        extras = extras or self._extras(matched["extras"])
        return self._located(matched["body"], name=name, extras=extras, marker=marker)

    def _split_marker(self) -> tuple[str, str]:
        parts = _MARKER_BREAK.split(self.text, maxsplit=1)
        if len(parts) == 1:
            return self.text, ""
        try:
            return parts[0], str(Marker(parts[1]))
        except InvalidMarker as error:
            raise self.fault(_first_line(error), "write a marker such as `; python_version < '3.12'`") from None

    def _extras(self, text: str | None) -> tuple[str, ...]:
        extras = tuple(part.strip() for part in (text or "").split(",") if part.strip())
        for extra in extras:
            self._name(extra)
        return extras

    def _name(self, text: str) -> str:
        try:
            return canonicalize_name(text, validate=True)
        except InvalidName:
            raise self.fault(f"`{text}` is not a name", "names are letters, digits, `-`, `_` and `.`") from None

    def _egg(self, pairs: dict[str, str]) -> tuple[str, tuple[str, ...]]:
        matched = _EXTRAS.fullmatch(unquote(pairs.get("egg", "")))
        if not matched or not matched["body"]:
            return "", ()
        return self._name(matched["body"]), self._extras(matched["extras"])

    def _addressed(
        self, url: str, *, name: str = "", extras: tuple[str, ...] = (), marker: str = ""
    ) -> WheelRequirement:
        if not (matched := _ADDRESS.match(url)):
            if "{" in url.replace("${", ""):
                raise self.fault("a template is not an address", "write the path as it is, such as `./lib`")
            return self._located(url, name=name, extras=extras, marker=marker)
        address, _, fragment = url.partition("#")
        pairs = _pairs(fragment)
        egg, egg_extras = self._egg(pairs)
        name, extras = name or egg, extras or egg_extras
        scheme = (matched["scheme"] or "file").lower()
        if scheme not in _SCHEMES:
            raise self.fault(f"`{scheme}` is no kind of address parity reads", "use https, file or git+https")
        if not _is_sound(address):
            raise self.fault("the address is broken", "write it as `https://HOST/PATH`")
        if scheme == "file":
            return self._located(_file_path(address), name=name, extras=extras, marker=marker)
        kept = "&".join(part for part in fragment.split("&") if not part.startswith("egg="))
        hashes = tuple(f"{key}:{value}" for key, value in pairs.items() if key in HASH_LENGTHS)
        return self._with(
            name=name or self._wheel_name(address),
            extras=extras,
            marker=marker,
            url=f"{address}#{kept}" if kept else address,
            hashes=tuple(dict.fromkeys((*self.draft.hashes, *hashes))),
        )

    def _located(self, path: str, *, name: str, extras: tuple[str, ...], marker: str) -> WheelRequirement:
        name = name or self._wheel_name(path)
        return self._with(name=name, extras=extras, marker=marker, path=self.locate(path))

    def _wheel_name(self, path: str) -> str:
        file = unquote(posixpath.basename(path))
        if not file.lower().endswith(".whl"):
            return ""
        try:
            return parse_wheel_filename(file)[0]
        except InvalidWheelFilename:
            raise self.fault(f"`{file}` is not the name of a wheel", "keep the name the wheel was built with") from None

    def _with(
        self,
        *,
        name: str,
        extras: tuple[str, ...],
        marker: str,
        specifier: str = "",
        url: str = "",
        path: str = "",
        hashes: tuple[str, ...] | None = None,
    ) -> WheelRequirement:
        return WheelRequirement(
            name=canonicalize_name(name),
            place=self.draft.place,
            extras=tuple(sorted({canonicalize_name(extra) for extra in extras})),
            specifier=specifier,
            marker=marker,
            url=url,
            path=path,
            editable=self.draft.editable,
            hashes=tuple(sorted(self.draft.hashes if hashes is None else hashes)),
            group=self.draft.group,
        )


def _is_sound(address: str) -> bool:
    try:
        urlsplit(address)
    except ValueError:
        return False
    return not re.search(r"\s", address)


def _pairs(fragment: str) -> dict[str, str]:
    return dict(part.partition("=")[::2] for part in fragment.split("&") if part)


def _file_path(address: str) -> str:
    rest = address[len("file:") :]
    if rest.startswith("//"):
        rest = rest[2:].removeprefix("localhost")
        # `file:///${HOME}/lib`: the variable holds the root
        rest = rest[1:] if rest.startswith("/${") else rest
    return unquote(rest)


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return f"{lines[0][:1].lower()}{lines[0][1:]}".rstrip(".") if lines else "it cannot be read"


def _hint(text: str) -> str:
    if "${" in text:
        return "variables may stand in addresses and paths only; write the name and version out"
    if re.search(r"(>=|<=|>|<|~=)\s*[\w.]+\.\*", text):
        return "`.*` goes with `==` and `!=` only"
    if re.search(r"[\w\]]\s*=\s*[\w*]", text):
        return "one version is asked for with `==`"
    return "write a name, a version and a marker, such as `numpy>=1.26 ; python_version < '3.13'`"
