"""One vendor being served: its contract and room compiled into operations, and what lies off the map."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from mockserver.core.answers import BrokenPromise
from mockserver.core.call import Call
from mockserver.core.clock import Clock
from mockserver.core.contract import Contract
from mockserver.core.exchange import Exchange, Visit
from mockserver.core.ids import Ids
from mockserver.core.operation import Handler, ServedOperation
from mockserver.core.outbox import Outbox
from mockserver.core.refusals import Breach, Refusals
from mockserver.core.replies import Refusal, Reply
from mockserver.core.room import Room
from mockserver.core.routing import routed
from mockserver.core.sandboxes import DEFAULT, split_body, split_credential, split_parameter, split_property
from mockserver.core.store import Transaction
from mockserver.core.unserved import Unserved, template
from mockserver.core.vendor import Vendor
from mockserver.core.wire import content_type, encoded, plain, respond
from mockserver.core.world import World


class Service:
    """A vendor, its contract and the world it lives in, as an ASGI application."""

    def __init__(self, vendor: Vendor, contract: Contract, world: World) -> None:
        self.vendor = vendor
        self.contract = contract
        self.world = world
        self._tables = {table.name: table for table in vendor.tables}
        places = [tuple(place.split("/")) for place in vendor.sandbox_in]
        self._in_headers = [(place[1], "".join(place[2:])) for place in places if place[0] == "header"]
        self._in_bodies = [place[1:] for place in places if place[0] == "body"]
        _check_media_type(vendor, contract)
        self._off_map = Refusals(contract, None)
        handlers = _handlers(vendor, contract)
        self.operations = {
            id: ServedOperation(self, operation, handlers[id])
            for id, operation in contract.operations.items()
        }
        self._paths = [(template(path), path) for path in contract.paths]
        self._unserved = Unserved(contract)
        self._app = routed(contract, handlers, self.operations, self._unknown_path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; the path still carries the base path."""
        unserved = self._unserved.before_routing(scope["method"], scope["path"])
        if unserved is not None:
            await self._not_simulated(scope, send, unserved)
            return
        try:
            await self._app(scope, receive, send)
        except HTTPException as error:
            if error.status_code != 405:
                raise
            await self._wrong_method(scope, receive, send)

    @property
    def mounts(self) -> tuple[str, ...]:
        """Path prefixes that lead here."""
        return self.vendor.mounts or (self.contract.base_path,)

    def canonical_path(self, path: str) -> str:
        """The path as the spec has it: aliases, casing, trailing slash undone as the vendor does."""
        vendor = self.vendor
        if vendor.any_case:
            path = path.lower()
        if vendor.canonical_path is not None:
            path = vendor.canonical_path(path)
        return path.removesuffix("/") if vendor.trailing_slash else path

    async def open(self, scope: Scope, receive: Receive, send: Send, visit: Visit) -> Exchange:
        """Begin a transaction in the request's sandbox and open the room."""
        sandbox = self._sandbox(visit)
        if self.vendor.finish is not None:
            visit.call.id = self.world.call_id(sandbox)
        transaction = await self.world.store.begin(sandbox)
        room = await self._room(transaction, visit.call, sandbox)
        return Exchange(scope, receive, send, visit.call, sandbox, transaction, room)

    async def reopen(self, exchange: Exchange) -> None:
        """The same request in a new transaction, after the first one lost a race."""
        exchange.transaction = await self.world.store.begin(exchange.sandbox)
        before = exchange.room
        exchange.room = await self._room(exchange.transaction, exchange.call, exchange.sandbox)
        exchange.room.caller, exchange.room.logged = before.caller, before.logged

    def enveloped(self, room: Room, refusal: Refusal) -> Reply:
        """A refusal in the vendor's shape."""
        return Reply(refusal.status, self.vendor.envelope(replace(refusal, room=room)), refusal.headers)

    def finished(self, call: Call, reply: Reply) -> Reply:
        """An answer with the vendor's last touch on it."""
        finish = self.vendor.finish
        return reply if finish is None else finish(call, reply)

    def journalled(self, exchange: Exchange, status: int, answer: bytes) -> None:
        """Write the exchange down and send its webhooks, if it succeeded."""
        journal = self.world.journal(exchange.sandbox)
        if not self.vendor.own:
            entry = journal.add(
                "request", exchange.room.clock.now(), self.vendor.name, exchange.call, status, answer
            )
            entry.fault = exchange.fault.id if exchange.fault else None
        letters = exchange.room.outbox.letters
        if letters and exchange.succeeded:
            self.world.delivery.send(letters, journal, exchange.room.clock.now())

    async def room(self, transaction: Transaction, call: Call, sandbox: str) -> Any:
        """A room of this vendor, for control operations that act behind the vendor's counter."""
        return await self._room(transaction, call, sandbox)

    async def _room(self, transaction: Transaction, call: Call, sandbox: str) -> Any:
        ids = Ids(transaction, self.vendor.name, sandbox, self.world.seed, self._tables)
        room = self.vendor.room(
            transaction, await Clock.of(transaction), ids, Outbox(self.vendor.name), call, sandbox
        )
        room.worded = self._off_map.of_error
        return room

    def _sandbox(self, visit: Visit) -> str:
        """Path prefix and header come first; then the first credential that names one. All are stripped."""
        named = visit.sandbox
        for name, parameter in self._in_headers:
            found = self._in_header(visit.call, name, parameter)
            named = named or found
        if self._in_bodies and b"~" in visit.call.body:
            found = self._in_body(visit.call)
            named = named or found
        return named or DEFAULT

    @staticmethod
    def _in_header(call: Call, name: str, parameter: str) -> str | None:
        header = call.headers.get(name)
        if header is None:
            return None
        plain, found = split_parameter(header, parameter) if parameter else split_credential(header)
        if plain != header:
            call.as_sent[name], call.headers[name] = header, plain
        return found

    def _in_body(self, call: Call) -> str | None:
        named = None
        for path in self._in_bodies:
            split = split_body if len(path) > 1 else split_property
            call.body, found = split(call.body, path)
            named = named or found
        return named

    async def _unknown_path(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._off(scope, send, Breach("route"), {})

    async def _not_simulated(self, scope: Scope, send: Send, id: str) -> None:
        text = f"{self.vendor.title} has the operation {id}; the double does not simulate it."
        visit: Visit = scope["duble"]
        visit.call.operation_id = id
        exchange = await self.open(scope, _nothing, send, visit)
        self.journalled(exchange, 501, text.encode())
        await plain(send, 501, text, {}, bodiless=scope["method"] == "HEAD")

    async def _wrong_method(self, scope: Scope, receive: Receive, send: Send) -> None:
        allowed = self._allowed(scope["path"])
        if scope["method"] == "OPTIONS":
            await respond(send, 204, b"", {"Allow": allowed})
            return
        await self._off(scope, send, Breach("method"), {"Allow": allowed})

    async def _off(self, scope: Scope, send: Send, breach: Breach, headers: Mapping[str, str]) -> None:
        visit: Visit = scope["duble"]
        unserved = self._unserved.off_the_map(scope["method"], scope["path"])
        if unserved is not None:
            await self._not_simulated(scope, send, unserved)
            return
        refusal = self._off_map.of_breach(breach)
        if refusal is None:
            raise BrokenPromise(f"the root x-errors have no refusal for {breach.places[0]}")
        exchange = await self.open(scope, _nothing, send, visit)
        shown = self.enveloped(exchange.room, refusal)
        reply = self.finished(visit.call, replace(shown, headers={**shown.headers, **headers}))
        body = encoded(reply.body)
        self.journalled(exchange, reply.status, body)
        head = visit.call.method == "HEAD"
        await respond(send, reply.status, body, reply.headers, content_type(reply.body), bodiless=head)

    def _allowed(self, path: str) -> str:
        inside = path[len(self.contract.base_path) :]
        found = next(template for pattern, template in self._paths if pattern.fullmatch(inside))
        methods = {op.method.upper() for op in self.contract.operations.values() if op.path == found}
        extra = {"HEAD"} if "GET" in methods else set()
        return ", ".join(sorted(methods | extra | {"OPTIONS"}))


async def _nothing() -> Any:
    return {"type": "http.disconnect"}


def _handlers(vendor: Vendor, contract: Contract) -> dict[str, Handler]:
    """The function of each operationId; a missing or ambiguous one stops the start."""
    found: dict[str, Handler] = {}
    for id, operation in contract.operations.items():
        homes = [
            module for module in vendor.modules if inspect.iscoroutinefunction(getattr(module, id, None))
        ]
        owners = [module for module in homes if getattr(module, id).__module__ == module.__name__]
        if len(owners) != 1:
            problem = f"the operationId {id!r} names {len(owners)} functions in the room of {vendor.name!r}"
            raise contract.error(
                operation.pointer, problem, "Exactly one of the room's modules must define it"
            )
        found[id] = getattr(owners[0], id)
    return found


def _check_media_type(vendor: Vendor, contract: Contract) -> None:
    """A vendor to whom the content type of a body matters has words to refuse a wrong one."""
    bodies = any("requestBody" in operation.spec for operation in contract.operations.values())
    covered = any("media-type" in entry.refuses for entry in contract.catalogue.values())
    if bodies and not covered and not vendor.any_content_type:
        problem = "no entry refuses 'media-type'; a double would have no words for it"
        raise contract.error(("x-errors",), problem)
