"""Zeev BPM, API 2.0: cancelling an instance, taking that back, and what makes both visible."""

from __future__ import annotations

from mockserver.core.vendor import Vendor
from mockserver.vendors.zeev import assignments, cancellation, instances, reports, tokens
from mockserver.vendors.zeev.auth import authenticate
from mockserver.vendors.zeev.errors import envelope
from mockserver.vendors.zeev.records import (
    APPLICATIONS,
    INSTANCE_TASKS,
    INSTANCES,
    LIMITS,
    PEOPLE,
    TOKENS,
    VOLUMES,
)
from mockserver.vendors.zeev.room import ZeevRoom
from mockserver.vendors.zeev.volume import limit

__all__ = ["ZEEV"]

ZEEV = Vendor(
    name="zeev",
    title="Zeev API 2.0",
    modules=(assignments, cancellation, instances, reports, tokens),
    room=ZeevRoom,
    tables=(PEOPLE, TOKENS, APPLICATIONS, INSTANCES, INSTANCE_TASKS, LIMITS, VOLUMES),
    envelope=envelope,
    authenticate=authenticate,
    sandbox_in=("header/authorization", "body/login"),
    limit=limit,
    content_type_required=False,
)
