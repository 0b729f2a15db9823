"""Platform selectors of environment.yml: `# [linux64]` behind an entry, `sel(osx):` in front of one."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

_FAMILIES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "linux": frozenset({"linux", "unix"}),
        "osx": frozenset({"osx", "unix"}),
        "win": frozenset({"win"}),
    }
)
# What each subdir is called in a selector, beside its family: conda-build's words and conda-lock's.
SUBDIRS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "linux-64": frozenset({"linux64", "x86", "x86_64"}),
        "linux-32": frozenset({"linux32", "x86"}),
        "linux-aarch64": frozenset({"aarch64"}),
        "linux-armv6l": frozenset({"armv6l"}),
        "linux-armv7l": frozenset({"armv7l"}),
        "linux-ppc64le": frozenset({"ppc64le"}),
        "linux-riscv64": frozenset({"riscv64"}),
        "linux-s390x": frozenset({"s390x"}),
        "osx-64": frozenset({"osx64", "x86", "x86_64"}),
        "osx-arm64": frozenset({"arm64"}),
        "win-64": frozenset({"win64", "x86", "x86_64"}),
        "win-32": frozenset({"win32", "x86"}),
        "win-arm64": frozenset({"arm64"}),
        "noarch": frozenset(),
        "emscripten-wasm32": frozenset({"emscripten", "wasm32"}),
        "wasi-wasm32": frozenset({"wasi", "wasm32"}),
        "freebsd-64": frozenset({"freebsd", "unix", "x86", "x86_64"}),
        "zos-z": frozenset({"zos", "z"}),
    }
)
WORDS = frozenset().union(*_FAMILIES.values(), *SUBDIRS.values())

_TOKEN = re.compile(r"\s*(?:(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>[()]))\s*")
_DEEPEST = 16


class SelectorSyntaxError(ValueError):
    """The text is no selector; `unknown` is the word nobody knows, where it otherwise reads like one."""

    def __init__(self, message: str, *, unknown: str = "") -> None:
        super().__init__(message)
        self.unknown = unknown


def words_of(platform: str) -> frozenset[str]:
    """Return the words that hold on a platform such as `linux-64`."""
    return SUBDIRS.get(platform, frozenset()) | _FAMILIES.get(platform.partition("-")[0], frozenset())


def selects(expression: str, platform: str) -> bool:
    """Say whether a selector (`linux and not aarch64`) holds on a platform.

    Raises SelectorSyntaxError where it is none, whatever the platform.
    """
    return _parse(expression)(words_of(platform))


def canonical_selector(expression: str) -> str:
    """Return a selector with single spaces, for comparing. Raises SelectorSyntaxError."""
    _parse(expression)
    return " ".join(re.findall(r"\w+|[()]", expression))


_Test = Callable[[frozenset[str]], bool]


def _parse(expression: str) -> _Test:
    tokens: list[str] = []
    position = 0
    while position < len(expression):
        match = _TOKEN.match(expression, position)
        if match is None:
            raise SelectorSyntaxError(f"`{expression}` is no selector")
        tokens.append(match["word"] or match["sign"])
        position = match.end()
    parser = _Parser(expression, tokens)
    test = parser.either(depth=0)
    parser.finish()
    return test


class _Parser:
    """Recursive descent: `or` binds weaker than `and`, `and` weaker than `not`."""

    def __init__(self, expression: str, tokens: list[str]) -> None:
        self._expression = expression
        self._tokens = [*tokens, ""]
        self._at = 0
        self._unknown = ""

    def either(self, depth: int) -> _Test:
        if depth > _DEEPEST:
            raise self._wrong()
        tests = [self._both(depth)]
        while self._take("or"):
            tests.append(self._both(depth))
        return lambda words: any(test(words) for test in tests)

    def finish(self) -> None:
        if self._tokens[self._at]:
            raise self._wrong()
        if self._unknown:
            message = f"`{self._unknown}` is no platform that a selector knows"
            raise SelectorSyntaxError(message, unknown=self._unknown)

    def _both(self, depth: int) -> _Test:
        tests = [self._single(depth)]
        while self._take("and"):
            tests.append(self._single(depth))
        return lambda words: all(test(words) for test in tests)

    def _single(self, depth: int) -> _Test:
        if self._take("not"):
            if depth > _DEEPEST:
                raise self._wrong()
            inner = self._single(depth + 1)
            return lambda words: not inner(words)
        if self._take("("):
            inside = self.either(depth + 1)
            if not self._take(")"):
                raise self._wrong()
            return inside
        word = self._tokens[self._at]
        if word in {"", "and", "or", "(", ")"}:
            raise self._wrong()
        self._at += 1
        if word not in WORDS:
            self._unknown = self._unknown or word
        return lambda words: word in words

    def _take(self, token: str) -> bool:
        if self._tokens[self._at] != token:
            return False
        self._at += 1
        return True

    def _wrong(self) -> SelectorSyntaxError:
        return SelectorSyntaxError(f"`{self._expression}` is no selector")
