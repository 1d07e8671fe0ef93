"""Stretches of the tickets that lists show: in one state or in all, between two times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from mockserver.vendors.huawei_osm.records import Case
from mockserver.vendors.huawei_osm.room import OsmRoom

# Sorts after every time.
_END = "~"


class Span(NamedTuple):
    """Tickets of one state (all if None) from `start` to `end`, both included and as they are printed."""

    status: int | None = None
    start: str | None = None
    end: str | None = None

    @property
    def bounds(self) -> dict[str, Any]:
        """Index, low and high. A low end is always there, because deleted tickets lie below all of them."""
        low, high = self.start or "", self.end or _END
        if self.status is None:
            return {"by": "listed", "low": low, "high": high}
        return {"by": "listed_status", "low": f"{self.status}/{low}", "high": f"{self.status}/{high}"}


async def count(room: OsmRoom, span: Span) -> int:
    """How many tickets lie in it, none of them read."""
    return await room.cases.count(**span.bounds)


async def newest(
    room: OsmRoom,
    span: Span,
    *,
    where: Callable[[Case], bool] | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> list[Case]:
    """The tickets in it, the newest first."""
    return await room.cases.page(**span.bounds, where=where, offset=offset, limit=limit, descending=True)
