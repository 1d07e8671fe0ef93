"""Who may enter: a bearer token that stands for one active, unblocked person."""

from __future__ import annotations

from datetime import timedelta

from mockserver.core.call import Call
from mockserver.vendors.zeev.errors import TokenExpired, TokenInvalid, TokenMissing, UserInactive
from mockserver.vendors.zeev.records import Person
from mockserver.vendors.zeev.room import ZeevRoom

TEMPORARY_TOKEN_LIFE = timedelta(minutes=10)
_PREFIX = "Bearer "


async def authenticate(room: ZeevRoom, call: Call) -> Person:
    """The token's person; raises one of the 401s (ZEEV-A11)."""
    header = call.headers.get("authorization", "")
    if not header.startswith(_PREFIX):
        raise TokenMissing
    token = await room.tokens.get(header.removeprefix(_PREFIX))
    if token is None:
        raise TokenInvalid
    if token.issued is not None and room.clock.now() - token.issued > TEMPORARY_TOKEN_LIFE:
        raise TokenExpired
    person = await room.people.get(token.person_id)
    if person is None:
        raise TokenInvalid
    return admitted(person)


def admitted(person: Person) -> Person:
    """The person, if active and not locked; raises UserInactive."""
    if not person.active or person.locked:
        raise UserInactive
    return person
