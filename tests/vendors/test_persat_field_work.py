"""Persat outside its API: technicians report, coordinators close, time passes, webhooks go out."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

CLOSINGS = {
    "close_ok": "CERRADA_OK",
    "close_with_deviation": "CERRADA_CON_DESVIO",
    "close_not_done": "CERRADA_NO_CUMPLIDA",
}
# Work order 13: 2024-07-18, 08:00 local, which is 11:00 UTC; 48 hours later is 2024-07-20, 11:00 UTC.
LAST_MOMENT = "2024-07-20T11:00:00Z"
TOO_LATE = "2024-07-20T11:00:01Z"


@pytest.fixture
def persat(double: httpx.Client) -> httpx.Client:
    double.headers["Authorization"] = "Bearer duble-key"
    return double


def order(persat: httpx.Client, wo_id: str) -> dict[str, Any]:
    found: dict[str, Any] = persat.get(f"/v1/work-orders/{wo_id}").json()["data"]
    return found


def event(persat: httpx.Client, name: str, wo_id: str, **fields: Any) -> httpx.Response:
    return persat.post(f"/_duble/backstage/persat/{name}", json={"id": wo_id, **fields})


def freeze(persat: httpx.Client, instant: str) -> None:
    assert persat.post("/_duble/clock", json={"freeze": instant}).status_code == 200


def webhooks(persat: httpx.Client, count: int) -> list[dict[str, Any]]:
    """The webhooks of this sandbox, once there are so many."""
    query: dict[str, str | int] = {"kind": "webhook", "count": count, "timeout": 10}
    found: list[dict[str, Any]] = persat.get("/_duble/requests/wait", params=query).json()["requests"]
    return found


def endpoint(persat: httpx.Client, id_: str, **fields: Any) -> None:
    # Nothing listens on port 9 (discard): what was sent is read from the journal.
    record = {"url": f"http://127.0.0.1:9/{id_}", **fields}
    assert persat.put(f"/_duble/state/persat/webhook_endpoints/{id_}", json=record).status_code == 200


def test_a_report_makes_an_assigned_order_an_informe(persat: httpx.Client) -> None:
    freeze(persat, "2024-07-18T12:00:00Z")

    event(persat, "report", "13", formvalues={"FWr7LdQ2n": "Listo"})

    found = order(persat, "13")
    assert found["state"] == "INFORME"
    assert found["wo_data"]["results"] == {
        "last_updated": "2024-07-18T12:00:00.000Z",
        "formvalues": {"FWr7LdQ2n": "Listo"},
    }


@pytest.mark.parametrize(("closing", "state"), CLOSINGS.items())
def test_a_coordinator_closes_a_reported_order(persat: httpx.Client, closing: str, state: str) -> None:
    before = order(persat, "15")

    event(persat, closing, "15", cause="Revisado")

    before["state"] = state
    before["wo_data"]["results"]["closing_info"] = {"cause": "Revisado"}
    assert order(persat, "15") == before


@pytest.mark.parametrize("name", ["report", *CLOSINGS])
def test_moves_start_from_their_own_state_only(persat: httpx.Client, name: str) -> None:
    allowed = "13" if name == "report" else "15"

    for wo_id in {"9", "10", "13", "15", "16", "17", "18", "19"} - {allowed}:
        before = order(persat, wo_id)
        assert event(persat, name, wo_id).status_code == 409
        assert order(persat, wo_id) == before
    assert event(persat, name, allowed).status_code == 200


def test_a_reported_order_can_no_longer_be_cancelled(persat: httpx.Client) -> None:
    event(persat, "report", "14")

    answer = persat.post("/v1/work-orders/14/cancel", json={"cause": "Tarde"})

    message = "No se puede cancelar la OT cuando se encuentra en estado 'INFORME'"
    assert (answer.status_code, answer.json()["error"]["userMessage"]) == (409, message)


@pytest.mark.parametrize("fields", [{"formvalues": "x"}, {"formulario": {}}])
def test_a_report_of_the_wrong_shape_moves_nothing(persat: httpx.Client, fields: Any) -> None:
    assert event(persat, "report", "13", **fields).status_code == 422
    assert order(persat, "13")["state"] == "ASIGNADA"


def test_nothing_expires_while_nobody_has_set_the_clock(persat: httpx.Client) -> None:
    assert order(persat, "13")["state"] == "ASIGNADA"


def test_an_assigned_order_expires_48_hours_after_its_start(persat: httpx.Client) -> None:
    freeze(persat, LAST_MOMENT)
    assert order(persat, "13")["state"] == "ASIGNADA"

    freeze(persat, TOO_LATE)
    assert order(persat, "13")["state"] == "VENCIDA"


def test_an_expired_order_is_expired_for_everyone(persat: httpx.Client) -> None:
    freeze(persat, TOO_LATE)

    query = {"from": "2024-07-18", "to": "2024-07-18"}
    vencidas = persat.get("/v1/work-orders", params={**query, "states": "VENCIDA"}).json()["data"]
    asignadas = persat.get("/v1/work-orders", params={**query, "states": "ASIGNADA"}).json()["data"]
    answer = persat.post("/v1/work-orders/13/cancel", json={"cause": "Tarde"})

    assert ([one["_id"] for one in vencidas], asignadas) == (["13"], [])
    message = "No se puede cancelar la OT cuando se encuentra en estado 'VENCIDA'"
    assert answer.json()["error"]["userMessage"] == message
    assert event(persat, "report", "13").status_code == 409


def test_only_assigned_orders_expire(persat: httpx.Client) -> None:
    ids = ("9", "10", "12", "15", "17", "18", "19")
    before = [order(persat, wo_id)["state"] for wo_id in ids]

    freeze(persat, "2034-01-01T00:00:00Z")

    assert [order(persat, wo_id)["state"] for wo_id in ids] == before
    assert order(persat, "14")["state"] == "ASIGNADA"  # its day is in 2035


def test_the_time_to_report_can_be_set(persat: httpx.Client) -> None:
    persat.put("/_duble/state/persat/settings/work_orders", json={"overdue_hours": 2})

    freeze(persat, "2024-07-18T13:00:00Z")
    assert order(persat, "13")["state"] == "ASIGNADA"
    freeze(persat, "2024-07-18T13:00:01Z")
    assert order(persat, "13")["state"] == "VENCIDA"


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_ends_of_the_calendar_do_not_stop_the_clock(persat: httpx.Client, instant: str) -> None:
    for day in ("0001-01-01", "9999-12-31"):
        record = persat.get("/_duble/state/persat/work_orders/14").json()
        persat.put("/_duble/state/persat/work_orders/14", json={**record, "date": day, "state": "ASIGNADA"})
        freeze(persat, instant)

        late = instant > f"{day}T" and day == "0001-01-01" and instant.startswith("9999")
        assert order(persat, "14")["state"] == ("VENCIDA" if late else "ASIGNADA")


@pytest.mark.parametrize("closing", CLOSINGS)
def test_a_closing_sends_the_whole_order(persat: httpx.Client, closing: str) -> None:
    endpoint(persat, "all")

    event(persat, closing, "15", cause="Revisado")

    (sent,) = webhooks(persat, 1)
    assert (sent["method"], sent["path"], sent["operation"]) == ("POST", "/all", "workorder.closed")
    assert sent["body"] == {"eventType": "workorder.closed", "payload": order(persat, "15")}


def test_endpoints_choose_their_events_and_none_means_all(persat: httpx.Client) -> None:
    endpoint(persat, "all", events=[])
    endpoint(persat, "closed", events=["client.created", "workorder.closed"])
    endpoint(persat, "others", events=["client.created"])

    event(persat, "close_ok", "15")

    assert {sent["path"] for sent in webhooks(persat, 2)} == {"/all", "/closed"}


def test_a_webhook_is_tried_once_unless_its_endpoint_says_otherwise(persat: httpx.Client) -> None:
    endpoint(persat, "once")
    endpoint(persat, "thrice", attempts=3, backoff=0)

    event(persat, "close_ok", "15")

    sent = webhooks(persat, 4)
    assert sorted((one["path"], one["attempt"]) for one in sent) == [
        ("/once", 1),
        ("/thrice", 1),
        ("/thrice", 2),
        ("/thrice", 3),
    ]


def test_neither_a_cancellation_nor_a_report_sends_a_webhook(persat: httpx.Client) -> None:
    endpoint(persat, "all")

    persat.post("/v1/work-orders/9/cancel", json={"cause": "x"})
    event(persat, "report", "14")
    event(persat, "close_ok", "15")

    (sent,) = webhooks(persat, 1)
    assert sent["body"]["payload"]["_id"] == "15"


@pytest.mark.parametrize("url", ["", "ftp://a/b", "http://", "http://[/x", "http://a b/", "/relative"])
def test_an_endpoint_needs_a_web_address(persat: httpx.Client, url: str) -> None:
    answer = persat.put("/_duble/state/persat/webhook_endpoints/1", json={"url": url})

    assert answer.status_code == 422
