"""Zeev: a person's open tasks, and how finishing them brings a request to its end."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

RUNNING, FIRST_TASK, SECOND_OPEN = 890360388, 70020, 70007
START = "2026-03-19T12:00:00Z"
ANA = {"Authorization": "Bearer duble-unprivileged"}
BRUNO = {"Authorization": "Bearer duble-approver"}


@pytest.fixture
def zeev(double: httpx.Client) -> httpx.Client:
    double.headers["Authorization"] = "Bearer duble-token"
    double.post("/_duble/clock", json={"freeze": START})
    return double


def finish(zeev: httpx.Client, assignment: int, **body: Any) -> httpx.Response:
    return zeev.put(f"/api/2/assignments/{assignment}", json={"result": "Aprovado"} | body)


def mine(zeev: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    answer = zeev.get("/api/2/assignments", params=query)
    assert answer.status_code == 200
    return list(answer.json())


def reported(zeev: httpx.Client, instance: int, **query: Any) -> dict[str, Any]:
    tasks = {"showPendingInstanceTasks": "true", "showFinishedInstanceTasks": "true"}
    [found] = zeev.get("/api/2/instances/report", params={"instanceId": instance, **tasks, **query}).json()
    return dict(found)


def key(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["key"]


def test_finishing_a_task_closes_it_and_opens_the_next(zeev: httpx.Client) -> None:
    answer = finish(zeev, FIRST_TASK)

    assert (answer.status_code, answer.json()) == (200, {"success": True})
    found = reported(zeev, RUNNING)
    first, second = found["instanceTasks"]
    assert (found["active"], found["endDateTime"], found["lastFinishedTaskDateTime"]) == (True, None, START)
    assert (first["active"], first["result"], first["endDateTime"]) == (False, "Aprovado", START)
    assert first["executor"] == {
        "userId": 1,
        "name": "Dora Dublê",
        "email": "dora.duble@example.com",
        "username": "duble",
    }
    assert (second["active"], second["task"]["id"], second["startDateTime"]) == (True, 122, START)


def test_finishing_the_last_task_ends_the_request_with_its_result(zeev: httpx.Client) -> None:
    finish(zeev, FIRST_TASK)
    [second] = [found for found in mine(zeev) if found["instance"]["id"] == RUNNING]

    answer = finish(zeev, second["id"], result="Devolvido")

    assert answer.status_code == 200
    found = reported(zeev, RUNNING)
    assert (found["active"], found["endDateTime"], found["cancelUserId"]) == (False, START, None)
    assert (found["flowResult"], found["flowResultId"], found["leadTimeInDays"]) == ("Devolvido", 4, 1.0)
    assert RUNNING not in [task["instance"]["id"] for task in mine(zeev)]


def test_a_finished_request_can_neither_be_cancelled_nor_finished_again(zeev: httpx.Client) -> None:
    finish(zeev, SECOND_OPEN)

    cancelled = zeev.patch("/api/2/instances/890360375/cancel", json={})

    assert key(cancelled) == (400, "instance_already_finished")
    again = finish(zeev, SECOND_OPEN)
    assert key(again) == (400, "assignment_not_pending")
    assert again.json()["error"]["message"] == "Tarefa 70007 não está pendente"


def test_a_task_of_a_cancelled_request_is_not_pending_until_the_undo(zeev: httpx.Client) -> None:
    zeev.patch(f"/api/2/instances/{RUNNING}/cancel", json={})
    assert key(finish(zeev, FIRST_TASK)) == (400, "assignment_not_pending")

    zeev.patch(f"/api/2/instances/{RUNNING}/cancel/undo")
    assert finish(zeev, FIRST_TASK).status_code == 200


def test_a_task_is_finished_once_although_its_request_runs_on(zeev: httpx.Client) -> None:
    assert finish(zeev, FIRST_TASK).status_code == 200
    assert key(finish(zeev, FIRST_TASK, result="Reprovado")) == (400, "assignment_not_pending")
    assert [task["result"] for task in reported(zeev, RUNNING)["instanceTasks"]] == ["Aprovado", None]


def test_no_task_of_an_ended_request_is_pending_even_if_a_test_left_it_open(zeev: httpx.Client) -> None:
    stored = zeev.get(f"/_duble/state/zeev/instances/{RUNNING}").json()
    zeev.put(f"/_duble/state/zeev/instances/{RUNNING}", json=stored | {"state": "FINISHED", "end": START})

    assert key(finish(zeev, FIRST_TASK)) == (400, "assignment_not_pending")
    assert FIRST_TASK not in [task["id"] for task in mine(zeev)]


@pytest.mark.parametrize("result", ["Talvez", "aprovado", ""])
def test_a_result_that_the_task_does_not_offer_is_refused(zeev: httpx.Client, result: str) -> None:
    answer = finish(zeev, FIRST_TASK, result=result)

    assert key(answer) == (400, "invalid_result")
    assert answer.json()["error"]["message"] == "Resultado inválido para a tarefa"
    assert FIRST_TASK in [task["id"] for task in mine(zeev)]


def test_a_result_must_be_given(zeev: httpx.Client) -> None:
    assert key(zeev.put(f"/api/2/assignments/{FIRST_TASK}", json={})) == (400, "invalid_result")


def test_only_the_assignee_may_finish_a_task(zeev: httpx.Client) -> None:
    reimbursement = zeev.post("/api/2/instances", json={"flowId": 18}, headers=ANA).json()["id"]
    [task] = zeev.get("/api/2/assignments", headers=BRUNO).json()
    assert task["instance"]["id"] == reimbursement

    assert key(finish(zeev, task["id"])) == (403, "permission_denied")
    assert (
        zeev.put(f"/api/2/assignments/{task['id']}", json={"result": "Aprovado"}, headers=BRUNO).status_code
        == 200
    )


@pytest.mark.parametrize("unknown", [1, 2**31, 2**63 - 1])
def test_an_unknown_assignment_is_not_found(zeev: httpx.Client, unknown: int) -> None:
    answer = finish(zeev, unknown)

    assert key(answer) == (404, "assignment_not_found")
    assert answer.json()["error"]["message"] == f"Tarefa {unknown} não encontrada"


@pytest.mark.parametrize("bad", ["nope", "0", "-70020", str(2**63)])
def test_an_assignment_id_that_is_no_positive_int64_is_an_invalid_parameter(
    zeev: httpx.Client, bad: str
) -> None:
    answer = zeev.put(f"/api/2/assignments/{bad}", json={"result": "Aprovado"})

    assert key(answer) == (400, "invalid_parameter")
    assert answer.json()["error"]["vars"] == ["assignmentId"]


def test_form_values_sent_along_replace_those_of_the_same_name_and_row(zeev: httpx.Client) -> None:
    finish(zeev, FIRST_TASK, formFields=[{"name": "valor", "value": "1900"}, {"name": "obs", "value": "ok"}])

    fields = reported(zeev, RUNNING, formFieldNames=["descricao", "valor", "obs"])["formFields"]
    assert [(field["name"], field["value"]) for field in fields] == [
        ("descricao", "Três monitores"),
        ("valor", "1900"),
        ("obs", "ok"),
    ]


def test_the_list_holds_open_tasks_of_the_caller_in_order_of_id(zeev: httpx.Client) -> None:
    ids = [task["id"] for task in mine(zeev)]

    assert ids == list(range(70007, 70022))
    assert zeev.get("/api/2/assignments", headers=ANA).json() == []


def test_the_list_is_paged(zeev: httpx.Client) -> None:
    pages = [[task["id"] for task in mine(zeev, recordsPerPage=7, pageNumber=page)] for page in (1, 2, 3, 4)]

    assert pages == [list(range(70007, 70014)), list(range(70014, 70021)), [70021], []]


@pytest.mark.parametrize(
    ("query", "flows"),
    [
        ({"flowId": 15}, {15}),
        ({"flowId": 999}, set()),
        ({"appCode": "COMPRA"}, {12}),
        ({"appCode": "NADA"}, set()),
        ({"mobileEnabledOnly": "true"}, {12}),
        ({"mobileEnabledOnly": "false"}, {12, 15}),
    ],
)
def test_filters_of_the_list(zeev: httpx.Client, query: dict[str, Any], flows: set[int]) -> None:
    everything = mine(zeev)

    assert mine(zeev, **query) == [task for task in everything if task["flow"]["id"] in flows]


def test_the_service_filter_finds_what_was_started_by_the_service(zeev: httpx.Client) -> None:
    services = {task["id"]: task["service"] and task["service"]["id"] for task in mine(zeev)}
    assert set(services.values()) == {None, 31}

    assert [task["id"] for task in mine(zeev, serviceId=31)] == [
        id for id, service in services.items() if service
    ]


def test_a_task_is_late_once_its_time_has_passed(zeev: httpx.Client) -> None:
    def late() -> bool:
        [task] = [task for task in mine(zeev) if task["id"] == FIRST_TASK]
        assert task["expirationDateTime"] == "2026-03-20T12:00:00Z"
        return bool(task["late"])

    zeev.post("/_duble/clock", json={"advance": 86_400})
    assert late() is False
    zeev.post("/_duble/clock", json={"advance": 1})
    assert late() is True
