"""One operation of a vendor, with everything it needs compiled at start, and the steps of a request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.types import Receive, Scope, Send

from mockserver.core import faults
from mockserver.core.answers import Answers, BrokenPromise
from mockserver.core.contract import Operation
from mockserver.core.exchange import Exchange, Visit
from mockserver.core.paths import restored
from mockserver.core.preferences import wished
from mockserver.core.refusals import Breach, Refusals
from mockserver.core.replies import Refusal, Reply, VendorError
from mockserver.core.requests import Requests
from mockserver.core.room import Room
from mockserver.core.wire import (
    Gone,
    TooLarge,
    TooSlow,
    content_type,
    encoded,
    plain,
    read_body,
    respond,
    spoilt,
)

if TYPE_CHECKING:
    from mockserver.core.service import Service

Handler = Callable[..., Awaitable[Reply]]
T = TypeVar("T")
# A lost race re-runs the behaviour; a client that loses this often is told so.
_MOST_RACES = 20


class LostRace(Exception):
    """The transaction lost against others again and again."""


class ServedOperation:
    """An ASGI application for one operation; Connexion's routing leads here."""

    def __init__(self, service: Service, operation: Operation, handler: Handler) -> None:
        self.id = operation.id
        self._service = service
        self._handler = handler
        self._requests = Requests(service.contract, operation, service.vendor, handler)
        self._answers = Answers(service.contract, operation)
        self._refusals = Refusals(service.contract, operation)
        vendor = service.vendor
        steps = [
            (operation.credential_in_body, self._read),
            (vendor.log is not None, self._log),
            (operation.secured, self._authenticate),
            (not vendor.own, self._wish),
            (not vendor.own, self._fault),
            (vendor.limit is not None, self._limit),
            (vendor.forgive is not None, self._forgive),
            (True, self._behave),
        ]
        self._steps = [step for applies, step in steps if applies]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        visit: Visit = scope["duble"]
        call = visit.call
        call.operation_id = self.id
        call.path_params = restored(call.path, scope["path_params"])
        limits = self._service.world.limits
        breach = None
        try:
            call.body = await read_body(scope, receive, limits.body_bytes, limits.body_seconds)
        except TooLarge:
            breach = Breach("size")
        except TooSlow:
            await plain(send, 408, "The request's body did not arrive in time.", {"Connection": "close"})
            return
        except Gone:
            return
        exchange = await self._service.open(scope, receive, send, visit)
        exchange.reply = (
            self._checked(self._refused(exchange.room, breach)) if breach else await self._answer(exchange)
        )
        await self._leave(exchange)

    async def _answer(self, exchange: Exchange) -> Reply:
        try:
            for step in self._steps:
                await step(exchange)
                if exchange.reply is not None:
                    return exchange.reply
        except VendorError as error:
            refusal = self._refusals.of_error(error)
            return self._checked(self._service.enveloped(exchange.room, refusal))
        except Breach as breach:
            return self._checked(self._refused(exchange.room, breach))
        raise BrokenPromise(f"{self.id} came to no answer")

    async def _read(self, exchange: Exchange) -> None:
        """Content type and syntax, before anybody looks for a credential in the body."""
        self._requests.read(exchange.call)

    async def _aside(self, exchange: Exchange, work: Callable[[Room], Awaitable[T]]) -> T:
        """Work that stays even where the request is refused later: committed on its own, raced for again."""
        for _ in range(_MOST_RACES):
            result = await work(exchange.room)
            if await exchange.transaction.commit():
                return result
            await self._service.reopen(exchange)
        raise LostRace(self.id)

    async def _log(self, exchange: Exchange) -> None:
        log = self._service.vendor.log
        if log is not None:
            logged = await self._aside(exchange, lambda room: log(room, exchange.call))
            exchange.room.logged = logged

    async def _authenticate(self, exchange: Exchange) -> None:
        room = exchange.room
        room.caller = await self._service.vendor.authenticate(room, exchange.call)

    async def _wish(self, exchange: Exchange) -> None:
        """`Prefer: code=…` and `Prefer: example=…`."""
        header = exchange.call.headers.get("prefer")
        if header is None:
            return
        wish = wished(header, self._answers, self._refusals, exchange.call)
        if isinstance(wish, Refusal):
            wish = self._service.enveloped(exchange.room, wish)
        exchange.reply = wish

    async def _fault(self, exchange: Exchange) -> None:
        name = self._service.vendor.name
        rule = await self._aside(
            exchange, lambda room: faults.struck(exchange.transaction, room.ids, name, self.id)
        )
        if rule is None:
            return
        exchange.fault = rule
        if rule.latency_ms:
            await asyncio.sleep(rule.latency_ms / 1000)
        refusal = self._ordered(exchange.room, rule, exchange.call.path_params)
        if refusal is not None:
            exchange.reply = refusal

    async def _limit(self, exchange: Exchange) -> None:
        limit = self._service.vendor.limit
        if limit is not None:
            await self._aside(exchange, lambda room: limit(room, exchange.call))

    async def _forgive(self, exchange: Exchange) -> None:
        forgive = self._service.vendor.forgive
        if forgive is not None:
            await forgive(exchange.room, exchange.call)

    async def _behave(self, exchange: Exchange) -> None:
        """Validate, behave, check the own answer, commit: all or nothing."""
        arguments = self._requests.arguments(exchange.call)
        for _ in range(_MOST_RACES):
            reply = await self._handler(exchange.room, **arguments)
            self._answers.check(reply)
            # Written before the commit: an answer that cannot be written must leave nothing behind.
            exchange.written = encoded(reply.body)
            if await exchange.transaction.commit():
                exchange.reply = reply
                exchange.succeeded = True
                return
            await self._service.reopen(exchange)
        raise LostRace(self.id)

    def _ordered(self, room: Room, rule: faults.FaultRule, vars: dict[str, Any]) -> Reply | None:
        if rule.error is not None:
            return self._service.enveloped(room, self._refusals.of_id(rule.error, vars))
        if rule.status is None:
            return None
        refusal = self._refusals.of_status(rule.status, vars)
        return Reply(rule.status) if refusal is None else self._service.enveloped(room, refusal)

    def _refused(self, room: Room, breach: Breach) -> Reply:
        refusal = self._refusals.of_breach(breach)
        if refusal is None:
            raise BrokenPromise(f"x-errors of {self.id} has no refusal for {', '.join(breach.places[:5])}")
        return self._service.enveloped(room, refusal)

    def _checked(self, reply: Reply) -> Reply:
        self._answers.check(reply)
        return reply

    async def _leave(self, exchange: Exchange) -> None:
        """Journal, send the webhooks on their way, answer."""
        reply = self._service.finished(exchange.call, exchange.reply or Reply(500))
        same = exchange.reply is not None and reply.body is exchange.reply.body
        body = exchange.written if same and exchange.written is not None else encoded(reply.body)
        self._service.journalled(exchange, reply.status, body)
        spoil = exchange.fault.spoil if exchange.fault else None
        if spoil is not None:
            await spoilt(exchange.scope, exchange.send, spoil, reply.status, body)
            return
        head = exchange.call.method == "HEAD"
        kind = content_type(reply.body)
        await respond(exchange.send, reply.status, body, reply.headers, kind, bodiless=head)
