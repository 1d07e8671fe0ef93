"""Huawei, new tickets and what is read of them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

CASES = "/v2/servicerequest/cases"
NEW = {
    "business_type_id": "bt-consulting",
    "simple_description": "Disk full",
    "source_id": "83aeb0f2834c4df49826c781d32a963e",
}


@pytest.fixture
def osm(double: httpx.Client) -> httpx.Client:
    double.headers["X-Auth-Token"] = "duble-token"
    return double


def create(osm: httpx.Client, **body: Any) -> str:
    answer = osm.post(CASES, json={**NEW, **body})
    assert answer.json().keys() == {"incident_id"}, answer.text
    made: str = answer.json()["incident_id"]
    return made


def refused(osm: httpx.Client, **body: Any) -> Any:
    before = osm.get("/_duble/state/huawei_osm/cases").json()
    answer = osm.post(CASES, json={**NEW, **body})
    assert osm.get("/_duble/state/huawei_osm/cases").json() == before
    return answer.json().get("error_code")


def detail(osm: httpx.Client, case_id: str) -> dict[str, Any]:
    shown: dict[str, Any] = osm.get(f"{CASES}/{case_id}").json()["incident_detail_info"]
    return shown


def test_ids_are_the_day_and_a_counter(osm: httpx.Client) -> None:
    osm.post("/_duble/clock", json={"freeze": "2030-05-06T23:59:59Z"})
    assert [create(osm), create(osm)] == ["TT203005060001", "TT203005060002"]

    osm.post("/_duble/clock", json={"advance": 1})
    assert create(osm) == "TT203005070001"


def test_an_id_that_is_taken_is_skipped(osm: httpx.Client) -> None:
    """The seed holds tickets of that day."""
    osm.post("/_duble/clock", json={"freeze": "2026-01-02T20:00:00Z"})

    assert [create(osm), create(osm)] == ["TT202601020009", "TT202601020010"]


@pytest.mark.parametrize(("year", "id"), [("0001", "TT000101010001"), ("9999", "TT999901010001")])
def test_the_ends_of_the_calendar_have_ids_too(osm: httpx.Client, year: str, id: str) -> None:
    osm.post("/_duble/clock", json={"freeze": f"{year}-01-01T00:00:00Z"})

    assert create(osm) == id
    assert detail(osm, id)["create_time"] == f"{year}-01-01T00:00:00.000Z"


def test_a_refused_ticket_uses_up_no_id(osm: httpx.Client) -> None:
    osm.post("/_duble/clock", json={"freeze": "2030-05-06T00:00:00Z"})
    assert refused(osm, severity_id="nope") == "OSM.01010006"

    assert create(osm) == "TT203005060001"


def test_a_new_ticket_is_to_be_processed_and_nothing_else(osm: httpx.Client) -> None:
    shown = detail(osm, create(osm))

    assert (shown["status"], shown["judgement"], shown["incident_satisfaction"]) == (0, "", [])
    assert not shown.keys() & {"severity_name", "business_ownership", "resolve_time", "ext_info"}
    (message,) = shown["message_list"]
    assert (message["content"], message["type"], message["is_first_message"]) == ("Disk full", 0, 1)


def test_a_new_ticket_is_listed_first_and_counted(osm: httpx.Client) -> None:
    counts = osm.get(f"{CASES}/count", params={"status": 0}).json()["incident_status_counts"]
    case_id = create(osm)

    listed = osm.get(CASES, params={"limit": 1}).json()
    assert [one["incident_id"] for one in listed["incident_info_list"]] == [case_id]
    grown = osm.get(f"{CASES}/count", params={"status": 0}).json()["incident_status_counts"]
    assert grown == [{"status": 0, "count": counts[0]["count"] + 1}]


def test_unknown_ids_stand_for_their_names(osm: httpx.Client) -> None:
    body = {"business_type_id": "bt-x", "incident_sub_type_id": "st-x", "region_id": "r-x"}
    case_id = create(osm, **body, product_category_id="pc-x")

    shown = detail(osm, case_id)
    assert (shown["business_type_name"], shown["incident_type_name"], shown["dc_name"]) == (
        "bt-x",
        "st-x",
        "r-x",
    )
    listed = osm.get(CASES, params={"incident_id": case_id}).json()["incident_info_list"][0]
    assert listed["product_category_name"] == "pc-x"


@pytest.mark.parametrize("region", [None, ""])
def test_a_fault_report_needs_a_region(osm: httpx.Client, region: str | None) -> None:
    more = {} if region is None else {"region_id": region}

    assert refused(osm, business_type_id="bt-fault", **more) == "OSM.01010001"
    assert create(osm, **more)


@pytest.mark.parametrize("token", ["duble-operator", "duble-unprivileged"])
def test_only_an_administrator_creates(osm: httpx.Client, token: str) -> None:
    osm.headers["X-Auth-Token"] = token

    answer = osm.post(CASES, json=NEW)

    assert (answer.status_code, answer.json()["error_code"]) == (200, "OSM.01010007")


def test_an_attachment_that_a_test_marked_is_refused(osm: httpx.Client) -> None:
    osm.put("/_duble/state/huawei_osm/accessories/bad", json={"valid": False})

    assert refused(osm, accessory_ids=["acc-1", "bad"]) == "OSM.01010045"
    assert create(osm, accessory_ids=["never-heard-of"])


def test_lengths_are_counted_in_characters(osm: httpx.Client) -> None:
    assert create(osm, simple_description="é" * 1200)
    assert refused(osm, simple_description="é" * 1201) == "OSM.01010001"
    assert detail(osm, create(osm, simple_description="\U0001f600" * 1200))


def test_what_a_ticket_says_comes_back_as_it_was_sent(osm: httpx.Client) -> None:
    text = "<b>&amp;</b> ' \" \\ \u0000 \u202e ünï 日本 %s {0} {incident_id}"

    assert detail(osm, create(osm, simple_description=text))["simple_description"] == text


def test_the_contact_is_shown_as_far_as_it_was_given(osm: httpx.Client) -> None:
    assert detail(osm, create(osm, remind_mail="a@example.com", remind_time="0"))["ext_info"] == {
        "remind_mail": "a@example.com",
        "remind_time": "0",
    }


def test_what_engineers_set_is_shown(osm: httpx.Client) -> None:
    known = osm.get("/_duble/state/huawei_osm/cases/case-123").json()
    more = {
        "severity_name": "Fatal",
        "business_ownership": 1,
        "resolve_time": 3600,
        "root_cause": "partner",
        "resolution": "restarted",
    }
    assert osm.put("/_duble/state/huawei_osm/cases/case-123", json={**known, **more}).status_code == 200

    shown = detail(osm, "case-123")
    assert (shown["severity_name"], shown["business_ownership"], shown["resolve_time"]) == ("Fatal", 1, 3600)
    listed = osm.get(CASES, params={"incident_id": "case-123"}).json()["incident_info_list"][0]
    assert (listed["root_cause"], listed["resolution"]) == ("partner", "restarted")


@pytest.mark.parametrize(
    "change",
    [
        {"status": 6},
        {"create_time": "yesterday"},
        {"simple_description": "x" * 2001},
        {"judgement": 5},
        {"colour": "red"},
        {"xcustomer_name": "x" * 257},
    ],
)
def test_a_test_cannot_store_a_ticket_that_could_not_be_shown(
    osm: httpx.Client, change: dict[str, Any]
) -> None:
    known = osm.get("/_duble/state/huawei_osm/cases/case-123").json()

    answer = osm.put("/_duble/state/huawei_osm/cases/case-123", json={**known, **change})

    assert answer.status_code == 422
    assert osm.get("/_duble/state/huawei_osm/cases/case-123").json() == known
