"""Names of what a ticket refers to; an unknown id stands for its own name (HUAWEI-A18)."""

from __future__ import annotations

from typing import NamedTuple

from mockserver.vendors.huawei_osm.records import Case
from mockserver.vendors.huawei_osm.room import OsmRoom


class Names(NamedTuple):
    """What people read in the place of ids; None where the ticket has no such id."""

    business_type: str
    incident_type: str
    region: str
    product: str | None
    severity: str | None


async def names_of(room: OsmRoom, case: Case) -> Names:
    """The names that belong to a ticket's ids."""
    business = await room.problem_types.get(case.business_type_id)
    sub_type = await room.sub_types.get(case.incident_sub_type_id)
    region = await room.regions.get(case.region_id)
    return Names(
        business_type=business.business_type_name if business else case.business_type_id,
        incident_type=sub_type.incident_sub_type_name if sub_type else case.incident_sub_type_id,
        region=region.region_name if region else case.region_id,
        product=await _product(room, case.product_category_id),
        severity=await _severity(room, case.severity_id),
    )


async def _product(room: OsmRoom, id: str | None) -> str | None:
    found = await room.products.get(id) if id is not None else None
    return found.incident_product_category_name if found else id


async def _severity(room: OsmRoom, id: str | None) -> str | None:
    found = await room.severities.get(id) if id is not None else None
    return found.severity_name if found else id
