"""IAM's tokens: a name and a password for 24 hours of access."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.huawei_osm.errors import LoginFailed
from mockserver.vendors.huawei_osm.records import Account, Token, User
from mockserver.vendors.huawei_osm.room import OsmRoom
from mockserver.vendors.huawei_osm.times import printed_by_iam

_VALID = timedelta(hours=24)
_LAST_INSTANT = datetime.max.replace(tzinfo=UTC)


async def create_token(room: OsmRoom, body: JSON) -> Reply:
    """Issue a token in the header X-Subject-Token ("Obtaining a User Token Through Password …")."""
    auth = body["auth"]
    account, user = await _login(room, auth["identity"]["password"]["user"])
    scope = _scope(account, auth["scope"])
    now = room.clock.now()
    expires_at = now + min(_VALID, _LAST_INSTANT - now)
    token = Token(token=await room.ids.token(), user_id=user.user_id, expires_at=expires_at)
    await room.tokens.put(token)
    shown = {
        "catalog": [],
        "expires_at": printed_by_iam(expires_at),
        "issued_at": printed_by_iam(now),
        "methods": ["password"],
        **scope,
        "roles": [{"id": "0", "name": user.role}] if user.role else [],
        "user": {
            "domain": _named(account),
            "id": user.user_id,
            "name": user.user_name,
            "password_expires_at": "",
        },
    }
    return Reply(201, {"token": shown}, {"X-Subject-Token": room.tag(token.token)})


async def _login(room: OsmRoom, said: JSON) -> tuple[Account, User]:
    """The account and its user; whoever is unknown and whoever has another password is refused alike."""
    accounts = {account.id: account for account in await room.accounts.find(name=said["domain"]["name"])}
    users = [one for one in await room.users.find(user_name=said["name"]) if one.account_id in accounts]
    sent = said["password"].encode()
    for user in users:
        if user.password is not None and hmac.compare_digest(user.password.encode(), sent):
            return accounts[user.account_id], user
    raise LoginFailed


def _scope(account: Account, said: JSON) -> JSON:
    """The scope as answers show it: a project of the account, or the account itself (HUAWEI-A45)."""
    if "project" not in said:
        if not _is_meant(account.id, account.name, said["domain"]):
            raise LoginFailed
        return {"domain": _named(account)}
    for project in account.projects:
        if _is_meant(project.id, project.name, said["project"]):
            shown = {"domain": _named(account), "id": project.id, "name": project.name}
            return {"project": shown}
    raise LoginFailed


def _is_meant(id: str, name: str, said: JSON) -> bool:
    return bool(said) and said.get("id", id) == id and said.get("name", name) == name


def _named(account: Account) -> JSON:
    return {"id": account.id, "name": account.name}
