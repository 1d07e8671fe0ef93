"""Times: UTC texts with milliseconds in answers (HUAWEI-A20), several forms in queries (HUAWEI-A23)."""

from __future__ import annotations

from datetime import UTC, datetime

from mockserver.vendors.huawei_osm.errors import ParamInvalid


def printed(instant: datetime) -> str:
    """An aware instant as `2026-01-02T03:04:05.678Z`."""
    plain = instant.astimezone(UTC).replace(tzinfo=None)
    return f"{plain.isoformat(timespec='milliseconds')}Z"


def printed_by_iam(instant: datetime) -> str:
    """An aware instant as IAM prints it, `2020-01-04T09:05:22.701000Z`."""
    plain = instant.astimezone(UTC).replace(tzinfo=None)
    return f"{plain.isoformat(timespec='microseconds')}Z"


def read_query_time(text: str) -> str | None:
    """A time of a query as it would be printed, None for an empty one; raises ParamInvalid.

    The spec's pattern has seen to the form; what is left is whether the calendar has such a time.
    """
    if not text:
        return None
    try:
        return printed(datetime.fromisoformat(text).replace(tzinfo=UTC))
    except ValueError:
        raise ParamInvalid from None
