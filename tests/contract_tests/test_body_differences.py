"""What an answer's body lacks and has too many: a difference for each field, and one for another shape."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract_tests.test_verdict import answer, subject

ACME = subject()
PARCEL = {"id": "2", "state": "WAITING", "weight": 5}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"ok": True, "data": {**PARCEL, "colour": 1}}, ["also colour"]),
        ({"ok": True, "data": {"state": "WAITING", "weight": 5}}, ["no id"]),
        ({"ok": True, "data": {"number": "2", "state": "WAITING", "weight": 5}}, ["no id, but number"]),
        ({"ok": True, "data": {"weight": 5}}, ["no id", "no state"]),
        ({"ok": True, "data": {"weight": 5, "a": 1, "b": 2}}, ["no id", "no state", "also a", "also b"]),
        # Everything is somewhere else: that is one thing wrong, however many fields it has.
        ({"result": {"ok": True, "data": PARCEL}}, ["data, ok inside result"]),
        (
            {"ok": True, "data": {"parcel": PARCEL, "more": 1}},
            ["id, state, weight inside parcel", "also more"],
        ),
        ({"ok": True, "data": {"number": "2", "mass": 5}}, ["none of id, state, weight, but mass, number"]),
        ({"message": "Bad gateway", "code": 7}, ["none of data, ok, but code, message"]),
        ({}, ["no data", "no ok"]),
        ({"ok": "true", "data": PARCEL}, ['"true" is not of type "boolean"']),
        ({"ok": False, "data": PARCEL}, ["false is not one of true"]),
        ({"ok": True, "data": {**PARCEL, "state": 3}}, ['3 is not of type "string"']),
    ],
)
def test_what_is_lacking_and_what_is_too_many(body: Any, told: list[str]) -> None:
    operation = ACME.contract.operations["get_parcel"]
    found = ACME.responses.differences(operation, answer(200, body))
    assert [one.got for one in found] == told
    assert {one.kind for one in found} == {"body"}
    assert len({one.about for one in found}) == len(found)
