"""Huawei, what is said and done about a ticket: messages, scores, operate log, the engineer's side."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

CASES = "/v2/servicerequest/cases"
STATE = "/_duble/state/huawei_osm"
SEEDED = {
    0: "TT202601020001",
    1: "case-123",
    2: "TT202601020003",
    3: "TT202601020004",
    4: "TT202601020005",
    5: "TT202601020006",
    12: "TT202601020007",
    17: "TT202601020008",
}
SCORE = {
    "judgement": "quick",
    "incident_satisfaction_list": [{"satisfaction_id": 1, "satisfaction_value": 5}],
}


@pytest.fixture
def osm(double: httpx.Client) -> httpx.Client:
    double.headers["X-Auth-Token"] = "duble-token"
    return double


def status(osm: httpx.Client, case_id: str) -> int:
    found: int = osm.get(f"{STATE}/cases/{case_id}").json()["status"]
    return found


def write(osm: httpx.Client, case_id: str, **message: Any) -> tuple[int, Any]:
    answer = osm.post(f"{CASES}/{case_id}/message", json={"message": {"content": "hello", **message}})
    return answer.status_code, answer.json().get("error_code")


def log(osm: httpx.Client, case_id: str, **query: Any) -> dict[str, Any]:
    found: dict[str, Any] = osm.get(f"{CASES}/{case_id}/operate-logs", params=query).json()
    return found


@pytest.mark.parametrize(("state", "after"), [(0, 0), (1, 1), (2, 2), (5, 5), (17, 1)])
def test_a_message_moves_only_a_ticket_that_waits_for_one(osm: httpx.Client, state: int, after: int) -> None:
    assert write(osm, SEEDED[state]) == (200, None)

    assert status(osm, SEEDED[state]) == after
    assert log(osm, SEEDED[state])["incident_operate_log_list"][-1]["operate_type"] == 6


@pytest.mark.parametrize("state", [3, 4, 12])
def test_a_ticket_that_is_over_takes_no_message(osm: httpx.Client, state: int) -> None:
    before = osm.get(f"{STATE}/messages").json()

    assert write(osm, SEEDED[state]) == (403, "OSM.0003")
    assert osm.get(f"{STATE}/messages").json() == before


def test_a_refused_attachment_leaves_the_ticket_waiting(osm: httpx.Client) -> None:
    osm.put(f"{STATE}/accessories/bad", json={"valid": False})

    assert write(osm, SEEDED[17], accessory_ids=["bad"]) == (200, "OSM.01010045")
    assert status(osm, SEEDED[17]) == 17


def test_details_name_messages_and_the_list_does_not(osm: httpx.Client) -> None:
    write(osm, "case-123", accessory_ids=["acc-1", "acc-9"])

    shown = osm.get(f"{CASES}/case-123").json()["incident_detail_info"]["message_list"][-1]
    listed = osm.get(f"{CASES}/case-123/messages").json()["message_list"][-1]

    assert shown["message_id"] == "6"
    assert "message_id" not in listed
    assert listed["replier_type"] == 0
    assert (
        shown["accessory_list"]
        == listed["accessory_list"]
        == [
            {"accessory_id": "acc-1", "file_actual_name": "kernel.log"},
            {"accessory_id": "acc-9", "file_actual_name": "acc-9"},
        ]
    )


def test_messages_and_log_come_in_pages_the_oldest_first(osm: httpx.Client) -> None:
    for number in range(11):
        write(osm, "TT202601020003", content=f"m{number}")

    first = osm.get(f"{CASES}/TT202601020003/messages").json()
    rest = osm.get(f"{CASES}/TT202601020003/messages", params={"offset": 10, "limit": 5}).json()

    assert [one["content"] for one in first["message_list"]] == [f"m{number}" for number in range(10)]
    assert [one["content"] for one in rest["message_list"]] == ["m10"]
    assert (first["count"], rest["count"]) == (11, 11)
    assert len(log(osm, "TT202601020003")["incident_operate_log_list"]) == 10
    last = log(osm, "TT202601020003", offset=10)
    assert (last["total_count"], len(last["incident_operate_log_list"])) == (11, 1)
    assert log(osm, "TT202601020003", offset=65_535)["incident_operate_log_list"] == []


@pytest.mark.parametrize("other", ["case-1234", "case-12", "case-123:6", "8:case-123", "case-123 "])
def test_tickets_with_like_ids_do_not_mix(osm: httpx.Client, other: str) -> None:
    known = osm.get(f"{STATE}/cases/case-123").json()
    path = other.replace(" ", "%20")
    osm.put(f"{STATE}/cases/{path}", json={**known, "id": other, "incident_id": other})
    assert write(osm, path) == (200, None)

    assert osm.get(f"{CASES}/{path}/messages").json()["count"] == 1
    assert osm.get(f"{CASES}/case-123/messages").json()["count"] == 2
    assert log(osm, path)["total_count"] == 1


def test_a_score_is_taken_from_a_completed_ticket_and_the_last_counts(osm: httpx.Client) -> None:
    assert osm.post(f"{CASES}/{SEEDED[3]}/score", json=SCORE).json() == {}
    again = {"judgement": "", "incident_satisfaction_list": []}
    assert osm.post(f"{CASES}/{SEEDED[3]}/score", json=again).json() == {}

    shown = osm.get(f"{CASES}/{SEEDED[3]}").json()["incident_detail_info"]
    assert (shown["status"], shown["judgement"], shown["incident_satisfaction"]) == (3, "", [])
    types = [one["operate_type"] for one in log(osm, SEEDED[3])["incident_operate_log_list"]]
    assert types == [7, 7]


@pytest.mark.parametrize("state", [0, 1, 2, 4, 5, 12, 17])
def test_a_score_is_refused_in_every_other_state(osm: httpx.Client, state: int) -> None:
    answer = osm.post(f"{CASES}/{SEEDED[state]}/score", json=SCORE)

    assert (answer.status_code, answer.json()) == (403, {"error_code": "OSM.0003", "error_msg": "Forbidden"})


MOVES = [
    ("accept", 0, 1),
    ("write_message", 1, 1),
    ("ask_feedback", 1, 17),
    ("propose", 1, 2),
    ("take_back", 2, 1),
    ("take_back", 17, 1),
    ("suspend", 1, 5),
    ("resume", 5, 1),
    ("complete", 2, 3),
    ("invalidate", 0, 12),
    ("invalidate", 1, 12),
]


@pytest.mark.parametrize(("event", "before", "after"), MOVES)
def test_an_engineers_move(osm: httpx.Client, event: str, before: int, after: int) -> None:
    answer = osm.post(f"/_duble/backstage/huawei_osm/{event}", json={"id": SEEDED[before]})

    assert (answer.status_code, answer.json()["status"]) == (200, after)
    last = log(osm, SEEDED[before])["incident_operate_log_list"][-1]
    assert (last["operate_type"], last["operator_type"], last["operate_desc"]) == (8, 1, event)


@pytest.mark.parametrize("event", sorted({event for event, _, _ in MOVES}))
def test_no_other_state_allows_an_engineers_move(osm: httpx.Client, event: str) -> None:
    for state in SEEDED.keys() - {before for name, before, _ in MOVES if name == event}:
        answer = osm.post(f"/_duble/backstage/huawei_osm/{event}", json={"id": SEEDED[state]})
        assert answer.status_code == 409, state
        assert status(osm, SEEDED[state]) == state


def test_an_engineer_writes_and_proposes(osm: httpx.Client) -> None:
    osm.post("/_duble/clock", json={"freeze": "2026-03-01T00:00:00Z"})
    said = {"id": "case-123", "content": "Try again, please."}
    assert osm.post("/_duble/backstage/huawei_osm/write_message", json=said).status_code == 200
    result = {"id": "case-123", "resolution": "restarted", "root_cause": "partner"}
    assert osm.post("/_duble/backstage/huawei_osm/propose", json=result).status_code == 200
    assert osm.post("/_duble/backstage/huawei_osm/complete", json={"id": "case-123"}).status_code == 200

    message = osm.get(f"{CASES}/case-123/messages").json()["message_list"][-1]
    assert (message["type"], message["replier_type"], message["content"]) == (1, 1, "Try again, please.")
    listed = osm.get(CASES, params={"incident_id": "case-123"}).json()["incident_info_list"][0]
    assert (listed["resolution"], listed["root_cause"]) == ("restarted", "partner")
    assert listed["confirmed_time"] == "2026-03-01T00:00:00.000Z"


@pytest.mark.parametrize("more", [{"content": 5}, {"colour": "red"}])
def test_a_move_takes_no_nonsense(osm: httpx.Client, more: dict[str, Any]) -> None:
    answer = osm.post("/_duble/backstage/huawei_osm/ask_feedback", json={"id": "case-123", **more})

    assert answer.status_code == 422
    assert status(osm, "case-123") == 1
