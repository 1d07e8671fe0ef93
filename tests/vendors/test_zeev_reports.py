"""Zeev: the two reports over all requests, their filters, and who is shown what."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

RUNNING = 890360388
ALWAYS = {"startDateIntervalBegin": "0001-01-01", "startDateIntervalEnd": "9999-12-31"}
ALL = list(range(890360371, 890360390))
# 890360389 runs in the same flow, but another request started it.
BY_SERVICE = [890360374, 890360376, 890360379, 890360381, 890360383, 890360385, 890360387]
COMMON_FILTERS: list[tuple[dict[str, Any], list[int]]] = [
    ({"instanceId": RUNNING}, [RUNNING]),
    ({"instanceId": 1}, []),
    (ALWAYS, ALL),
    ({**ALWAYS, "active": False}, [890360371, 890360372, 890360373, 890360374]),
    ({**ALWAYS, "simulation": True}, [890360377]),
    ({**ALWAYS, "flowId": 18}, [890360373]),
    ({**ALWAYS, "flowId": 999}, []),
    ({**ALWAYS, "flowUid": "C47D9B1E-52A6-4F3D-A8E9-61B0F7D23C18"}, [890360373]),
    ({**ALWAYS, "serviceId": 32}, [890360373]),
    ({**ALWAYS, "serviceUid": "f1b8e3d7-9a64-4c25-8e1f-7d3a5b9c6032"}, [890360373]),
    ({**ALWAYS, "serviceUid": "5e2a7c94-3d1b-47f8-b6a0-9c4d8e7f2031"}, BY_SERVICE),
    ({**ALWAYS, "requesterUsername": "ana.souza"}, [890360371, 890360373, 890360375]),
    ({**ALWAYS, "requesterUsername": "ninguem"}, []),
    ({**ALWAYS, "requesterTeamId": 22}, [890360371, 890360373, 890360375]),
    ({**ALWAYS, "currentRequesterTeamId": 22}, [890360371, 890360373, 890360375]),
    ({**ALWAYS, "responsibleAppTeamId": 22}, [890360373]),
    ({**ALWAYS, "taskId": 122}, [890360372, 890360375]),
    ({**ALWAYS, "taskId": 122, "taskStatus": "Current"}, [890360375]),
    ({**ALWAYS, "taskId": 122, "taskStatus": "Passed"}, [890360372]),
    ({**ALWAYS, "taskId": 181, "taskStatus": "Unavailable"}, []),
    ({**ALWAYS, "taskId": 121, "taskStatus": "Unavailable"}, [890360371]),
    ({**ALWAYS, "taskStatus": "Passed"}, [890360372, 890360373, 890360375]),
    ({**ALWAYS, "recordsPerPage": 2, "pageNumber": 10}, [890360389]),
    ({**ALWAYS, "recordsPerPage": 2, "pageNumber": 11}, []),
    (
        {"startDateIntervalBegin": "2026-03-02T09:00:00Z", "startDateIntervalEnd": "2026-03-02 10:00:00"},
        [890360371, 890360372],
    ),
    (
        {"startDateIntervalBegin": "2026-03-02T09:00:01Z", "startDateIntervalEnd": "2026-03-02 09:59:59"},
        [],
    ),
    (
        {"endDateIntervalBegin": "2026-03-03 20:00:00", "endDateIntervalEnd": "2026-03-05T07:00:00-03:00"},
        [890360372, 890360373],
    ),
    (
        {"lastTaskEndDateIntervalBegin": "2026-03-06", "lastTaskEndDateIntervalEnd": "2026-03-07"},
        [890360375],
    ),
    ({"startDateIntervalBegin": "9999-12-31", "startDateIntervalEnd": "0001-01-01"}, []),
    ({"instanceId": RUNNING, "endDateIntervalBegin": "2026-03-02"}, [RUNNING]),
]
WITHOUT_FILTER: list[dict[str, Any]] = [
    {},
    {"active": True},
    {"flowId": 12, "requesterUsername": "duble"},
    {"startDateIntervalBegin": "2026-03-01"},
    {"startDateIntervalBegin": "2026-03-01", "endDateIntervalEnd": "2026-03-31"},
]


@pytest.fixture
def zeev(double: httpx.Client) -> httpx.Client:
    double.headers["Authorization"] = "Bearer duble-token"
    return double


def by_query(zeev: httpx.Client, **criteria: Any) -> httpx.Response:
    return zeev.get("/api/2/instances/report", params=criteria)


def by_body(zeev: httpx.Client, **criteria: Any) -> httpx.Response:
    return zeev.post("/api/2/instances/report", json=criteria)


def ids(answer: httpx.Response) -> list[int]:
    assert answer.status_code == 200
    return [found["id"] for found in answer.json()]


def error(answer: httpx.Response) -> tuple[int, str, list[str]]:
    said = answer.json()["error"]
    return answer.status_code, said["key"], said["vars"] + said["details"]


@pytest.mark.parametrize(("criteria", "expected"), COMMON_FILTERS)
def test_query_and_body_find_the_same_requests(
    zeev: httpx.Client, criteria: dict[str, Any], expected: list[int]
) -> None:
    assert ids(by_query(zeev, **criteria)) == expected
    assert by_body(zeev, **criteria).json() == by_query(zeev, **criteria).json()


@pytest.mark.parametrize("criteria", WITHOUT_FILTER)
def test_a_report_needs_an_id_or_a_complete_pair_of_dates(
    zeev: httpx.Client, criteria: dict[str, Any]
) -> None:
    expected = {
        "code": "400",
        "key": "missing_filter",
        "message": "Informe o código da solicitação ou um intervalo de datas",
        "vars": [],
        "details": [],
    }
    for answer in (by_query(zeev, **criteria), by_body(zeev, **criteria)):
        assert (answer.status_code, answer.json()) == (400, {"error": expected})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("instanceId", 0),
        ("flowId", 2147483648),
        ("taskStatus", "Done"),
        ("flowUid", "nope"),
        ("startDateIntervalBegin", "2026-02-30"),
        ("endDateIntervalEnd", "31/03/2026"),
        ("lastTaskEndDateIntervalEnd", "2026-03-31T00:00:00+24:00"),
        ("recordsPerPage", 101),
        ("pageNumber", 0),
    ],
)
def test_a_bad_value_is_refused_as_parameter_or_as_part_of_the_body(
    zeev: httpx.Client, name: str, value: Any
) -> None:
    assert error(by_query(zeev, **ALWAYS | {name: value})) == (400, "invalid_parameter", [name])
    assert error(by_body(zeev, **ALWAYS | {name: value})) == (400, "invalid_body", [name])


def test_the_body_wants_json_types(zeev: httpx.Client) -> None:
    assert error(by_body(zeev, instanceId=str(RUNNING))) == (400, "invalid_body", ["instanceId"])
    assert error(by_body(zeev, instanceId=RUNNING, active="true")) == (400, "invalid_body", ["active"])


def test_who_cancelled_is_shown_in_both_reports_and_null_elsewhere(zeev: httpx.Client) -> None:
    for report in (by_query, by_body):
        cancellers = {found["id"]: found["cancelUserId"] for found in report(zeev, **ALWAYS).json()}
        assert cancellers == dict.fromkeys(ALL) | {890360371: 1, 890360374: 1}


def test_a_person_is_shown_what_the_person_may_see(zeev: httpx.Client) -> None:
    zeev.headers["Authorization"] = "Bearer duble-unprivileged"
    assert ids(by_query(zeev, **ALWAYS)) == [890360371, 890360373, 890360375]
    assert ids(by_query(zeev, instanceId=RUNNING)) == []
    zeev.headers["Authorization"] = "Bearer duble-approver"
    assert ids(by_query(zeev, **ALWAYS)) == [890360373]


def test_the_team_of_today_is_not_the_team_of_the_start(zeev: httpx.Client) -> None:
    ana = zeev.get("/_duble/state/zeev/people/7").json()
    zeev.put(
        "/_duble/state/zeev/people/7", json=ana | {"team": {"id": 24, "name": "Jurídico", "code": "JUR"}}
    )

    assert ids(by_query(zeev, **ALWAYS, requesterTeamId=22)) == [890360371, 890360373, 890360375]
    assert ids(by_query(zeev, **ALWAYS, currentRequesterTeamId=22)) == []
    assert ids(by_query(zeev, **ALWAYS, currentRequesterTeamId=24)) == [890360371, 890360373, 890360375]


def test_links_of_files_are_shown_on_demand_only(zeev: httpx.Client) -> None:
    def links(**flag: str) -> list[str | None]:
        answer = by_query(zeev, instanceId=RUNNING, formFieldNames=["valor", "orcamento"], **flag)
        return [field["openUrl"] for field in answer.json()[0]["formFields"]]

    assert links() == [None, None]
    assert links(allowOpenUrlsForFilesInForm="true") == [None, "https://exemplo.zeev.it/2.0/files/3"]


def test_select_knows_the_canceller_in_the_report(zeev: httpx.Client) -> None:
    answer = by_query(zeev, **{"instanceId": 890360371, "$select": "cancelUserId,id"})

    assert answer.json() == [{"id": 890360371, "cancelUserId": 1}]


def test_mobile_enabled_only_is_a_filter_of_the_body(zeev: httpx.Client) -> None:
    by_flow = {found["id"]: found["flow"]["id"] for found in by_body(zeev, **ALWAYS).json()}

    enabled = ids(by_body(zeev, **ALWAYS, mobileEnabledOnly=True))

    assert enabled == [id for id, flow in by_flow.items() if flow in (12, 18)]


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ([{"name": "valor", "operator": "=", "value": "900"}], [890360371]),
        ([{"name": "valor", "value": "900"}], [890360371]),
        ([{"id": 2, "operator": "=", "value": "900"}], [890360371]),
        ([{"id": 1, "name": "valor", "value": "900"}], []),
        ([{"name": "valor", "operator": "<>", "value": "900"}], [890360372, RUNNING]),
        ([{"name": "valor", "operator": ">", "value": "1000"}], [890360372, RUNNING]),
        ([{"name": "valor", "operator": "<", "value": "1500"}], [890360371]),
        ([{"name": "descricao", "operator": "like", "value": "%MONITORES"}], [RUNNING]),
        ([{"name": "descricao", "operator": "not like", "value": "uma"}], [890360371, RUNNING]),
        (
            [
                {"name": "valor", "operator": ">", "value": "1000"},
                {"name": "valor", "operator": "<", "value": "2000"},
            ],
            [890360372],
        ),
        ([{"name": "nenhum", "operator": "<>", "value": ""}], []),
    ],
)
def test_conditions_on_form_values_must_all_match(
    zeev: httpx.Client, conditions: list[dict[str, Any]], expected: list[int]
) -> None:
    assert ids(by_body(zeev, **ALWAYS, formFieldsFilter=conditions)) == expected


@pytest.mark.parametrize(
    ("conditions", "offending"),
    [
        ([{"name": "valor", "operator": "=>", "value": "1"}], "formFieldsFilter.0.operator"),
        ([{"name": "valor", "value": 1}], "formFieldsFilter.0.value"),
        ([{"name": "valor", "value": "1"}, {"operator": "=", "value": "1"}], "formFieldsFilter.1"),
        ([{"name": "valor"}], "formFieldsFilter.0"),
        ([{"name": "valor", "value": "1"}] * 101, "formFieldsFilter"),
    ],
)
def test_a_condition_that_cannot_be_applied_is_refused_with_its_place(
    zeev: httpx.Client, conditions: list[dict[str, Any]], offending: str
) -> None:
    assert error(by_body(zeev, **ALWAYS, formFieldsFilter=conditions)) == (400, "invalid_body", [offending])


def test_hostile_conditions_end_in_an_answer(zeev: httpx.Client) -> None:
    values = ["9" * 5000, "-1e999", "nan", "%" * 5000, "\x00", "1_000"]
    conditions = [
        {"name": "valor", "operator": operator, "value": value} for value in values for operator in "<>="
    ]

    assert ids(by_body(zeev, **ALWAYS, formFieldsFilter=conditions)) == []
