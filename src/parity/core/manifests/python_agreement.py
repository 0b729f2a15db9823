"""Which Python, when several files say something about it: pins, and the ranges that they must lie in."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from parity.core.dataclass import dataclass
from parity.core.errors import Fault, ManifestError
from parity.core.findings import Finding
from parity.core.python_request import PythonRequest

# above every real minor and patch release
_HIGH = 9999
_ABOUT_VERSIONS = {"prefix", "range"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The requests of which the first that is answered counts, each as narrow as all files together make it."""

    requests: tuple[PythonRequest, ...] = ()
    findings: tuple[Finding, ...] = ()


def agree(pins: Sequence[PythonRequest], wants: Sequence[PythonRequest]) -> Agreement:
    """Join what `.python-version` pins (one of them, the first preferred) with what manifests want (all of it).

    A pin into which a range cuts (`3.12` and `>=3.12.4`) becomes a range; without pins, the manifests' narrowest
    version is the pin. Pins by path, name or `system` say nothing about versions and are kept as they are. A pin
    that contradicts a want is left out with a finding if another one does not. Raises ManifestError, naming both
    places, where no pin is left.
    """
    wants = [want for want in wants if want.kind != "any"]
    pins = [pin for pin in pins if pin.kind != "any"]
    if not pins and wants:
        narrowest = max(wants, key=_narrowness)
        pins = [narrowest]
        wants = [want for want in wants if want is not narrowest]
    narrowed = [(pin, _narrow(pin, wants)) for pin in pins]
    contradicted = [_contradiction(pin, wants) for pin, request in narrowed if request is None]
    if contradicted and len(contradicted) == len(pins):
        raise ManifestError(contradicted)
    return Agreement(
        requests=tuple(request for _, request in narrowed if request is not None),
        findings=tuple(_left_out(fault) for fault in contradicted),
    )


def _narrowness(request: PythonRequest) -> int:
    return 1 + len(request.version.split(".")) if request.kind == "prefix" else 0


def _narrow(pin: PythonRequest, wants: Sequence[PythonRequest]) -> PythonRequest | None:
    """Return the pin with all wants in it, or None where nothing can satisfy both."""
    if pin.kind not in _ABOUT_VERSIONS or not wants:
        return pin
    if any(want.kind == "prefix" and want.implementation != pin.implementation for want in wants):
        return None
    allowed = SpecifierSet(",".join(_as_set(want) for want in wants if want.kind in _ABOUT_VERSIONS))
    if pin.kind == "prefix" and Version(pin.version).pre:
        # a pre-release stands for the release it leads to, as installers have it
        return pin if _allows(allowed, pin.version) or _allows(allowed, Version(pin.version).base_version) else None
    pinned = SpecifierSet(_as_set(pin))
    within = [version for version in _candidates(f"{pinned},{allowed}") if _allows(pinned, version)]
    answered = [version for version in within if _allows(allowed, version)]
    if not answered:
        return None
    if answered == within:
        return pin
    both = str(pinned & allowed)
    plain = pin.implementation == "cpython" and not pin.free_threaded
    return replace(pin, kind="range", version=both, text=both if plain else pin.text)


def _as_set(request: PythonRequest) -> str:
    """Return a request as a PEP 440 set: `3.12` is `==3.12.*`, and a whole version is itself."""
    if request.kind == "range":
        return request.version
    version = Version(request.version)
    whole = version.pre or len(request.version.split(".")) > 2  # noqa: PLR2004 (major and minor)
    return f"=={request.version}" if whole else f"=={request.version}.*"


def _allows(allowed: SpecifierSet, version: str) -> bool:
    return allowed.contains(version, prereleases=True)


def _candidates(text: str) -> list[str]:
    """Return versions on, just below and just above every border that the sets draw: if any fits, one of these does."""
    borders = [_release(one.version.removesuffix(".*")) for one in SpecifierSet(text)]
    padded = [(*border, 0, 0)[:3] for border in borders]
    choices = [sorted(_around(numbers)) for numbers in zip(*padded, strict=True)]
    return [".".join(map(str, numbers)) for numbers in product(*choices)]


def _release(text: str) -> tuple[int, ...]:
    try:
        return Version(text).release
    except InvalidVersion:
        # `===` takes any text; no border lies there
        return (0,)


def _around(numbers: Iterable[int]) -> set[int]:
    return {0, _HIGH} | {near for number in numbers for near in (number - 1, number, number + 1) if near >= 0}


def _contradiction(pin: PythonRequest, wants: Sequence[PythonRequest]) -> Fault:
    want = next((want for want in wants if _narrow(pin, [want]) is None), wants[0])
    return Fault(
        place=pin.place,
        message=f"`{pin.text}` contradicts `{want.text}` of `{want.place}`",
        hint="change one of the two",
    )


def _left_out(fault: Fault) -> Finding:
    return Finding(
        code="python-left-out",
        severity="info",
        subject=str(fault.place),
        message=f"{fault.message} and is left out",
        hint=fault.hint,
    )
