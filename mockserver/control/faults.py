"""Faults: trouble on order."""

from __future__ import annotations

from typing import Any

from mockserver.control.errors import FaultDoesNotFit, FaultNotFound, TooMany
from mockserver.control.room import ControlRoom
from mockserver.core.faults import FAULTS, FaultRule
from mockserver.core.replies import JSON, Reply

_MOST_RULES = 100
_SPOILS = ("drop", "truncate", "malformed")


async def list_faults(room: ControlRoom) -> Reply:
    """The rules in the order in which they are tried."""
    rules = await room.collection(FAULTS).page()
    return Reply(200, {"faults": [as_json(rule) for rule in rules]})


async def create_fault(room: ControlRoom, body: JSON) -> Reply:
    """Add a rule; it must name what is there, and do something."""
    _check(room, body)
    rules = room.collection(FAULTS)
    if len(await rules.page()) >= _MOST_RULES:
        raise TooMany(limit=_MOST_RULES, what="fault rules")
    fields = {name: value for name, value in body.items() if name not in _SPOILS}
    spoil: Any = next((name for name in _SPOILS if body.get(name)), None)
    rule = FaultRule(id=str(await room.ids.next("faults")), spoil=spoil, **fields)
    await rules.put(rule)
    return Reply(200, as_json(rule))


async def clear_faults(room: ControlRoom) -> Reply:
    """Drop every rule."""
    rules = room.collection(FAULTS)
    found = await rules.page()
    for rule in found:
        await rules.delete(rule.id)
    return Reply(200, {"deleted": len(found)})


async def delete_fault(room: ControlRoom, id: str) -> Reply:
    """Drop one rule."""
    if not await room.collection(FAULTS).delete(id):
        raise FaultNotFound(id=id)
    return Reply(200, {"deleted": 1})


def as_json(rule: FaultRule) -> JSON:
    """A rule as it was ordered, with its id and how often it has struck."""
    shown: dict[str, Any] = {
        "id": rule.id,
        "hits": rule.hits,
        "probability": rule.probability,
        "seed": rule.seed,
    }
    for name in ("vendor", "operation", "status", "error", "times"):
        if getattr(rule, name) is not None:
            shown[name] = getattr(rule, name)
    if rule.latency_ms:
        shown["latency_ms"] = rule.latency_ms
    if rule.spoil:
        shown[rule.spoil] = True
    return shown


def _check(room: ControlRoom, body: JSON) -> None:
    effects = [name for name in ("status", "error", "latency_ms", *_SPOILS) if name in body]
    if not effects:
        raise FaultDoesNotFit(
            problem="it does nothing; say status, error, latency_ms, drop, truncate or malformed"
        )
    if sum(name in body for name in _SPOILS) > 1:
        raise FaultDoesNotFit(problem="drop, truncate and malformed exclude each other")
    if "status" in body and "error" in body:
        raise FaultDoesNotFit(problem="status and error exclude each other")
    services = [room.service(body["vendor"])] if "vendor" in body else list(room.world.services.values())
    operation = body.get("operation")
    if operation is not None and not any(operation in service.operations for service in services):
        raise FaultDoesNotFit(problem=f"no operation is called {operation[:80]!r}")
    error = body.get("error")
    if error is not None and ("vendor" not in body or error not in services[0].contract.catalogue):
        raise FaultDoesNotFit(
            problem=f"{error[:80]!r} is no catalogue id of the vendor; name the vendor, too"
        )
