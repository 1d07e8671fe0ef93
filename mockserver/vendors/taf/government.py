"""What happens to a record outside the service: forced outcomes of job 2, and the government's answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from msgspec.structs import replace

from mockserver.core.records import Record
from mockserver.core.replies import JSON
from mockserver.vendors.taf import parts
from mockserver.vendors.taf.job2 import released
from mockserver.vendors.taf.messages import DangerousXml, NotBase64, decoded, read
from mockserver.vendors.taf.outcomes import DOES_NOT_FIT, Fault, inconsistent, integrated
from mockserver.vendors.taf.records import SentRecord, State, StreamingError
from mockserver.vendors.taf.room import TafRoom

Event = Callable[[TafRoom, str, JSON], Awaitable[None]]


class Nothing(Record, frozen=True):
    """An event that takes no details."""


class Inconsistency(Record, frozen=True, rename="camel"):
    """The outcome that job 2 is made to log."""

    error_code: str = DOES_NOT_FIT.code
    error_description: str = DOES_NOT_FIT.description
    error_detail: str = ""


class Rejection(Record, frozen=True, rename="camel"):
    """What the government says when it does not authorise."""

    streaming_errors: tuple[StreamingError, ...] = ()
    xml_ret_response: str = ""


class Authorisation(Record, frozen=True, rename="camel"):
    """What the government says when it authorises; without a receipt one is made up."""

    receipt_number: str = ""
    xml_ret_response: str = ""


async def take_up(room: TafRoom, key: str, body: JSON) -> None:
    """Job 2 has the record in process, and runs pass it by."""
    await _replace(room, key, body, in_process=True)


async def put_back(room: TafRoom, key: str, body: JSON) -> None:
    """The record is pending again."""
    await _replace(room, key, body, in_process=False)


async def integrate(room: TafRoom, key: str, body: JSON) -> None:
    """Job 2 ends well."""
    msgspec.convert(body, Nothing)
    message = await _message(room, key)
    await _put(room, await integrated(room, message, _readable(message)))
    await _put(room, await released(room, message[0]))


async def find_inconsistent(room: TafRoom, key: str, body: JSON) -> None:
    """Job 2 ends badly, with `errorCode`, `errorDescription`, `errorDetail`."""
    said = msgspec.convert(body, Inconsistency)
    fault = Fault(said.error_code, said.error_description)
    message = await _message(room, key)
    await _put(room, await inconsistent(room, message, fault, said.error_detail))
    await _put(room, await released(room, message[0]))


async def reject(room: TafRoom, key: str, body: JSON) -> None:
    """TRANSMITTED to REJECTED, with `streamingErrors` and `xmlRetResponse`."""
    said = msgspec.convert(body, Rejection)
    await _move(
        room,
        key,
        "REJECTED",
        streaming_errors=said.streaming_errors,
        xml_ret_response=said.xml_ret_response,
    )


async def authorise(room: TafRoom, key: str, body: JSON) -> None:
    """TRANSMITTED to AUTHORISED, with `receiptNumber` and `xmlRetResponse`."""
    said = msgspec.convert(body, Authorisation)
    receipt = said.receipt_number or f"1.2.{await room.ids.next('receipts'):019d}"
    await _move(
        room,
        key,
        "AUTHORISED",
        receipt_number=receipt,
        streaming_errors=(),
        xml_ret_response=said.xml_ret_response,
    )


def moves_to(state: State) -> Event:
    """An event that moves a record on and takes no details."""

    async def event(room: TafRoom, key: str, body: JSON) -> None:
        msgspec.convert(body, Nothing)
        await _move(room, key, state)

    return event


EVENTS: dict[str, Event] = {
    "take_up": take_up,
    "put_back": put_back,
    "integrate": integrate,
    "find_inconsistent": find_inconsistent,
    "validate": moves_to("VALID"),
    "invalidate": moves_to("INVALID"),
    "transmit": moves_to("TRANSMITTED"),
    "reject": reject,
    "authorise": authorise,
    "request_exclusion": moves_to("EXCLUSION_REQUESTED"),
    "confirm_exclusion": moves_to("EXCLUDED"),
    "lose_log": moves_to("LOGLESS"),
}


async def _message(room: TafRoom, key: str) -> list[SentRecord]:
    """The parts of the last record that has this key; the control API has seen that there is one."""
    last = (await room.records.page("registry_key", low=key, high=key, descending=True, limit=1))[0]
    return await (parts.waiting_parts if last.waits else parts.handled_parts)(room, last)


async def _replace(room: TafRoom, key: str, body: JSON, **fields: Any) -> None:
    msgspec.convert(body, Nothing)
    await _put(room, [replace(part, **fields) for part in await _message(room, key)])


async def _move(room: TafRoom, key: str, state: State, **fields: Any) -> None:
    await _put(room, [replace(part, state=state, **fields) for part in await _message(room, key)])


async def _put(room: TafRoom, rows: list[SentRecord]) -> None:
    for row in rows:
        await room.records.put(row)


def _readable(message: list[SentRecord]) -> Any:
    """What the XML says, for later messages about the same; None where it cannot be read."""
    try:
        xml = read(b"".join(decoded(part.integration_message) for part in message))
    except (NotBase64, DangerousXml):
        return None
    return xml if xml.whole and message[0].message_type == "2" else None
