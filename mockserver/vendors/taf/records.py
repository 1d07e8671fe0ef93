"""What TAF remembers: records as they lie in TAFST2, with their log and what the government made of them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from mockserver.core.records import Record, Table
from mockserver.vendors.taf.installation import Branch, Job, Setting, User
from mockserver.vendors.taf.places import HIGHEST, IN_QUEUE, PENDING, in_order, joined, microseconds

if TYPE_CHECKING:
    from mockserver.vendors.taf.room import TafRoom

State = Literal[
    "WAITING",
    "INCONSISTENT",
    "INTEGRATED",
    "VALID",
    "INVALID",
    "TRANSMITTED",
    "REJECTED",
    "AUTHORISED",
    "EXCLUSION_REQUESTED",
    "EXCLUDED",
    "LOGLESS",
]
# What job 2 has handled and not integrated, and what it has not handled.
UNPROCESSED = frozenset({"WAITING", "INCONSISTENT", "LOGLESS"})
Instant = Annotated[dt.datetime, Meta(tz=True)]
RecNo = Annotated[int, Meta(ge=1, lt=HIGHEST)]


class StreamingError(Record, frozen=True, rename="camel"):
    """One error that the government gave for a transmitted record."""

    streaming_error_code: str
    streaming_error_detail: str


class SentRecord(Record, frozen=True):
    """One row of TAFST2 as it was sent, with what TAFXERP, TAF and the government made of it.

    `group` is the company group; `integration_queue` is `F` where the queue is in use; `requeued` says that a
    run of job 2 has put the record back into it. `operation` and `identity` say what an integrated message
    did to what, and `handled` numbers the outcomes of job 2 in their order.
    """

    recno: RecNo
    group: str
    ticket_code: str
    source_branch: str
    message_type: Literal["1", "2"]
    message_sequential: str
    registry_type: str
    registry_key: str
    integration_message: str
    integration_date: str
    integration_time: str
    received_at: Instant
    registry_priority: Literal["0", "1", "2", "3", "4", "5"] = "5"
    integration_queue: Literal["F", ""] = ""
    erpowner: str = ""
    registry_predecessor: str = ""
    transfer_branch: str = ""
    complement: str = ""
    state: State = "WAITING"
    in_process: bool = False
    requeued: bool = False
    error_code: str = ""
    error_description: str = ""
    error_detail: str = ""
    handled: RecNo | None = None
    operation: Literal["inclusao", "alteracao", "exclusao", ""] = ""
    identity: str = ""
    active: bool = True
    receipt_number: str = ""
    delete_type: Literal["0", "1", ""] = ""
    streaming_errors: tuple[StreamingError, ...] = ()
    xml_ret_response: str = ""

    @property
    def waits(self) -> bool:
        """Whether job 2 has not come to an end with it: 813 for its key."""
        return self.state == "WAITING"

    @property
    def processed(self) -> bool:
        """Whether job 2 has integrated it (`proccessed`)."""
        return self.state not in UNPROCESSED

    @property
    def by_ticket(self) -> str:
        """Place in the order of the company group's tickets, then of RecNo."""
        return in_order(self.recno, self.group, self.ticket_code)

    @property
    def by_key(self) -> str:
        """Place in the order of the company group's keys, then of RecNo."""
        return in_order(self.recno, self.group, self.registry_key)

    @property
    def by_ticket_and_key(self) -> str:
        """Place in the order of tickets and keys, then of RecNo."""
        return in_order(self.recno, self.group, self.ticket_code, self.registry_key)

    @property
    def by_sender(self) -> str:
        """Place in the order of branch, event and key: what 813 goes by, then of RecNo."""
        return in_order(self.recno, self.source_branch, self.registry_type, self.registry_key)

    @property
    def due(self) -> str | None:
        """Place in the order in which records wait for job 2; those put back into the queue come last."""
        if not self.waits or self.in_process:
            return None
        return (IN_QUEUE if self.requeued else PENDING) + microseconds(self.received_at)

    @property
    def awaited(self) -> str | None:
        """The predecessor for which the record is back in the queue."""
        return joined(self.group, self.registry_predecessor) if self.waits and self.requeued else None

    @property
    def by_identity(self) -> str | None:
        """Place in the order of what integrated messages were about, then of their handling."""
        if not self.processed or not self.identity or self.handled is None:
            return None
        return in_order(self.handled, self.group, self.registry_type, self.identity)

    @property
    def by_receipt(self) -> str | None:
        """The government's receipt, for an S-3000 that names it."""
        return joined(self.group, self.receipt_number) if self.receipt_number else None


async def _handled_by_now(room: TafRoom, record: SentRecord) -> SentRecord:
    return await room.as_of_now(record)


RECORDS: Table[SentRecord] = Table(
    "records",
    SentRecord,
    key="recno",
    indexes=(
        "by_ticket",
        "by_key",
        "by_ticket_and_key",
        "by_sender",
        "registry_key",
        "due",
        "awaited",
        "handled",
        "by_identity",
        "by_receipt",
    ),
    settle=_handled_by_now,
)
BRANCHES = Table("branches", Branch, key="code")
JOBS = Table("jobs", Job, key="number")
USERS = Table("users", User, key="login")
SETTINGS = Table("settings", Setting)

TABLES: tuple[Table[Any], ...] = (RECORDS, BRANCHES, JOBS, USERS, SETTINGS)
