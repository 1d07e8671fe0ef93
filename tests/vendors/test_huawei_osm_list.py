"""Huawei, the list of tickets and their counts: filters, pages, totals, and how little a page reads."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.core.collection import Collection
from mockserver.core.memory import MemoryStore
from mockserver.vendors.huawei_osm.case_index import Span, count, newest
from mockserver.vendors.huawei_osm.records import CASES as TABLE
from mockserver.vendors.huawei_osm.records import Case

CASES = "/v2/servicerequest/cases"
STATE = "/_duble/state/huawei_osm"
VISIBLE = (0, 1, 2, 3, 4, 5, 12, 17)
NEWEST_FIRST = [*(f"TT20260102000{n}" for n in (8, 7, 6, 5, 4, 3, 2, 1)), "case-123"]


@pytest.fixture
def osm(double: httpx.Client) -> httpx.Client:
    double.headers["X-Auth-Token"] = "duble-token"
    return double


def listed(osm: httpx.Client, **query: Any) -> list[str]:
    answer = osm.get(CASES, params={"limit": 100, **query}).json()
    found = [one["incident_id"] for one in answer["incident_info_list"]]
    assert answer["total_count"] == len(found)
    return found


def test_all_but_deleted_tickets_are_listed_the_newest_first(osm: httpx.Client) -> None:
    assert listed(osm) == NEWEST_FIRST


def test_offset_and_limit_cut_a_page_and_the_total_counts_all(osm: httpx.Client) -> None:
    for offset, limit in [(0, 3), (3, 3), (8, 3), (9, 3), (65_535, 100), (0, 0)]:
        answer = osm.get(CASES, params={"offset": offset, "limit": limit}).json()
        found = [one["incident_id"] for one in answer["incident_info_list"]]
        assert (found, answer["total_count"]) == (NEWEST_FIRST[offset : offset + limit], 9)


def test_pages_of_several_states_follow_each_other(osm: httpx.Client) -> None:
    expected = ["TT202601020008", "TT202601020002", "TT202601020001", "case-123"]

    for offset in range(5):
        query: dict[str, Any] = {"incident_status": "1,17,0", "offset": offset, "limit": 2}
        answer = osm.get(CASES, params=query).json()
        found = [one["incident_id"] for one in answer["incident_info_list"]]
        assert (found, answer["total_count"]) == (expected[offset : offset + 2], 4)


def test_ten_are_answered_unless_a_limit_is_given(osm: httpx.Client) -> None:
    known = osm.get(f"{STATE}/cases/case-123").json()
    for number in range(3):
        named = {"id": f"extra-{number}", "incident_id": f"extra-{number}"}
        osm.put(f"{STATE}/cases/extra-{number}", json={**known, **named})

    answer = osm.get(CASES).json()

    assert (len(answer["incident_info_list"]), answer["total_count"]) == (10, 12)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"status": 0}, ["TT202601020001"]),
        ({"status": 1}, ["TT202601020002", "case-123"]),
        ({"status": 13}, []),
        ({"status": 30}, []),
        ({"incident_status": "0,1"}, ["TT202601020002", "TT202601020001", "case-123"]),
        ({"incident_status": "17,12,17"}, ["TT202601020008", "TT202601020007"]),
        ({"incident_status": "13,99"}, []),
        ({"incident_status": "0,1", "status": 0}, ["TT202601020001"]),
        ({"incident_status": "1", "status": 0}, []),
        ({"incident_status": ""}, NEWEST_FIRST),
        ({"incident_id": "case-123"}, ["case-123"]),
        ({"incident_id": "case-12"}, []),
        ({"incident_id": "TT202512240001"}, []),
        ({"incident_id": "case-123", "status": 0}, []),
        ({"app_key": "CASE-1"}, ["case-123"]),
        ({"app_key": "invoice"}, ["TT202601020003"]),
        ({"x_customer_id": "u-operator"}, ["TT202601020005", "TT202601020002"]),
        ({"x_customer_name": "operator", "status": 4}, ["TT202601020005"]),
        ({"x_customer_name": "oper"}, []),
        ({"search_key": "disk"}, ["case-123"]),
        ({"search_key": "SERVER"}, ["TT202601020001"]),
        ({"search_key": "after"}, ["TT202601020001", "case-123"]),
        ({"search_key": ["after", "disk"]}, ["case-123"]),
        ({"search_key": "disk   after"}, ["case-123"]),
        ({"search_key": "disk,after"}, []),
        ({"search_key": ["", " "]}, NEWEST_FIRST),
        ({"label_id_list": "9"}, ["TT202601020001"]),
        ({"label_id_list": ["10", "9"]}, ["TT202601020001"]),
        ({"label_id_list": "10,9"}, ["TT202601020001"]),
        ({"label_id_list": "10"}, []),
        ({"label_id_list": "urgent"}, []),
        ({"label_id_list": "9", "status": 1}, []),
        ({"label_id_list": "9", "incident_id": "case-123"}, []),
        ({"label_id_list": "9", "incident_id": "TT202601020001"}, ["TT202601020001"]),
        ({"label_id_list": "9", "query_end_time": "2026-01-02T03:04:04Z"}, []),
        ({"query_start_time": "2026-01-02T14:00:00Z"}, ["TT202601020008", "TT202601020007"]),
        ({"query_start_time": "2026-01-02T14:00:00.001Z"}, ["TT202601020008"]),
        ({"query_end_time": "2026-01-02 03:04:05"}, ["TT202601020001", "case-123"]),
        ({"query_end_time": "2026-01-02T03:04:04.999"}, ["case-123"]),
        (
            {"query_start_time": "2026-01-02 03:04:05", "query_end_time": "2026-01-02 03:04:05"},
            ["TT202601020001"],
        ),
        ({"query_start_time": "2026-01-03T00:00:00", "query_end_time": "2026-01-01T00:00:00"}, []),
        ({"query_start_time": "", "query_end_time": ""}, NEWEST_FIRST),
        (
            {"query_start_time": "0001-01-01T00:00:00Z", "query_end_time": "9999-12-31T23:59:59.999999Z"},
            NEWEST_FIRST,
        ),
        ({"group_id": "of somebody else"}, NEWEST_FIRST),
    ],
)
def test_filters(osm: httpx.Client, query: dict[str, Any], expected: list[str]) -> None:
    assert listed(osm, **query) == expected


@pytest.mark.parametrize("name", ["query_start_time", "query_end_time"])
@pytest.mark.parametrize(
    "text",
    [
        "2026-02-29T00:00:00",
        "2026-13-01 00:00:00",
        "0000-01-01T00:00:00Z",
        "2026-01-02T24:00:00",
        "2026-01-02",
        "1767322800000",
        "2026-01-02T03:04:05+08:00",
        "٢٠٢٦-01-02T03:04:05Z",
    ],
)
def test_a_time_that_is_none_is_refused(osm: httpx.Client, name: str, text: str) -> None:
    answer = osm.get(CASES, params={name: text})

    assert (answer.status_code, answer.json()["error_code"]) == (200, "OSM.01010001")


def test_tickets_of_one_instant_have_a_fixed_order(osm: httpx.Client) -> None:
    osm.post("/_duble/clock", json={"freeze": "2030-05-06T07:08:09Z"})
    new = {
        "business_type_id": "b",
        "simple_description": "s",
        "source_id": "83aeb0f2834c4df49826c781d32a963e",
    }
    made = [osm.post(CASES, json=new).json()["incident_id"] for _ in range(5)]

    pages = [osm.get(CASES, params={"offset": n, "limit": 1}).json()["incident_info_list"] for n in range(5)]

    assert [page[0]["incident_id"] for page in pages] == made[::-1]


def test_a_label_that_is_deleted_vanishes_from_the_list(osm: httpx.Client) -> None:
    osm.delete("/v2/servicerequest/labels/9")

    assert (
        osm.get(CASES, params={"incident_id": "TT202601020001"}).json()["incident_info_list"][0]["label_list"]
        == []
    )
    assert listed(osm, label_id_list="9") == []


def test_counts_cover_every_state_that_can_be_seen(osm: httpx.Client) -> None:
    for case_id in ("TT202601020005", "TT202601020007"):
        osm.post(f"{CASES}/{case_id}/action", params={"action_id": "delete"})

    counts = osm.get(f"{CASES}/count").json()["incident_status_counts"]

    assert [(one["status"], one["count"]) for one in counts] == [
        (0, 1), (1, 2), (2, 1), (3, 1), (4, 0), (5, 1), (12, 0), (17, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(("status", "count"), [(1, 2), (4, 1), (13, 0), (30, 0)])
def test_one_state_is_counted_alone(osm: httpx.Client, status: int, count: int) -> None:
    answer = osm.get(f"{CASES}/count", params={"status": status}).json()

    assert answer == {"incident_status_counts": [{"status": status, "count": count}]}


def test_pages_and_counts_read_no_more_than_they_show() -> None:
    """Ten thousand tickets: a page of ten, its total and the counts look at a handful of records."""
    seen: list[str] = []
    many = [_case(number) for number in range(10_000)]

    async def run() -> tuple[list[Any], int, int]:
        transaction = await MemoryStore({TABLE: many}).begin("s")
        room = _Room(TABLE, transaction, seen)
        page = await newest(room, Span(status=1), offset=20, limit=10)  # type: ignore[arg-type]
        return page, await count(room, Span()), await count(room, Span(status=1))  # type: ignore[arg-type]

    page, total, processing = asyncio.run(run())

    assert (len(page), total, processing) == (10, 9_000, 1_000)
    assert len(seen) <= 31


def _case(number: int) -> Case:
    instant = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    return Case(
        incident_id=f"c-{number}",
        status=(0, 1, 2, 3, 4, 5, 12, 13, 17, 17)[number % 10],
        create_time=f"{instant:%Y-%m-%dT%H:%M:%S}.000Z",
        simple_description="x",
        business_type_id="b",
        source_id="s",
        customer_id="c",
        xcustomer_id="u",
        xcustomer_name="n",
    )


class _Room:
    """Just enough of a room: one collection, which writes down every record that it hands out."""

    def __init__(self, table: Any, transaction: Any, seen: list[str]) -> None:
        class Watched(Collection[Any]):
            async def _read(self, *args: Any, **kwargs: Any) -> Any:
                async for record in super()._read(*args, **kwargs):
                    seen.append(record.incident_id)
                    yield record

        self.cases = Watched(table, transaction, self)  # type: ignore[arg-type]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_query_answers_what_a_plain_model_answers(osm: httpx.Client, data: st.DataObject) -> None:
    """Each example fills the sandbox anew; the model filters a Python list."""
    osm.post("/_duble/reset", json={})
    base = osm.get(f"{STATE}/cases/case-123").json()
    for known in osm.get(f"{STATE}/cases").json()["records"]:
        osm.delete(f"{STATE}/cases/{known['id']}")
    rows = data.draw(
        st.lists(
            st.tuples(
                st.sampled_from((*VISIBLE, 13)),
                st.integers(0, 4),
                st.sampled_from(["disk", "net", "disk net"]),
            ),
            max_size=12,
        )
    )
    stored = []
    for number, (status, minute, text) in enumerate(rows):
        row = {
            **base,
            "id": f"c{number:02}",
            "incident_id": f"c{number:02}",
            "status": status,
            "create_time": f"2026-01-01T00:0{minute}:00.000Z",
            "simple_description": text,
        }
        assert osm.put(f"{STATE}/cases/c{number:02}", json=row).status_code == 200
        stored.append(row)
    several = data.draw(st.none() | st.lists(st.sampled_from((0, 1, 2, 13)), min_size=1, max_size=3))
    one = data.draw(st.none() | st.sampled_from((0, 1, 13)))
    start, end = data.draw(st.none() | st.integers(0, 4)), data.draw(st.none() | st.integers(0, 4))
    word = data.draw(st.none() | st.sampled_from(["disk", "NET"]))
    offset, limit = data.draw(st.integers(0, 6)), data.draw(st.integers(0, 6))
    query: dict[str, Any] = {"offset": offset, "limit": limit}
    query |= {} if several is None else {"incident_status": ",".join(map(str, several))}
    query |= {} if one is None else {"status": one}
    query |= {} if start is None else {"query_start_time": f"2026-01-01T00:0{start}:00Z"}
    query |= {} if end is None else {"query_end_time": f"2026-01-01T00:0{end}:00Z"}
    query |= {} if word is None else {"search_key": word}

    answer = osm.get(CASES, params=query).json()

    matches = [
        row["incident_id"]
        for row in sorted(stored, key=lambda row: (row["create_time"], row["incident_id"]), reverse=True)
        if row["status"] != 13
        and (several is None or row["status"] in several)
        and (one is None or row["status"] == one)
        and (start is None or row["create_time"] >= f"2026-01-01T00:0{start}:00.000Z")
        and (end is None or row["create_time"] <= f"2026-01-01T00:0{end}:00.000Z")
        and (word is None or word.lower() in row["simple_description"])
    ]
    assert [found["incident_id"] for found in answer["incident_info_list"]] == matches[
        offset : offset + limit
    ]
    assert answer["total_count"] == len(matches)
