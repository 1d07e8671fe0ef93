"""Roles: who may submit tickets, and who may do the rest (HUAWEI-A27)."""

from __future__ import annotations

from mockserver.vendors.huawei_osm.errors import NoPermission, NoRoleToCreate
from mockserver.vendors.huawei_osm.room import OsmRoom


def check_role(room: OsmRoom) -> None:
    """Either role does everything but submit; raises NoPermission for a user without one."""
    if room.caller.role is None:
        raise NoPermission


def check_may_create(room: OsmRoom) -> None:
    """Only a Ticket Administrator submits; raises NoRoleToCreate."""
    if room.caller.role != "Ticket Administrator":
        raise NoRoleToCreate
