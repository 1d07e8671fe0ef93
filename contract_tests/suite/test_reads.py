"""Reads say the same twice, and bring exactly the properties that they are asked for (x-agreement)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, NoReturn

from contract_tests.harness.acting.agreement import PART, agreement_of, contradiction
from contract_tests.harness.acting.constancy import changed, keyed, steady
from contract_tests.harness.acting.look import RESTLESS
from contract_tests.harness.acting.recipe import Stage, aimed
from contract_tests.harness.judging import verdict
from contract_tests.harness.judging.finding import Difference
from contract_tests.harness.network.exchange import Answer, base_draft
from contract_tests.harness.network.target import Sandbox
from contract_tests.harness.outside.discovery import found_by, places_of
from contract_tests.harness.outside.foreign import NEEDS_IDS, may_be_asked
from contract_tests.harness.outside.lacking import Stuck, lacking, may_lack
from contract_tests.harness.running.plugin import each
from contract_tests.harness.running.run import Omission, Run
from contract_tests.harness.running.subject import Subject, between
from contract_tests.harness.spec import outcome, pointer
from contract_tests.harness.spec.entity import Entity
from contract_tests.harness.spec.operation import Operation

MOST_RECORDS, MOST_PROPERTIES = 3, 3
DAY = 86_400  # seconds
TIMES, TIMES_ELSEWHERE = 2, 3
"""How often a read is asked: on a server that is not ours somebody else may change something meanwhile."""


@dataclass(frozen=True)
class Read:
    """One read, perhaps with a place that says which properties it brings."""

    subject: Subject
    operation: Operation
    place: str | None = None
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The operation, and the place."""
        return self.operation.id if self.place is None else f"{self.operation.id}-{self.place}"

    @property
    def chance(self) -> Random:
        """What decides which records and properties are tried."""
        return Random(self.subject.derived_seed(PART, "reads", self.label))  # noqa: S311 - no secrets


def reading(run: Run) -> Iterator[Read | Omission]:
    """Every read."""
    for subject in run.subjects:
        for operation in subject.contract.operations.values():
            if operation.reads_only and may_be_asked(subject, operation):
                yield Read(subject, operation)
            elif operation.reads_only:
                yield Omission(subject.contract.vendor, PART, operation.id, NEEDS_IDS)


def varying(run: Run) -> Iterator[Read]:
    """Every operation of a double, and each place that varies from answer to answer."""
    for subject in run.subjects:
        everywhere = subject.contract.document.get("x-agreement", {}).get("varies", ())
        for operation in subject.contract.operations.values() if subject.target.double else ():
            for place in (
                (*everywhere, *agreement_of(operation).get("varies", ())) if operation.reads_only else ()
            ):
                yield Read(subject, operation, place)


def projecting(run: Run) -> Iterator[Read]:
    """Every read that can be asked for some properties alone."""
    for case in reading(run):
        if isinstance(case, Read):
            for place in agreement_of(case.operation).get("projects", {}):
                yield Read(case.subject, case.operation, place)


@each(reading)
def test_a_read_says_the_same_again(case: Read) -> None:
    """Asked again at once, with nothing in between, it changes nothing but what is declared to vary.

    Each answer is a documented one, whichever record it is about, and nothing is stored on the way.
    """
    with case.subject.target.sandbox() as sandbox:
        for parts in _requests(case, sandbox):
            answers = [_answer(case, sandbox, parts) for _ in range(_times(case))]
            for answer in answers:
                difference = case.subject.responses.difference(case.operation, answer)
                if difference is not None:
                    raise case.subject.broken(PART, case.operation, difference, answer, sandbox)
            for line in _differences(case, answers):
                said = f"{case.operation.id} says the same again, while nothing happens"
                at = case.operation.pointer
                unlike = Difference(kind="changes by itself", said=said, got=line, at=at, of="body")
                raise case.subject.broken(PART, case.operation, unlike, answers[-1], sandbox)
        effect = verdict.against_effect(*between({}, case.subject.changes(sandbox)), case.operation)
        if effect is not None and not agreement_of(case.operation).get("varies"):  # what is new is kept
            raise case.subject.broken(PART, case.operation, effect, answers[-1], sandbox)


@each(varying)
def test_what_varies_is_new_each_time(case: Read) -> None:
    """A day later every place that is said to vary has another value."""
    assert case.place is not None
    with case.subject.target.sandbox() as sandbox:
        shown = []
        for _ in range(TIMES):
            answer = _success(case, sandbox, base_draft(case.operation).parts)
            shown.append(pointer.every(answer.json, case.place))
            sandbox.control("POST", "clock", {"advance": DAY})
        if any(pointer.same(one, other) for one, other in zip(*shown, strict=False)):
            said, got = f"{case.place} varies", f"{shown[0][:3]!r} again, a day later"
            at = case.operation.pointer
            stale = Difference(kind="does not change", said=said, got=got, at=at, of="body")
            raise case.subject.broken(PART, case.operation, stale, answer, sandbox)


@each(projecting)
def test_a_projection_brings_what_it_names_and_nothing_else(case: Read) -> None:
    """Of each object of the answer, one property alone."""
    assert case.place is not None
    of = agreement_of(case.operation)["projects"][case.place]["of"]
    with case.subject.target.sandbox() as sandbox:
        parts = base_draft(case.operation).parts
        names = _names(pointer.every(_success(case, sandbox, parts).json, of))
        for name in case.chance.sample(names, min(MOST_PROPERTIES, len(names))):
            change = {"op": "add", "path": f"/{case.place}", "value": name}
            answer = _success(case, sandbox, pointer.patched(parts, [change]))
            for shown in pointer.every(answer.json, of):
                if not isinstance(shown, Mapping) or set(shown) != {name}:
                    _break(case, sandbox, answer, name, shown)


def _requests(case: Read, sandbox: Sandbox) -> Iterator[Mapping[str, Any]]:
    """The base request, the same about some of the records that lists show, and about all that live."""
    yield base_draft(case.operation).parts
    for name, ids in _records(case, sandbox):
        for record_id in case.chance.sample(ids, min(MOST_RECORDS, len(ids))):
            yield _about(case.operation, name, record_id)
    for name, record_id in _living(case):
        yield _about(case.operation, name, record_id)


def _about(operation: Operation, name: str, record_id: Any) -> Mapping[str, Any]:
    """The base request with the id of another record."""
    parts = base_draft(operation).parts
    for place in places_of(operation, name):
        aimed(parts, place, record_id)
    return parts


def _living(case: Read) -> Iterator[tuple[str, str]]:
    """The records of a double that have a life, by the name under which reads know them."""
    for entity in case.subject.contract.lifecycles if case.subject.target.double else ():
        known = Entity(case.subject, entity)
        name = known.said["observe"]["id"].rpartition("/")[2]
        if any(places_of(case.operation, name)):
            ids = [record_id for record_id, _ in known.seeded]
            few = min(MOST_RECORDS, len(ids))
            yield from (
                (name, one)
                for one in (ids if case.subject.profile.thorough else case.chance.sample(ids, few))
            )


def _records(case: Read, sandbox: Sandbox) -> Iterator[tuple[str, list[Any]]]:
    """Ids by the names at which the read takes them: looked up on a double, and else as they were found."""
    for name, way in found_by(case.subject.contract):
        if not any(places_of(case.operation, name)):
            continue
        if not case.subject.target.double:
            yield name, list(case.subject.found.get(name, ()))
            continue
        lister = case.subject.contract.operations[way["operation"]]
        parts = pointer.merged(base_draft(lister).parts, way.get("request", {}))
        answer = Stage(case.subject, sandbox).call(lister, parts, look=True)
        shown = pointer.every(answer.json if answer.is_json else None, way["at"])
        yield name, list(dict.fromkeys(value for value in shown if isinstance(value, str | int)))


def _times(case: Read) -> int:
    return TIMES if case.subject.target.double else TIMES_ELSEWHERE


def _answer(case: Read, sandbox: Sandbox, parts: Mapping[str, Any]) -> Answer:
    return Stage(case.subject, sandbox).call(case.operation, parts)


def _differences(case: Read, answers: list[Answer]) -> Iterator[str]:
    """What is another in every two of these answers; what only some have a list of other people makes."""
    contract, double = case.subject.contract, case.subject.target.double
    if not double and not all(outcome.succeeded(contract, one) for one in answers):
        return  # refusals of a server that is not ours are judged elsewhere
    statuses = [one.status for one in answers]
    if len(set(statuses)) > 1:
        yield f"answered with {statuses[0]}, and then {statuses[-1]}"
    elif all(one.is_json for one in answers):
        bodies = [keyed(case.operation, steady(contract, case.operation, one.json)) for one in answers]
        if not double and _moves(case.operation, bodies):
            raise Stuck(RESTLESS)
        yield from changed(bodies, whole=double)


def _moves(operation: Operation, bodies: list[Any]) -> bool:
    """Whether a list has other items from one answer to the next, and so perhaps another total."""
    at = agreement_of(operation).get("list", {}).get("items")
    if at is None:
        return False
    named = (shown for body in bodies for shown in pointer.every(body, at) if isinstance(shown, Mapping))
    return len({frozenset(shown) for shown in named}) > 1


def _names(objects: list[Any]) -> list[str]:
    return sorted({name for shown in objects if isinstance(shown, Mapping) for name in shown})


def _success(case: Read, sandbox: Sandbox, parts: Mapping[str, Any]) -> Answer:
    answer = _answer(case, sandbox, parts)
    difference = verdict.against_success(case.subject, case.operation, answer)
    if difference is None:
        return answer
    if not case.subject.target.double and may_lack(case.subject, case.operation, answer):
        raise Stuck(lacking(case.operation.id, case.operation, answer))
    raise case.subject.broken(PART, case.operation, difference, answer, sandbox)


def _break(case: Read, sandbox: Sandbox, answer: Answer, name: str, shown: Any) -> NoReturn:
    came = ", ".join(shown) if isinstance(shown, Mapping) else repr(shown)
    said = f"{case.place} {name!r} brings {name} alone"
    at = pointer.join(["projects", case.place]).removeprefix("/")
    difference = contradiction(case.operation, "wrong projection", said, f"it brings {came or 'nothing'}", at)
    raise case.subject.broken(PART, case.operation, difference, answer, sandbox)
