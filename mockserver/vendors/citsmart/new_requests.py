"""New requests: what the attendant reports becomes a request under the server's defaults."""

from __future__ import annotations

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.citsmart.answers import answered
from mockserver.vendors.citsmart.errors import (
    ContractNotConfigured,
    OriginNotConfigured,
    ServiceNotConfigured,
)
from mockserver.vendors.citsmart.room import CitsmartRoom
from mockserver.vendors.citsmart.times import later
from mockserver.vendors.citsmart.work import OTHERS, Request, Task


async def new_request(room: CitsmartRoom, body: JSON) -> Reply:
    """Create a request with one open task of execution ("new", CITSMART-A27)."""
    request = await _request(room, body)
    await room.requests.put(request)
    task = Task(
        id=await room.ids.next("tasks"),
        number=request.number,
        name=(await room.server()).task_name,
        type=OTHERS,
        group=room.user.groups[0],
    )
    await room.tasks.put(task)
    return answered(room, number=request.number)


async def _request(room: CitsmartRoom, body: JSON) -> Request:
    server, now = await room.server(), room.clock.now()
    if server.default_contract is None:
        raise ContractNotConfigured
    if server.default_service is None:
        raise ServiceNotConfigured
    if server.default_origin is None:
        raise OriginNotConfigured
    units = await room.units.page(
        by="contract", low=server.default_contract, high=server.default_contract, limit=1
    )
    if not units:
        raise ContractNotConfigured
    return Request(
        number=await room.ids.next("requests"),
        service=server.default_service,
        contract=server.default_contract,
        unit=units[0].id,
        origin=server.default_origin,
        description=body["description"],
        opened=now,
        time_sla=server.default_time_sla,
        deadline=later(now, server.default_time_sla),
        latitude=float(body["latitude"]),
        longitude=float(body["longitude"]),
        requester=room.user.user_name,
    )
