"""Zeev's refusals and their one envelope; status and wording stand in the spec's `x-errors`.

VendorError
├── Unauthorised             401
│   ├── TokenMissing
│   ├── TokenInvalid
│   ├── TokenExpired
│   ├── UserInactive
│   └── InvalidCredentials
├── TooManyRequests          429
├── InvalidRequest           400: the request or its data are not valid
│   ├── InvalidParameter
│   ├── InvalidBody
│   ├── MissingFilter
│   ├── InvalidApplication
│   ├── InvalidResult
│   └── WrongState
│       ├── InstanceAlreadyCancelled
│       ├── InstanceAlreadyFinished
│       ├── InstanceNotCancelled
│       └── AssignmentNotPending
├── RecordNotFound           404
│   ├── InstanceNotFound
│   └── AssignmentNotFound
└── PermissionDenied         403
"""

from __future__ import annotations

from mockserver.core.replies import JSON, Refusal, VendorError


class Unauthorised(VendorError):
    """Nobody, or nobody who may enter."""


class TokenMissing(Unauthorised):
    """No `Authorization: Bearer …`."""

    catalogue_id = "token_missing"


class TokenInvalid(Unauthorised):
    """A token that was never issued."""

    catalogue_id = "token_invalid"


class TokenExpired(Unauthorised):
    """A temporary token past its ten minutes."""

    catalogue_id = "token_expired"


class UserInactive(Unauthorised):
    """The person has been deactivated or locked."""

    catalogue_id = "user_inactive"


class InvalidCredentials(Unauthorised):
    """Unknown login or wrong password."""

    catalogue_id = "invalid_credentials"


class TooManyRequests(VendorError):
    """More calls than a window takes. `retry_after`: whole seconds, at least 1."""

    catalogue_id = "too_many_requests"


class InvalidRequest(VendorError):
    """The request or its data are not valid."""


class InvalidParameter(InvalidRequest):
    """A parameter whose text has the right shape but no meaning. `name`: the parameter's."""

    catalogue_id = "invalid_parameter"


class InvalidBody(InvalidRequest):
    """A body with offending properties, which `details` lists."""

    catalogue_id = "invalid_body"


class MissingFilter(InvalidRequest):
    """A report without instanceId and without a complete pair of dates."""

    catalogue_id = "missing_filter"


class InvalidApplication(InvalidRequest):
    """Not exactly one of flow and service, or an unknown one."""

    catalogue_id = "invalid_application"


class InvalidResult(InvalidRequest):
    """A result that the task does not offer."""

    catalogue_id = "invalid_result"


class WrongState(InvalidRequest):
    """The object is in a state in which this cannot be done."""


class InstanceAlreadyCancelled(WrongState):
    """A second cancel. `instanceId`."""

    catalogue_id = "instance_already_cancelled"


class InstanceAlreadyFinished(WrongState):
    """A cancel after the regular end. `instanceId`."""

    catalogue_id = "instance_already_finished"


class InstanceNotCancelled(WrongState):
    """An undo without a cancellation. `instanceId`."""

    catalogue_id = "instance_not_cancelled"


class AssignmentNotPending(WrongState):
    """The task is finished, or its instance has ended. `assignmentId`."""

    catalogue_id = "assignment_not_pending"


class RecordNotFound(VendorError):
    """The record does not exist."""


class InstanceNotFound(RecordNotFound):
    """No such instance. `instanceId`."""

    catalogue_id = "instance_not_found"


class AssignmentNotFound(RecordNotFound):
    """No such assignment. `assignmentId`."""

    catalogue_id = "assignment_not_found"


class PermissionDenied(VendorError):
    """The person may not do this, or not see it."""

    catalogue_id = "permission_denied"


def envelope(refusal: Refusal) -> JSON:
    """ErrorResponse (ZEEV-A1): `code` is the status as text, `key` the refusal's id (ZEEV-A2)."""
    return {
        "error": {
            "code": str(refusal.status),
            "key": refusal.id,
            "message": refusal.message,
            "vars": [str(refusal.vars[name]) for name in refusal.var_names],
            "details": refusal.details,
        }
    }
