"""Temporary tokens: for a login, and a further one for a token's person."""

from __future__ import annotations

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.zeev.auth import admitted
from mockserver.vendors.zeev.errors import InvalidBody, InvalidCredentials
from mockserver.vendors.zeev.records import Person, Token
from mockserver.vendors.zeev.room import ZeevRoom

_TOKEN_LENGTH = 40


async def create_token(room: ZeevRoom, body: JSON) -> Reply:
    """A temporary token for a login and its password (ZEEV-A12)."""
    missing = [name for name in ("login", "password") if name not in body]
    if missing:
        raise InvalidBody(details=missing)
    found = await room.people.find(username=body["login"])
    if not found or found[0].password != body["password"]:
        raise InvalidCredentials
    person = admitted(found[0])
    return Reply(200, {"name": person.name, **await _issued(room, person)})


async def get_current_token(room: ZeevRoom) -> Reply:
    """A fresh temporary token for the token's person; older ones stay valid (ZEEV-A27)."""
    return Reply(200, await _issued(room, room.caller))


async def _issued(room: ZeevRoom, person: Person) -> dict[str, JSON]:
    text = await room.ids.token(_TOKEN_LENGTH)
    await room.tokens.put(Token(token=text, person_id=person.id, issued=room.clock.now()))
    return {"userId": person.id, "username": person.username, "temporaryToken": room.tag(text)}
