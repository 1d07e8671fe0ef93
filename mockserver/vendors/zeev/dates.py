"""Dates as clients write them and as Zeev prints them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_SECONDS_PER_DAY = 86_400


def moment(text: str) -> datetime:
    """An instant from ISO 8601 or `yyyy-mm-dd HH:mm:ss` (ZEEV-A16).

    Without an offset it is UTC, without a time the first moment of the day. The spec's pattern has
    checked the shape; raises ValueError for a day that no calendar has.
    """
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def printed(instant: datetime | None) -> str | None:
    """RFC 3339, UTC as `Z`."""
    return None if instant is None else instant.isoformat().replace("+00:00", "Z")


def days_between(start: datetime, end: datetime | None) -> float | None:
    """The lead time in days; None as long as there is no end."""
    return None if end is None else (end - start).total_seconds() / _SECONDS_PER_DAY


def later(instant: datetime, hours: float) -> datetime:
    """An instant some hours later, or the end of the calendar."""
    try:
        return instant + timedelta(hours=hours)
    except OverflowError:
        return datetime.max.replace(microsecond=0, tzinfo=UTC)
