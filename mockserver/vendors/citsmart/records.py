"""What CITSmart remembers: its collections, and the indexes by which they are read."""

from __future__ import annotations

from typing import Any

from mockserver.core.records import Table
from mockserver.vendors.citsmart.directory import (
    Contract,
    Device,
    Reason,
    Server,
    Session,
    Status,
    Unit,
    User,
)
from mockserver.vendors.citsmart.work import (
    Assignment,
    AttendantPosition,
    CheckIn,
    Denial,
    Request,
    Task,
)

USERS = Table("users", User, key="user_name")
SESSIONS = Table("sessions", Session)
DEVICES = Table("devices", Device)
CONTRACTS = Table("contracts", Contract)
UNITS = Table("units", Unit, indexes=("contract", "place"))
STATUSES = Table("statuses", Status)
DENIED_REASONS = Table("denied_reasons", Reason)
APPROVAL_REASONS = Table("approval_reasons", Reason)
REQUESTS = Table("requests", Request, key="number", indexes=("place", "located_at_unit"))
TASKS = Table("tasks", Task, indexes=("number", "queue", "typed_queue"))
ASSIGNMENTS = Table("assignments", Assignment, indexes=("number", "roster"))
CHECK_INS = Table("check_ins", CheckIn, key="number", indexes=("at_work",))
DENIALS = Table("denials", Denial)
POSITIONS = Table("attendant_positions", AttendantPosition)
SERVERS = Table("servers", Server)

TABLES: tuple[Table[Any], ...] = (
    USERS,
    SESSIONS,
    DEVICES,
    CONTRACTS,
    UNITS,
    STATUSES,
    DENIED_REASONS,
    APPROVAL_REASONS,
    REQUESTS,
    TASKS,
    ASSIGNMENTS,
    CHECK_INS,
    DENIALS,
    POSITIONS,
    SERVERS,
)
