"""The list of tickets: the newest first, filtered and paged (HUAWEI-A21, HUAWEI-A24)."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.huawei_osm.case_filters import Filters
from mockserver.vendors.huawei_osm.case_index import Span, count, newest
from mockserver.vendors.huawei_osm.case_labels import labels_on
from mockserver.vendors.huawei_osm.names import names_of
from mockserver.vendors.huawei_osm.records import VISIBLE, Case
from mockserver.vendors.huawei_osm.roles import check_role
from mockserver.vendors.huawei_osm.room import OsmRoom
from mockserver.vendors.huawei_osm.times import read_query_time

# What the page documents as the highest total.
_HIGHEST_TOTAL = 65_535
_OPTIONAL = ("incident_service_type", "root_cause", "resolution", "confirmed_time")


class Page(NamedTuple):
    """Some of the matches, and how many there are."""

    cases: list[Case]
    total: int


async def list_cases(  # noqa: PLR0913, PLR0917  # as many as the spec has parameters
    room: OsmRoom,
    offset: int,
    limit: int,
    search_key: tuple[str, ...] = (),
    label_id_list: tuple[str, ...] = (),
    app_key: str = "",
    incident_id: str = "",
    query_start_time: str = "",
    query_end_time: str = "",
    status: int | None = None,
    incident_status: str = "",
    x_customer_id: str = "",
    x_customer_name: str = "",
) -> Reply:
    """A page of the tickets that pass every filter."""
    start, end = read_query_time(query_start_time), read_query_time(query_end_time)
    check_role(room)
    spans = [Span(one, start, end) for one in _states(status, incident_status)]
    filters = Filters.of(search_key, app_key, incident_id, x_customer_id, x_customer_name)
    if label_id_list:
        filters = await filters.with_labels(room, label_id_list)
    page = await (_filtered if filters.any else _plain)(room, spans, filters, offset, limit)
    shown = [await _shown(room, case) for case in page.cases]
    return Reply(200, {"total_count": min(page.total, _HIGHEST_TOTAL), "incident_info_list": shown})


def _states(status: int | None, several: str) -> list[int | None]:
    """The states asked for; [None] is all of them."""
    if status is None and not several:
        return [None]
    wanted = {int(one) for one in several.split(",")} if several else set(VISIBLE)
    return [one for one in VISIBLE if one in wanted and status in (None, one)]


async def _plain(room: OsmRoom, spans: list[Span], filters: Filters, offset: int, limit: int) -> Page:
    """Nothing but states and times: counted by the index, and read no further than the page goes."""
    total = sum([await count(room, span) for span in spans])
    if len(spans) == 1:
        return Page(await newest(room, spans[0], offset=offset, limit=limit), total)
    heads = [case for span in spans for case in await newest(room, span, limit=offset + limit)]
    return Page(_sorted(heads)[offset : offset + limit], total)


async def _filtered(room: OsmRoom, spans: list[Span], filters: Filters, offset: int, limit: int) -> Page:
    """The total counts every match, so every candidate is looked at."""
    if filters.ids is not None:
        found = [case for id in filters.ids if (case := await room.cases.get(id)) and _within(case, spans)]
    else:
        found = [case for span in spans for case in await newest(room, span, where=filters.match)]
    matches = _sorted([case for case in found if filters.match(case)])
    return Page(matches[offset : offset + limit], len(matches))


def _within(case: Case, spans: list[Span]) -> bool:
    return case.listed is not None and any(
        span.status in (None, case.status)
        and (span.start or "") <= case.create_time
        and (span.end is None or case.create_time <= span.end)
        for span in spans
    )


def _sorted(cases: list[Case]) -> list[Case]:
    return sorted(cases, key=lambda case: (case.create_time, case.incident_id), reverse=True)


async def _shown(room: OsmRoom, case: Case) -> JSON:
    names = await names_of(room, case)
    stored = msgspec.to_builtins(case)
    shown = {
        "status": case.status,
        "incident_id": case.incident_id,
        "business_type_name": names.business_type,
        "incident_type_name": names.incident_type,
        "customer_id": case.customer_id,
        "dc_name": names.region,
        "simple_description": case.simple_description,
        "create_time": case.create_time,
        "xcustomer_id": case.xcustomer_id,
        "xcustomer_name": case.xcustomer_name,
        "label_list": await labels_on(room, case.incident_id),
    }
    if names.product is not None:
        shown["product_category_name"] = names.product
    return {**shown, **{name: stored[name] for name in _OPTIONAL if name in stored}}
