"""TAF's refusals and their shapes; codes, statuses and wording stand in the spec's `x-errors`.

VendorError
├── CredentialsRefused       401
├── BatchTooLarge            413
├── StartRecNoMissing        701  RestFault, HTTP 500
├── NothingAskedFor          701
├── NothingAskedForOld       101
├── SearchModeUnknown        703
├── TicketsMissing           704
├── TicketMissing            704
├── BranchNotRegistered      803  the batch
├── NoCompanies              809
├── BranchNotIdentified      811
├── FieldAbsent              800  the record; the batch for ticketCode
├── FieldEmpty               801
├── FieldInvalid             802
├── RecordBranchUnknown      803  the record
├── LayoutUnknown            804
├── PriorityUnknown          805
├── MessageUnreadable        806
├── QueueUnknown             807
├── OtherCompanyGroup        812
├── KeyPending               813
└── VersionUnsupported       814
"""

from __future__ import annotations

from mockserver.core.replies import JSON, Refusal, VendorError
from mockserver.vendors.taf.batch_answers import as_error, each_refused

# What a fault rule orders under these ids comes for each record of the batch that was sent. Those that a
# ticketCode meets as well (800, 801, 802) reject the batch.
_OF_RECORDS = frozenset({"803.record", "804", "805", "806", "807", "808", "810.record", "812", "813", "814"})
_FIRST_FAULT = 300


def envelope(refusal: Refusal) -> JSON:
    """A RestFault; or, with a status of success, why a batch or the records of it were rejected."""
    if refusal.status >= _FIRST_FAULT:
        return {"errorCode": refusal.code, "errorMessage": refusal.message}
    if refusal.id in _OF_RECORDS and refusal.room.call.operation_id == "submit_batch":
        ordered = each_refused(refusal, refusal.room.call.body)
        if ordered is not None:
            return ordered
    return as_error(refusal)


class CredentialsRefused(VendorError):
    """User and password are missing or wrong (TAF-A2)."""

    catalogue_id = "401"


class BatchTooLarge(VendorError):
    """There are more records than the double takes at once (TAF-A44)."""

    catalogue_id = "413"


class StartRecNoMissing(VendorError):
    """There is no startRecNo, or it is no number from 0 on."""

    catalogue_id = "701.startRecNo"


class NothingAskedFor(VendorError):
    """Neither a ticket nor a key is asked for."""

    catalogue_id = "701.key"


class NothingAskedForOld(VendorError):
    """The same, as older servers number it (TAF-A22)."""

    catalogue_id = "101"


class SearchModeUnknown(VendorError):
    """searchMode is neither 1 nor 2."""

    catalogue_id = "703"


class TicketsMissing(VendorError):
    """A DELETE has no array of tickets."""

    catalogue_id = "704.deleteTicket"


class TicketMissing(VendorError):
    """The item at `position`, counted from 1, names no ticket."""

    catalogue_id = "704.ticketCode"


class BranchNotRegistered(VendorError):
    """The branch that a whole request goes by is not registered."""

    catalogue_id = "803"


class NoCompanies(VendorError):
    """The first branch of PrepareIn is not registered."""

    catalogue_id = "809"


class BranchNotIdentified(VendorError):
    """No record of the batch names a branch."""

    catalogue_id = "811"


class FieldAbsent(VendorError):
    """The mandatory `attribute`, `column` in TAFST2, is not there."""

    catalogue_id = "800"


class FieldEmpty(VendorError):
    """The mandatory `attribute` is null, empty or blank."""

    catalogue_id = "801"


class FieldInvalid(VendorError):
    """The value of `attribute` means nothing."""

    catalogue_id = "802"


class RecordBranchUnknown(VendorError):
    """The branch of a record is not registered."""

    catalogue_id = "803.record"


class LayoutUnknown(VendorError):
    """The event code `layout` is none."""

    catalogue_id = "804"


class PriorityUnknown(VendorError):
    """The priority `sent` is none of 0 to 5."""

    catalogue_id = "805"


class MessageUnreadable(VendorError):
    """The message is no Base64, or dangerous to read."""

    catalogue_id = "806"


class QueueUnknown(VendorError):
    """The queue code is none."""

    catalogue_id = "807"


class OtherCompanyGroup(VendorError):
    """The record's `branch` belongs to another company group than the batch."""

    catalogue_id = "812"


class KeyPending(VendorError):
    """A record with this `key` waits for job 2, or is being processed."""

    catalogue_id = "813"


class VersionUnsupported(VendorError):
    """XML of version 1.0 for an event outside SESMT."""

    catalogue_id = "814"
