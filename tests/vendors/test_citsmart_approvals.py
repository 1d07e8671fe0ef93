"""CITSmart: decisions, new requests, and the reference lists that they draw on."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

MOBILE = "2355A68BF75281B73607EEC1A7191645"
BRUNA = "7A1B0C5D3E9F48216B07D1C2E3F4A5B6"
DECIDED = ("INPUT", "A tarefa já foi aprovada ou não está em aprovação")


def call(double: httpx.Client, name: str, session: str = MOBILE, **body: Any) -> httpx.Response:
    return double.post(f"/services/v2/{name}", json={"sessionID": session, **body})


def feedback(double: httpx.Client, task: int, value: int, reason: int = 4) -> httpx.Response:
    return call(double, "feedback", taskId=task, feedback=value, reasonId=reason, comments="De acordo")


def error(answer: httpx.Response) -> tuple[str, str]:
    assert answer.status_code == 412, answer.text
    return answer.json()["error"]["code"], answer.json()["error"]["description"]


def approvals(double: httpx.Client) -> list[int]:
    body: dict[str, Any] = {"notificationType": 0, "onlyApproval": 1, "newestNumber": 0}
    return [one["taskId"] for one in call(double, "getNewest", **body).json()["notifications"]]


def stored(double: httpx.Client, collection: str, id: Any) -> dict[str, Any]:
    found: dict[str, Any] = double.get(f"/_duble/state/citsmart/{collection}/{id}").json()
    return found


def change(double: httpx.Client, collection: str, id: Any, **changes: Any) -> None:
    """Change a record behind the vendor's counter, or put a new one there."""
    before = stored(double, collection, id)
    record = changes if "error" in before else {**before, **changes}
    assert double.put(f"/_duble/state/citsmart/{collection}/{id}", json=record).status_code == 200


@pytest.mark.parametrize("value", [0, 1])
def test_a_decision_answers_the_envelope_alone_and_closes_the_task(double: httpx.Client, value: int) -> None:
    assert approvals(double) == [297, 22736]

    answer = feedback(double, 22736, value)

    assert answer.status_code == 200
    assert answer.json().keys() == {"dateTime", "operationID", "error"}
    assert approvals(double) == [297]
    detail = call(double, "getById", taskId=22736).json()["notification"]
    assert (detail["status"], detail["taskStatus"]) == ("In progress", "Finished")
    decision = stored(double, "tasks", 22736)["decision"]
    assert decision == {"user": "mobile", "feedback": value, "reason_id": 4, "comments": "De acordo"}


def test_an_approval_opens_a_task_of_execution(double: httpx.Client) -> None:
    feedback(double, 22736, 1)

    (one,) = call(double, "update", number=95932).json()["notifications"]

    assert one["taskId"] > 22778
    assert (one["typeRequest"], one["type"], one["waiting"]) == (0, 1, 1)
    attended = call(double, "attendRequest", number=95932, latitude=1, longitude=2, dateTime=3)
    assert attended.status_code == 200
    checked_in = call(double, "checkin", taskId=one["taskId"], latitude=1, longitude=2, startTime=3)
    assert checked_in.json()["number"] == 95932


def test_a_rejection_opens_nothing(double: httpx.Client) -> None:
    feedback(double, 22736, 0)

    (one,) = call(double, "update", number=95932).json()["notifications"]

    assert (one["taskId"], one["typeRequest"]) == (22736, 1)


@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_a_task_is_decided_once(double: httpx.Client, first: int, second: int) -> None:
    feedback(double, 22736, first)

    assert error(feedback(double, 22736, second)) == DECIDED
    assert stored(double, "tasks", 22736)["decision"]["feedback"] == first


@pytest.mark.parametrize("task", [22737, 22726, 22725])
def test_tasks_of_execution_and_done_ones_are_not_decided(double: httpx.Client, task: int) -> None:
    assert error(feedback(double, task, 1)) == DECIDED


def test_task_and_reason_must_exist(double: httpx.Client) -> None:
    assert error(feedback(double, 5, 1, 2)) == ("INPUT", "Tarefa não encontrada")
    assert error(feedback(double, 22736, 1, 2)) == ("INPUT", "Motivo não encontrado")
    assert error(feedback(double, 22736, 0, -6)) == ("INPUT", "Motivo não encontrado")
    assert approvals(double) == [297, 22736]


def test_reasons_come_by_text_under_the_key_desc(double: httpx.Client) -> None:
    change(double, "approval_reasons", 9, description="A first one")

    answer = call(double, "getReasons", taskId=22736).json()

    assert answer["amount"] == 5
    assert [reason["id"] for reason in answer["reasons"]] == [9, 1, 4, 6, 5]
    assert answer["reasons"][0] == {"id": 9, "desc": "A first one"}


def test_contracts_are_the_users_own(double: httpx.Client) -> None:
    assert [one["id"] for one in call(double, "contracts").json()["contracts"]] == [1, 1233]
    assert call(double, "contracts", BRUNA).json()["contracts"] == [{"id": 1, "description": "Test Name"}]


def test_units_are_those_of_an_own_contract(double: httpx.Client) -> None:
    units = call(double, "units", contractID=1).json()["units"]
    assert units == [{"id": 15, "description": "Matriz"}, {"id": 222, "description": "Filial Uberlândia"}]
    refused = ("INPUT", "Contrato não encontrado")
    assert error(call(double, "units", contractID=77)) == refused
    assert error(call(double, "units", contractID=5)) == refused
    assert error(call(double, "units", BRUNA, contractID=1233)) == refused


def test_a_contract_without_units_is_refused_like_an_unknown_one(double: httpx.Client) -> None:
    change(double, "contracts", 90, description="Novo")
    change(double, "users", "mobile", contracts=[90])

    assert error(call(double, "units", contractID=90)) == ("INPUT", "Contrato não encontrado")


def test_a_units_position_is_what_was_sent_last(double: httpx.Client) -> None:
    for latitude, longitude in ((1.5, 2.5), (-90, 180)):
        answer = call(double, "coordinates", unitID=2, latitude=latitude, longitude=longitude)
        assert answer.json()["success"] is True

    unit = stored(double, "units", 2)
    assert (unit["latitude"], unit["longitude"]) == (-90, 180)
    refused = call(double, "coordinates", unitID=3, latitude=1, longitude=2)
    assert error(refused) == ("INPUT", "Unidade não encontrada")
    assert refused.json()["success"] is False


@pytest.mark.parametrize(
    ("collection", "name"),
    [("denied_reasons", "deniedReasons"), ("statuses", "status"), ("approval_reasons", "getReasons")],
)
def test_a_list_that_is_never_empty_is_not_sent_empty(
    double: httpx.Client, collection: str, name: str
) -> None:
    for record in double.get(f"/_duble/state/citsmart/{collection}").json()["records"]:
        double.delete(f"/_duble/state/citsmart/{collection}/{record['id']}")

    assert error(call(double, name, taskId=22737))[0] == "INTERNAL"


def test_a_new_request_is_in_progress_at_its_place_and_waits_for_the_group(double: httpx.Client) -> None:
    double.post("/_duble/clock", json={"freeze": "2026-05-04T15:00:00Z"})

    answer = call(double, "new", description="  Teste mobile ", latitude=-19.5, longitude=-49.5).json()

    assert answer["number"] == 95936
    (one,) = call(double, "update", BRUNA, number=95936).json()["notifications"]
    assert one.pop("taskId") == 22779
    assert one == {
        "number": 95936,
        "type": 5,
        "date": "04/05/2026",
        "timeFlag": 0,
        "timeSLA": 480,
        "latitude": -19.5,
        "longitude": -49.5,
        "endSLA": "04/05/2026 20:00",
        "task": "Executar solicitação",
        "personal": False,
        "inService": False,
        "inCheckin": 0,
        "typeRequest": 0,
        "waiting": 1,
        "service": "MOBILE REQUEST",
        "contract": 1,
        "unit": 15,
        "priorityorder": None,
    }
    detail = call(double, "getById", taskId=22779).json()["notification"]
    assert (detail["description"], detail["status"]) == ("  Teste mobile ", "In progress")


def test_new_numbers_count_on_and_refused_calls_take_none(double: httpx.Client) -> None:
    def new(**changes: Any) -> httpx.Response:
        return call(double, "new", **{"description": "x", "latitude": 1, "longitude": 2, **changes})

    first = new().json()["number"]
    assert error(new(description="")) == ("INPUT", "Descrição da solicitação de serviço não informada")
    assert error(new(latitude=91))[1] == "Campo latitude inválido"
    assert new().json()["number"] == first + 1


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ("default_contract", "ID do contrato padrão não definido"),
        ("default_service", "ID do serviço padrão não definido"),
        ("default_origin", "ID da origem padrão não definido"),
    ],
)
def test_without_its_defaults_the_server_takes_no_request(
    double: httpx.Client, setting: str, text: str
) -> None:
    change(double, "servers", "server", **{setting: None})

    answer = call(double, "new", description="x", latitude=1, longitude=2)

    assert error(answer) == ("PARAM", text)
    assert len(double.get("/_duble/state/citsmart/requests").json()["records"]) == 16


def test_defaults_are_the_servers(double: httpx.Client) -> None:
    change(
        double,
        "servers",
        "server",
        default_contract=1233,
        default_service="Outro",
        default_time_sla=45,
        task_name="Ver",
    )

    made = call(double, "new", description="x", latitude=1, longitude=2).json()["number"]

    (one,) = call(double, "update", number=made).json()["notifications"]
    assert (one["contract"], one["unit"], one["service"]) == (1233, 1, "Outro")
    assert (one["timeSLA"], one["timeFlag"], one["task"]) == (45, 1, "Ver")
