"""Time as this vendor writes it: milliseconds in envelopes, local dates in notifications."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOCAL = timezone(timedelta(hours=-3))
"""UTC-03:00 all year (CITSMART-A42)."""


def milliseconds(instant: datetime) -> int:
    """An aware instant as milliseconds since 1970."""
    return (instant - _EPOCH) // timedelta(milliseconds=1)


def printed_day(instant: datetime) -> str:
    """An aware instant as dd/mm/yyyy."""
    local = _local(instant)
    return f"{local.day:02}/{local.month:02}/{local.year:04}"


def printed_minute(instant: datetime) -> str:
    """An aware instant as dd/MM/yyyy HH:mm (CITSMART-A12)."""
    local = _local(instant)
    return f"{printed_day(instant)} {local.hour:02}:{local.minute:02}"


def later(instant: datetime, minutes: int) -> datetime:
    """An instant so many minutes later; the end of the calendar where it would lie beyond."""
    try:
        return instant + timedelta(minutes=minutes)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _local(instant: datetime) -> datetime:
    try:
        return instant.astimezone(_LOCAL)
    except OverflowError:  # the first hours of year 1 have no local time three hours earlier
        return instant
