"""Moments as users write them: a day, or a day and a time with its zone."""

from datetime import UTC, date, datetime, timedelta


def end_of(text: str) -> str:
    """Return the first moment after what `exclude-newer` includes, in UTC, as RFC 3339 has it.

    A day (`2026-11-01`) is included whole, and is a day in UTC: everybody's lock looks back from the same moment. A
    time without a zone is in UTC. Raises ValueError for anything else.
    """
    if len(text) == len("2026-11-01"):
        moment = datetime.combine(date.fromisoformat(text) + timedelta(days=1), datetime.min.time(), tzinfo=UTC)
    else:
        moment = datetime.fromisoformat(text)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    return moment.isoformat().replace("+00:00", "Z")


def written(seconds: int) -> str:
    """Return a time, in seconds since 1970, as RFC 3339 has it, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
