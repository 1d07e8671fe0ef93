"""The engineer's side: moves that no call of a customer makes (HUAWEI-A13)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import msgspec
from msgspec.structs import replace

from mockserver.core.records import Record
from mockserver.core.replies import JSON
from mockserver.vendors.huawei_osm.case_actions import completed
from mockserver.vendors.huawei_osm.operate_logs import ENGINEER_ID, ENGINEER_NAME, OperateType, log
from mockserver.vendors.huawei_osm.records import Case, Message, Status
from mockserver.vendors.huawei_osm.room import OsmRoom
from mockserver.vendors.huawei_osm.times import printed

Event = Callable[[OsmRoom, str, JSON], Awaitable[None]]


class Words(Record, frozen=True):
    """What an engineer writes to the customer."""

    content: str = ""


class Result(Record, frozen=True):
    """What an engineer proposes as the solution."""

    resolution: str | msgspec.UnsetType = msgspec.UNSET
    root_cause: str | msgspec.UnsetType = msgspec.UNSET


async def move(status: Status, name: str, room: OsmRoom, case_id: str, body: JSON) -> None:
    """Another state, and an entry in the log."""
    msgspec.convert(body, Nothing)
    case = await _known(room, case_id)
    await room.cases.put(replace(case, status=status))
    await log(room, case_id, OperateType.ENGINEER, name)


async def write_message(room: OsmRoom, case_id: str, body: JSON) -> None:
    """A message with `content`; the state stays."""
    words = msgspec.convert(body, Words)
    await _write(room, case_id, words)
    await log(room, case_id, OperateType.ENGINEER, "write_message")


async def ask_feedback(room: OsmRoom, case_id: str, body: JSON) -> None:
    """1 to 17, with a message."""
    words = msgspec.convert(body, Words)
    await _write(room, case_id, words)
    await move(17, "ask_feedback", room, case_id, {})


async def propose(room: OsmRoom, case_id: str, body: JSON) -> None:
    """1 to 2, with `resolution` and `root_cause`."""
    result = msgspec.convert(body, Result)
    case = await _known(room, case_id)
    said = {
        name: value for name, value in msgspec.structs.asdict(result).items() if value is not msgspec.UNSET
    }
    await room.cases.put(replace(case, status=2, **said))
    await log(room, case_id, OperateType.ENGINEER, "propose")


async def complete(room: OsmRoom, case_id: str, body: JSON) -> None:
    """2 to 3, with the time of the solution."""
    msgspec.convert(body, Nothing)
    await room.cases.put(completed(room, await _known(room, case_id)))
    await log(room, case_id, OperateType.ENGINEER, "complete")


class Nothing(Record, frozen=True):
    """A move that takes no further words."""


async def _write(room: OsmRoom, case_id: str, words: Words) -> None:
    message = Message(
        message_id=await room.ids.next("messages"),
        case_id=case_id,
        type=1,
        replier=ENGINEER_ID,
        replier_name=ENGINEER_NAME,
        content=words.content,
        create_time=printed(room.clock.now()),
    )
    await room.messages.put(message)


async def _known(room: OsmRoom, case_id: str) -> Case:
    case = await room.cases.get(case_id)
    if case is None:
        raise LookupError(case_id)  # the control API has looked before
    return case


EVENTS: Mapping[str, Event] = {
    "accept": partial(move, 1, "accept"),
    "write_message": write_message,
    "ask_feedback": ask_feedback,
    "propose": propose,
    "take_back": partial(move, 1, "take_back"),
    "suspend": partial(move, 5, "suspend"),
    "resume": partial(move, 1, "resume"),
    "complete": complete,
    "invalidate": partial(move, 12, "invalidate"),
}
