"""How many tickets there are in each state."""

from __future__ import annotations

from mockserver.core.replies import Reply
from mockserver.vendors.huawei_osm.case_index import Span, count
from mockserver.vendors.huawei_osm.records import VISIBLE
from mockserver.vendors.huawei_osm.roles import check_role
from mockserver.vendors.huawei_osm.room import OsmRoom


async def list_case_counts(room: OsmRoom, status: int | None = None) -> Reply:
    """One entry for each state but deleted, zeros included, or for the one that is asked for (HUAWEI-A25)."""
    check_role(room)
    wanted = VISIBLE if status is None else (status,)
    counts = [{"status": one, "count": await count(room, Span(status=one))} for one in wanted]
    return Reply(200, {"incident_status_counts": counts})
