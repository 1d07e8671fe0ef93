"""The ledger of a vendor: what its spec captures, what a double serves of it, and what a run has seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contract_tests.harness.contract import Contract
from contract_tests.harness.entity import Entity
from contract_tests.harness.operation import CatalogueError, Operation
from contract_tests.harness.run import Run
from contract_tests.harness.step import Step, mover_of
from contract_tests.harness.subject import Subject
from contract_tests.harness.witness import Witness

KINDS = (
    "operations",
    "statuses",
    "errors",
    "errors of operations",
    "examples",
    "moves",
    "refused moves",
)
MARKS = ("documented", "public", "observed", "assumed")
_OF_BODIES = ("media-type", "syntax", "empty")

Part = tuple[str, str]
"""Something that a double must have: ("operation", id), ("error", id), ("event", name) or ("answer", …)."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that the spec captures; it is tested when any of `shown_by` was seen."""

    kind: str
    name: str
    needs: frozenset[Part]
    shown_by: frozenset[Hashable]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One kind of fact: how many, and by name those that are missing."""

    kind: str
    captured: int
    served: int
    tested: int
    left_out: tuple[str, ...]
    """Not served, as `x-unserved` says."""
    unserved: tuple[str, ...]
    """Not served, and nothing says so."""
    untested: tuple[str, ...]
    """Served, and not seen."""

    @property
    def complete(self) -> bool:
        """Whether everything is served and tested that the spec doesn't leave out itself."""
        return not self.unserved and not self.untested


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """One vendor's rows, and what its facts rest on."""

    vendor: str
    rows: tuple[Row, ...]
    marks: Mapping[str, int]
    """How many marks of each kind the spec carries."""
    assumptions: Mapping[str, Mapping[str, Any]] = field(repr=False)
    """By id: silent, chosen, why, refuted_by, and how many facts rest on it."""

    @property
    def complete(self) -> bool:
        """Whether no row has a gap."""
        return all(row.complete for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        """The ledger as JSON values."""
        rows = [{**vars(row), "complete": row.complete} for row in self.rows]
        return {
            "vendor": self.vendor,
            "complete": self.complete,
            "kinds": rows,
            "facts": dict(self.marks),
            "assumptions": {name: dict(said) for name, said in self.assumptions.items()},
        }


def ledger(run: Run, witness: Witness, served: frozenset[Part]) -> Ledger:
    """What came of a run: `served` is what the double has, the witness heard its every answer."""
    subject = witness.subject
    seen = frozenset(_seen(run, witness))
    facts = list(_facts(subject))
    left_out = frozenset(_left_out(subject.contract))
    assumptions = subject.contract.document.get("x-assumptions", {})
    marks = list(_marks(subject.contract.document))
    resting = Counter(mark.get("assumption") for mark in marks)
    return Ledger(
        vendor=subject.contract.vendor,
        rows=tuple(
            _row(kind, [f for f in facts if f.kind == kind], served, left_out, seen) for kind in KINDS
        ),
        marks={mark: sum(said["mark"] == mark for said in marks) for mark in MARKS},
        assumptions={name: {**said, "facts": resting[name]} for name, said in assumptions.items()},
    )


def _row(
    kind: str,
    facts: list[Fact],
    served: frozenset[Part],
    left_out: frozenset[Part],
    seen: frozenset[Hashable],
) -> Row:
    there = [fact for fact in facts if fact.needs <= served or fact.shown_by & seen]
    missing = [fact for fact in facts if fact not in there]
    tested = [fact for fact in there if fact.shown_by & seen]
    return Row(
        kind=kind,
        captured=len(facts),
        served=len(there),
        tested=len(tested),
        left_out=tuple(fact.name for fact in missing if fact.needs - served <= left_out),
        unserved=tuple(fact.name for fact in missing if not fact.needs - served <= left_out),
        untested=tuple(fact.name for fact in there if fact not in tested),
    )


# ---------------------------------------------------------------- what was seen


def _seen(run: Run, witness: Witness) -> Iterator[Hashable]:
    yield from (("success", name) for name in witness.successes)
    yield from (("status", *key) for key in witness.statuses)
    yield from (("refusal", *key) for key in witness.refusals)
    yield from witness.subject.walked
    for verdict in run.verdicts:
        if verdict.part == "examples" and not verdict.findings and verdict.problem is None:
            yield "example", verdict.operation, verdict.label


# ---------------------------------------------------------------- what is captured


def _facts(subject: Subject) -> Iterator[Fact]:
    contract = subject.contract
    for operation in contract.operations.values():
        yield _fact("operations", operation.id, [operation.id], [("success", operation.id)])
        for status in operation.definition["responses"]:
            yield _status(contract, operation, status)
    for unserved in _unserved(contract, "operations", ()):
        yield _fact("operations", unserved["operationId"], [unserved["operationId"]], [])
    for error in contract.errors.values():
        shown = [("refusal", where, error.id) for where in (None, *contract.operations)]
        yield _fact("errors", error.id, [], shown, errors=[error.id])
    for operation in contract.operations.values():
        for name in _refusals_of(contract, operation):
            shown = [("refusal", operation.id, name)]
            yield _fact(
                "errors of operations", f"{operation.id} {name}", [operation.id], shown, errors=[name]
            )
    for example in subject.fixtures.examples:
        shown = [("example", example.operation, example.name)]
        yield _fact("examples", example.name, [example.operation], shown)
    for name in contract.lifecycles:
        yield from _life(Entity(subject, name))


def _fact(
    kind: str, name: str, operations: list[str], shown_by: list[Any], *, errors: list[str] | None = None
) -> Fact:
    needs = {("operation", id) for id in operations} | {("error", id) for id in errors or ()}
    return Fact(kind=kind, name=name, needs=frozenset(needs), shown_by=frozenset(shown_by))


def _status(contract: Contract, operation: Operation, status: str) -> Fact:
    """A documented answer; the double has it unless x-unserved says that it never gives it."""
    left_out = status in _unserved(contract, "statuses", {}).get(operation.id, ())
    needs = {("operation", operation.id), *([_answer(operation.id, status)] if left_out else [])}
    shown = frozenset([("status", operation.id, status)])
    return Fact(kind="statuses", name=f"{operation.id} {status}", needs=frozenset(needs), shown_by=shown)


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


def _left_out(contract: Contract) -> Iterator[Part]:
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
            yield _move(entity, operation.id, mover_of(operation), "nothing", state, [(None, state)])
    for operation in entity.operations("from"):
        yield from _moves(entity, operation)
        yield from _refused(entity, operation)
    for event, said in entity.said.get("events", {}).items():
        for before in said["from"]:
            fact = _move(entity, "", event, before, said["to"], [(before, said["to"])])
            yield Fact(**{**vars(fact), "needs": frozenset({("event", event)})})


def _moves(entity: Entity, operation: Operation) -> Iterator[Fact]:
    """From each state to its next; where the record decides, each outcome must be seen as well."""
    lifecycle = operation.lifecycle or {}
    mover = mover_of(operation)
    for before in lifecycle["from"]:
        to = lifecycle.get("to", before)
        if isinstance(to, Mapping):
            to = to.get(before, before)
        ends = to if isinstance(to, list) else [to]
        shown = "one of several" if len(ends) > 1 else ends[0]
        yield _move(entity, operation.id, mover, before, shown, [(before, after) for after in ends])
    outcomes = lifecycle.get("to")
    for after in outcomes if isinstance(outcomes, list) else ():
        yield _move(
            entity, operation.id, mover, "any", after, [(before, after) for before in lifecycle["from"]]
        )


def _refused(entity: Entity, operation: Operation) -> Iterator[Fact]:
    mover = mover_of(operation)
    for state in entity.said["states"]:
        error: CatalogueError | None = entity.refusal_in(operation, state)
        if state in (operation.lifecycle or {})["from"] or error is None:
            continue
        step = Step(entity=entity.name, mover=mover, before=state, after=state, refused=True)
        name = f"{entity.name}: {mover} in {state} refused as {error.id}"
        yield _fact("refused moves", name, [operation.id], [step], errors=[error.id])


def _move(
    entity: Entity, operation: str, mover: str, before: str, after: str, ways: list[tuple[str | None, str]]
) -> Fact:
    steps = [Step(entity=entity.name, mover=mover, before=start, after=end) for start, end in ways]
    return _fact("moves", f"{entity.name}: {mover} {before} -> {after}", [operation], steps)


# ---------------------------------------------------------------- what it rests on


def _marks(node: Any, *, root: bool = True) -> Iterator[Mapping[str, Any]]:
    """Every x-source mark; the root's own lists documents."""
    if isinstance(node, list):
        for item in node:
            yield from _marks(item, root=False)
    elif isinstance(node, Mapping):
        for key, value in node.items():
            if key != "x-source":
                yield from _marks(value, root=False)
            elif not root:
                yield from value if isinstance(value, list) else [value]
