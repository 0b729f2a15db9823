"""conda's MatchSpec, as one line of text → CondaRequirement.

Follows "Package match specifications" of conda's documentation: `channel/subdir::name version build`, the `=` form
(`name=1.2` fuzzy, `name==1.2` exact, `name=1.2=build` exact), key-value brackets, which win over what stands before
them, and addresses of package files.
"""

import re

from parity.core.errors import Fault, ManifestError
from parity.core.manifests.selectors import SUBDIRS
from parity.core.places import Place
from parity.core.spec import CondaRequirement
from parity.core.spelling import did_you_mean
from parity.core.translation.conda_versions import VersionSyntaxError, parse_version, version_text

_NAME = re.compile(r"[a-z0-9_][a-z0-9_.-]*")
_HEAD = re.compile(r"(?P<name>[^\s=<>!~|,()]+)(?P<rest>.*)")
_BUILD = re.compile(r"(?P<version>.*[^\s=!|,<>~(])[ =](?P<build>[^\s=,|<>~()-]+)")
_PAIR = re.compile(r"\s*(?P<key>\w+)\s*=\s*(?P<value>\"[^\"]*\"|'[^']*'|[^\s,\"'\[\]]+)\s*(?:,|$|(?=\s))")
_FILE = re.compile(r"(?:.*[/\\])?(?P<name>[^/\\]+)-(?P<version>[^-/\\]+)-(?P<build>[^-/\\]+)\.(?:conda|tar\.bz2)")
_BUILD_NUMBER = re.compile(r"(?:[<>]=?|==?|!=)?\d+")
_HASHES = {"md5": re.compile(r"[0-9a-f]{32}"), "sha256": re.compile(r"[0-9a-f]{64}")}
_FIELDS = ("version", "build", "build_number", "channel", "subdir")
_OTHERS = ("features", "fn", "license", "license_family", "md5", "namespace", "sha256", "size", "timestamp",
           "track_features", "url")  # fmt: skip
_EXAMPLE = "write `name`, `name=1.2`, `name >=1.2,<2` or `channel::name=1.2=build`"
_EXTRAS = "extras and addresses are pip's: put the requirement under `pip:`"


class _Refused(Exception):
    """What is wrong, on its way up to the one place that knows where."""

    def __init__(self, *, message: str, hint: str = _EXAMPLE) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def parse_match_spec(text: str, place: Place) -> CondaRequirement:
    """Take one MatchSpec apart, into a form in which equal requirements have equal text.

    Raises ManifestError, with the place, where the text is none or names no single package.
    """
    try:
        if _is_file(text):
            return _from_file(text.strip(), place)
        return _from_line(text, place)
    except _Refused as refused:
        fault = Fault(place=place, message=f"`{text.strip()}`: {refused.message}", hint=refused.hint)
        raise ManifestError([fault]) from None


def _is_file(text: str) -> bool:
    return text.partition("#")[0].strip().endswith((".conda", ".tar.bz2"))


def _from_file(text: str, place: Place) -> CondaRequirement:
    url, _, digest = text.partition("#")
    match = _FILE.fullmatch(url)
    if match is None:
        raise _Refused(message="a package file is named `name-version-build.conda`")
    others = {"url": url}
    if digest:
        value = digest.rpartition(":")[2].lower()
        key = next((key for key, shape in _HASHES.items() if shape.fullmatch(value)), None)
        if key is None:
            raise _Refused(message=f"`{digest}` is neither an MD5 nor a SHA-256", hint="")
        others[key] = value
    version = _version(f"=={match['version']}")
    name = _name(match["name"])
    return CondaRequirement(
        name=name, place=place, version=version, build=match["build"], others=tuple(sorted(others.items()))
    )


def _from_line(text: str, place: Place) -> CondaRequirement:
    line, pairs = _split_brackets(text)
    channel, _, line = line.rpartition("::")
    channel, subdir = _split_subdir(channel.strip())
    match = _HEAD.fullmatch(line.strip())
    if match is None:
        raise _Refused(message="no package is named")
    if match["rest"].lstrip().startswith("@"):
        raise _Refused(message="conda takes no address behind `@`", hint=_EXTRAS)
    version, build = _split_build(match["rest"])
    channel, inner = _split_subdir(pairs.pop("channel", "")) if "channel" in pairs else (channel, subdir)
    return CondaRequirement(
        name=_name(match["name"]),
        place=place,
        channel=channel,
        subdir=pairs.pop("subdir", inner),
        version=_version(pairs.pop("version", version)),
        build=_any_as_empty(pairs.pop("build", build)),
        build_number=pairs.pop("build_number", ""),
        others=tuple(sorted(pairs.items())),
    )


def _split_brackets(text: str) -> tuple[str, dict[str, str]]:
    """Return what stands before the brackets, without a comment, and the pairs inside."""
    before, bracket, after = text.partition("[")
    if "#" in before or not bracket:
        return before.partition("#")[0].strip(), {}
    inside, end = after, -1
    for match in re.finditer(r"\"[^\"]*\"|'[^']*'|\]", after):
        if match[0] == "]":
            inside, end = after[: match.start()], match.end()
            break
    if end < 0:
        raise _Refused(message="a bracket is not closed")
    if after[end:].partition("#")[0].strip():
        raise _Refused(message=f"`{after[end:].strip()}` stands behind the brackets", hint=_EXTRAS)
    return before.strip(), _pairs(inside)


def _pairs(inside: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    position = 0
    while inside[position:].strip():
        match = _PAIR.match(inside, position)
        if match is None:
            hint = _EXTRAS if "=" not in inside else 'write `name[version=">=1.2", build="py*"]`'
            raise _Refused(message=f"`{inside[position:].strip()}` is no `key=value`", hint=hint)
        key, value = match["key"], match["value"]
        if key in pairs:
            raise _Refused(message=f"`{key}` is given twice", hint="")
        pairs[key] = _checked(key, value[1:-1].strip() if value[0] in "\"'" else value)
        position = match.end()
    return pairs


def _checked(key: str, value: str) -> str:
    """Return a bracket's value in its canonical form."""
    if key not in _FIELDS and key not in _OTHERS:
        raise _Refused(message=f"`{key}` is no key of a MatchSpec", hint=did_you_mean(key, (*_FIELDS, *_OTHERS)))
    if not value or '"' in value:
        raise _Refused(message=f"`{key}` has no usable value", hint="")
    if key in _HASHES:
        value = value.lower()
        if not _HASHES[key].fullmatch(value):
            raise _Refused(message=f"`{value}` is no {key.upper()} in hexadecimal digits", hint="")
    if key == "build_number":
        value = "".join(value.split())
        if not _BUILD_NUMBER.fullmatch(value):
            raise _Refused(message=f"`{value}` is no build number", hint='write `build_number=2` or `">=2"`')
    return value


def _split_subdir(channel: str) -> tuple[str, str]:
    before, _, last = channel.rpartition("/")
    return (before, last) if before and last in SUBDIRS else (channel.rstrip("/"), "")


def _split_build(rest: str) -> tuple[str, str]:
    """Split what follows the name into a version expression that stands alone, and a build string."""
    rest = re.sub(r"\s*([,|])\s*|(\()\s+|\s+(\))", r"\1\2\3", rest.strip())
    rest = re.sub(r"([=<>!~])\s+", r"\1", rest)
    match = _BUILD.fullmatch(re.sub(r"\s+", " ", rest))
    version, build = (match["version"].strip(), match["build"]) if match else (rest, "")
    # the one place where `=` is not fuzzy: with a build string behind it the version is exact
    if build and re.fullmatch(r"=[^=,|*]+", version):
        version = f"={version}"
    return version, build


def _name(text: str) -> str:
    name = text.lower()
    if "*" in name:
        raise _Refused(message="a pattern names no single package", hint="name the package in full")
    if not _NAME.fullmatch(name):
        hint = _EXTRAS if "@" in name or "/" in name or "+" in name else _EXAMPLE
        raise _Refused(message=f"`{text}` is no name of a package", hint=hint)
    return name


def _version(text: str) -> str:
    if not text:
        return ""
    try:
        return version_text(parse_version(text))
    except VersionSyntaxError as error:
        raise _Refused(message=str(error)) from None


def _any_as_empty(build: str) -> str:
    return "" if build == "*" else build
