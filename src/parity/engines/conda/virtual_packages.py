"""Whether a virtual package answers a MatchSpec, as rattler understands both."""

from functools import cache

from rattler import BuildString, MatchSpec, PackageRecord


@cache
def answers(spec: str, name: str, version: str, build: str) -> bool:
    """Return whether a virtual package of this name, version and build is what a MatchSpec asks for."""
    record = PackageRecord(name=name, version=version, build=BuildString(build), build_number=0, subdir="noarch")
    return MatchSpec(spec).matches(record)
