"""Answers agree with what was asked, and reads with the writes before them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from contract_tests.harness.acting.agreement import (
    PART,
    Exchange,
    agreement_of,
    contradiction,
    disagreements,
    within,
)
from contract_tests.harness.acting.cases import Asked
from contract_tests.harness.acting.reading import Reading
from contract_tests.harness.acting.recipe import Impossible, Stage
from contract_tests.harness.acting.round_trip import named_alike, told_otherwise
from contract_tests.harness.judging import verdict
from contract_tests.harness.judging.finding import Difference
from contract_tests.harness.network.exchange import Answer, base_draft
from contract_tests.harness.network.target import ControlRefused, Sandbox
from contract_tests.harness.outside.foreign import NEEDS_IDS, may_be_asked
from contract_tests.harness.outside.lacking import Stuck, lacking, may_lack
from contract_tests.harness.running.plugin import each
from contract_tests.harness.running.run import Omission, Run
from contract_tests.harness.running.subject import Changes, Subject
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.entity import Entity
from contract_tests.harness.spec.operation import Operation

NEIGHBOURS = 2  # records looked at beside the one that a write names
NEEDS_WRITES = "it writes, and the server is not ours"


@dataclass(frozen=True)
class Mattering:
    """One change of a request that is to make a difference, by its number in the spec."""

    subject: Subject
    operation: Operation
    number: int
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The operation and what is changed."""
        names = (name for where, values in self.change.items() for name in values if where != "than")
        return f"{self.operation.id}-{'-'.join(names)}"

    @property
    def kind(self) -> tuple[str, ...]:
        """The operation."""
        return (self.operation.id,)

    @property
    def change(self) -> Mapping[str, Any]:
        """What is merged into the base request; `than` is merged into the one that it is compared with."""
        said: Mapping[str, Any] = agreement_of(self.operation)["matters"][self.number]
        return {name: value for name, value in said.items() if name != "x-source"}


# ---------------------------------------------------------------- cases


def repeating(run: Run) -> Iterator[Asked | Omission]:
    """Operations whose answers repeat what was asked."""
    yield from _asked(run, "shows")


def creating(run: Run) -> Iterator[Asked | Omission]:
    """Operations that give every new thing a name of its own."""
    yield from _asked(run, "fresh")


def reading(run: Run) -> Iterator[Asked | Omission]:
    """Writes that a client can read afterwards."""
    yield from _asked(run, "reads")


def writing(run: Run) -> Iterator[Asked]:
    """Every write, on a double, whose memory can be looked at."""
    for subject in run.subjects:
        for operation in subject.contract.operations.values():
            if subject.target.double and not operation.reads_only:
                yield Asked(subject, operation, next(iter(operation.bodies), None))


def mattering(run: Run) -> Iterator[Mattering]:
    """Places that make a difference to the seed records of a double."""
    for subject in run.subjects:
        for operation in _described(subject, "matters") if subject.target.double else ():
            for number in range(len(agreement_of(operation)["matters"])):
                yield Mattering(subject, operation, number)


def _asked(run: Run, what: str) -> Iterator[Asked | Omission]:
    for subject in run.subjects:
        for operation in _described(subject, what):
            if not may_be_asked(subject, operation):
                if operation.reads_only or subject.target.writing is None:  # writes have tests of their own
                    why = NEEDS_IDS if operation.reads_only else NEEDS_WRITES
                    yield Omission(subject.contract.vendor, PART, operation.id, why)
                continue
            readers = tuple(read["operation"] for read in agreement_of(operation).get("reads", ()))
            for body in operation.bodies or [None]:
                case = Asked(subject, operation, body, also=readers if what == "reads" else ())
                yield case
                yield from (replace(case, record=record) for record in _in_other_states(case))


def _in_other_states(case: Asked) -> Iterator[str]:
    """A record for each further state in which it acts, on a double; what is prepared is so for one."""
    lifecycle = case.operation.lifecycle or {}
    if not case.subject.target.double or "from" not in lifecycle or {"given"} & case.said.keys():
        return
    if "locate" in lifecycle or len(list(case.operation.moves)) > 1:
        return
    seeded = Entity(case.subject, lifecycle["entity"]).seeded
    named = pointer.find(case.parts, "/" + lifecycle["id"])
    mine = next((state for record_id, state in seeded if record_id == str(named)), None)
    by_state = {state: record_id for record_id, state in reversed(seeded)}
    yield from (by_state[state] for state in lifecycle["from"] if state in by_state and state != mine)


def _described(subject: Subject, what: str) -> Iterator[Operation]:
    operations = subject.contract.operations.values()
    return (operation for operation in operations if what in agreement_of(operation))


# ---------------------------------------------------------------- tests


@each(repeating)
def test_an_answer_repeats_what_was_asked(case: Asked) -> None:
    """It is about the record that was named, and shows the values that were sent."""
    with case.subject.target.sandbox() as sandbox:
        _prepare(case, sandbox)
        parts = case.parts
        exchange = _success(case.subject, sandbox, case.operation, parts)
        assert exchange.answer is not None
        body = exchange.answer.json
        shows = case.said["shows"] if case.subject.target.double else within(case.said["shows"], body)
        for line in disagreements(shows, exchange, body):
            said = "repeats what was asked"
            _break(case, sandbox, exchange.answer, "answers something else", said, line, "shows")


@each(creating)
def test_nothing_is_given_a_name_that_something_else_has(case: Asked) -> None:
    """The same request twice creates two things."""
    with case.subject.target.sandbox() as sandbox:
        parts = case.parts
        first = _success(case.subject, sandbox, case.operation, parts)
        second = _success(case.subject, sandbox, case.operation, parts)
        for answer, difference in named_alike(case.operation, first, second):
            raise case.subject.broken(PART, case.operation, difference, answer, sandbox, case.also)


@each(reading)
def test_what_was_written_is_read(case: Asked) -> None:
    """Each documented read shows it, and shows everything else as it was."""
    with case.subject.target.sandbox() as sandbox:
        _prepare(case, sandbox)
        parts = case.parts
        named = frozenset([case.record] if case.record else [])
        found = [
            (index, Reading(case.subject, sandbox, said, named))
            for index, said in enumerate(case.said["reads"])
            if case.body in said.get("bodies", [case.body])
        ]
        reads = [(index, read, read.before(parts)) for index, read in found]
        name, others = _others(case, parts)
        neighbours = [(read, other, read.of(name, other)) for _, read in found for other in others]
        exchange = _success(case.subject, sandbox, case.operation, parts)
        for answer, difference in told_otherwise(case.operation, exchange, reads):
            raise case.subject.broken(PART, case.operation, difference, answer, sandbox, case.also)
        for read, other, earlier in neighbours:
            _read_beside(case, sandbox, read, (name, other), earlier)


@each(writing)
def test_a_write_leaves_a_trace(case: Asked) -> None:
    """What succeeds is remembered."""
    with case.subject.target.sandbox() as sandbox:
        _prepare(case, sandbox)
        before = case.subject.changes(sandbox)
        parts = case.parts
        exchange = _success(case.subject, sandbox, case.operation, parts)
        problem = _trace(case, sandbox, parts, before, case.subject.changes(sandbox))
        if problem is not None:
            assert exchange.answer is not None
            kind, got = problem
            said = f"{case.operation.id} changes what it names (x-effect {case.operation.effect})"
            difference = Difference(kind=kind, said=said, got=got, at=case.operation.pointer, of="state")
            raise case.subject.broken(PART, case.operation, difference, exchange.answer, sandbox)


@each(mattering)
def test_a_parameter_makes_a_difference(case: Mattering) -> None:
    """Asked with it and without, the seed records give two answers."""
    with case.subject.target.sandbox() as sandbox:
        changes = dict(case.change)
        base = pointer.merged(base_draft(case.operation).parts, changes.pop("than", {}))
        without = _success(case.subject, sandbox, case.operation, base)
        exchange = _success(case.subject, sandbox, case.operation, pointer.merged(base, changes))
        assert without.answer is not None
        assert exchange.answer is not None
        if pointer.same(without.answer.json, exchange.answer.json):
            said = f"{changes} makes a difference"
            _break(case, sandbox, exchange.answer, "parameter ignored", said, "the same answer", "matters")


# ---------------------------------------------------------------- what a write leaves


def _trace(
    case: Asked, sandbox: Sandbox, parts: Mapping[str, Any], before: Changes, after: Changes
) -> tuple[str, str] | None:
    """What is wrong with the records that a write has changed, in kind and words; a double shows it."""
    changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    if not changed:
        return "lost write", "nothing is stored"
    named = set(map(str, parts["path"].values()))
    for collection, record_id in changed:
        was_there = after.get((collection, record_id), before.get((collection, record_id)))
        if record_id in named or was_there is None or was_there[0] is None:
            continue
        for name in named:
            if sandbox.record(case.subject.contract.vendor, collection, name) is not None:
                alone = not any(key[1] in named for key in changed)
                kind = "lost write" if alone else "another record written"
                return kind, f"{collection} {record_id} has changed, although {name} was named"
    return None


def _others(case: Asked, parts: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Where the path names a record, and ids of others of its sort, if the spec tells of them."""
    lifecycle = case.operation.lifecycle or {}
    place = str(lifecycle.get("id", ""))
    where, _, name = place.partition("/")
    if where != "path":
        return place, []
    seeded = Entity(case.subject, lifecycle["entity"]).seeded
    others = [record_id for record_id, _ in seeded if record_id != str(parts["path"][name])]
    return place, others[:NEIGHBOURS]


def _read_beside(
    case: Asked, sandbox: Sandbox, read: Reading, other: tuple[str, str], before: Answer | None
) -> None:
    after = None if before is None else read.of(*other)
    if before is None or after is None or not before.is_json or not after.is_json:
        return
    changes = pointer.differences(before.json, after.json)
    if changes:
        said, got = f"{case.operation.id} leaves {other[1]} as it was", "; ".join(changes[:3])
        _break(case, sandbox, after, "another record written", said, got, "reads")


# ---------------------------------------------------------------- what is wrong


def _prepare(case: Asked, sandbox: Sandbox) -> None:
    """What has to be there before the operation has anything to do."""
    stage = Stage(case.subject, sandbox)
    try:
        for step in case.said.get("given", ()):
            stage.step(step)
    except (Impossible, ControlRefused) as problem:
        said = "what comes before succeeds"
        difference = Difference(kind="situation", said=said, got=str(problem), at=case.operation.pointer)
        raise case.subject.broken(PART, case.operation, difference, "-", sandbox, case.also) from problem


def _success(subject: Subject, sandbox: Sandbox, operation: Operation, parts: Mapping[str, Any]) -> Exchange:
    answer = Stage(subject, sandbox).call(operation, parts)
    difference = verdict.against_success(subject, operation, answer)
    if difference is not None and not subject.target.double and may_lack(subject, operation, answer):
        raise Stuck(lacking(operation.id, operation, answer))
    if difference is not None:
        raise subject.broken(PART, operation, difference, answer, sandbox)
    return Exchange(parts, answer)


def _break(
    case: Asked | Mattering,
    sandbox: Sandbox,
    answer: Answer,
    kind: str,
    said: str,
    got: str,
    at: str,
) -> NoReturn:
    difference = contradiction(case.operation, kind, said, got, at)
    raise case.subject.broken(PART, case.operation, difference, answer, sandbox, case.also)
