"""Persat's refusals and their one envelope; status and wording stand in the spec's `x-errors`.

VendorError
├── ApiKeyInvalid               401
├── WorkOrderNotFound           404
├── WorkOrderNotCancellable     409
├── DateUnreadable              400  the list's from and to
├── RangeReversed               400
├── RangeTooLong                400
├── FieldMissing                400  a new order
├── FieldInvalid                400
├── DateWithoutStart            400
├── ResponsiblesWithoutDate     400
├── ResponsiblesMiscounted      400
├── ReferredClientNotFound      409
├── ReferredSchemaNotFound      409
├── ReferredTechnicianNotFound  409
├── SchemaNotFound              404
├── LabelNotFound               404
└── ClientNotFound              404
"""

from __future__ import annotations

from mockserver.core.replies import JSON, Refusal, VendorError


def envelope(refusal: Refusal) -> JSON:
    """The vendor's one shape of a refusal; `error.status` repeats the HTTP status."""
    error = {"status": refusal.status, "type": refusal.code, "userMessage": refusal.message}
    return {"success": False, "error": error}


class ApiKeyInvalid(VendorError):
    """The key is missing or not known."""

    catalogue_id = "UNAUTHORIZED"


class WorkOrderNotFound(VendorError):
    """There is no work order `wo_id`."""

    catalogue_id = "NOT_FOUND.work_order"


class WorkOrderNotCancellable(VendorError):
    """The work order is in a `state` that cannot be cancelled."""

    catalogue_id = "CONFLICT.state"


class DateUnreadable(VendorError):
    """The parameter `name` is no day of the calendar."""

    catalogue_id = "BAD_REQUEST.date"


class RangeReversed(VendorError):
    """The last day lies before the first."""

    catalogue_id = "BAD_REQUEST.range_reversed"


class RangeTooLong(VendorError):
    """The days are more than 15 apart."""

    catalogue_id = "BAD_REQUEST.range_too_long"


class FieldMissing(VendorError):
    """The state that the new order is to have requires `field`."""

    catalogue_id = "BAD_REQUEST.required_field"


class FieldInvalid(VendorError):
    """The value of `field` means nothing."""

    catalogue_id = "BAD_REQUEST.invalid_field"


class DateWithoutStart(VendorError):
    """Of date and start, one was sent alone."""

    catalogue_id = "BAD_REQUEST.date_without_start"


class ResponsiblesWithoutDate(VendorError):
    """Responsibles were sent for an order without a date."""

    catalogue_id = "BAD_REQUEST.responsibles_without_date"


class ResponsiblesMiscounted(VendorError):
    """There are more or fewer technicians than required."""

    catalogue_id = "BAD_REQUEST.responsibles_length"


class ReferredClientNotFound(VendorError):
    """The new order names a client that does not exist."""

    catalogue_id = "CONFLICT.client"


class ReferredSchemaNotFound(VendorError):
    """The new order names a schema that does not exist."""

    catalogue_id = "CONFLICT.schema"


class ReferredTechnicianNotFound(VendorError):
    """The new order names a technician that does not exist."""

    catalogue_id = "CONFLICT.technician"


class SchemaNotFound(VendorError):
    """There is no such schema."""

    catalogue_id = "NOT_FOUND.schema"


class LabelNotFound(VendorError):
    """There is no label `label_id`."""

    catalogue_id = "NOT_FOUND.label"


class ClientNotFound(VendorError):
    """There is no such client."""

    catalogue_id = "NOT_FOUND.client"
