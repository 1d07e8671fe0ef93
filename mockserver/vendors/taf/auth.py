"""Who may enter: whoever brings user and password of the installation, unless it asks for none."""

from __future__ import annotations

import base64
import binascii
import hmac

from mockserver.core.call import Call
from mockserver.vendors.taf.errors import CredentialsRefused
from mockserver.vendors.taf.installation import User
from mockserver.vendors.taf.room import TafRoom


async def authenticate(room: TafRoom, call: Call) -> User | None:
    """The user of `Authorization: Basic`; raises CredentialsRefused. None with `Security` off (TAF-A3)."""
    if not (await room.setting()).security:
        return None
    login, password = _credentials(call.headers.get("authorization", ""))
    user = await room.users.get(login)
    if user is None or not hmac.compare_digest(user.password.encode(), password.encode()):
        raise CredentialsRefused
    return user


def _credentials(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise CredentialsRefused
    try:
        login, _, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise CredentialsRefused from None
    return login, password
