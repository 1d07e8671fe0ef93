"""Reference lists: reasons for denying, statuses with their justifications, reasons for a decision."""

from __future__ import annotations

from msgspec import UNSET

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.citsmart.answers import answered
from mockserver.vendors.citsmart.directory import Justification, Status
from mockserver.vendors.citsmart.errors import InternalError, TaskNotFound
from mockserver.vendors.citsmart.room import CitsmartRoom


async def list_denied_reasons(room: CitsmartRoom) -> Reply:
    """Reasons for denying a check-in, by id ("ListDeniedReasons"); never an empty list."""
    reasons = [{"id": one.id, "description": one.description} for one in await room.denied_reasons.find()]
    if not reasons:
        raise InternalError
    return answered(room, reasons=reasons)


async def list_solicitation_status(room: CitsmartRoom) -> Reply:
    """Statuses for a check-out, by id ("ListSolicitationStatus"); never an empty list."""
    statuses = [_status(status) for status in await room.statuses.find()]
    if not statuses:
        raise InternalError
    return answered(room, status=statuses)


async def get_reasons(room: CitsmartRoom, body: JSON) -> Reply:
    """Reasons for deciding on a task, by text ("getReasons"); the key is `desc` here and only here."""
    if await room.tasks.get(body["taskId"]) is None:
        raise TaskNotFound
    found = sorted(await room.approval_reasons.find(), key=lambda reason: (reason.description, reason.id))
    if not found:
        raise InternalError
    reasons = [{"id": reason.id, "desc": reason.description} for reason in found]
    return answered(room, amount=len(reasons), reasons=reasons)


def _status(status: Status) -> JSON:
    shown = {"id": status.id, "description": status.description}
    if status.justifications is UNSET:
        return shown
    return {**shown, "justifications": [_justification(one) for one in status.justifications]}


def _justification(one: Justification) -> JSON:
    shown = {"id": one.id, "description": one.description}
    return shown if one.parent_id is UNSET else {**shown, "parentId": one.parent_id}
