"""Where the ids of a new ticket come from; filters as in HUAWEI-A44."""

from __future__ import annotations

from msgspec import to_builtins

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.huawei_osm.records import ProblemType
from mockserver.vendors.huawei_osm.roles import check_role
from mockserver.vendors.huawei_osm.room import OsmRoom


async def list_problem_types(room: OsmRoom, product_category_id: str | None = None) -> Reply:
    """Problem types, of one product or of all."""
    check_role(room)

    def belongs(kind: ProblemType) -> bool:
        products = kind.product_category_ids
        return not product_category_id or not products or product_category_id in products

    found = await room.problem_types.page(where=belongs)
    return _list("incident_business_type_list", [_shown(kind) for kind in found])


async def list_case_categories(room: OsmRoom) -> Reply:
    """Sub-types, each with its products."""
    check_role(room)
    shown = []
    for sub_type in await room.sub_types.page():
        products = [await room.products.get(id) for id in sub_type.product_category_ids]
        shown.append(
            {
                "incident_sub_type_id": sub_type.incident_sub_type_id,
                "incident_sub_type_name": sub_type.incident_sub_type_name,
                "incident_product_category_list": [to_builtins(one) for one in products if one],
            }
        )
    return _list("incident_sub_type_list", shown)


async def list_product_categories(room: OsmRoom, product_category_name: str = "") -> Reply:
    """Products whose name has this part."""
    check_role(room)
    part = product_category_name.casefold()
    found = await room.products.page(where=lambda one: part in one.incident_product_category_name.casefold())
    return _list("incident_product_category_list", [to_builtins(one) for one in found])


async def list_severities(room: OsmRoom) -> Reply:
    """All severities, whatever product and problem type are asked for."""
    check_role(room)
    found = [to_builtins(one) for one in await room.severities.page()]
    return Reply(200, {"show": True, "severity_list": found})


async def list_regions(room: OsmRoom) -> Reply:
    """Regions."""
    check_role(room)
    return _list("data_center_list", [to_builtins(one) for one in await room.regions.page()])


def _shown(kind: ProblemType) -> JSON:
    shown = to_builtins(kind)
    del shown["product_category_ids"]
    return shown


def _list(name: str, shown: list[JSON]) -> Reply:
    return Reply(200, {"total_count": len(shown), name: shown})
