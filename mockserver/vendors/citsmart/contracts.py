"""Contracts and their units: list both, and say where a unit is."""

from __future__ import annotations

from msgspec.structs import replace

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.citsmart.answers import answered
from mockserver.vendors.citsmart.directory import Contract, Unit
from mockserver.vendors.citsmart.errors import ContractNotFound, InternalError, UnitNotFound
from mockserver.vendors.citsmart.room import CitsmartRoom


async def list_contracts(room: CitsmartRoom) -> Reply:
    """The contracts of the attendant, by id ("ListContracts"); never an empty list."""
    found = [await room.contracts.get(id) for id in sorted(set(room.user.contracts))]
    known = [contract for contract in found if contract is not None]
    if not known:
        raise InternalError
    return answered(room, contracts=[_shown(contract) for contract in known])


async def list_units(room: CitsmartRoom, body: JSON) -> Reply:
    """The units of one of the attendant's contracts, by id ("ListUnits", CITSMART-A28)."""
    contract = body["contractID"]
    units = await room.units.find(contract=contract) if contract in room.user.contracts else []
    if not units:
        raise ContractNotFound
    return answered(room, units=[_shown(unit) for unit in units])


async def send_coordinates(room: CitsmartRoom, body: JSON) -> Reply:
    """Set the position of a unit ("SendCoordinates")."""
    unit = await room.units.get(body["unitID"])
    if unit is None:
        raise UnitNotFound
    moved = replace(unit, latitude=float(body["latitude"]), longitude=float(body["longitude"]))
    await room.units.put(moved)
    return answered(room, success=True)


def _shown(one: Contract | Unit) -> JSON:
    return {"id": one.id, "description": one.description}
