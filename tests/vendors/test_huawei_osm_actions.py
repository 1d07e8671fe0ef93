"""Huawei, the four actions on a ticket: which state allows what, the press window, what is left behind."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

CASES = "/v2/servicerequest/cases"
FORBIDDEN = (403, {"error_code": "OSM.0003", "error_msg": "Forbidden"})
NOT_THERE = (200, {"error_code": "OSM.01010015", "error_msg": "This case does not exist."})
TOO_SOON = (
    200,
    {"error_code": "OSM.01010004", "error_msg": "You have asked for the order. Please ask for it later."},
)
DONE: tuple[int, dict[str, str]] = (200, {})
SEEDED = {
    0: "TT202601020001",
    1: "case-123",
    2: "TT202601020003",
    3: "TT202601020004",
    4: "TT202601020005",
    5: "TT202601020006",
    12: "TT202601020007",
    13: "TT202512240001",
    17: "TT202601020008",
}
# HUAWEI-A2, A3 and A4: the state afterwards, S for a state that forbids it, N for a ticket that nobody sees.
TABLE: dict[int, dict[str, int | str]] = {
    0: {"press": 0, "cancel": 4, "close": "S", "delete": "S"},
    1: {"press": 1, "cancel": "S", "close": 3, "delete": "S"},
    2: {"press": "S", "cancel": "S", "close": 3, "delete": "S"},
    3: {"press": "S", "cancel": "S", "close": "S", "delete": 13},
    4: {"press": "S", "cancel": "S", "close": "S", "delete": 13},
    5: {"press": 5, "cancel": "S", "close": "S", "delete": "S"},
    12: {"press": "S", "cancel": "S", "close": "S", "delete": 13},
    13: {"press": "N", "cancel": "N", "close": "N", "delete": "N"},
    17: {"press": "S", "cancel": "S", "close": 3, "delete": "S"},
}
CELLS = [(state, action, cell) for state, row in TABLE.items() for action, cell in row.items()]


@pytest.fixture
def osm(double: httpx.Client) -> httpx.Client:
    double.headers["X-Auth-Token"] = "duble-token"
    return double


def act(osm: httpx.Client, case_id: str, action: str, **body: Any) -> tuple[int, Any]:
    answer = osm.post(f"{CASES}/{case_id}/action", params={"action_id": action}, json=body)
    return answer.status_code, answer.json()


def stored(osm: httpx.Client, case_id: str) -> dict[str, Any]:
    found: dict[str, Any] = osm.get(f"/_duble/state/huawei_osm/cases/{case_id}").json()
    return found


def log(osm: httpx.Client, case_id: str) -> list[tuple[int, str]]:
    entries = osm.get("/_duble/state/huawei_osm/operate_logs").json()["records"]
    return [(one["operate_type"], one["operate_desc"]) for one in entries if one["incident_id"] == case_id]


def setting(osm: httpx.Client, **values: Any) -> None:
    assert osm.put("/_duble/state/huawei_osm/settings/default", json=values).status_code == 200


@pytest.mark.parametrize(("state", "action", "cell"), CELLS)
def test_the_table_of_states_and_actions(osm: httpx.Client, state: int, action: str, cell: int | str) -> None:
    case_id = SEEDED[state]
    before, entries = stored(osm, case_id), log(osm, case_id)
    assert before["status"] == state

    answer = act(osm, case_id, action, operate_desc="why", judgement="j", incident_satisfaction_list=[])

    if isinstance(cell, int):
        assert answer == DONE
        assert stored(osm, case_id)["status"] == cell
        number = {"press": 2, "cancel": 3, "close": 4, "delete": 5}[action]
        assert log(osm, case_id) == [*entries, (number, "why")]
    else:
        assert answer == (FORBIDDEN if cell == "S" else NOT_THERE)
        assert (stored(osm, case_id), log(osm, case_id)) == (before, entries)


@pytest.mark.parametrize("action", ["press", "cancel", "close", "delete"])
def test_an_unknown_ticket_is_not_there(osm: httpx.Client, action: str) -> None:
    assert act(osm, "TT209901010001", action) == NOT_THERE


def test_a_test_may_choose_the_other_refusal_of_a_state(osm: httpx.Client) -> None:
    setting(osm, state_refusal="OSM.01010014")

    failed = (200, {"error_code": "OSM.01010014", "error_msg": "Operation failed."})
    assert act(osm, SEEDED[4], "cancel") == failed
    answer = osm.post(f"{CASES}/{SEEDED[4]}/message", json={"message": {"content": "x"}})
    assert (answer.status_code, answer.json()) == failed


def test_the_press_window_begins_with_the_last_accepted_press(osm: httpx.Client) -> None:
    osm.post("/_duble/clock", json={"freeze": "2026-03-01T00:00:00Z"})
    assert act(osm, "case-123", "press") == DONE

    osm.post("/_duble/clock", json={"advance": 599})
    assert act(osm, "case-123", "press") == TOO_SOON
    osm.post("/_duble/clock", json={"advance": 1})
    assert act(osm, "case-123", "press") == DONE
    osm.post("/_duble/clock", json={"advance": 599})
    assert act(osm, "case-123", "press") == TOO_SOON


def test_a_press_counts_for_its_own_ticket(osm: httpx.Client) -> None:
    assert act(osm, SEEDED[1], "press") == DONE
    assert act(osm, SEEDED[0], "press") == DONE


def test_the_state_is_asked_before_the_window(osm: httpx.Client) -> None:
    act(osm, SEEDED[0], "press")
    act(osm, SEEDED[0], "cancel")

    assert act(osm, SEEDED[0], "press") == FORBIDDEN


@pytest.mark.parametrize("seconds", [0, 60, 315_360_000])
def test_the_press_window_is_a_setting(osm: httpx.Client, seconds: int) -> None:
    setting(osm, press_window_seconds=seconds)
    act(osm, "case-123", "press")

    assert act(osm, "case-123", "press") == (DONE if seconds == 0 else TOO_SOON)


def test_a_ticket_may_be_too_new_to_be_urged(osm: httpx.Client) -> None:
    setting(osm, fresh_seconds=300)
    osm.post("/_duble/clock", json={"freeze": "2026-01-02T03:09:04Z"})

    status, body = act(osm, SEEDED[0], "press")
    assert (status, body["error_code"]) == (200, "OSM.01010023")
    osm.post("/_duble/clock", json={"advance": 1})
    assert act(osm, SEEDED[0], "press") == DONE


RATING = {
    "value": 5,
    "satisfaction_id": 1,
    "satisfaction_value": 5,
    "satisfaction_name": "speed",
    "per_value": 1,
    "sat_category_id": "c1",
    "sat_category_name": "service",
}


def test_a_close_keeps_the_rating_as_it_was_sent(osm: httpx.Client) -> None:
    osm.post("/_duble/clock", json={"freeze": "2026-03-01T00:00:00.25Z"})
    unknown = {**RATING, "colour": "red"}
    sparse = {"satisfaction_id": 3, "satisfaction_value": 0}

    answer = act(osm, "case-123", "close", judgement="good", incident_satisfaction_list=[unknown, sparse])

    assert answer == DONE
    shown = osm.get(f"{CASES}/case-123").json()["incident_detail_info"]
    assert (shown["judgement"], shown["incident_satisfaction"]) == ("good", [RATING, sparse])
    listed = osm.get(CASES, params={"incident_id": "case-123"}).json()["incident_info_list"][0]
    assert listed["confirmed_time"] == "2026-03-01T00:00:00.250Z"


@pytest.mark.parametrize(("state", "action"), [(1, "press"), (0, "cancel")])
def test_other_actions_take_no_rating(osm: httpx.Client, state: int, action: str) -> None:
    assert act(osm, SEEDED[state], action, judgement="j", incident_satisfaction_list=[RATING]) == DONE

    shown = osm.get(f"{CASES}/{SEEDED[state]}").json()["incident_detail_info"]
    assert (shown["judgement"], shown["incident_satisfaction"]) == ("", [])


def test_a_deleted_ticket_is_gone_from_every_call_by_its_id(osm: httpx.Client) -> None:
    case_id = SEEDED[3]
    assert act(osm, case_id, "delete") == DONE

    score = {"judgement": "", "incident_satisfaction_list": []}
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/status", None),
        ("GET", "/messages", None),
        ("GET", "/operate-logs", None),
        ("GET", "/labels", None),
        ("POST", "/labels?label_ids=9", None),
        ("DELETE", "/labels?label_ids=9", None),
        ("POST", "/message", {"message": {"content": "x"}}),
        ("POST", "/score", score),
        ("POST", "/action?action_id=press", {}),
    ):
        answer = osm.request(method, f"{CASES}/{case_id}{path}", json=body)
        assert (answer.status_code, answer.json()) == NOT_THERE, path


def test_a_deleted_ticket_can_be_made_to_show(osm: httpx.Client) -> None:
    setting(osm, deleted_visible=True)
    case_id = SEEDED[13]

    assert osm.get(f"{CASES}/{case_id}/status").json() == {"status": 13}
    assert osm.get(f"{CASES}/{case_id}").json()["incident_detail_info"]["status"] == 13
    assert act(osm, case_id, "delete") == NOT_THERE
    assert osm.get(CASES, params={"incident_id": case_id}).json()["total_count"] == 0


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize("value", [{}, {"0": {}}])
def test_an_object_in_the_place_of_the_list(osm: httpx.Client, lenient: bool, value: dict[str, Any]) -> None:
    setting(osm, empty_object_as_list=lenient)

    status, _ = act(osm, "case-123", "press", incident_satisfaction_list=value)

    assert status == (200 if lenient and not value else 400)


def test_leniency_changes_nothing_else(osm: httpx.Client) -> None:
    setting(osm, empty_object_as_list=True)

    answer = osm.post(f"{CASES}/case-123/action?action_id=press", content=b"{", headers={"X-Site": "0"})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "OSM.0001")
    score = {"judgement": "", "incident_satisfaction_list": {}}
    assert osm.post(f"{CASES}/{SEEDED[3]}/score", json=score).status_code == 400


def test_checks_come_in_order(osm: httpx.Client) -> None:
    """Credentials, types, required and limits, action, ticket, role, state: later faults are hidden."""
    url = f"{CASES}/TT209901010001/action"
    nobody = {"X-Auth-Token": "duble-unprivileged"}
    steps = [
        ({"X-Auth-Token": "wrong"}, "reopen", {"judgement": 5, "operate_desc": "x" * 401}, "OSM.0002"),
        (nobody, "reopen", {"judgement": 5, "operate_desc": "x" * 401}, "OSM.0001"),
        (nobody, "reopen", {"operate_desc": "x" * 401}, "OSM.01010001"),
        (nobody, "reopen", {}, "OSM.01010013"),
        (nobody, "cancel", {}, "OSM.01010015"),
    ]
    for headers, action, body, code in steps:
        answer = osm.post(url, params={"action_id": action}, json=body, headers=headers)
        assert answer.json()["error_code"] == code
    known = f"{CASES}/{SEEDED[4]}/action"
    answer = osm.post(known, params={"action_id": "cancel"}, headers=nobody)
    assert answer.json()["error_code"] == "OSM.01010002"
    assert osm.post(known, params={"action_id": "cancel"}).json()["error_code"] == "OSM.0003"


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_the_ends_of_the_calendar_are_times_like_any_other(osm: httpx.Client, year: str) -> None:
    osm.post("/_duble/clock", json={"freeze": f"{year}-12-31T23:59:59.999Z"})

    assert act(osm, SEEDED[0], "press") == DONE
    assert act(osm, SEEDED[0], "press") == TOO_SOON
    assert act(osm, SEEDED[2], "close") == DONE
