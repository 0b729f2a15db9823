"""conda's version expressions → PEP 440 sets, where both say the same."""

import re

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from parity.core.translation.conda_versions import Clause, VersionSyntaxError, parse_version, version_text

# What orders alike in both worlds. conda also has letters, dashes and underscores anywhere, which PEP 440 has not.
_RELEASE = re.compile(r"(?:\d+!)?\d+(?:\.\d+)*")
_VERSION = re.compile(_RELEASE.pattern + r"(?:(?:a|b|rc)\d*)?(?:\.post\d+)?(?:\.dev\d+)?")


class UntranslatableError(ValueError):
    """Nothing in the other world says the same; the message is a clause that says why."""


def to_pep440(text: str) -> str:
    """Return the PEP 440 set that means what conda's expression means; empty means any version.

    conda's fuzzy `=1.26` becomes `==1.26.*`, exact `1.26` becomes `==1.26`. Raises UntranslatableError for what
    PEP 440 cannot say: alternatives (`1.2|1.3`), patterns, versions of another shape (`1.0_1`, `2024a`).
    """
    if not text:
        return ""
    try:
        alternatives = parse_version(text)
    except VersionSyntaxError as error:
        raise UntranslatableError(str(error)) from None
    if len(alternatives) > 1:
        raise UntranslatableError(f"`{version_text(alternatives)}` offers alternatives, which PEP 440 cannot say")
    (clauses,) = alternatives
    return str(SpecifierSet(",".join(_clause(clause) for clause in clauses)))


def _clause(clause: Clause) -> str:
    if clause.operator == "pattern":
        raise UntranslatableError(f"`{clause.version}` is a pattern, which PEP 440 cannot say")
    prefix = clause.operator in {"=*", "!=*"}
    if not (_RELEASE if prefix else _VERSION).fullmatch(clause.version):
        raise UntranslatableError(f"`{clause.version}` is not a version on PyPI")
    if clause.operator == "~=" and "." not in clause.version:
        raise UntranslatableError(f"`~={clause.version}` needs a second number")
    if prefix:
        return f"{'==' if clause.operator == '=*' else '!='}{clause.version}.*"
    return f"{clause.operator}{Version(clause.version)}"
