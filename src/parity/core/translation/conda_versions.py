"""conda's version expressions (`1.26.*`, `>=1.2,<2|3.*`), as a disjunction of conjunctions.

Follows "Package match specifications" of conda's documentation: `,` binds tighter than `|`, parentheses group, a
bare version is exact, `=1.2`, `1.2*` and `1.2.*` are fuzzy, `==1.2.*` is fuzzy too, and `.*` after an ordering
operator says nothing.
"""

import re
from collections.abc import Iterable, Iterator

from parity.core.dataclass import dataclass

# more than anyone writes; keeps a hostile file from costing time or stack
_MOST_ALTERNATIVES = 64
_DEEPEST = 16

_TOKEN = re.compile(r"\s*(\^[^$]*\$|[(),|]|[^(),|]+)")
_CLAUSE = re.compile(r"(?P<operator>==|!=|<=|>=|~=|=|<|>)?\s*(?P<version>[^\s=<>!~]\S*)")
_VERSION = re.compile(r"(?:\d+!)?[0-9a-z_]+(?:[.-][0-9a-z_]+)*(?:\+[0-9a-z_]+(?:[.-][0-9a-z_]+)*)?")
_GLOB = re.compile(r"[0-9a-z_.+!*-]+")
_ORDER = ("==", "=*", "~=", ">=", ">", "<=", "<", "!=", "!=*", "pattern")


class VersionSyntaxError(ValueError):
    """The text is no version expression; the message is a clause that says what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One condition: `operator` is a relation, `=*` or `!=*` (begins with, or not), or `pattern` (a glob or regex)."""

    operator: str
    version: str

    def to_text(self) -> str:
        """Return the clause as conda reads it anywhere."""
        match self.operator:
            case "=*":
                return f"{self.version}.*"
            case "!=*":
                return f"!={self.version}.*"
            case "pattern":
                return self.version
            case _:
                return f"{self.operator}{self.version}"


Alternatives = frozenset[frozenset[Clause]]
ANY: Alternatives = frozenset([frozenset()])


def parse_version(text: str) -> Alternatives:
    """Take a version expression apart: any of the alternatives, each with all of its clauses.

    Alternatives that another one already covers are dropped. Raises VersionSyntaxError.
    """
    parser = _Parser(text)
    alternatives = parser.alternatives(depth=0)
    parser.expect_end()
    return _without_covered(alternatives)


def version_text(alternatives: Alternatives) -> str:
    """Return the canonical text: equal expressions, however written, give equal text; empty means any."""
    return "|".join(sorted(",".join(_in_order(clauses)) for clauses in alternatives))


def _in_order(clauses: Iterable[Clause]) -> Iterator[str]:
    ordered = sorted(clauses, key=lambda clause: (_ORDER.index(clause.operator), clause.version))
    return (clause.to_text() for clause in ordered)


def _without_covered(alternatives: Alternatives) -> Alternatives:
    return frozenset(one for one in alternatives if not any(other < one for other in alternatives))


class _Parser:
    """Recursive descent over `alternatives := all ("|" all)*`, `all := atom ("," atom)*`."""

    def __init__(self, text: str) -> None:
        self._tokens = [token.strip() for token in _TOKEN.findall(text.strip())]
        self._tokens.append("")
        self._at = 0

    def alternatives(self, depth: int) -> Alternatives:
        if depth > _DEEPEST:
            raise VersionSyntaxError("its parentheses go too deep")
        found = self._all(depth)
        while self._take("|"):
            found |= self._all(depth)
        return found

    def expect_end(self) -> None:
        if token := self._tokens[self._at]:
            raise VersionSyntaxError(f"`{token}` stands where the version should end")

    def _all(self, depth: int) -> Alternatives:
        found = self._atom(depth)
        while self._take(","):
            following = self._atom(depth)
            if len(found) * len(following) > _MOST_ALTERNATIVES:
                raise VersionSyntaxError("it has too many alternatives")
            found = frozenset(one | other for one in found for other in following)
        return found

    def _atom(self, depth: int) -> Alternatives:
        if self._take("("):
            inside = self.alternatives(depth + 1)
            if not self._take(")"):
                raise VersionSyntaxError("a parenthesis is not closed")
            return inside
        token = self._tokens[self._at]
        if token in {"", ",", "|", ")"}:
            raise VersionSyntaxError("a version is missing")
        self._at += 1
        return frozenset([parse_clause(token)])

    def _take(self, token: str) -> bool:
        if self._tokens[self._at] != token:
            return False
        self._at += 1
        return True


def parse_clause(text: str) -> frozenset[Clause]:
    """Take one condition apart; `*` is no condition at all. Raises VersionSyntaxError."""
    if text.startswith("^") and text.endswith("$"):
        return frozenset([Clause(operator="pattern", version=text)])
    match = _CLAUSE.fullmatch(text)
    if match is None:
        raise VersionSyntaxError(f"`{text}` is no condition on a version")
    operator, version = match["operator"] or "", match["version"].lower()
    if version.strip("*.") == "" and operator in {"", "=", "==", ">="}:
        return frozenset()
    stem = re.sub(r"\.?\*$", "", version)
    if "*" in stem and operator in {"", "=", "=="} and _GLOB.fullmatch(version):
        return frozenset([Clause(operator="pattern", version=version)])
    if not _VERSION.fullmatch(stem):
        raise VersionSyntaxError(f"`{version}` is no version")
    return frozenset([_relation(operator, stem, fuzzy=stem != version)])


def _relation(operator: str, version: str, *, fuzzy: bool) -> Clause:
    if operator == "=" or (fuzzy and operator in {"", "=="}):
        return Clause(operator="=*", version=version)
    if fuzzy and operator == "!=":
        return Clause(operator="!=*", version=version)
    if fuzzy and operator == "~=":
        raise VersionSyntaxError(f"`~={version}.*` is no condition on a version; `~=` takes none of `*`")
    return Clause(operator=operator or "==", version=version)
