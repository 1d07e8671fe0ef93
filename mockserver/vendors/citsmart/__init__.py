"""CITSmart ESP: the vendor's mobile field-service API."""

from __future__ import annotations

from mockserver.core.vendor import Vendor
from mockserver.vendors.citsmart import (
    approvals,
    attendance,
    check_ins,
    contracts,
    nearby,
    new_requests,
    notifications,
    reasons,
    sessions,
)
from mockserver.vendors.citsmart.addresses import MOUNTS, canonical_path
from mockserver.vendors.citsmart.auth import authenticate, log
from mockserver.vendors.citsmart.errors import envelope
from mockserver.vendors.citsmart.records import TABLES
from mockserver.vendors.citsmart.room import CitsmartRoom

CITSMART = Vendor(
    name="citsmart",
    title="CITSmart ESP",
    modules=(
        approvals,
        attendance,
        check_ins,
        contracts,
        nearby,
        new_requests,
        notifications,
        reasons,
        sessions,
    ),
    room=CitsmartRoom,
    tables=TABLES,
    envelope=envelope,
    authenticate=authenticate,
    log=log,
    sandbox_in=("body/userName", "body/sessionID"),
    content_type_required=False,
    mounts=MOUNTS,
    canonical_path=canonical_path,
)

__all__ = ["CITSMART"]
