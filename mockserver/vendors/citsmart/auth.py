"""Who may enter: whoever logs in with the right pair, and then whoever brings an open session."""

from __future__ import annotations

import hmac
from datetime import timedelta

from mockserver.core.call import Call
from mockserver.core.replies import JSON
from mockserver.vendors.citsmart.directory import User
from mockserver.vendors.citsmart.errors import (
    CredentialsInvalid,
    NotAnObject,
    OperationNotPermitted,
    PasswordMissing,
    SessionInvalid,
    UserNameMissing,
)
from mockserver.vendors.citsmart.room import CitsmartRoom


async def log(room: CitsmartRoom, call: Call) -> int | None:
    """The operationID of a call; what the framework refuses never reaches the log (CITSMART-A3)."""
    return await room.ids.next("executions") if isinstance(call.json, dict) else None


async def authenticate(room: CitsmartRoom, call: Call) -> User | None:
    """Who asks, and that he may; raises NotAnObject and the refusals of login, session and rights.

    None where a login's pair is no pair of texts, which the spec refuses next.
    """
    if not isinstance(call.json, dict):
        raise NotAnObject
    if call.operation_id == "login":
        return await _logging_in(room, call.json)
    user = await _in_session(room, call.json.get("sessionID"))
    if user.operations is not None and call.operation_id not in user.operations:
        raise OperationNotPermitted
    return user


async def _logging_in(room: CitsmartRoom, body: JSON) -> User | None:
    """The pair comes before the other fields (CITSMART-A9)."""
    name, password = body.get("userName"), body.get("password")
    if name in (None, ""):
        raise UserNameMissing
    if password in (None, ""):
        raise PasswordMissing
    if not isinstance(name, str) or not isinstance(password, str):
        return None
    user = await room.users.get(name)
    if user is None or not hmac.compare_digest(password.encode(), user.password.encode()):
        raise CredentialsInvalid
    return user


async def _in_session(room: CitsmartRoom, id: JSON) -> User:
    session = await room.sessions.get(id) if isinstance(id, str) else None
    if session is None:
        raise SessionInvalid
    lifetime = timedelta(seconds=(await room.server()).session_seconds)
    if session.started is not None and room.clock.now() - session.started >= lifetime:
        raise SessionInvalid
    user = await room.users.get(session.user)
    if user is None:
        raise SessionInvalid
    return user
