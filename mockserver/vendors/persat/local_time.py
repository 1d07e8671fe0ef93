"""Persat's dates: local time printed as if it were UTC, and days whose time of day is ignored."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

_BEHIND_UTC = timedelta(hours=3)
LOCAL = timezone(-_BEHIND_UTC)
"""UTC-03:00 all year (PERSAT-A33)."""

_LENGTH_OF_A_DAY = len("2024-07-16")
_FIRST_INSTANT = datetime.min.replace(tzinfo=UTC)


def printed(instant: datetime) -> str:
    """An aware instant as `2024-07-16T17:46:35.000Z`, in UTC."""
    plain = instant.astimezone(UTC).replace(tzinfo=None)
    return f"{plain.isoformat(timespec='milliseconds')}Z"


def printed_local(instant: datetime) -> str:
    """An aware instant as local time with a Z that is not true, as the vendor prints `created`."""
    # A clock frozen in the first hours of year 1 has no local time three hours earlier.
    return printed(max(instant, _FIRST_INSTANT + _BEHIND_UTC) - _BEHIND_UTC)


def printed_day(day: date) -> str:
    """A day as `2024-07-16T00:00:00.000Z`."""
    return f"{day.isoformat()}T00:00:00.000Z"


def day_of(text: str) -> date:
    """The day in an ISO text, its time and zone ignored; raises ValueError where the calendar has none."""
    return date.fromisoformat(text[:_LENGTH_OF_A_DAY])
