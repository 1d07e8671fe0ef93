"""A double of the invented vendor: spec.yaml beside it, written by hand and by nothing else."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

from tests.yaml_file import written

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HERE = Path(__file__).parent
SEED = written(HERE / "fixtures" / "seed.yaml")["records"]
SPEC = written(HERE / "spec.yaml")
LARGEST = 2**20
HOUR = 3600


class Refused(Exception):
    """A refusal of the catalogue."""

    def __init__(self, refusal: str, /, allow: str = "", **values: Any) -> None:
        super().__init__(refusal)
        self.name, self.allow, self.values = refusal, allow, values


@dataclass
class World:
    """One sandbox."""

    parcels: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {p["id"]: copy.deepcopy(p) for p in SEED["parcels"]}
    )
    tokens: dict[str, int] = field(default_factory=dict)
    faults: list[dict[str, Any]] = field(default_factory=list)
    now: int = 0


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


class Double:
    """The ASGI application, with as much of the control API as the suite uses."""

    def __init__(self) -> None:
        self.worlds: dict[str, World] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        asked = await _asked(scope, receive)
        found = re.fullmatch(r"/~([^/]+)(/.*)", asked.path)
        sandbox, asked.path = (found[1], found[2]) if found else ("default", asked.path)
        world = self.worlds.setdefault(sandbox, World())
        if asked.path.startswith("/_duble/"):
            await _reply(send, *self._control(world, asked))
            return
        try:
            status, body = _serve(world, asked)
            await _reply(send, status, {"ok": True, "data": body})
        except Refused as refused:
            await _refuse(send, refused)

    def _control(self, world: World, asked: Asked) -> tuple[int, Any]:
        body = json.loads(asked.body) if asked.body else {}
        place = asked.path.removeprefix("/_duble/")
        if asked.method == "DELETE":
            return 200, {"deleted": int(self.worlds.pop(place.removeprefix("sandboxes/"), None) is not None)}
        if place == "clock":
            world.now += body["advance"]
        elif place == "faults":
            world.faults.append(body)
        elif place == "backstage/acme/depart":
            return _depart(world.parcels[body["id"]])
        one = place.removeprefix("state/acme/parcels/")
        if one != place:
            if asked.method == "PUT":
                world.parcels[one] = body
            return (200, world.parcels[one]) if one in world.parcels else (404, {})
        known = {
            "health": {"status": "ok", "product": "duble"},
            "changes/acme": {"changes": {"parcels": _changes(world), "tokens": _issued(world)}},
            "state/acme/parcels": {"records": list(world.parcels.values())},
        }
        return 200, known.get(place, {})


def _changes(world: World) -> dict[str, Any]:
    seeded = World().parcels
    return {
        id: {"seed": seeded.get(id), "now": world.parcels.get(id)}
        for id in {**seeded, **world.parcels}
        if seeded.get(id) != world.parcels.get(id)
    }


def _issued(world: World) -> dict[str, Any]:
    """Every token, for none is in the seed."""
    return {token: {"seed": None, "now": {"id": token, "at": at}} for token, at in world.tokens.items()}


def _depart(parcel: dict[str, Any]) -> tuple[int, Any]:
    if parcel["state"] != "WAITING":
        return 409, {}
    parcel["state"] = "TRAVELLING"
    return 200, parcel


def _serve(world: World, asked: Asked) -> tuple[int, Any]:
    operation, parcel_id = _routed(asked)
    if operation != "create_token":
        _authenticate(world, asked)
    fault = next((f for f in world.faults if f["operation"] == operation), None)
    if fault is not None:
        world.faults.remove(fault)
        raise Refused(fault["error"], retry_after=7)
    body = _json(asked) if operation in {"create_token", "create_parcel", "cancel_parcel"} else {}
    return _OPERATIONS[operation](world, asked, parcel_id, body)


def _routed(asked: Asked) -> tuple[str, str]:
    for template, item in SPEC["paths"].items():
        found = re.fullmatch("/v9" + re.sub(r"\{\w+\}", "([^/]+)", template), asked.path)
        if found:
            methods = {m.upper(): said["operationId"] for m, said in item.items() if m != "parameters"}
            if asked.method not in methods:
                raise Refused("method", allow=", ".join(methods))
            return methods[asked.method], unquote(found[1]) if found.groups() else ""
    raise Refused("route")


def _authenticate(world: World, asked: Asked) -> None:
    scheme, _, token = asked.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or (token != "acme-key" and token not in world.tokens):
        raise Refused("unauthorized")
    if token in world.tokens and world.now - world.tokens[token] > HOUR:
        raise Refused("expired")


def _json(asked: Asked) -> dict[str, Any]:
    if asked.headers.get("content-type", "").partition(";")[0].lower() != "application/json":
        raise Refused("media_type")
    if len(asked.body) > LARGEST:
        raise Refused("too_large")
    try:
        body = json.loads(asked.body.decode(), parse_constant=lambda name: 1 / 0)
    except (ValueError, RecursionError, ZeroDivisionError):
        raise Refused("unreadable") from None
    if not isinstance(body, dict):
        raise Refused("unreadable")
    return body


def _create_token(world: World, asked: Asked, _: str, body: dict[str, Any]) -> tuple[int, Any]:
    if not isinstance(body.get("login"), str) or not isinstance(body.get("password"), str):
        raise Refused("unreadable")
    if body["login"] != "acme" or body["password"] != "acme":
        raise Refused("bad_login")
    token = f"token-{len(world.tokens)}"
    world.tokens[token] = world.now
    return 200, {"token": token}


def _list_parcels(world: World, asked: Asked, _: str, __: dict[str, Any]) -> tuple[int, Any]:
    sent = asked.query.get("limit", ["50"])[0]
    if not re.fullmatch(r"[0-9]{1,2}", sent) or not 1 <= int(sent) <= 50:
        raise Refused("invalid", name="limit")
    return 200, list(world.parcels.values())[: int(sent)]


def _create_parcel(world: World, asked: Asked, _: str, body: dict[str, Any]) -> tuple[int, Any]:
    weight = body.get("weight")
    if type(weight) is not int or not 0 <= weight <= 1000:
        raise Refused("weight", field="weight")
    parcel_id = str(len(world.parcels) + 1)
    parcel = world.parcels[parcel_id] = {"id": parcel_id, "state": "WAITING", "weight": weight}
    return 201, parcel


def _get_parcel(world: World, asked: Asked, parcel_id: str, _: dict[str, Any]) -> tuple[int, Any]:
    if parcel_id not in world.parcels:
        raise Refused("missing", parcel_id=parcel_id)
    return 200, world.parcels[parcel_id]


def _cancel_parcel(world: World, asked: Asked, parcel_id: str, body: dict[str, Any]) -> tuple[int, Any]:
    reason = body.get("reason")
    if not isinstance(reason, str) or len(reason) > 20:
        raise Refused("reason")
    return _moved(world, parcel_id, "WAITING", "CANCELLED")


def _restore_parcel(world: World, asked: Asked, parcel_id: str, _: dict[str, Any]) -> tuple[int, Any]:
    return _moved(world, parcel_id, "CANCELLED", "WAITING")


def _moved(world: World, parcel_id: str, before: str, after: str) -> tuple[int, Any]:
    if parcel_id not in world.parcels:
        raise Refused("missing", parcel_id=parcel_id)
    parcel = world.parcels[parcel_id]
    if parcel["state"] != before:
        raise Refused("wrong_state", state=parcel["state"])
    parcel["state"] = after
    return 200, parcel


_OPERATIONS = {
    "create_token": _create_token,
    "list_parcels": _list_parcels,
    "create_parcel": _create_parcel,
    "get_parcel": _get_parcel,
    "cancel_parcel": _cancel_parcel,
    "restore_parcel": _restore_parcel,
}


async def _refuse(send: Send, refused: Refused) -> None:
    said = SPEC["x-errors"][refused.name]
    headers = {"Allow": refused.allow} if refused.allow else {}
    for name, template in said.get("headers", {}).items():
        headers[name] = template.format(**refused.values)
    error = {"code": said["code"], "text": said["message"].format(**refused.values)}
    await _reply(send, said["status"], {"ok": False, "error": error}, headers)


async def _reply(send: Send, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
    fields = {"Content-Type": "application/json", **(headers or {})}
    encoded = [(name.lower().encode(), value.encode()) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


async def _asked(scope: Scope, receive: Receive) -> Asked:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return Asked(
        method=scope["method"],
        path=scope["raw_path"].decode("latin-1"),
        query=parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True),
        headers={name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]},
        body=body,
    )


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return
