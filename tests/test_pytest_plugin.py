"""The pytest fixture that users get, used as they use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from duble.pytest_plugin import Duble

KEY = {"Authorization": "Bearer duble-key"}


def cancel(duble: Duble) -> int:
    url = f"{duble.base_url('persat')}/work-orders/9/cancel"
    return httpx.post(url, json={"cause": "duplicada"}, headers=KEY).status_code


def test_a_test_sees_its_own_world(duble: Duble) -> None:
    assert cancel(duble) == 200
    assert duble.record("persat", "work_orders", "9")["state"] == "CERRADA_NO_CUMPLIDA"
    assert [entry["status"] for entry in duble.requests(operation="cancel_work_order")] == [200]


def test_the_next_test_starts_from_the_seed(duble: Duble) -> None:
    assert duble.requests() == []
    assert cancel(duble) == 200
    assert cancel(duble) == 409
    duble.reset()
    assert cancel(duble) == 200


def test_faults_and_the_clock_are_one_call_each(duble: Duble) -> None:
    duble.fault(vendor="persat", operation="cancel_work_order", status=429, times=1)
    assert [cancel(duble), cancel(duble)] == [429, 200]
    duble.freeze("2026-01-02T03:04:05Z")
    duble.advance(5)
    assert duble.control.get("/clock").json()["now"] == "2026-01-02T03:04:10.000Z"


def test_records_can_be_put_and_moved_backstage(duble: Duble) -> None:
    stored = duble.record("persat", "work_orders", "9")
    duble.put("persat", "work_orders", "9", {**stored, "state": "PENDIENTE"})
    assert duble.record("persat", "work_orders", "9")["state"] == "PENDIENTE"
    assigned = next(order for order in duble.records("persat", "work_orders") if order["state"] == "ASIGNADA")
    assert duble.backstage("persat", "report", assigned["id"])["state"] == "INFORME"


def test_a_wish_that_cannot_be_granted_says_why(duble: Duble) -> None:
    with pytest.raises(ValueError, match="no operation is called 'nope'"):
        duble.fault(operation="nope", status=429)
