"""TOTVS TAF, REST service WSTAFST2: batches of records, what became of them, and how to take them back."""

from __future__ import annotations

from mockserver.core.vendor import Vendor
from mockserver.vendors.taf import batches, statuses, tickets
from mockserver.vendors.taf.auth import authenticate
from mockserver.vendors.taf.errors import envelope
from mockserver.vendors.taf.government import EVENTS
from mockserver.vendors.taf.job2 import run_job2
from mockserver.vendors.taf.records import TABLES
from mockserver.vendors.taf.room import TafRoom

TAF = Vendor(
    name="taf",
    title="TOTVS TAF (WSTAFST2)",
    modules=(batches, statuses, tickets),
    room=TafRoom,
    tables=TABLES,
    envelope=envelope,
    authenticate=authenticate,
    sandbox_in=("header/authorization",),
    events={**EVENTS, "run_job2": run_job2},
    any_content_type=True,
    any_case=True,
    trailing_slash=True,
    checks_itself=("submit_batch", "get_integration_status", "delete_tickets"),
)

__all__ = ["TAF"]
