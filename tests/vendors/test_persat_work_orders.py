"""Persat, reading and labelling work orders: lists by day, repetitions, weak labels."""

from __future__ import annotations

from typing import Any

import httpx
import pytest


@pytest.fixture
def persat(double: httpx.Client) -> httpx.Client:
    double.headers["Authorization"] = "Bearer duble-key"
    return double


def listed(persat: httpx.Client, first: str, last: str, **query: Any) -> list[str]:
    answer = persat.get("/v1/work-orders", params={"from": first, "to": last, **query})
    assert answer.status_code == 200, answer.text
    assert answer.json()["success"] is True
    return [order["_id"] for order in answer.json()["data"]]


def plan(persat: httpx.Client, day: str, starts_min: float) -> str:
    """A new PROYECTADA order of client CL-0044; its id."""
    body = {
        "uid_client": "CL-0044",
        "wo_data": {"schema_id": 13, "service_time": 30},
        "assignation_info": {"date": day, "starts_min": starts_min},
    }
    made: str = persat.post("/v1/work-orders", json=body).json()["data"]["_id"]
    return made


def refused(persat: httpx.Client, **query: str) -> bool:
    answer = persat.get("/v1/work-orders", params=query)
    return (answer.status_code, answer.json().get("error", {}).get("type")) == (400, "BAD_REQUEST")


def test_a_list_includes_both_its_days_and_no_other(persat: httpx.Client) -> None:
    made = [plan(persat, f"2031-03-{day:02}", 480) for day in (9, 10, 11, 12, 13)]

    assert listed(persat, "2031-03-10", "2031-03-12") == made[1:4]
    assert listed(persat, "2031-03-11", "2031-03-11") == [made[2]]
    assert listed(persat, "2031-04-01", "2031-04-10") == []


def test_time_of_day_and_zone_do_not_matter(persat: httpx.Client) -> None:
    made = plan(persat, "2031-03-10T23:59:00.000Z", 480)

    assert listed(persat, "2031-03-10T22:00:00-11:00", "2031-03-10T00:00:00.000Z") == [made]
    assert listed(persat, "2031-03-11T00:00:00+14:00", "2031-03-11") == []


def test_a_list_is_in_order_of_day_start_and_id(persat: httpx.Client) -> None:
    late = plan(persat, "2031-03-11", 900)
    noon = [plan(persat, "2031-03-11", 720) for _ in range(3)]
    before = plan(persat, "2031-03-10", 1000)

    assert listed(persat, "2031-03-10", "2031-03-11") == [before, *noon, late]


def test_ids_count_as_numbers_where_they_decide_the_order(persat: httpx.Client) -> None:
    for wo_id in ("20", "135", "OT-1"):
        record = persat.get("/_duble/state/persat/work_orders/12").json()
        put = persat.put(
            f"/_duble/state/persat/work_orders/{wo_id}", json={**record, "id": wo_id, "date": "2031-03-10"}
        )
        assert put.status_code == 200

    assert listed(persat, "2031-03-10", "2031-03-10") == ["20", "135", "OT-1"]


def test_fifteen_days_apart_is_the_longest_range(persat: httpx.Client) -> None:
    assert listed(persat, "2031-03-01", "2031-03-16") == []
    assert refused(persat, **{"from": "2031-03-01", "to": "2031-03-17"})


@pytest.mark.parametrize(
    "day", ["", "ayer", "2031-02-29", "01/03/2031", "2031-3-1", "0000-01-01", "20310301"]
)
def test_a_day_that_is_none_is_refused(persat: httpx.Client, day: str) -> None:
    assert refused(persat, **{"from": day, "to": "2031-03-01"})
    assert refused(persat, **{"from": "2031-03-01", "to": day})


def test_missing_and_reversed_days_are_refused(persat: httpx.Client) -> None:
    assert refused(persat, to="2031-03-01")
    assert refused(persat, **{"from": "2031-03-01"})
    assert refused(persat, **{"from": "2031-03-02", "to": "2031-03-01"})


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_can_be_listed(persat: httpx.Client, day: str) -> None:
    made = plan(persat, day, 0)

    assert listed(persat, day, day) == [made]


def test_orders_without_a_date_are_never_listed(persat: httpx.Client) -> None:
    assert listed(persat, "2024-07-10", "2024-07-25", states="PENDIENTE") == []


@pytest.mark.parametrize(
    "states",
    [
        [("states", "INFORME"), ("states", "ASIGNADA")],
        [("states", "INFORME,ASIGNADA")],
        [("states", '["INFORME", "ASIGNADA"]')],
    ],
)
def test_states_can_be_written_in_three_ways(persat: httpx.Client, states: list[tuple[str, str]]) -> None:
    query = httpx.QueryParams([("from", "2024-07-15"), ("to", "2024-07-30"), *states])

    answer = persat.get("/v1/work-orders", params=query).json()["data"]

    assert {(one["_id"], one["state"]) for one in answer} == {("13", "ASIGNADA"), ("15", "INFORME")}


def test_a_state_that_does_not_exist_matches_nothing(persat: httpx.Client) -> None:
    assert listed(persat, "2024-07-15", "2024-07-30", states="CANCELADA") == []


def test_the_list_can_be_narrowed_to_one_client(persat: httpx.Client) -> None:
    assert listed(persat, "2024-07-15", "2024-07-30") == ["15", "13", "12", "9"]
    assert listed(persat, "2024-07-15", "2024-07-30", uid_client="CL-0044") == ["9"]
    assert listed(persat, "2024-07-15", "2024-07-30", uid_client="NO-EXISTE") == []


def test_a_future_repetition_is_listed_as_minus_one_and_cannot_be_read(persat: httpx.Client) -> None:
    stored = persat.get("/_duble/state/persat/work_orders/12").json()
    repetition = {
        **stored,
        "id": "rule-4-2031-03-10",
        "wo_rule_id": 4,
        "wo_instance": 1,
        "date": "2031-03-10",
    }
    put = persat.put("/_duble/state/persat/work_order_repetitions/rule-4-2031-03-10", json=repetition)
    assert put.status_code == 200

    answer = persat.get("/v1/work-orders", params={"from": "2031-03-10", "to": "2031-03-10"}).json()

    (found,) = answer["data"]
    assert (found["_id"], found["wo_data"]["wo_rule_id"], found["wo_data"]["wo_instance"]) == ("-1", 4, 1)
    for wo_id in ("-1", "rule-4-2031-03-10"):
        assert persat.get(f"/v1/work-orders/{wo_id}").status_code == 404


def test_the_printed_assigned_order_reads_as_printed(persat: httpx.Client) -> None:
    found = persat.get("/v1/work-orders/13").json()["data"]

    assert (found["_id"], found["note_id"], found["state"]) == ("13", 299, "ASIGNADA")
    assert found["created"] == "2024-07-16T14:46:35.000Z"
    assert (found["created_by_user_name"], found["created_by_user_id"]) == ("Creado por Api", -1)
    assert found["labels_ids"] == []
    assert found["client"] == {"id": 1, "name": "Fabrica de Motores", "uid_client": "AABC9098"}
    assert (found["wo_data"]["schema_id"], found["wo_data"]["service_time"]) == (13, 45)


@pytest.mark.parametrize("wo_id", ["9", "10", "13", "15", "16", "17", "18", "19"])
def test_labels_can_be_replaced_in_every_state(persat: httpx.Client, wo_id: str) -> None:
    before = persat.get(f"/v1/work-orders/{wo_id}").json()["data"]

    answer = persat.put(f"/v1/work-orders/{wo_id}", json={"labels_ids": [6, 31337]})

    assert answer.json() == {"success": True, "data": {**before, "labels_ids": [6, 31337]}}
    assert persat.get(f"/v1/work-orders/{wo_id}").json() == answer.json()


@pytest.mark.parametrize("body", [{}, {"labels_ids": None}, {"labels_ids": "6"}, {"labels_ids": ["6"]}])
def test_labels_of_the_wrong_kind_are_refused(persat: httpx.Client, body: Any) -> None:
    answer = persat.put("/v1/work-orders/9", json=body)

    assert answer.status_code == 400
    assert answer.json()["error"]["userMessage"] == "'labels_ids' debe ser un array de numeros"


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("PUT", ""), ("GET", "tracklink/")])
def test_an_unknown_order_is_refused_alike_everywhere(persat: httpx.Client, method: str, path: str) -> None:
    body: dict[str, Any] | None = {"labels_ids": []} if method == "PUT" else None

    answer = persat.request(method, f"/v1/work-orders/{path}xxxx", json=body)

    assert answer.status_code == 404
    assert answer.json()["error"]["userMessage"] == "No hay una ot con este numero de wo_id: xxxx"


def test_orders_of_a_deleted_client_are_gone(persat: httpx.Client) -> None:
    persat.delete("/_duble/state/persat/clients/CL-0044")

    assert persat.get("/v1/work-orders/9").status_code == 404
    assert persat.post("/v1/work-orders/9/cancel", json={"cause": "x"}).status_code == 404
    assert listed(persat, "2024-07-15", "2024-07-30") == ["15", "13", "12"]
