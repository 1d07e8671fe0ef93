"""Batches: POST stores the good records of a delivery and says what is wrong with the others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from mockserver.core.replies import JSON, Reply, VendorError
from mockserver.vendors.taf import parts
from mockserver.vendors.taf.batch_answers import as_error, batch_result, key_of
from mockserver.vendors.taf.company_groups import group_of
from mockserver.vendors.taf.errors import (
    BatchTooLarge,
    BranchNotIdentified,
    BranchNotRegistered,
    FieldEmpty,
    KeyPending,
    OtherCompanyGroup,
    RecordBranchUnknown,
)
from mockserver.vendors.taf.installation import Setting
from mockserver.vendors.taf.places import joined
from mockserver.vendors.taf.record_checks import (
    ATTRIBUTES,
    BRANCH,
    TICKET,
    content_errors,
    form_errors,
    is_blank,
)
from mockserver.vendors.taf.records import SentRecord
from mockserver.vendors.taf.room import TafRoom

_LOWEST_PRIORITY = "5"
_IN_QUEUE = "1"


async def submit_batch(room: TafRoom, body: JSON) -> Reply:
    """Store a batch, record by record ("POST"); raises what rejects it as a whole (TAF-A6)."""
    await room.catch_up()
    setting = await room.setting()
    batch = body if isinstance(body, dict) else {}
    sent = batch.get("lote")
    records = sent if isinstance(sent, list) else []
    if len(records) > setting.max_lote:
        raise BatchTooLarge
    group = await _deciding_group(room, records)
    for error in form_errors(TICKET, batch):
        raise error
    intake = Intake(room, batch["ticketCode"], group, setting)
    results = [(key_of(record), await intake.take(record)) for record in records]
    return Reply(setting.post_status, batch_result(batch["ticketCode"], results))


async def _deciding_group(room: TafRoom, records: list[JSON]) -> str:
    """The company group of the first branch that a record names (TAF-A5)."""
    branches = (record.get(BRANCH.name) for record in records if isinstance(record, dict))
    first = next((branch for branch in branches if isinstance(branch, str) and not is_blank(branch)), None)
    if first is None:
        raise BranchNotIdentified
    group = await group_of(room, first)
    if group is None:
        raise BranchNotRegistered
    return group


class Intake:
    """Takes the records of one batch in, one after the other."""

    def __init__(self, room: TafRoom, ticket: str, group: str, setting: Setting) -> None:
        self._room = room
        self._ticket = ticket
        self._group = group
        self._setting = setting
        # Sequences that wait under a key of this ticket: looked up once, then kept.
        self._sequences: dict[str, set[str]] = {}

    async def take(self, record: JSON) -> list[JSON]:
        """Store a record that has no errors; the errors of one that has some."""
        named = record if isinstance(record, dict) else {}
        errors = [as_error(self._room.worded(error)) async for error in self._errors(named)]
        if not errors:
            await self._store(named)
        return errors

    async def _errors(self, record: dict[str, Any]) -> AsyncIterator[VendorError]:
        if await self._is_pending(record):
            yield KeyPending(key=record["registryKey"])
        for attribute in ATTRIBUTES:
            faults = form_errors(attribute, record)
            for error in faults or content_errors(attribute, record, self._setting):
                yield error
            if attribute is BRANCH and (not faults or isinstance(faults[0], FieldEmpty)):
                async for error in self._branch_errors(record[BRANCH.name]):
                    yield error

    async def _branch_errors(self, branch: str | None) -> AsyncIterator[VendorError]:
        group = await group_of(self._room, branch or "")
        if group is None:
            yield RecordBranchUnknown()
        elif group != self._group:
            yield OtherCompanyGroup(branch=branch)

    async def _is_pending(self, record: dict[str, Any]) -> bool:
        """Whether the key waits already, other than as another part of this message (TAF-A17)."""
        sender = [record.get(name) for name in ("sourceBranch", "registryType", "registryKey")]
        known = [value for value in sender if isinstance(value, str) and value]
        if known != sender:
            return False
        last = await parts.last_sent(self._room, *known)
        if last is None or not last.waits:
            return False
        if last.ticket_code != self._ticket:
            return True
        sequence = record.get("messageSequential")
        if not isinstance(sequence, str | None):
            return False  # of another type: told as invalid, and equal to none that is stored
        return sequence in await self._waiting_sequences(last)

    async def _waiting_sequences(self, last: SentRecord) -> set[str]:
        name = _sender(last)
        if name not in self._sequences:
            waiting = await parts.waiting_parts(self._room, last)
            self._sequences[name] = {part.message_sequential for part in waiting}
        return self._sequences[name]

    async def _store(self, record: dict[str, Any]) -> None:
        now = self._room.clock.now()
        priority: Any = record.get("registryPriority") or _LOWEST_PRIORITY

        def text(name: str, default: str = "") -> str:
            return record.get(name) or default

        stored = SentRecord(
            recno=await self._room.ids.next("records"),
            group=self._group,
            ticket_code=self._ticket,
            source_branch=record["sourceBranch"],
            message_type=record["messageType"],
            message_sequential=record["messageSequential"],
            registry_type=record["registryType"],
            registry_key=record["registryKey"],
            integration_message=record["integrationMessage"],
            integration_date=text("integrationDate", f"{now:%Y%m%d}".zfill(8)),
            integration_time=text("integrationTime", f"{now:%H:%M:%S}"),
            received_at=now,
            registry_priority=priority,
            integration_queue="F" if record.get("integrationQueue") == _IN_QUEUE else "",
            erpowner=text("erpowner"),
            registry_predecessor=text("registryPredecessor").strip(),
            transfer_branch=text("transferBranch"),
            complement=text("complement"),
        )
        await self._room.records.put(stored)
        if _sender(stored) in self._sequences:
            self._sequences[_sender(stored)].add(stored.message_sequential)


def _sender(record: SentRecord) -> str:
    return joined(record.source_branch, record.registry_type, record.registry_key)
