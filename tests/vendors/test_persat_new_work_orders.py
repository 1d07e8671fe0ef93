"""Persat, Insertar OT: three variants, the refusals between them, and what a new order holds."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

WORK: dict[str, Any] = {"schema_id": 13, "service_time": 45}
TASK: dict[str, Any] = {"formvalues": {"FWMg5UsWo": "Cambiar el filtro", "FWn": 3}}


@pytest.fixture
def persat(double: httpx.Client) -> httpx.Client:
    double.headers["Authorization"] = "Bearer duble-key"
    return double


def new(persat: httpx.Client, **body: Any) -> httpx.Response:
    return persat.post("/v1/work-orders", json={"uid_client": "AABC9098", "wo_data": WORK, **body})


def assigned(**changes: Any) -> dict[str, Any]:
    info = {"date": "2030-07-18T00:00:00.000Z", "starts_min": 480, "responsibles_required": 2}
    info = {**info, "responsibles": [7, 8], **changes}
    kept = {name: value for name, value in info.items() if value is not ...}
    return {"wo_data": {**WORK, "instructions": TASK}, "assignation_info": kept}


def message(answer: httpx.Response) -> tuple[int, str]:
    assert answer.json()["error"]["status"] == answer.status_code
    return answer.status_code, answer.json()["error"]["userMessage"]


def test_without_date_start_and_technicians_it_is_pendiente(persat: httpx.Client) -> None:
    made = new(persat).json()["data"]

    assert made["state"] == "PENDIENTE"
    assert made["client"] == {"id": 1, "name": "Fabrica de Motores", "uid_client": "AABC9098"}
    assert made["created_by_user_name"] == "Creado por Api"
    assert made["created_by_user_id"] == -1
    assert made["labels_ids"] == []
    assert made["wo_data"]["instructions"] == {"formvalues": {}}
    assert made["assignation_info"]["responsibles_required"] == 1
    assert persat.get(f"/v1/work-orders/{made['_id']}").json()["data"] == made


def test_with_instructions_it_is_still_pendiente(persat: httpx.Client) -> None:
    made = new(persat, wo_data={**WORK, "instructions": TASK}, labels_ids=[15, 777]).json()["data"]

    assert made["state"] == "PENDIENTE"
    assert made["wo_data"]["instructions"] == TASK
    assert made["labels_ids"] == [15, 777]


@pytest.mark.parametrize("responsibles", [{}, {"responsibles": []}])
def test_with_date_and_start_only_it_is_proyectada(persat: httpx.Client, responsibles: Any) -> None:
    info = {"date": "2030-07-18T23:30:00.000-03:00", "starts_min": 480, **responsibles}

    made = new(persat, assignation_info=info).json()["data"]

    assert made["state"] == "PROYECTADA"
    assert made["assignation_info"] == {
        "date": "2030-07-18T00:00:00.000Z",
        "starts_min": 480,
        "responsibles_required": 1,
        "responsibles": [],
    }


def test_with_technicians_it_is_asignada_and_answers_them_as_objects(persat: httpx.Client) -> None:
    made = new(persat, **assigned()).json()["data"]

    assert made["state"] == "ASIGNADA"
    assert [one["user_id"] for one in made["assignation_info"]["responsibles"]] == [7, 8]
    assert all(one["user_name"] for one in made["assignation_info"]["responsibles"])


def test_responsibles_at_the_top_of_the_body_are_read_too(persat: httpx.Client) -> None:
    made = new(persat, **assigned(responsibles=...), responsibles=[8, 7]).json()["data"]

    assert made["state"] == "ASIGNADA"
    assert [one["user_id"] for one in made["assignation_info"]["responsibles"]] == [8, 7]


@pytest.mark.parametrize("responsibles", ["7", 7, {}, ["7"], [True], [None], [[7]]])
def test_responsibles_at_the_top_must_be_numbers_too(persat: httpx.Client, responsibles: Any) -> None:
    answer = new(persat, **assigned(responsibles=...), responsibles=responsibles)

    assert message(answer) == (400, "'responsibles' no tiene un valor válido")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"uid_client": None}, "uid_client"),
        ({"wo_data": None}, "wo_data"),
        ({"wo_data": {"service_time": 45}}, "wo_data.schema_id"),
        ({"wo_data": {"schema_id": 13}}, "wo_data.service_time"),
        ({**assigned(), "wo_data": WORK}, "wo_data.instructions.formvalues"),
        (assigned(responsibles_required=...), "assignation_info.responsibles_required"),
    ],
)
def test_a_missing_required_field_is_named(persat: httpx.Client, change: Any, field: str) -> None:
    assert message(new(persat, **change)) == (400, f"'{field}' es un campo requerido")


@pytest.mark.parametrize(
    ("info", "status"),
    [
        ({"date": "2030-07-18"}, 400),
        ({"starts_min": 480}, 400),
        ({"responsibles": [7], "responsibles_required": 1}, 400),
        ({"responsibles": []}, 400),
        ({"responsibles_required": 2}, 200),
        ({}, 200),
    ],
)
def test_a_pendiente_order_omits_date_start_and_technicians(
    persat: httpx.Client, info: Any, status: int
) -> None:
    answer = new(persat, assignation_info=info)

    assert answer.status_code == status
    assert (answer.json().get("data") or {}).get("state") == ("PENDIENTE" if status == 200 else None)


@pytest.mark.parametrize(
    "change", [{"responsibles": [7]}, {"responsibles": [7, 8, 7]}, {"responsibles_required": 1}]
)
def test_there_must_be_as_many_technicians_as_required(persat: httpx.Client, change: Any) -> None:
    status, text = message(new(persat, **assigned(**change)))

    assert (status, "responsibles_required" in text) == (400, True)


@pytest.mark.parametrize(
    "change",
    [
        {"date": "2030-02-30"},
        {"date": "18/07/2030"},
        {"date": "0000-01-01"},
        {"date": ""},
        {"date": None},
        {"starts_min": -1},
        {"starts_min": 1440},
        {"starts_min": 1e308},
        {"starts_min": "480"},
        {"starts_min": True},
        {"responsibles_required": 0},
        {"responsibles": {}},
    ],
)
def test_values_without_a_meaning_are_refused_and_nothing_is_created(
    persat: httpx.Client, change: Any
) -> None:
    before = persat.get("/_duble/state/persat/work_orders").json()

    status, text = message(new(persat, **assigned(**change)))

    (name,) = change
    assert (status, text) == (400, f"'assignation_info.{name}' no tiene un valor válido")
    assert persat.get("/_duble/state/persat/work_orders").json() == before


@pytest.mark.parametrize(
    "change",
    [
        {"uid_client": "NO-EXISTE"},
        {"wo_data": {**WORK, "schema_id": 999}},
        {"wo_data": {**WORK, "schema_id": 1e308}},
        assigned(responsibles=[7, 999]),
        assigned(responsibles=[7, 8.5]),
    ],
)
def test_what_a_new_order_names_must_exist(persat: httpx.Client, change: Any) -> None:
    answer = new(persat, **change)

    assert (answer.status_code, answer.json()["error"]["type"]) == (409, "CONFLICT")


def test_missing_fields_are_refused_before_unknown_references(persat: httpx.Client) -> None:
    answer = new(persat, uid_client="NO-EXISTE", assignation_info={"date": "2030-07-18"})

    assert answer.status_code == 400


def test_ids_and_notes_only_grow(persat: httpx.Client) -> None:
    first, second = new(persat).json()["data"], new(persat).json()["data"]
    new(persat, uid_client="NO-EXISTE")
    third = new(persat).json()["data"]

    assert [int(one["_id"]) for one in (first, second, third)] == [135, 136, 137]
    assert first["note_id"] < second["note_id"] < third["note_id"]
    assert first["note_id"] > 603


def test_created_is_local_time_printed_with_z(persat: httpx.Client) -> None:
    persat.post("/_duble/clock", json={"freeze": "2024-07-16T17:46:35Z"})

    assert new(persat).json()["data"]["created"] == "2024-07-16T14:46:35.000Z"


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_ends_of_the_calendar_create_orders_too(persat: httpx.Client, instant: str) -> None:
    persat.post("/_duble/clock", json={"freeze": instant})

    assert new(persat, **assigned(date="0001-01-01")).status_code == 200
    assert new(persat, **assigned(date="9999-12-31")).status_code == 200
