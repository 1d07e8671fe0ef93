"""Who may enter: whoever brings a known API key."""

from __future__ import annotations

from mockserver.core.call import Call
from mockserver.vendors.persat.errors import ApiKeyInvalid
from mockserver.vendors.persat.records import ApiKey
from mockserver.vendors.persat.room import PersatRoom


async def authenticate(room: PersatRoom, call: Call) -> ApiKey:
    """The key in `Authorization: Bearer API_KEY`; raises ApiKeyInvalid, missing and wrong alike."""
    scheme, _, key = call.headers.get("authorization", "").partition(" ")
    known = await room.api_keys.get(key.strip()) if scheme.lower() == "bearer" else None
    if known is None:
        raise ApiKeyInvalid
    return known
