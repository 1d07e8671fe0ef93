"""CITSmart's refusals and their two shapes; status and wording stand in the spec's `x-errors`.

VendorError
├── NotAnObject                 400, plain
└── (all others 412)
    ├── SessionInvalid          SESSION
    ├── UserNameMissing         SESSION     login
    ├── PasswordMissing         SESSION
    ├── CredentialsInvalid      SESSION
    ├── OperationNotPermitted   PERMISSION
    ├── InternalError           INTERNAL
    ├── ContractNotConfigured   PARAM       new
    ├── ServiceNotConfigured    PARAM
    ├── OriginNotConfigured     PARAM
    └── (all others INPUT)
        ├── TaskNotFound
        ├── RequestNotFound
        ├── UnitNotFound
        ├── ContractNotFound
        ├── ReasonNotFound
        ├── DeviceNotAssociated
        ├── NotAwaitingApproval             feedback
        ├── RequestClosed                   attendRequest, checkin
        ├── AttendantCheckedIn              checkin
        ├── NotAssigned                     checkin, checkout
        ├── RequestCheckedIn                checkin
        ├── ReactivationNotPermitted        checkin
        ├── SolutionMissing                 checkout
        ├── SolutionInvalid
        ├── SolutionDescriptionMissing
        ├── NotCheckedIn
        └── SuspensionNotPermitted
"""

from __future__ import annotations

from mockserver.core.replies import JSON, Refusal, Text, VendorError
from mockserver.vendors.citsmart.times import milliseconds

# These four say `success` on success, and false on failure (CITSMART-A29).
_WITH_SUCCESS = frozenset({"send_coordinates", "device_disassociate", "attend_request", "attendant_location"})


def envelope(refusal: Refusal) -> JSON:
    """`{dateTime, operationID, error}`; plain text where the framework refuses, which has no code."""
    if refusal.code is None:
        return Text(refusal.message)
    room = refusal.room
    body = {
        "dateTime": milliseconds(room.clock.now()),
        "operationID": room.logged,
        "error": {"code": refusal.code, "description": refusal.message},
    }
    return {**body, "success": False} if room.call.operation_id in _WITH_SUCCESS else body


class NotAnObject(VendorError):
    """The body is JSON, but no object."""

    catalogue_id = "BAD_REQUEST"


class SessionInvalid(VendorError):
    """The sessionID is missing, unknown or expired."""

    catalogue_id = "SESSION.invalid"


class UserNameMissing(VendorError):
    """A login without a user name."""

    catalogue_id = "SESSION.user_name"


class PasswordMissing(VendorError):
    """A login without a password."""

    catalogue_id = "SESSION.password"


class CredentialsInvalid(VendorError):
    """There is no such user, or his password is another one."""

    catalogue_id = "SESSION.credentials"


class OperationNotPermitted(VendorError):
    """No group of the user may carry out the operation."""

    catalogue_id = "PERMISSION"


class InternalError(VendorError):
    """The server's own trouble: here, a list that must never be empty has nothing in it."""

    catalogue_id = "INTERNAL.error"


class ContractNotConfigured(VendorError):
    """The server has no default contract for new requests."""

    catalogue_id = "PARAM.contract"


class ServiceNotConfigured(VendorError):
    """The server has no default service for new requests."""

    catalogue_id = "PARAM.service"


class OriginNotConfigured(VendorError):
    """The server has no default origin for new requests."""

    catalogue_id = "PARAM.origin"


class TaskNotFound(VendorError):
    """There is no such task."""

    catalogue_id = "INPUT.task_not_found"


class RequestNotFound(VendorError):
    """There is no request of that number."""

    catalogue_id = "INPUT.request_not_found"


class UnitNotFound(VendorError):
    """There is no such unit."""

    catalogue_id = "INPUT.unit_not_found"


class ContractNotFound(VendorError):
    """There is no such contract, or it is not the user's."""

    catalogue_id = "INPUT.contract_not_found"


class ReasonNotFound(VendorError):
    """There is no such reason."""

    catalogue_id = "INPUT.reason_not_found"


class DeviceNotAssociated(VendorError):
    """The token is not actively associated with this user."""

    catalogue_id = "INPUT.device_not_associated"


class NotAwaitingApproval(VendorError):
    """The task is not one of approval, or it has been decided."""

    catalogue_id = "INPUT.not_awaiting_approval"


class RequestClosed(VendorError):
    """The request is cancelled or solved."""

    catalogue_id = "INPUT.request_closed"


class AttendantCheckedIn(VendorError):
    """The attendant has open check-ins on the requests `numbers`."""

    catalogue_id = "INPUT.attendant_checked_in"


class NotAssigned(VendorError):
    """The attendant does not attend the request `number`."""

    catalogue_id = "INPUT.not_assigned"


class RequestCheckedIn(VendorError):
    """Somebody else is checked in on the request `number`."""

    catalogue_id = "INPUT.request_checked_in"


class ReactivationNotPermitted(VendorError):
    """The request is suspended and the user may not reactivate it."""

    catalogue_id = "INPUT.reactivation_not_permitted"


class SolutionMissing(VendorError):
    """Suspended or solved without saying why or how."""

    catalogue_id = "INPUT.solution_missing"


class SolutionInvalid(VendorError):
    """The solution is no justification of that status."""

    catalogue_id = "INPUT.solution_invalid"


class SolutionDescriptionMissing(VendorError):
    """Suspended or solved without a description."""

    catalogue_id = "INPUT.solution_description_missing"


class NotCheckedIn(VendorError):
    """The user has no open check-in on the task `task_id`."""

    catalogue_id = "INPUT.not_checked_in"


class SuspensionNotPermitted(VendorError):
    """The user may not suspend requests."""

    catalogue_id = "INPUT.suspension_not_permitted"
