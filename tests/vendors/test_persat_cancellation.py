"""Persat, Cancelar OT: who may be cancelled, what it changes, and in which order it is refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

CAUSE = "No me encuentro en el domicilio por vacaciones"
CAUSE_REFUSED = "'cause' es un campo requerido de 500 caracteres máx."
LABELS_REFUSED = "'labels_ids' debe ser un array de numeros"

# One seed record of each state; 9 has the label 15.
CANCELLABLE = {"PENDIENTE": "10", "PROYECTADA": "9", "ASIGNADA": "14"}
NOT_CANCELLABLE = {
    "INFORME": "15",
    "VENCIDA": "16",
    "CERRADA_OK": "17",
    "CERRADA_CON_DESVIO": "18",
    "CERRADA_NO_CUMPLIDA": "19",
}


@pytest.fixture
def persat(double: httpx.Client) -> httpx.Client:
    double.headers["Authorization"] = "Bearer duble-key"
    return double


def cancel(persat: httpx.Client, wo_id: str, **body: Any) -> httpx.Response:
    return persat.post(f"/v1/work-orders/{wo_id}/cancel", json=body)


def order(persat: httpx.Client, wo_id: str) -> dict[str, Any]:
    answer = persat.get(f"/v1/work-orders/{wo_id}")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()["data"]
    return found


def refusal(status: int, type_: str, message: str) -> dict[str, Any]:
    return {"success": False, "error": {"status": status, "type": type_, "userMessage": message}}


@pytest.mark.parametrize(("state", "wo_id"), CANCELLABLE.items())
def test_an_order_that_nobody_worked_on_can_be_cancelled(
    persat: httpx.Client, state: str, wo_id: str
) -> None:
    assert order(persat, wo_id)["state"] == state

    answer = cancel(persat, wo_id, cause=CAUSE)

    assert answer.status_code == 200
    assert answer.json() == {"success": True, "data": {"wo_id": wo_id}}
    assert order(persat, wo_id)["state"] == "CERRADA_NO_CUMPLIDA"


@pytest.mark.parametrize(("state", "wo_id"), NOT_CANCELLABLE.items())
def test_an_order_in_any_other_state_cannot_and_nothing_changes(
    persat: httpx.Client, state: str, wo_id: str
) -> None:
    before = order(persat, wo_id)
    assert before["state"] == state

    answer = cancel(persat, wo_id, cause=CAUSE, labels_ids=[1, 6])

    message = f"No se puede cancelar la OT cuando se encuentra en estado '{state}'"
    assert answer.status_code == 409
    assert answer.json() == refusal(409, "CONFLICT", message)
    assert order(persat, wo_id) == before


def test_a_cancellation_keeps_everything_but_state_cause_and_labels(persat: httpx.Client) -> None:
    before = order(persat, "14")

    cancel(persat, "14", cause=CAUSE, labels_ids=[1, 6])

    before["state"] = "CERRADA_NO_CUMPLIDA"
    before["labels_ids"] = [1, 6]
    before["wo_data"]["results"] = {"closing_info": {"cause": CAUSE}}
    assert order(persat, "14") == before


def test_a_cancelled_order_reads_the_same_in_the_list(persat: httpx.Client) -> None:
    cancel(persat, "9", cause=CAUSE, labels_ids=[])

    listed = persat.get("/v1/work-orders", params={"from": "2024-07-22", "to": "2024-07-22"}).json()["data"]

    found = next(one for one in listed if one["_id"] == "9")
    assert found == order(persat, "9")
    assert found["labels_ids"] == []


def test_labels_left_out_stay(persat: httpx.Client) -> None:
    cancel(persat, "9", cause=CAUSE)

    assert order(persat, "9")["labels_ids"] == [15]


def test_an_empty_array_clears_the_labels(persat: httpx.Client) -> None:
    cancel(persat, "9", cause=CAUSE, labels_ids=[])

    assert order(persat, "9")["labels_ids"] == []


def test_an_array_replaces_the_labels(persat: httpx.Client) -> None:
    cancel(persat, "9", cause=CAUSE, labels_ids=[1, 6])

    assert order(persat, "9")["labels_ids"] == [1, 6]


def test_unknown_and_repeated_labels_are_kept_as_sent(persat: httpx.Client) -> None:
    answer = cancel(persat, "9", cause=CAUSE, labels_ids=[99999, 6, 6, 1])

    assert answer.status_code == 200
    assert order(persat, "9")["labels_ids"] == [99999, 6, 6, 1]


def test_a_second_cancellation_is_a_conflict_and_keeps_the_first_cause(persat: httpx.Client) -> None:
    cancel(persat, "9", cause=CAUSE)

    again = cancel(persat, "9", cause="Otra causa", labels_ids=[1])

    message = "No se puede cancelar la OT cuando se encuentra en estado 'CERRADA_NO_CUMPLIDA'"
    assert again.json() == refusal(409, "CONFLICT", message)
    assert order(persat, "9")["wo_data"]["results"]["closing_info"] == {"cause": CAUSE}
    assert order(persat, "9")["labels_ids"] == [15]


def test_an_unknown_order_is_named_as_it_was_asked_for(persat: httpx.Client) -> None:
    answer = cancel(persat, "OT-77 ñ", cause=CAUSE)

    assert answer.status_code == 404
    assert answer.json() == refusal(404, "NOT_FOUND", "No hay una ot con este numero de wo_id: OT-77 ñ")


@pytest.mark.parametrize("letter", ["a", "ñ", "👷"])
def test_a_cause_of_500_characters_is_accepted_and_one_of_501_refused(
    persat: httpx.Client, letter: str
) -> None:
    assert cancel(persat, "9", cause=letter * 501).json() == refusal(400, "BAD_REQUEST", CAUSE_REFUSED)
    assert cancel(persat, "9", cause=letter * 500).status_code == 200
    assert order(persat, "9")["wo_data"]["results"]["closing_info"]["cause"] == letter * 500


@pytest.mark.parametrize("cause", ["", "   ", "\n\t", None, 500, True, ["a"], {}])
def test_a_cause_that_says_nothing_counts_as_missing(persat: httpx.Client, cause: Any) -> None:
    answer = cancel(persat, "9", cause=cause)

    assert answer.status_code == 400
    assert answer.json() == refusal(400, "BAD_REQUEST", CAUSE_REFUSED)
    assert order(persat, "9")["state"] == "PROYECTADA"


def test_a_cause_is_kept_with_its_spaces(persat: httpx.Client) -> None:
    cancel(persat, "9", cause="  llueve ")

    assert order(persat, "9")["wo_data"]["results"]["closing_info"]["cause"] == "  llueve "


@pytest.mark.parametrize("labels", [None, 6, "1,6", {}, ["1"], [None], [1, True], [[1]]])
def test_labels_that_are_no_array_of_numbers_are_refused(persat: httpx.Client, labels: Any) -> None:
    answer = cancel(persat, "9", cause=CAUSE, labels_ids=labels)

    assert answer.json() == refusal(400, "BAD_REQUEST", LABELS_REFUSED)
    assert order(persat, "9")["state"] == "PROYECTADA"


def test_unknown_properties_are_ignored(persat: httpx.Client) -> None:
    assert cancel(persat, "9", cause=CAUSE, motivo="x", _id="10").json()["data"] == {"wo_id": "9"}
    assert order(persat, "10")["state"] == "PENDIENTE"


def test_checks_come_in_the_order_key_type_json_cause_labels_existence_state(persat: httpx.Client) -> None:
    nowhere, closed = "/v1/work-orders/xxxx/cancel", "/v1/work-orders/17/cancel"
    text = {"Content-Type": "text/plain"}
    stranger = {"Authorization": "Bearer nobody"}

    def type_of(answer: httpx.Response) -> tuple[int, str]:
        return answer.status_code, answer.json()["error"]["userMessage"]

    assert type_of(persat.post(nowhere, content=b"{", headers={**text, **stranger}))[0] == 401
    assert type_of(persat.post(nowhere, content=b"{", headers=text))[0] == 415
    assert type_of(persat.post(nowhere, content=b"{", headers={"Content-Type": "application/json"})) == (
        400,
        "El body no es un JSON válido",
    )
    assert type_of(persat.post(nowhere, json={"labels_ids": "1"})) == (400, CAUSE_REFUSED)
    assert type_of(persat.post(nowhere, json={"cause": CAUSE, "labels_ids": "1"})) == (400, LABELS_REFUSED)
    assert type_of(persat.post(nowhere, json={"cause": CAUSE}))[0] == 404
    assert type_of(persat.post(closed, json={"labels_ids": [1]})) == (400, CAUSE_REFUSED)
    assert type_of(persat.post(closed, json={"cause": CAUSE}))[0] == 409


def test_the_tracking_link_outlives_a_cancellation(persat: httpx.Client) -> None:
    before = persat.get("/v1/work-orders/tracklink/9").json()["data"]["tracklink"]

    cancel(persat, "9", cause=CAUSE)

    assert persat.get("/v1/work-orders/tracklink/9").json()["data"]["tracklink"] == before
    assert before.startswith("https://wotracking.persat.com.ar/?hash=")
    assert before != persat.get("/v1/work-orders/tracklink/10").json()["data"]["tracklink"]


def test_a_cancellation_in_one_sandbox_is_not_seen_in_another(persat: httpx.Client, double_url: str) -> None:
    cancel(persat, "9", cause=CAUSE)

    key = {"Authorization": "Bearer duble-key~persat-elsewhere"}
    elsewhere = httpx.get(f"{double_url}/v1/work-orders/9", headers=key, trust_env=False)

    assert elsewhere.json()["data"]["state"] == "PROYECTADA"
    assert persat.post("/_duble/reset", json={}).status_code == 200
    assert order(persat, "9")["state"] == "PROYECTADA"
