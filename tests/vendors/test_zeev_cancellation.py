"""Zeev: cancelling a request and taking that back, as other operations see it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

RUNNING, CANCELLED, FINISHED, CHILD = 890360388, 890360371, 890360372, 890360389
HALFWAY = 890360375  # its first task is finished, its second one open
UNPRIVILEGED = {"Authorization": "Bearer duble-unprivileged"}
ONE_APPLICATION_ONLY = {"Authorization": "Bearer duble-reimbursements"}
NOON = "2026-03-19T12:00:00Z"  # one day after the start of RUNNING


@pytest.fixture
def zeev(double: httpx.Client) -> httpx.Client:
    double.headers["Authorization"] = "Bearer duble-token"
    return double


def cancel(zeev: httpx.Client, instance: int, **more: Any) -> httpx.Response:
    return zeev.patch(f"/api/2/instances/{instance}/cancel", **({"json": {}} | more))


def undo(zeev: httpx.Client, instance: int, **more: Any) -> httpx.Response:
    return zeev.patch(f"/api/2/instances/{instance}/cancel/undo", **more)


def reported(zeev: httpx.Client, instance: int, **query: Any) -> dict[str, Any]:
    answer = zeev.get("/api/2/instances/report", params={"instanceId": instance, **query})
    assert answer.status_code == 200
    [found] = answer.json()
    return dict(found)


def everything(zeev: httpx.Client, instance: int) -> dict[str, Any]:
    shown = {
        "showPendingInstanceTasks": "true",
        "showFinishedInstanceTasks": "true",
        "showPendingAssignees": "true",
    }
    return reported(zeev, instance, formFieldNames=["descricao", "valor"], **shown)


def my_assignment_ids(zeev: httpx.Client) -> list[int]:
    return [found["id"] for found in zeev.get("/api/2/assignments", params={"recordsPerPage": 100}).json()]


def key(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["key"]


def test_a_running_request_is_cancelled(zeev: httpx.Client) -> None:
    answer = cancel(zeev, RUNNING, json={"reason": "Solicitação duplicada"})

    assert (answer.status_code, answer.json()) == (200, {"success": True})


def test_a_cancelled_request_has_ended_now_without_a_result_and_names_its_canceller(
    zeev: httpx.Client,
) -> None:
    zeev.post("/_duble/clock", json={"freeze": NOON})
    before = reported(zeev, RUNNING)

    cancel(zeev, RUNNING, json={"reason": "Solicitação duplicada"})

    changed = {"active": False, "endDateTime": NOON, "leadTimeInDays": 1.0, "cancelUserId": 1}
    assert reported(zeev, RUNNING) == before | changed
    assert (before["flowResult"], before["flowResultId"]) == (None, None)


def test_get_and_list_show_the_cancellation_but_not_who_did_it(zeev: httpx.Client) -> None:
    zeev.post("/_duble/clock", json={"freeze": NOON})
    cancel(zeev, RUNNING)

    one = zeev.get(f"/api/2/instances/{RUNNING}").json()
    [listed] = zeev.get("/api/2/instances", params={"instanceId": RUNNING}).json()

    assert one == listed
    assert (one["active"], one["endDateTime"], one["leadTimeInDays"]) == (False, NOON, 1.0)
    assert "cancelUserId" not in one


def test_open_tasks_are_closed_without_result_or_executor_and_count_as_finished(zeev: httpx.Client) -> None:
    zeev.post("/_duble/clock", json={"freeze": NOON})
    [before] = reported(zeev, RUNNING, showPendingInstanceTasks="true")["instanceTasks"]

    cancel(zeev, RUNNING)

    assert reported(zeev, RUNNING, showPendingInstanceTasks="true")["instanceTasks"] == []
    [after] = reported(zeev, RUNNING, showFinishedInstanceTasks="true")["instanceTasks"]
    assert after == before | {"active": False, "endDateTime": NOON, "leadTimeInDays": 1.0}
    assert (after["result"], after["executor"]) == (None, None)


def test_finished_tasks_and_the_last_finish_stay_as_they_were(zeev: httpx.Client) -> None:
    first = reported(zeev, HALFWAY, showFinishedInstanceTasks="true")

    cancel(zeev, HALFWAY)

    after = reported(zeev, HALFWAY, showFinishedInstanceTasks="true")
    assert after["lastFinishedTaskDateTime"] == first["lastFinishedTaskDateTime"] == "2026-03-06T08:00:00Z"
    assert after["instanceTasks"][0] == first["instanceTasks"][0]
    assert [task["result"] for task in after["instanceTasks"]] == ["Aprovado", None]


def test_the_assignments_of_a_cancelled_request_are_gone_and_come_back_with_the_undo(
    zeev: httpx.Client,
) -> None:
    before = my_assignment_ids(zeev)
    assert 70020 in before

    cancel(zeev, RUNNING)
    assert my_assignment_ids(zeev) == [id for id in before if id != 70020]

    undo(zeev, RUNNING)
    assert my_assignment_ids(zeev) == before


@pytest.mark.parametrize("instance", [RUNNING, HALFWAY])
def test_an_undo_restores_everything_a_reader_can_see(zeev: httpx.Client, instance: int) -> None:
    zeev.post("/_duble/clock", json={"freeze": NOON})
    before = everything(zeev, instance)
    cancel(zeev, instance, json={"reason": "Solicitação duplicada"})
    zeev.post("/_duble/clock", json={"advance": 3600})

    answer = undo(zeev, instance)

    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert everything(zeev, instance) == before


def test_the_active_filter_and_the_end_date_filter_follow_the_state(zeev: httpx.Client) -> None:
    def found(**query: str) -> bool:
        ended_today = {"endDateIntervalBegin": NOON, "endDateIntervalEnd": NOON}
        pair = ended_today if query.pop("ended", None) else {}
        return bool(
            zeev.get("/api/2/instances/report", params={"instanceId": RUNNING, **query, **pair}).json()
        )

    def seen() -> tuple[bool, bool, bool]:
        return found(active="true"), found(active="false"), found(ended="today")

    zeev.post("/_duble/clock", json={"freeze": NOON})
    assert seen() == (True, False, False)
    cancel(zeev, RUNNING)
    assert seen() == (False, True, True)
    undo(zeev, RUNNING)
    assert seen() == (True, False, False)


def test_a_cancel_is_found_by_its_printed_end_in_the_form_without_fractions(zeev: httpx.Client) -> None:
    zeev.post("/_duble/clock", json={"freeze": "2026-03-19T12:00:00.750Z"})
    cancel(zeev, RUNNING)

    end = "2026-03-19 12:00:00"
    found = zeev.get(
        "/api/2/instances/report", params={"endDateIntervalBegin": end, "endDateIntervalEnd": end}
    )

    assert [(one["id"], one["endDateTime"]) for one in found.json()] == [(RUNNING, NOON)]


def test_the_reason_is_kept_but_no_read_model_shows_it(zeev: httpx.Client) -> None:
    cancel(zeev, RUNNING, json={"reason": "Solicitação duplicada"})

    stored = zeev.get(f"/_duble/state/zeev/instances/{RUNNING}").json()
    assert (stored["state"], stored["cancellation"]["reason"]) == ("CANCELLED", "Solicitação duplicada")
    assert stored["messages"] == []
    assert "Solicitação duplicada" not in str(everything(zeev, RUNNING))


@pytest.mark.parametrize("body", [{}, {"reason": None}, {"reason": ""}, {"reason": "a" * 100_000}])
def test_a_reason_may_be_missing_null_empty_or_long(zeev: httpx.Client, body: dict[str, Any]) -> None:
    assert cancel(zeev, RUNNING, json=body).status_code == 200


@pytest.mark.parametrize(
    ("content", "details"),
    [
        (b"", []),
        (b"{", []),
        (b"[]", []),
        (b"null", []),
        (b'"texto"', []),
        (b'{"reason": 5}', ["reason"]),
        (b'{"reason": ["a"]}', ["reason"]),
    ],
)
def test_a_body_that_is_no_object_or_a_reason_that_is_no_string_is_refused(
    zeev: httpx.Client, content: bytes, details: list[str]
) -> None:
    answer = cancel(zeev, RUNNING, json=None, content=content)

    error = {"code": "400", "key": "invalid_body", "message": "Corpo da requisição inválido", "vars": []}
    assert (answer.status_code, answer.json()) == (400, {"error": error | {"details": details}})
    assert reported(zeev, RUNNING)["active"] is True


@pytest.mark.parametrize(
    ("call", "instance", "refused", "message"),
    [
        (cancel, CANCELLED, "instance_already_cancelled", "Solicitação 890360371 já está cancelada"),
        (cancel, FINISHED, "instance_already_finished", "Solicitação 890360372 já está encerrada"),
        (undo, RUNNING, "instance_not_cancelled", "Solicitação 890360388 não está cancelada"),
        (undo, FINISHED, "instance_not_cancelled", "Solicitação 890360372 não está cancelada"),
    ],
)
def test_the_wrong_state_is_refused_by_name_and_changes_nothing(
    zeev: httpx.Client, call: Any, instance: int, refused: str, message: str
) -> None:
    before = everything(zeev, instance)

    answer = call(zeev, instance)

    error = {"code": "400", "key": refused, "message": message, "vars": [str(instance)], "details": []}
    assert (answer.status_code, answer.json()) == (400, {"error": error})
    assert everything(zeev, instance) == before


def test_cancel_and_undo_alternate_without_limit(zeev: httpx.Client) -> None:
    statuses = [call(zeev, RUNNING).status_code for _ in range(5) for call in (cancel, undo)]

    assert statuses == [200] * 10


def test_sub_processes_and_parents_stay_untouched(zeev: httpx.Client) -> None:
    child = everything(zeev, CHILD)
    assert child["masterInstanceId"] == RUNNING

    cancel(zeev, RUNNING)
    assert everything(zeev, CHILD) == child

    undo(zeev, RUNNING)
    parent = everything(zeev, RUNNING)
    cancel(zeev, CHILD)
    assert everything(zeev, RUNNING) == parent


@pytest.mark.parametrize(("call", "instance"), [(cancel, HALFWAY), (undo, CANCELLED)])
def test_being_the_requester_gives_no_right_to_cancel_or_undo(
    zeev: httpx.Client, call: Any, instance: int
) -> None:
    assert reported(zeev, instance)["requester"]["id"] == 7

    answer = call(zeev, instance, headers=UNPRIVILEGED)

    assert key(answer) == (403, "permission_denied")
    assert answer.json()["error"]["message"] == "Pessoa sem permissão para esta operação"


def test_the_right_is_given_per_application(zeev: httpx.Client) -> None:
    reimbursement = zeev.post("/api/2/instances", json={"flowId": 18}).json()["id"]

    assert key(cancel(zeev, RUNNING, headers=ONE_APPLICATION_ONLY)) == (403, "permission_denied")
    assert cancel(zeev, reimbursement, headers=ONE_APPLICATION_ONLY).status_code == 200
    assert reported(zeev, reimbursement)["cancelUserId"] == 11


def test_an_unknown_request_comes_before_the_missing_right_and_the_right_before_the_state(
    zeev: httpx.Client,
) -> None:
    assert key(cancel(zeev, 1, headers=UNPRIVILEGED)) == (404, "instance_not_found")
    assert key(cancel(zeev, CANCELLED, headers=UNPRIVILEGED)) == (403, "permission_denied")
    assert key(cancel(zeev, 1, json={"reason": 5})) == (400, "invalid_body")
    assert key(cancel(zeev, 1, json={"reason": 5}, headers={"Authorization": "Bearer x"})) == (
        401,
        "token_invalid",
    )


def test_a_body_sent_with_undo_is_ignored_whatever_it_is(zeev: httpx.Client) -> None:
    cancel(zeev, RUNNING)

    answer = undo(zeev, RUNNING, content=b"{no json", headers={"Content-Type": "text/plain"})

    assert (answer.status_code, answer.json()) == (200, {"success": True})
