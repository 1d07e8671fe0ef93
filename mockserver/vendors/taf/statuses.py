"""Statuses: GET tells how far the records of a ticket, of a key, or of a key in a ticket are."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import NamedTuple

import orjson

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.taf.company_groups import asked_group
from mockserver.vendors.taf.errors import (
    NothingAskedFor,
    NothingAskedForOld,
    SearchModeUnknown,
    StartRecNoMissing,
)
from mockserver.vendors.taf.installation import Setting
from mockserver.vendors.taf.places import stretch
from mockserver.vendors.taf.records import SentRecord
from mockserver.vendors.taf.room import TafRoom
from mockserver.vendors.taf.status_items import Wish, item, nothing_found

LAST_OCCURRENCE, LAST_VALID = 1, 2
_CHUNK = 500
# int() is bounded by the length of what it is given.
_INTEGER = re.compile(r"-?[0-9]{1,30}")


class Query(NamedTuple):
    """What is asked for: a ticket, a key or both, from a RecNo on."""

    group: str
    ticket: str
    key: str
    start: int
    mode: int | None

    @property
    def by(self) -> str:
        """The order in which the records lie."""
        if self.ticket and self.key:
            return "by_ticket_and_key"
        return "by_ticket" if self.ticket else "by_key"

    @property
    def names(self) -> tuple[str, ...]:
        """What the records asked for have in common."""
        return (self.group, *filter(None, (self.ticket, self.key)))


async def get_integration_status(  # noqa: PLR0913, PLR0917  # as many as the service has parameters
    room: TafRoom,
    start_rec_no: str | None = None,
    ticket_code: str | None = None,
    registry_key: str | None = None,
    search_mode: str | None = None,
    source_branch: str | None = None,
    query_elements: str | None = None,
    lot_quantity: str | None = None,
    return_ret_response: str | None = None,
) -> Reply:
    """The records asked for, page by page ("GET"); parameters are texts as they were sent (TAF-A23)."""
    await room.catch_up()
    setting = await room.setting()
    group = await asked_group(room, source_branch)
    start = _start(start_rec_no)
    if not ticket_code and not registry_key:
        raise NothingAskedForOld if setting.old_server else NothingAskedFor
    query = Query(group, ticket_code or "", registry_key or "", start, _mode(search_mode))
    wish = Wish(
        grouping="ticketCode" if query.ticket else "registryKey",
        streaming_errors=_integer(query_elements) != 0,
        ret_response=(return_ret_response or "").strip().lower() == "true",
        waiting_text=setting.waiting_text,
    )
    return Reply(200, await _answer(room, query, wish, Limits.of(setting, lot_quantity)))


class Limits(NamedTuple):
    """How long an answer may be: bytes of its JSON, and records."""

    size: int
    records: int

    @classmethod
    def of(cls, setting: Setting, lot_quantity: str | None) -> Limits:
        """The settings' limits; a positive lotQuantity takes the place of the records (TAF-A29)."""
        quantity = _integer(lot_quantity)
        wanted = quantity if quantity is not None and quantity > 0 else setting.max_records
        return cls(setting.max_bytes, wanted)


async def _answer(room: TafRoom, query: Query, wish: Wish, limits: Limits) -> JSON:
    last = await _last(room, query)
    code = query.ticket or query.key
    if last is None or last.recno < query.start:
        return _envelope(wish, code, [nothing_found(wish, query.ticket, query.key)], 0, 0)
    items: list[JSON] = []
    end = 0
    # The frame has no items yet, and a lastRecNo of no digits; each item but the first brings a comma.
    size = len(orjson.dumps(_envelope(wish, code, [], 0, last.recno))) - 1
    async for record in _records(room, query, last, limits.records):
        shown = item(record, wish)
        size += len(orjson.dumps(shown)) + bool(items)
        if items and size + len(str(record.recno)) > limits.size:
            break
        items.append(shown)
        end = record.recno
    return _envelope(wish, code, items, end, last.recno)


async def _last(room: TafRoom, query: Query) -> SentRecord | None:
    """The last record that belongs to the query (TAF-A30)."""

    def counts(record: SentRecord) -> bool:
        return query.mode != LAST_VALID or record.processed

    bounds = stretch(*query.names)
    found = await room.records.page(query.by, **bounds, where=counts, descending=True, limit=1)
    return found[0] if found else None


async def _records(room: TafRoom, query: Query, last: SentRecord, most: int) -> AsyncIterator[SentRecord]:
    """The records of the answer, in order of RecNo, read a stretch at a time."""
    if query.mode is not None:
        yield last
        return
    start = query.start
    while most > 0:
        chunk = await room.records.page(
            query.by, **stretch(*query.names, start=start), limit=min(most, _CHUNK)
        )
        for record in chunk:
            yield record
        if len(chunk) < _CHUNK:
            return
        most -= len(chunk)
        start = chunk[-1].recno + 1


def _envelope(wish: Wish, code: str, items: list[JSON], last: int, highest: int) -> JSON:
    return {"type": wish.grouping, "code": code, "items": items, "lastRecNo": last, "maxRecNo": highest}


def _start(text: str | None) -> int:
    start = _integer(text)
    if start is None or start < 0:
        raise StartRecNoMissing
    return start


def _mode(text: str | None) -> int | None:
    if text is None:
        return None
    mode = _integer(text)
    if mode not in (LAST_OCCURRENCE, LAST_VALID):
        raise SearchModeUnknown
    return mode


def _integer(text: str | None) -> int | None:
    """The integer in a text; None where there is none."""
    return int(text) if text is not None and _INTEGER.fullmatch(text) else None
