"""Refusals of the control API; wording and status stand in `specs/control.yaml`."""

from __future__ import annotations

from mockserver.core.replies import VendorError


class Unauthorized(VendorError):
    """The control token is missing or wrong."""

    catalogue_id = "unauthorized"


class VendorNotServed(VendorError):
    """No vendor of this name is served here."""

    catalogue_id = "not_found.vendor"


class CollectionNotFound(VendorError):
    """The vendor has no such collection."""

    catalogue_id = "not_found.collection"


class RecordNotFound(VendorError):
    """The collection has no such record."""

    catalogue_id = "not_found.record"


class EventNotFound(VendorError):
    """The vendor's spec has no such backstage event."""

    catalogue_id = "not_found.event"


class FaultNotFound(VendorError):
    """There is no such fault rule."""

    catalogue_id = "not_found.fault"


class SandboxNotFound(VendorError):
    """There is no such sandbox."""

    catalogue_id = "not_found.sandbox"


class SnapshotNotFound(VendorError):
    """There is no such snapshot."""

    catalogue_id = "not_found.snapshot"


class EventNotAllowed(VendorError):
    """The record is in a state from which the event does not move it."""

    catalogue_id = "conflict.state"


class TooMany(VendorError):
    """A bound on what the double keeps has been reached."""

    catalogue_id = "conflict.too_many"


class RecordDoesNotFit(VendorError):
    """The record is not of the collection's shape."""

    catalogue_id = "unprocessable.record"


class FaultDoesNotFit(VendorError):
    """The fault rule names something that is not there, or does nothing."""

    catalogue_id = "unprocessable.fault"


class ClockDoesNotFit(VendorError):
    """The instant cannot be read, or the calendar ends before it."""

    catalogue_id = "unprocessable.clock"
