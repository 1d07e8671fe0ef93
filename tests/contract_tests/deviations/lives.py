"""Deviations in the life of a record: moves that must not be, that must be, and that end elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.entity import Entity
from contract_tests.harness.spec.operation import Operation
from tests.contract_tests.deviations.address import ABSENT, read
from tests.contract_tests.deviations.deviation import Deviation, at, succeeded
from tests.contract_tests.deviations.survey import Survey
from tests.contract_tests.saboteur import CLOCK, Ask, Asked, Fault, Told, control


@dataclass(frozen=True)
class Record:
    """A stored record that a request names: its own id in its collection, its state, and all of it."""

    id: str
    state: str
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Watch:
    """Looks, behind the double's back, at the record that a request is about."""

    survey: Survey
    entity: Entity
    operation: Operation

    async def records(self, asked: Asked, ask: Ask) -> list[Record]:
        """Every stored record of the entity."""
        told = await ask(
            _looking(asked, f"state/{self.survey.contract.vendor}/{self.entity.said['collection']}")
        )
        found = told.json["records"]
        return [Record(str(one["id"]), self.entity.stored_state(one), one) for one in found]

    async def concerned(self, asked: Asked, ask: Ask) -> Record | None:
        """The record that the request names, if it is there."""
        place = (self.operation.lifecycle or {})["id"]
        named = read(self.survey.contract, self.operation, asked, place)
        if named is ABSENT:
            return None
        key = self.entity.said.get("id", "/id")
        found = [one for one in await self.records(asked, ask) if _name(one, key) == str(named)]
        return found[-1] if found else None

    async def moved(self, asked: Asked, ask: Ask, record: Record, state: str) -> None:
        """Put a record into a state, whatever the lifecycle says."""
        value: Any = (
            int(state) if isinstance(pointer.find(record.content, self.entity.said["state"]), int) else state
        )
        change = {"op": "replace", "path": self.entity.said["state"], "value": value}
        place = f"state/{self.survey.contract.vendor}/{self.entity.said['collection']}/{record.id}"
        put = control(asked, place, pointer.patched(record.content, [change]))
        await ask(_as_put(put))


def of_lives(survey: Survey) -> Iterator[Deviation]:
    """Every deviation of this family that the lifecycles of the spec allow."""
    for name, said in survey.contract.lifecycles.items():
        entity = Entity(survey.subject, name)
        states = list(dict.fromkeys(state for _, state in entity.seeded))
        for operation in entity.operations("from"):
            success = survey.seen(survey.contract.operations[operation.id])
            if success is None or "locate" in (operation.lifecycle or {}):
                continue
            for state in states:
                yield from _of_move(survey, entity, operation, state, success.told)
        for event, what in said.get("events", {}).items():
            if what.get("by_clock"):
                yield Deviation(
                    "time moves nothing",
                    survey.contract.vendor,
                    entity.observer.id,
                    event,
                    lambda: _timeless,
                    alone=False,
                )


async def _timeless(asked: Asked, ask: Ask) -> Told:
    """Looks at the clock whenever somebody sets it."""
    return await ask(replace(asked, method="GET") if asked.path == CLOCK else asked)


def _of_move(
    survey: Survey, entity: Entity, operation: Operation, state: str, success: Told
) -> Iterator[Deviation]:
    watch = Watch(survey, entity, operation)
    lifecycle = operation.lifecycle or {}
    whole = survey.contract.operations[operation.id]

    def planted(kind: str, fault: Fault, detail: str = state) -> Deviation:
        return Deviation(
            kind,
            survey.contract.vendor,
            operation.id,
            detail,
            lambda: at(survey.addresses, whole, fault),
        )

    asks = lifecycle.get("request", {}).get("query", {})
    wanted = _asking(survey, whole, asks)
    if state not in lifecycle["from"]:
        if entity.refusal_in(operation, state) is not None:
            yield planted(
                "forbidden move answered with success", _accepted(watch, wanted, state, success, None)
            )
            to = lifecycle.get("to")
            if isinstance(to, str) and to != state:
                fault = _accepted(watch, wanted, state, success, to)
                yield planted("forbidden move made", fault)
        return
    refusal = survey.refusal(whole, 409, 400, 403) or survey.refusal(whole)
    if refusal is not None:
        yield planted("allowed move refused", _refused(watch, wanted, state, refusal))
    to = lifecycle.get("to", state)
    target = to.get(state, state) if isinstance(to, Mapping) else to
    if isinstance(target, str):
        others = [one for one in entity.said["states"] if one not in (target, state)]
        for other in others[:1] + others[-1:]:
            yield planted("wrong target state", _misled(watch, wanted, state, other), f"{state} to {other}")
        if target != state:
            yield planted("another record moved", _cascading(watch, wanted, state, target))


def _asking(survey: Survey, operation: Operation, asks: Mapping[str, Any]) -> Callable[[Asked], bool]:
    return lambda asked: all(
        read(survey.contract, operation, asked, f"query/{name}") == str(value) for name, value in asks.items()
    )


def _accepted(
    watch: Watch, wanted: Callable[[Asked], bool], state: str, success: Told, to: str | None
) -> Fault:
    async def accepted(asked: Asked, ask: Ask) -> Told:
        record = await watch.concerned(asked, ask)
        told = await ask(asked)
        if (
            succeeded(watch.survey.contract, told)
            or record is None
            or record.state != state
            or not wanted(asked)
        ):
            return told
        if (
            told.status
            == watch.survey.contract.errors[next(iter(watch.survey.contract.errors))].status
            == 401
        ):
            return told
        if to is not None:
            await watch.moved(asked, ask, record, to)
        return success

    return accepted


def _refused(watch: Watch, wanted: Callable[[Asked], bool], state: str, refusal: Told) -> Fault:
    async def refused(asked: Asked, ask: Ask) -> Told:
        record = await watch.concerned(asked, ask)
        if record is None or record.state != state or not wanted(asked):
            return await ask(asked)
        return refusal

    return refused


def _misled(watch: Watch, wanted: Callable[[Asked], bool], state: str, other: str) -> Fault:
    async def misled(asked: Asked, ask: Ask) -> Told:
        before = await watch.concerned(asked, ask)
        told = await ask(asked)
        if before and before.state == state and wanted(asked) and succeeded(watch.survey.contract, told):
            after = await watch.concerned(asked, ask)
            if after is not None:
                await watch.moved(asked, ask, after, other)
        return told

    return misled


def _cascading(watch: Watch, wanted: Callable[[Asked], bool], state: str, target: str) -> Fault:
    async def cascading(asked: Asked, ask: Ask) -> Told:
        before = await watch.concerned(asked, ask)
        told = await ask(asked)
        if before and before.state == state and wanted(asked) and succeeded(watch.survey.contract, told):
            others = [one for one in await watch.records(asked, ask) if one.id != before.id]
            movable = [one for one in others if one.state != target]
            if movable:
                await watch.moved(asked, ask, movable[0], target)
        return told

    return cascading


def _name(record: Record, key: str) -> str:
    found = pointer.every(record.content, key)
    return str(found[0]) if found else ""


def _looking(asked: Asked, path: str) -> Asked:
    return Asked("GET", f"/_duble/{path}", b"", {}, b"", asked.sandbox)


def _as_put(asked: Asked) -> Asked:
    return Asked("PUT", asked.path, asked.query, asked.headers, asked.body, asked.sandbox)
