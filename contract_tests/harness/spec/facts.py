"""Everything that a vendor's spec and fixtures capture, each with what would show it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.harness.acting.step import Step, mover_of
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.entity import Entity
from contract_tests.harness.spec.operation import CatalogueError, Operation

KINDS = (
    "operations",
    "statuses",
    "errors",
    "errors of operations",
    "examples",
    "moves",
    "refused moves",
)
_OF_BODIES = ("media-type", "syntax", "empty")

Part = tuple[str, str]
"""Something that a double must have: ("operation", id), ("error", id), ("event", name) or ("answer", …)."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that the spec captures; it is tested when any of `shown_by` was seen."""

    kind: str
    name: str
    """What a ledger calls it: the operation first, where it belongs to one."""
    operation: str | None
    """None for what belongs to no operation, or to all of them."""
    label: str
    """What it is called beside its operation."""
    way: str = ""
    """Which of an operation's several moves it is about, by the request that asks for that move."""
    at: str
    """Where the spec says it; empty for an example of the fixtures."""
    needs: frozenset[Part]
    shown_by: frozenset[Hashable]


def facts(subject: Subject) -> Iterator[Fact]:
    """Everything that a vendor's spec and fixtures capture, in the order of the spec."""
    contract = subject.contract
    for operation in contract.operations.values():
        yield _operation(operation.id, operation.pointer, [("success", operation.id)])
        for status in operation.definition["responses"]:
            yield _status(contract, operation, status)
    for unserved in _unserved(contract, "operations", ()):
        yield _operation(unserved["operationId"], "/x-unserved/operations", [])
    for error in contract.errors.values():
        yield _error(contract, None, error)
    for operation in contract.operations.values():
        for name in _refusals_of(contract, operation):
            yield _error(contract, operation, contract.errors[name])
    for example in subject.fixtures.examples:
        yield Fact(
            kind="examples",
            name=example.name,
            operation=example.operation,
            label=example.name,
            at="",
            needs=frozenset([("operation", example.operation)]),
            shown_by=frozenset([("example", example.operation, example.name)]),
        )
    for name in contract.lifecycles:
        yield from _life(Entity(subject, name))


def _operation(name: str, at: str, shown_by: list[Hashable]) -> Fact:
    return Fact(
        kind="operations",
        name=name,
        operation=name,
        label=name,
        at=at,
        needs=frozenset([("operation", name)]),
        shown_by=frozenset(shown_by),
    )


def _error(contract: Contract, operation: Operation | None, error: CatalogueError) -> Fact:
    """A refusal, by itself or as one operation gives it."""
    places = (None, *contract.operations) if operation is None else (operation.id,)
    needs = {("error", error.id), *([("operation", operation.id)] if operation else [])}
    return Fact(
        kind="errors of operations" if operation else "errors",
        name=f"{operation.id} {error.id}" if operation else error.id,
        operation=operation.id if operation else None,
        label=error.id,
        at=error.pointer,
        needs=frozenset(needs),
        shown_by=frozenset(("refusal", where, error.id) for where in places),
    )


def _status(contract: Contract, operation: Operation, status: str) -> Fact:
    """A documented answer; the double has it unless x-unserved says that it never gives it."""
    left_out = status in _unserved(contract, "statuses", {}).get(operation.id, ())
    return Fact(
        kind="statuses",
        name=f"{operation.id} {status}",
        operation=operation.id,
        label=status,
        at=operation.pointer + pointer.join(["responses", status]),
        needs=frozenset(
            [("operation", operation.id), *([_answer(operation.id, status)] if left_out else [])]
        ),
        shown_by=frozenset([("status", operation.id, status)]),
    )


def _answer(operation: str, status: str) -> Part:
    return "answer", f"{operation} {status}"


def _refusals_of(contract: Contract, operation: Operation) -> dict[str, None]:
    """Ids of the refusals that a client of the operation can meet: its own, and those of every operation."""
    own = [listed.error.id for listed in operation.errors]
    places = ["method", *(["credential"] if operation.secured else [])]
    places += _OF_BODIES if operation.media_types else ()
    size = contract.refusal_at(operation, "size")
    if operation.media_types or (size and str(size.status) in operation.definition["responses"]):
        places.append("size")
    common = {error.id for place in places if (error := contract.refusal_at(operation, place))}
    shared = [e.id for e in contract.errors.values() if e.environment or e.id in common]
    return dict.fromkeys([*own, *shared])


def unserved_parts(contract: Contract) -> Iterator[Part]:
    """What no double has, as the spec says itself (`x-unserved`)."""
    for unserved in _unserved(contract, "operations", ()):
        yield "operation", unserved["operationId"]
        yield from (("error", name) for name in unserved.get("errors", ()))
    for operation, statuses in _unserved(contract, "statuses", {}).items():
        yield from (_answer(operation, status) for status in statuses)


def _unserved(contract: Contract, what: str, nothing: Any) -> Any:
    return contract.document.get("x-unserved", {}).get(what, nothing)


# ---------------------------------------------------------------- the life of a record


def _life(entity: Entity) -> Iterator[Fact]:
    for operation in entity.operations("creates"):
        for state in dict.fromkeys((operation.lifecycle or {})["creates"]["states"].values()):
            yield _move(entity, operation, "nothing", state, [(None, state)])
    for operation in entity.operations("from"):
        yield from _moves(entity, operation)
        yield from _refused(entity, operation)
    for event, said in entity.said.get("events", {}).items():
        for before in said["from"]:
            yield _happening(entity, event, before, said["to"])


def _moves(entity: Entity, operation: Operation) -> Iterator[Fact]:
    """From each state to its next; where the record decides, each outcome must be seen as well."""
    lifecycle = operation.lifecycle or {}
    for before in lifecycle["from"]:
        to = lifecycle.get("to", before)
        if isinstance(to, Mapping):
            to = to.get(before, before)
        ends = to if isinstance(to, list) else [to]
        shown = "one of several" if len(ends) > 1 else ends[0]
        yield _move(entity, operation, before, shown, [(before, after) for after in ends])
    outcomes = lifecycle.get("to")
    for after in outcomes if isinstance(outcomes, list) else ():
        yield _move(entity, operation, "any", after, [(before, after) for before in lifecycle["from"]])


def _refused(entity: Entity, operation: Operation) -> Iterator[Fact]:
    mover = mover_of(operation)
    for state in entity.said["states"]:
        error: CatalogueError | None = entity.refusal_in(operation, state)
        if state in (operation.lifecycle or {})["from"] or error is None:
            continue
        step = Step(entity=entity.name, mover=mover, before=state, after=state, refused=True)
        yield Fact(
            kind="refused moves",
            name=f"{entity.name}: {mover} in {state} refused as {error.id}",
            operation=operation.id,
            label=state,
            way=_way(operation, mover),
            at=f"{operation.pointer}/x-lifecycle",
            needs=frozenset([("operation", operation.id), ("error", error.id)]),
            shown_by=frozenset([step]),
        )


def _move(
    entity: Entity, operation: Operation, before: str, after: str, ways: list[tuple[str | None, str]]
) -> Fact:
    mover = mover_of(operation)
    steps = [Step(entity=entity.name, mover=mover, before=start, after=end) for start, end in ways]
    return Fact(
        kind="moves",
        name=f"{entity.name}: {mover} {before} -> {after}",
        operation=operation.id,
        label=f"{before} → {after}",
        way=_way(operation, mover),
        at=f"{operation.pointer}/x-lifecycle",
        needs=frozenset([("operation", operation.id)]),
        shown_by=frozenset(steps),
    )


def _happening(entity: Entity, event: str, before: str, after: str) -> Fact:
    """A move that only the vendor's staff, or time, make."""
    return Fact(
        kind="moves",
        name=f"{entity.name}: {event} {before} -> {after}",
        operation=None,
        label=f"{before} → {after}",
        way=f"{entity.name}: {event}",
        at=pointer.join(["x-lifecycle", entity.name, "events", event]),
        needs=frozenset([("event", event)]),
        shown_by=frozenset([Step(entity=entity.name, mover=event, before=before, after=after)]),
    )


def _way(operation: Operation, mover: str) -> str:
    return mover.removeprefix(operation.id).strip()
