"""CITSmart, an attendant's life: attend, check in, check out, or deny."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

MOBILE = "2355A68BF75281B73607EEC1A7191645"
BRUNA = "7A1B0C5D3E9F48216B07D1C2E3F4A5B6"  # attends 95921, task 22721
CARLA = "C4E8A2F60B1D47935E7C9A0B2D4F6E81"  # checked in on task 22722 of 95922
DAVI = "D9F3B7A1C5E80246A8C0E2F4B6D81357"  # may not reactivate; attends 95928, task 22728, suspended
ELISA = "E1D5C9B3A7F204685B3D9F1A7C0E2468"  # may not suspend; attends 95929, task 22729
HERE: dict[str, Any] = {"latitude": -19.369852147, "longitude": -49.369852147}
SUSPENDED: dict[str, Any] = {"status": 2, "solution": 1, "descSolution": "Falta uma peça"}
SOLVED: dict[str, Any] = {"status": 4, "solution": 2, "descSolution": "Trocado"}
UNKNOWN_TASK = ("INPUT", "Tarefa não encontrada")


def call(double: httpx.Client, name: str, session: str = MOBILE, **body: Any) -> httpx.Response:
    return double.post(f"/services/v2/{name}", json={"sessionID": session, **body})


def attend(
    double: httpx.Client, number: int, session: str = MOBILE, at: int = 1377618517000
) -> httpx.Response:
    return call(double, "attendRequest", session, number=number, **HERE, dateTime=at)


def check_in(double: httpx.Client, task: int, session: str = MOBILE) -> httpx.Response:
    return call(double, "checkin", session, taskId=task, **HERE, startTime=1377618543000)


def check_out(double: httpx.Client, task: int, session: str = MOBILE, **how: Any) -> httpx.Response:
    return call(double, "checkout", session, taskId=task, **HERE, **(how or {"status": 1}))


def deny(double: httpx.Client, task: int, reason: int = 1, session: str = MOBILE) -> httpx.Response:
    return call(double, "denied", session, taskId=task, **HERE, dateTime=1377618543000, reasonId=reason)


def error(answer: httpx.Response) -> tuple[str, str]:
    assert answer.status_code == 412, answer.text
    return answer.json()["error"]["code"], answer.json()["error"]["description"]


def number(answer: httpx.Response) -> int:
    assert answer.status_code == 200, answer.text
    assert answer.json().keys() == {"dateTime", "operationID", "error", "number"}
    found: int = answer.json()["number"]
    return found


def seen(double: httpx.Client, request: int, session: str = MOBILE) -> tuple[bool, bool, int, int]:
    """personal, inService, inCheckin and waiting of the request's task."""
    (one,) = call(double, "update", session, number=request).json()["notifications"]
    return one["personal"], one["inService"], one["inCheckin"], one["waiting"]


def detail(double: httpx.Client, task: int) -> tuple[str, str]:
    shown = call(double, "getById", taskId=task).json()["notification"]
    return shown["status"], shown["taskStatus"]


def listed(double: httpx.Client, session: str = MOBILE) -> list[int]:
    body: dict[str, Any] = {"notificationType": 0, "onlyApproval": 0, "newestNumber": 0}
    return [one["number"] for one in call(double, "getNewest", session, **body).json()["notifications"]]


def stored(double: httpx.Client, collection: str, id: Any) -> dict[str, Any]:
    found: dict[str, Any] = double.get(f"/_duble/state/citsmart/{collection}/{id}").json()
    return found


def change(double: httpx.Client, collection: str, id: Any, **changes: Any) -> None:
    record = {**stored(double, collection, id), **changes}
    assert double.put(f"/_duble/state/citsmart/{collection}/{id}", json=record).status_code == 200


def test_the_whole_way_from_the_queue_to_the_solution(double: httpx.Client) -> None:
    assert seen(double, 95935) == (False, False, 0, 1)

    assert attend(double, 95935).json()["success"] is True
    assert seen(double, 95935) == (True, True, 0, 1)

    assert number(check_in(double, 22778)) == 95935
    assert seen(double, 95935) == (True, True, 1, 1)
    assert seen(double, 95935, BRUNA) == (False, True, 1, 0)
    assert detail(double, 22778) == ("In progress", "Available")

    assert number(check_out(double, 22778, **SOLVED)) == 95935
    assert seen(double, 95935) == (False, False, 0, 0)
    assert detail(double, 22778) == ("Solved", "Finished")
    assert 95935 not in listed(double)
    request = stored(double, "requests", 95935)
    assert (request["solution"], request["resolution"]) == (2, "Trocado")


def test_attending_again_sets_position_and_start_anew(double: httpx.Client) -> None:
    attend(double, 95935, at=1)

    assert attend(double, 95935, at=2).json()["success"] is True
    (mine,) = [
        one
        for one in double.get("/_duble/state/citsmart/assignments").json()["records"]
        if one["number"] == 95935
    ]
    assert (mine["user"], mine["active"], mine["started"], mine["latitude"]) == (
        "mobile",
        True,
        2,
        HERE["latitude"],
    )


def test_several_may_attend_the_same_request(double: httpx.Client) -> None:
    assert attend(double, 95921).status_code == 200

    assert seen(double, 95921)[0] is True
    assert seen(double, 95921, BRUNA)[0] is True
    assert {95921} <= set(listed(double)) & set(listed(double, BRUNA))


@pytest.mark.parametrize(
    ("request_number", "text"),
    [(7, "Solicitação não encontrada"), (95924, "Solicitação encerrada"), (95925, "Solicitação encerrada")],
)
def test_only_known_open_requests_are_attended(double: httpx.Client, request_number: int, text: str) -> None:
    answer = attend(double, request_number)

    assert error(answer) == ("INPUT", text)
    assert answer.json()["success"] is False


def test_a_suspended_request_may_be_attended_and_a_check_in_reactivates_it(double: httpx.Client) -> None:
    assert detail(double, 22723) == ("Suspended", "Available")
    attend(double, 95923)
    assert detail(double, 22723)[0] == "Suspended"

    assert number(check_in(double, 22723)) == 95923

    assert detail(double, 22723) == ("In progress", "Available")
    (one,) = call(double, "update", number=95923).json()["notifications"]
    assert (one["timeFlag"], one["inCheckin"]) == (0, 1)
    request = stored(double, "requests", 95923)
    assert (request["solution"], request["resolution"]) == (None, None)


def test_without_the_right_a_suspended_request_stays_so(double: httpx.Client) -> None:
    refused = check_in(double, 22728, DAVI)

    assert error(refused) == ("INPUT", "Usuário sem permissão para reativar a solicitação")
    assert detail(double, 22728)[0] == "Suspended"
    attend(double, 95935, DAVI)
    assert number(check_in(double, 22778, DAVI)) == 95935


def test_a_check_in_needs_an_assignment(double: httpx.Client) -> None:
    assert error(check_in(double, 22778)) == ("INPUT", "Não há atribuição ativa para a solicitação 95935")
    assert error(check_in(double, 22721)) == ("INPUT", "Não há atribuição ativa para a solicitação 95921")
    assert seen(double, 95935) == (False, False, 0, 1)


def test_a_check_out_ends_the_assignment(double: httpx.Client) -> None:
    attend(double, 95935)
    check_in(double, 22778)
    check_out(double, 22778)

    assert error(check_in(double, 22778)) == ("INPUT", "Não há atribuição ativa para a solicitação 95935")
    attend(double, 95935)
    assert number(check_in(double, 22778)) == 95935


def test_an_attendant_has_one_open_check_in(double: httpx.Client) -> None:
    attend(double, 95935)
    attend(double, 89647)
    check_in(double, 22778)

    open_elsewhere = ("INPUT", "Atendente possui check-in sem check-out: 95935")
    assert error(check_in(double, 21990)) == open_elsewhere
    assert error(check_in(double, 22778)) == open_elsewhere
    assert error(check_in(double, 301)) == open_elsewhere  # also where nothing else would do
    assert seen(double, 89647)[2] == 0
    check_out(double, 22778)
    assert number(check_in(double, 21990)) == 89647


def test_a_request_has_one_open_check_in(double: httpx.Client) -> None:
    attend(double, 95922)

    assert error(check_in(double, 22722)) == ("INPUT", "Solicitação 95922 já possui check-in em aberto")
    assert seen(double, 95922) == (True, True, 1, 0)
    check_out(double, 22722, CARLA)
    assert number(check_in(double, 22722)) == 95922


@pytest.mark.parametrize("how", [{"status": 3}, SOLVED])
def test_a_closed_request_takes_no_check_in(double: httpx.Client, how: dict[str, Any]) -> None:
    attend(double, 95922)
    check_out(double, 22722, CARLA, **how)

    assert error(check_in(double, 22722)) == ("INPUT", "Solicitação encerrada")


def test_a_check_in_is_checked_in_a_fixed_order(double: httpx.Client) -> None:
    """Everything is wrong at first; the refusals come one after the other."""
    change(double, "requests", 95922, status=4)
    attend(double, 95935, DAVI)
    check_in(double, 22778, DAVI)

    def refused() -> str:
        return error(check_in(double, 22722, DAVI))[1]

    assert refused() == "Atendente possui check-in sem check-out: 95935"
    check_out(double, 22778, DAVI)
    assert refused() == "Não há atribuição ativa para a solicitação 95922"
    change(double, "requests", 95922, status=1)
    attend(double, 95922, DAVI)
    change(double, "requests", 95922, status=4)
    assert refused() == "Solicitação 95922 já possui check-in em aberto"
    change(double, "check_ins", 95922, state="closed")
    assert refused() == "Solicitação encerrada"
    change(double, "requests", 95922, status=2)
    assert refused() == "Usuário sem permissão para reativar a solicitação"
    change(double, "users", "davi", may_reactivate=True)
    assert number(check_in(double, 22722, DAVI)) == 95922


@pytest.mark.parametrize(
    ("how", "status", "task", "in_lists"),
    [
        ({"status": 1}, "In progress", "Available", True),
        (SUSPENDED, "Suspended", "Available", True),
        ({"status": 3}, "Canceled", "Finished", False),
        (SOLVED, "Solved", "Finished", False),
        (
            {"status": 5, "solution": 5, "descSolution": "Descrição da Solução"},
            "In progress",
            "Available",
            True,
        ),
        ({"status": 0}, "In progress", "Available", True),
        ({"status": -1}, "In progress", "Available", True),
        ({"status": 2**63 - 1}, "In progress", "Available", True),
    ],
)
def test_a_check_out_gives_the_request_a_status(
    double: httpx.Client, how: dict[str, Any], status: str, task: str, in_lists: bool
) -> None:
    assert number(check_out(double, 22722, CARLA, **how)) == 95922

    assert detail(double, 22722) == (status, task)
    assert seen(double, 95922) == (False, False, 0, int(in_lists))
    assert (95922 in listed(double)) is in_lists
    if status == "Suspended":
        (one,) = call(double, "update", number=95922).json()["notifications"]
        assert one["timeFlag"] == 3
        assert stored(double, "requests", 95922)["resolution"] == "Falta uma peça"


@pytest.mark.parametrize("status", [2, 4])
@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({}, "Solução não informada"),
        ({"solution": None, "descSolution": "x"}, "Solução não informada"),
        ({"solution": 3, "descSolution": "x"}, "Solução inválida"),
        ({"solution": 0}, "Solução inválida"),
        ({"solution": 1}, "Descrição da solução não informada"),
        ({"solution": 1, "descSolution": ""}, "Descrição da solução não informada"),
        ({"solution": 1, "descSolution": None}, "Descrição da solução não informada"),
    ],
)
def test_suspended_and_solved_need_a_solution_and_words(
    double: httpx.Client, status: int, more: dict[str, Any], text: str
) -> None:
    assert error(check_out(double, 22722, CARLA, status=status, **more)) == ("INPUT", text)
    assert error(check_out(double, 99999999, CARLA, status=status, **more)) == ("INPUT", text)
    assert seen(double, 95922)[2] == 1


@pytest.mark.parametrize("status", [1, 3, 5])
def test_other_statuses_need_neither(double: httpx.Client, status: int) -> None:
    assert number(check_out(double, 22722, CARLA, status=status, solution=99, descSolution="")) == 95922
    request = stored(double, "requests", 95922)
    assert (request["solution"], request["resolution"]) == (None, None)


def test_a_solution_belongs_to_its_status(double: httpx.Client) -> None:
    change(
        double,
        "statuses",
        4,
        justifications=[{"id": 7, "description": "Só para solucionadas", "parent_id": None}],
    )

    assert error(check_out(double, 22722, CARLA, **{**SUSPENDED, "solution": 7}))[1] == "Solução inválida"
    assert number(check_out(double, 22722, CARLA, **{**SOLVED, "solution": 7})) == 95922


def test_only_the_one_who_checked_in_checks_out_and_only_once(double: httpx.Client) -> None:
    text = "Não há check-in em aberto para a tarefa {}"
    attend(double, 95922)
    assert error(check_out(double, 22722)) == ("INPUT", text.format(22722))
    assert error(check_out(double, 22778)) == ("INPUT", text.format(22778))
    check_out(double, 22722, CARLA)
    assert error(check_out(double, 22722, CARLA)) == ("INPUT", text.format(22722))


def test_a_check_out_names_the_task_of_the_check_in(double: httpx.Client) -> None:
    other = {"number": 95922, "name": "Atender incidente", "type": 4, "group": "Campo"}
    double.put("/_duble/state/citsmart/tasks/30000", json=other)

    refused = check_out(double, 30000, CARLA)

    assert error(refused) == ("INPUT", "Não há check-in em aberto para a tarefa 30000")
    assert number(check_out(double, 22722, CARLA)) == 95922


def test_a_check_in_without_its_assignment_cannot_be_checked_out(double: httpx.Client) -> None:
    change(double, "assignments", "95922:carla", active=False)

    assert error(check_out(double, 22722, CARLA)) == (
        "INPUT",
        "Não há atribuição ativa para a solicitação 95922",
    )


def test_without_the_right_nobody_suspends(double: httpx.Client) -> None:
    assert number(check_in(double, 22729, ELISA)) == 95929

    refused = check_out(double, 22729, ELISA, **SUSPENDED)

    assert error(refused) == ("INPUT", "Usuário sem permissão para suspender a solicitação")
    assert seen(double, 95929, ELISA) == (True, True, 1, 1)
    assert number(check_out(double, 22729, ELISA, **SOLVED)) == 95929


def test_solving_closes_every_open_task_of_the_request(double: httpx.Client) -> None:
    task = {"number": 95922, "name": "Aprovar", "type": 1, "group": "Campo", "state": "awaiting_approval"}
    double.put("/_duble/state/citsmart/tasks/30000", json=task)

    check_out(double, 22722, CARLA, **SOLVED)

    assert detail(double, 30000) == ("Solved", "Finished")


def test_a_denial_is_noted_and_changes_nothing(double: httpx.Client) -> None:
    before = seen(double, 95935), listed(double), detail(double, 22778)

    answer = deny(double, 22778, 2)

    assert answer.json().keys() == {"dateTime", "operationID", "error"}
    assert (seen(double, 95935), listed(double), detail(double, 22778)) == before
    noted = double.get("/_duble/state/citsmart/denials").json()["records"][-1]
    assert (noted["task_id"], noted["user"], noted["reason_id"]) == (22778, "mobile", 2)
    assert (noted["denied"], noted["latitude"]) == (1377618543000, HERE["latitude"])


def test_a_denial_needs_a_task_and_a_reason(double: httpx.Client) -> None:
    assert error(deny(double, 1, 99)) == UNKNOWN_TASK
    assert error(deny(double, 22778, 99)) == ("INPUT", "Motivo não encontrado")
    assert len(double.get("/_duble/state/citsmart/denials").json()["records"]) == 1


def test_closed_tasks_may_be_denied_too(double: httpx.Client) -> None:
    assert deny(double, 22725).status_code == 200


@pytest.mark.parametrize("name", ["getById", "getReasons"])
def test_an_unknown_task_is_refused(double: httpx.Client, name: str) -> None:
    for task in (1, 0, -1, 2**63 - 1):
        assert error(call(double, name, taskId=task)) == UNKNOWN_TASK
        assert error(check_in(double, task)) == UNKNOWN_TASK
        assert error(check_out(double, task)) == UNKNOWN_TASK


def test_positions_are_noted_one_after_the_other(double: httpx.Client) -> None:
    for at in (5, 4):
        assert call(double, "location", **HERE, dateTime=at).json()["success"] is True

    noted = double.get("/_duble/state/citsmart/attendant_positions").json()["records"]
    assert [(one["user"], one["reported"]) for one in noted[-2:]] == [("mobile", 5), ("mobile", 4)]
