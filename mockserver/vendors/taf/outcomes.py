"""Outcomes of job 2: what becomes of one message (TAF-A34, TAF-A37)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from mockserver.vendors.taf import parts
from mockserver.vendors.taf.messages import DangerousXml, NotBase64, XmlMessage, decoded, read
from mockserver.vendors.taf.places import joined, stretch
from mockserver.vendors.taf.records import SentRecord

if TYPE_CHECKING:
    from mockserver.vendors.taf.room import TafRoom

DELETION = "S-3000"
_XML = "2"
# statusCode 2, 3 and 4: the government knows of the event.
_TRANSMITTED = frozenset({"TRANSMITTED", "REJECTED", "AUTHORISED"})


class Fault(NamedTuple):
    """A code of TAFXERP and its text."""

    code: str
    description: str


# Only the text of 000007 is the vendor's; the other codes were seen without theirs.
UNREADABLE = Fault("000001", "O XML da mensagem não pôde ser lido")
DOES_NOT_FIT = Fault(
    "000007", "A operacao solicitada no XML esta em desacordo com o cenario do registro na base do TAF"
)
ALREADY_THERE = Fault("000008", "A informação do XML já está na base do TAF")
PREDECESSOR = Fault("000030", "O registro predecessor não foi processado")
EMPTY = Fault("000032", "A mensagem está vazia")


async def outcome(room: TafRoom, message: list[SentRecord]) -> list[SentRecord]:
    """The rows that a message leaves behind: its own parts, and those of an event that it deletes."""
    if message[0].message_type != _XML:
        return await integrated(room, message)
    try:
        raw = b"".join(decoded(part.integration_message) for part in message)
        xml = read(raw)
    except (NotBase64, DangerousXml):
        return await inconsistent(room, message, UNREADABLE)
    if not raw.strip():
        return await inconsistent(room, message, EMPTY)
    if not xml.whole:
        return await inconsistent(room, message, UNREADABLE)
    if message[0].registry_type == DELETION:
        return await _deleted(room, message, xml)
    return await _operated(room, message, xml)


async def integrated(
    room: TafRoom, message: list[SentRecord], xml: XmlMessage | None = None
) -> list[SentRecord]:
    """The parts of a message that is in TAF now."""
    number = await _next_number(room)
    operation, identity = (xml.operation, xml.identity) if xml else ("", "")
    return [
        replace(
            part,
            state="INTEGRATED",
            in_process=False,
            requeued=False,
            handled=number,
            operation=operation,
            identity=identity,
        )
        for part in message
    ]


async def inconsistent(
    room: TafRoom, message: list[SentRecord], fault: Fault, detail: str = ""
) -> list[SentRecord]:
    """The parts of a message that TAF did not take."""
    number = await _next_number(room)
    return [
        replace(
            part,
            state="INCONSISTENT",
            in_process=False,
            requeued=False,
            handled=number,
            error_code=fault.code,
            error_description=fault.description,
            error_detail=detail,
        )
        for part in message
    ]


async def _next_number(room: TafRoom) -> int:
    """One more than any outcome has that is stored."""
    last = await room.records.page("handled", descending=True, limit=1)
    return 1 + (last[0].handled or 0 if last else 0)


async def _operated(room: TafRoom, message: list[SentRecord], xml: XmlMessage) -> list[SentRecord]:
    if not xml.operation or not xml.identity:
        return await integrated(room, message)
    there = await _is_there(room, message[0], xml.identity)
    if xml.operation == "inclusao" and there:
        return await inconsistent(room, message, ALREADY_THERE)
    if xml.operation != "inclusao" and not there:
        return await inconsistent(room, message, DOES_NOT_FIT)
    return await integrated(room, message, xml)


async def _is_there(room: TafRoom, part: SentRecord, identity: str) -> bool:
    """Whether TAF has what the message is about: the last word on it is no exclusion, and still counts."""
    bounds = stretch(part.group, part.registry_type, identity)
    found = await room.records.page("by_identity", **bounds, descending=True, limit=1)
    return bool(found) and found[0].operation != "exclusao" and found[0].active


async def _deleted(room: TafRoom, message: list[SentRecord], xml: XmlMessage) -> list[SentRecord]:
    """An S-3000: the event that it names is no longer active."""
    target = await _target(room, message, xml.receipt)
    if target is None:
        return await inconsistent(room, message, DOES_NOT_FIT)
    gone = [replace(part, active=False) for part in await parts.handled_parts(room, target)]
    deletion = await integrated(room, message)
    delete_type = "1" if target.state in _TRANSMITTED else "0"
    return gone + [replace(part, active=False, delete_type=delete_type) for part in deletion]


async def _target(room: TafRoom, message: list[SentRecord], receipt: str) -> SentRecord | None:
    """The active event with the receipt in the XML, else the one that the predecessor's key names."""
    group = message[0].group

    def counts(row: SentRecord) -> bool:
        return row.processed and row.active

    if receipt:
        named = joined(group, receipt)
        found = await room.records.page(
            "by_receipt", low=named, high=named, where=counts, descending=True, limit=1
        )
        if found:
            return found[0]
    key = next((part.registry_predecessor for part in message if part.registry_predecessor), "")
    bounds = stretch(group, key)
    found = await room.records.page("by_key", **bounds, where=counts, descending=True, limit=1) if key else []
    return found[0] if found else None
