"""Refusals of the service, its gateway and IAM; status and wording stand in the spec's `x-errors`.

VendorError
├── TokenInvalid          OSM.0002
├── SignatureInvalid      APIGW.0301
├── ParamInvalid          OSM.01010001
├── NoPermission          OSM.01010002
├── PressedTooSoon        OSM.01010004
├── SeverityNotFound      OSM.01010006
├── NoRoleToCreate        OSM.01010007
├── OperationFailed       OSM.01010014
├── CaseNotFound          OSM.01010015
├── OnlyJustCreated       OSM.01010023
├── AccessoryInvalid      OSM.01010045
├── StateForbids          OSM.0003
└── LoginFailed           IAM.401
"""

from __future__ import annotations

from http import HTTPStatus

from mockserver.core.replies import JSON, Refusal, VendorError


def envelope(refusal: Refusal) -> JSON:
    """Three shapes: the service's flat pair, the gateway's with request_id, IAM's nested one."""
    if refusal.id.startswith("IAM."):
        title = HTTPStatus(refusal.status).phrase
        return {"error": {"code": refusal.code, "message": refusal.message, "title": title}}
    pair = {"error_code": refusal.code, "error_msg": refusal.message}
    # The id itself is filled in where every answer gets it: see request_ids.py.
    return {**pair, "request_id": ""} if refusal.id.startswith("APIGW.") else pair


class TokenInvalid(VendorError):
    """The token is missing, unknown or expired."""

    catalogue_id = "OSM.0002"


class SignatureInvalid(VendorError):
    """The gateway does not accept the signature; `reason` says why."""

    catalogue_id = "APIGW.0301"


class ParamInvalid(VendorError):
    """A parameter is of its type and within its limits, and still of no use."""

    catalogue_id = "OSM.01010001"


class NoPermission(VendorError):
    """The caller has no role that allows the call."""

    catalogue_id = "OSM.01010002"


class PressedTooSoon(VendorError):
    """The ticket has been pressed a short while ago."""

    catalogue_id = "OSM.01010004"


class SeverityNotFound(VendorError):
    """The new ticket names a severity that does not exist."""

    catalogue_id = "OSM.01010006"


class NoRoleToCreate(VendorError):
    """The caller's role does not include creating tickets."""

    catalogue_id = "OSM.01010007"


class OperationFailed(VendorError):
    """What a test may choose in the place of StateForbids (HUAWEI-A1)."""

    catalogue_id = "OSM.01010014"


class CaseNotFound(VendorError):
    """There is no such ticket, or nobody sees it any more."""

    catalogue_id = "OSM.01010015"


class OnlyJustCreated(VendorError):
    """The ticket is too new to be urged."""

    catalogue_id = "OSM.01010023"


class AccessoryInvalid(VendorError):
    """An attachment has been marked as invalid."""

    catalogue_id = "OSM.01010045"


class StateForbids(VendorError):
    """The ticket's state does not allow this."""

    catalogue_id = "OSM.0003"


class LoginFailed(VendorError):
    """IAM knows nobody with this name and password."""

    catalogue_id = "IAM.401"
