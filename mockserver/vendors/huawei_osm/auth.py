"""Who may enter: a signature that fits, or a token that still holds."""

from __future__ import annotations

import hmac

from mockserver.core.call import Call
from mockserver.vendors.huawei_osm import signature
from mockserver.vendors.huawei_osm.errors import SignatureInvalid, TokenInvalid
from mockserver.vendors.huawei_osm.records import AccessKey, User
from mockserver.vendors.huawei_osm.room import OsmRoom

_WRONG = "verify aksk signature fail"


async def authenticate(room: OsmRoom, call: Call) -> User:
    """The user behind the request; a signature counts before a token (HUAWEI-A28)."""
    header = call.headers.get("authorization", "")
    if header.startswith(signature.ALGORITHM):
        user_id = await _signer(room, call, header)
    else:
        user_id = await _holder(room, call.headers.get("x-auth-token", ""))
    user = await room.users.get(user_id)
    if user is None:
        raise TokenInvalid
    return user


async def _signer(room: OsmRoom, call: Call, header: str) -> str:
    """The id of the user whose key has signed; raises SignatureInvalid."""
    given = signature.authorization(header)
    if given is None:
        raise SignatureInvalid(reason=_WRONG)
    key = await room.access_keys.get(given.access_key)
    if key is None:
        raise SignatureInvalid(reason=f"the access key {given.access_key[:128]} does not exist")
    timely = signature.is_timely(call, room.clock.now())
    if not (timely and _is_complete(call, key) and signature.fits(call, given, key.secret_key)):
        raise SignatureInvalid(reason=_WRONG)
    return key.user_id


def _is_complete(call: Call, key: AccessKey) -> bool:
    """A temporary key comes with its security token."""
    if key.security_token is None:
        return True
    sent = call.headers.get("x-security-token", "")
    return hmac.compare_digest(sent.encode(), key.security_token.encode())


async def _holder(room: OsmRoom, text: str) -> str:
    """The id of the user to whom a token was issued; raises TokenInvalid."""
    token = await room.tokens.get(text)
    if token is None or (token.expires_at is not None and token.expires_at <= room.clock.now()):
        raise TokenInvalid
    return token.user_id
