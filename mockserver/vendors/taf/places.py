"""Places of records in the orders by which they are found: texts that sort as values and numbers do."""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson

# How a place in the order of `due` begins: not yet tried, or back in the queue; and what comes after both.
PENDING, IN_QUEUE, AFTER_ALL = "0", "1", "2"
DIGITS = 18
HIGHEST = 10**DIGITS - 1
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


def joined(*values: str) -> str:
    """Several values as one that no others make."""
    return orjson.dumps(values).decode()


def in_order(number: int, *values: str) -> str:
    """A place in the order of values, then of a number."""
    return joined(*values) + str(number).zfill(DIGITS)


def stretch(*values: str, start: int = 0, end: int = HIGHEST) -> dict[str, Any]:
    """The bounds, for `page`, of the places of these values from one number to another."""
    return {"low": in_order(min(start, HIGHEST), *values), "high": in_order(end, *values)}


def received_until(instant: dt.datetime) -> dict[str, Any]:
    """The bounds, for `page` by `due`, of records that wait for their first run since then or longer."""
    return {"low": PENDING, "high": PENDING + microseconds(instant)}


def microseconds(instant: dt.datetime) -> str:
    """Digits in the order of time. A subtraction, because no other way holds for every year and offset."""
    return f"{(instant - _EPOCH) // _MICROSECOND + 10**DIGITS:0{DIGITS + 1}d}"
