"""What changed in a sandbox between two looks: told in full, and nothing where nothing did."""

from __future__ import annotations

from typing import Any

import pytest

from contract_tests.harness.judging.verdict import against_change
from contract_tests.harness.running.subject import Changes, between

WAITING: dict[str, Any] = {"id": "1", "state": "WAITING"}
GONE: dict[str, Any] = {"id": "1", "state": "CANCELLED"}
FIRST = ("parcels", "1")


@pytest.mark.parametrize(
    ("before", "after", "got"),
    [
        ({}, {}, None),
        ({FIRST: (WAITING, GONE)}, {FIRST: (WAITING, dict(GONE))}, None),
        ({}, {FIRST: (WAITING, GONE)}, "/parcels/1/state is 'CANCELLED', not 'WAITING'"),
        ({FIRST: (WAITING, GONE)}, {}, "/parcels/1/state is 'WAITING', not 'CANCELLED'"),
        ({}, {FIRST: (WAITING, None)}, "/parcels/1 is missing"),
        ({}, {FIRST: (None, WAITING)}, "/parcels/1 ought not to be there"),
        ({FIRST: (None, WAITING)}, {}, "/parcels/1 is missing"),
        ({}, {FIRST: ({"id": "1", "paid": True}, {"id": "1", "paid": 1})}, "/parcels/1/paid is 1, not True"),
    ],
)
def test_every_difference_between_two_looks_is_told(before: Changes, after: Changes, got: str | None) -> None:
    found = against_change(*between(before, after), "/paths")
    assert (found and found.got) == got
