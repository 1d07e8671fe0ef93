"""Zeev: starting a request, reading one, and listing one's own page by page."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

RUNNING = 890360388
START = "2026-03-19T12:00:00Z"
ANA = {"Authorization": "Bearer duble-unprivileged"}
BRUNO = {"Authorization": "Bearer duble-approver"}
MINE = [890360372, 890360374, *range(890360376, 890360390)]


@pytest.fixture
def zeev(double: httpx.Client) -> httpx.Client:
    double.headers["Authorization"] = "Bearer duble-token"
    return double


def start(zeev: httpx.Client, **body: Any) -> httpx.Response:
    return zeev.post("/api/2/instances", json=body)


def get(zeev: httpx.Client, instance: int, **query: Any) -> dict[str, Any]:
    answer = zeev.get(f"/api/2/instances/{instance}", params=query)
    assert answer.status_code == 200
    return dict(answer.json())


def my_ids(zeev: httpx.Client, **query: Any) -> list[int]:
    answer = zeev.get("/api/2/instances", params=query)
    assert answer.status_code == 200
    return [found["id"] for found in answer.json()]


def key(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["key"]


def test_a_started_request_runs_at_once_with_its_first_task_open(zeev: httpx.Client) -> None:
    zeev.post("/_duble/clock", json={"freeze": START})

    id = start(zeev, flowId=12).json()["id"]

    found = get(zeev, id, showPendingInstanceTasks="true", showFinishedInstanceTasks="true")
    assert (found["active"], found["startDateTime"], found["endDateTime"]) == (True, START, None)
    assert (found["flow"]["id"], found["service"], found["simulation"]) == (12, None, False)
    [task] = found["instanceTasks"]
    assert (task["task"]["id"], task["active"], task["startDateTime"]) == (121, True, START)
    assert task["expectedEndDateTime"] == "2026-03-21T12:00:00Z"  # 48 hours


def test_ids_follow_the_last_one(zeev: httpx.Client) -> None:
    assert [start(zeev, flowId=12).json() for _ in range(2)] == [{"id": 890360390}, {"id": 890360391}]


def test_a_service_starts_its_flow(zeev: httpx.Client) -> None:
    found = get(zeev, start(zeev, serviceId=31, isSimulation=True).json()["id"])

    assert (found["flow"]["id"], found["service"]["id"], found["simulation"]) == (15, 31, True)


def test_the_requester_is_the_tokens_person(zeev: httpx.Client) -> None:
    id = zeev.post("/api/2/instances", json={"flowId": 12}, headers=ANA).json()["id"]

    requester = get(zeev, id)["requester"]
    assert (requester["id"], requester["username"], requester["team"]["code"]) == (7, "ana.souza", "FIN")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"flowId": 12, "serviceId": 31},
        {"flowId": 999},
        {"serviceId": 999},
        {"flowId": 0},
        {"flowId": -12},
    ],
)
def test_exactly_one_known_flow_or_service_is_needed(zeev: httpx.Client, body: dict[str, int]) -> None:
    answer = start(zeev, **body)

    assert key(answer) == (400, "invalid_application")
    assert answer.json()["error"]["message"] == "Fluxo ou serviço inválido"
    assert start(zeev, flowId=12).json() == {"id": 890360390}


def test_form_values_are_kept_by_name_and_row(zeev: httpx.Client) -> None:
    fields = [
        {"name": "item", "value": "Mesa", "row": 1},
        {"name": "item", "value": "Cadeira", "row": "2"},
        {"name": "valor", "value": "900"},
    ]

    id = start(zeev, flowId=12, formFields=fields).json()["id"]

    shown = get(zeev, id, formFieldNames=["item"])["formFields"]
    assert [(field["name"], field["value"], field["row"]) for field in shown] == [
        ("item", "Mesa", 1),
        ("item", "Cadeira", 2),
    ]


def test_tasks_assignees_and_form_values_are_absent_until_asked_for(zeev: httpx.Client) -> None:
    plain = get(zeev, RUNNING)
    assert not plain.keys() & {"instanceTasks", "formFields"}

    assert get(zeev, RUNNING, showPendingAssignees="true") == plain
    assert get(zeev, RUNNING, showFinishedInstanceTasks="true")["instanceTasks"] == []
    [task] = get(zeev, RUNNING, showPendingInstanceTasks="true")["instanceTasks"]
    assert "assignees" not in task
    both = {"showPendingInstanceTasks": "true", "showPendingAssignees": "true"}
    [task] = get(zeev, RUNNING, **both)["instanceTasks"]
    assert [(found["id"], found["userId"]) for found in task["assignees"]] == [(70020, 1)]


def test_assignees_are_those_of_open_tasks_only(zeev: httpx.Client) -> None:
    asked = {
        f"show{what}": "true"
        for what in ("PendingInstanceTasks", "FinishedInstanceTasks", "PendingAssignees")
    }

    finished, pending = get(zeev, 890360375, **asked)["instanceTasks"]

    assert ("assignees" in finished, "assignees" in pending) == (False, True)


def test_a_task_is_on_time_until_its_expected_end(zeev: httpx.Client) -> None:
    def on_time() -> list[bool]:
        tasks = {"showPendingInstanceTasks": "true", "showFinishedInstanceTasks": "true"}
        shown = get(zeev, 890360372, **tasks)["instanceTasks"] + get(zeev, RUNNING, **tasks)["instanceTasks"]
        return [task["onTime"] for task in shown]

    zeev.post("/_duble/clock", json={"freeze": "2026-03-20T12:00:00Z"})
    assert on_time() == [True, False, True]
    zeev.post("/_duble/clock", json={"advance": 1})
    assert on_time() == [True, False, False]


def test_form_values_come_by_name_and_in_no_other_number(zeev: httpx.Client) -> None:
    shown = get(zeev, RUNNING, formFieldNames=["valor", "descricao", "nenhum"])["formFields"]

    assert [field["name"] for field in shown] == ["descricao", "valor"]
    assert all("openUrl" not in field for field in shown)
    assert get(zeev, RUNNING, formFieldNames=["nenhum"])["formFields"] == []


@pytest.mark.parametrize("select", ["id,active", "active , id", "id,active,id"])
def test_select_leaves_out_what_it_does_not_name(zeev: httpx.Client, select: str) -> None:
    assert get(zeev, RUNNING, **{"$select": select}) == {"id": RUNNING, "active": True}


def test_select_of_what_was_not_asked_for_leaves_nothing(zeev: httpx.Client) -> None:
    assert get(zeev, RUNNING, **{"$select": "formFields"}) == {}


@pytest.mark.parametrize("select", ["", "id,", "id,senha", "ID", "*", "requester/name", "cancelUserId"])
def test_select_refuses_what_is_no_property_of_the_model(zeev: httpx.Client, select: str) -> None:
    answer = zeev.get(f"/api/2/instances/{RUNNING}", params={"$select": select})

    assert key(answer) == (400, "invalid_parameter")
    assert answer.json()["error"]["vars"] == ["$select"]


def test_use_cache_changes_nothing(zeev: httpx.Client) -> None:
    before = get(zeev, RUNNING)
    zeev.patch(f"/api/2/instances/{RUNNING}/cancel", json={})

    after = get(zeev, RUNNING, useCache="true")

    assert (before["active"], after["active"]) == (True, False)


@pytest.mark.parametrize("bad", ["nope", "0", "-1", "1.5", "2147483648", "9" * 400, "%20", "1e3"])
def test_an_id_that_is_no_positive_int32_is_an_invalid_parameter(zeev: httpx.Client, bad: str) -> None:
    answer = zeev.get(f"/api/2/instances/{bad}")

    assert key(answer) == (400, "invalid_parameter")
    assert answer.json()["error"]["message"] == "Parâmetro inválido: instanceId"


@pytest.mark.parametrize("unknown", [1, 2147483647])
def test_a_well_formed_unknown_id_is_not_found(zeev: httpx.Client, unknown: int) -> None:
    answer = zeev.get(f"/api/2/instances/{unknown}")

    assert answer.status_code == 404
    assert answer.json()["error"] == {
        "code": "404",
        "key": "instance_not_found",
        "message": f"Solicitação {unknown} não encontrada",
        "vars": [str(unknown)],
        "details": [],
    }


def test_a_request_is_seen_by_requester_assignee_and_who_may_cancel_it(zeev: httpx.Client) -> None:
    reimbursement = zeev.post("/api/2/instances", json={"flowId": 18}, headers=ANA).json()["id"]
    purchase = zeev.post("/api/2/instances", json={"flowId": 12}, headers=ANA).json()["id"]

    def seen(instance: int) -> list[int]:
        asking = [ANA, BRUNO, dict(zeev.headers), {"Authorization": "Bearer duble-reimbursements"}]
        return [zeev.get(f"/api/2/instances/{instance}", headers=headers).status_code for headers in asking]

    assert seen(reimbursement) == [200, 200, 200, 200]
    assert seen(purchase) == [200, 403, 200, 403]
    assert key(zeev.get(f"/api/2/instances/{RUNNING}", headers=ANA)) == (403, "permission_denied")


def test_the_list_holds_ones_own_requests_only_in_order_of_id(zeev: httpx.Client) -> None:
    assert my_ids(zeev) == MINE
    zeev.headers.update(ANA)
    assert my_ids(zeev) == [890360371, 890360373, 890360375]


def test_a_client_that_pages_until_the_empty_page_has_seen_everything_once(zeev: httpx.Client) -> None:
    pages: list[list[int]] = []
    while not pages or pages[-1]:
        pages.append(my_ids(zeev, recordsPerPage=5, pageNumber=len(pages) + 1))

    assert [len(page) for page in pages] == [5, 5, 5, 1, 0]
    assert [id for page in pages for id in page] == MINE


def test_a_page_holds_thirty_by_default_and_a_hundred_at_most(zeev: httpx.Client) -> None:
    for _ in range(20):
        start(zeev, flowId=12)

    assert (len(my_ids(zeev)), len(my_ids(zeev, pageNumber=2))) == (30, 6)
    assert len(my_ids(zeev, recordsPerPage=100)) == 36
    assert my_ids(zeev, pageNumber=1_000_000) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pageNumber", "0"),
        ("pageNumber", "1000001"),
        ("pageNumber", "-1"),
        ("pageNumber", "um"),
        ("recordsPerPage", "0"),
        ("recordsPerPage", "101"),
        ("isActive", "talvez"),
        ("instanceId", "0"),
        ("startDateBegin", "ontem"),
        ("startDateBegin", ""),
        ("startDateEnd", "2026-02-29"),
        ("startDateEnd", "0000-01-01"),
        ("startDateEnd", "2026-01-01T25:00:00Z"),
    ],
)
def test_a_filter_that_cannot_be_read_is_refused_by_name(zeev: httpx.Client, name: str, value: str) -> None:
    answer = zeev.get("/api/2/instances", params={name: value})

    assert key(answer) == (400, "invalid_parameter")
    assert answer.json()["error"]["vars"] == [name]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"isActive": "false"}, [890360372, 890360374]),
        ({"instanceId": 890360372}, [890360372]),
        ({"instanceId": 890360371}, []),
        ({"startDateEnd": "2026-03-04T08:00:00Z"}, [890360372, 890360374]),
        ({"startDateEnd": "2026-03-04 07:59:59"}, [890360372]),
        ({"startDateBegin": "2026-03-18T12:00:00Z"}, [RUNNING, 890360389]),
        ({"startDateBegin": "2026-03-18 12:00:01"}, [890360389]),
        ({"startDateBegin": "2026-03-18T09:30:00-03:00"}, [890360389]),
        ({"startDateBegin": "2026-03-18"}, [RUNNING, 890360389]),
        ({"startDateBegin": "0001-01-01T00:00:00+14:00", "startDateEnd": "0001-01-02"}, []),
        ({"startDateBegin": "9999-12-31T23:59:59-14:00"}, []),
    ],
)
def test_filters_of_the_list_include_both_ends_and_read_both_forms_of_date(
    zeev: httpx.Client, query: dict[str, Any], expected: list[int]
) -> None:
    assert my_ids(zeev, **query) == expected
