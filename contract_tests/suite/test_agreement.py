"""Answers agree with one another: reads with writes, lists with their items, selections with the whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any, NoReturn

from contract_tests.harness.acting.agreement import Exchange, agreement_of, disagreements, parted
from contract_tests.harness.acting.listing import Listing, Selection
from contract_tests.harness.acting.recipe import Impossible, Stage
from contract_tests.harness.judging import verdict
from contract_tests.harness.judging.finding import Difference
from contract_tests.harness.network.exchange import Answer, base_draft
from contract_tests.harness.network.target import ControlRefused, Sandbox
from contract_tests.harness.running.plugin import each
from contract_tests.harness.running.run import Omission, Run
from contract_tests.harness.running.subject import Changes, Subject
from contract_tests.harness.spec import outcome, pointer
from contract_tests.harness.spec.entity import Entity
from contract_tests.harness.spec.operation import Operation

PART = "agreement"
PAGE_SIZES = (1, 2)
NEIGHBOURS = 2  # records looked at beside the one that a write names
NEEDS_SEED = "its base request names what only a double holds"


@dataclass(frozen=True)
class Asked:
    """One operation with one of its example bodies."""

    subject: Subject
    operation: Operation
    body: str | None
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The operation, and the body if there are several."""
        return self.operation.id if self.body is None else f"{self.operation.id}-{self.body}"

    @property
    def said(self) -> Mapping[str, Any]:
        """The operation's x-agreement."""
        return agreement_of(self.operation)


@dataclass(frozen=True)
class Listed:
    """One list, and perhaps one thing that it is asked for."""

    subject: Subject
    operation: Operation
    selection: Selection | None = None
    size: int | None = None
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The list, and the selection or the size of a page."""
        detail = self.selection.place if self.selection else self.size
        return self.operation.id if detail is None else f"{self.operation.id}-{detail}"

    @property
    def kind(self) -> tuple[str, ...]:
        """The list."""
        return (self.operation.id,)

    @property
    def listing(self) -> Listing:
        """The list as its spec describes it."""
        return Listing(self.operation, agreement_of(self.operation)["list"])


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


def listing(run: Run) -> Iterator[Listed | Omission]:
    """Every list that the spec describes."""
    for subject in run.subjects:
        for operation in _described(subject, "list"):
            if _is_askable(subject, operation):
                yield Listed(subject, operation, also=_alone(operation))
            else:
                yield Omission(subject.contract.vendor, PART, operation.id, NEEDS_SEED)


def selecting(run: Run) -> Iterator[Listed]:
    """Every list with every place that narrows it."""
    for case in listing(run):
        if isinstance(case, Listed):
            for selection in case.listing.selections:
                yield Listed(case.subject, case.operation, selection)


def paging(run: Run) -> Iterator[Listed]:
    """Every list that comes in pages, in small ones."""
    for case in listing(run):
        if isinstance(case, Listed) and "pages" in case.listing.said:
            yield from (Listed(case.subject, case.operation, size=size) for size in PAGE_SIZES)


def mattering(run: Run) -> Iterator[Mattering]:
    """Places that make a difference to the seed records of a double."""
    for subject in run.subjects:
        for operation in _described(subject, "matters") if subject.target.double else ():
            for number in range(len(agreement_of(operation)["matters"])):
                yield Mattering(subject, operation, number)


def _asked(run: Run, what: str) -> Iterator[Asked | Omission]:
    for subject in run.subjects:
        for operation in _described(subject, what):
            if not subject.target.double:
                yield Omission(subject.contract.vendor, PART, operation.id, NEEDS_SEED)
                continue
            readers = tuple(read["operation"] for read in agreement_of(operation).get("reads", ()))
            for body in operation.bodies or [None]:
                yield Asked(subject, operation, body, also=readers if what == "reads" else ())


def _described(subject: Subject, what: str) -> Iterator[Operation]:
    operations = subject.contract.operations.values()
    return (operation for operation in operations if what in agreement_of(operation))


def _is_askable(subject: Subject, operation: Operation) -> bool:
    """Whether the base request means the same on any server."""
    if subject.target.double:
        return True
    return not operation.bodies and not any(parameter.required for parameter in operation.parameters)


def _alone(operation: Operation) -> tuple[str, ...]:
    alone = agreement_of(operation)["list"].get("alone")
    return (alone["operation"],) if alone else ()


# ---------------------------------------------------------------- tests


@each(repeating)
def test_an_answer_repeats_what_was_asked(case: Asked) -> None:
    """It is about the record that was named, and shows the values that were sent."""
    with case.subject.target.sandbox() as sandbox:
        exchange = _done(case, sandbox)
        assert exchange.answer is not None
        for line in disagreements(case.said["shows"], exchange, exchange.answer.json):
            _break(
                case,
                sandbox,
                exchange.answer,
                "answers something else",
                "repeats what was asked",
                line,
                "shows",
            )


@each(creating)
def test_nothing_is_given_a_name_that_something_else_has(case: Asked) -> None:
    """The same request twice creates two things."""
    with case.subject.target.sandbox() as sandbox:
        parts = base_draft(case.operation, case.body).parts
        first = _success(case.subject, sandbox, case.operation, parts)
        second = _success(case.subject, sandbox, case.operation, parts)
        for at in case.said["fresh"]:
            one, other = first.value(f"answer{at}"), second.value(f"answer{at}")
            if pointer.same(one, other):
                assert second.answer is not None
                got = f"{at} is {other!r} both times"
                _break(case, sandbox, second.answer, "id given twice", "gives each its own id", got, "fresh")


@each(reading)
def test_what_was_written_is_read(case: Asked) -> None:
    """Each documented read shows it, and shows everything else as it was."""
    with case.subject.target.sandbox() as sandbox:
        _prepare(case, sandbox)
        parts = base_draft(case.operation, case.body).parts
        reads = [
            read for read in enumerate(case.said["reads"]) if case.body in read[1].get("bodies", [case.body])
        ]
        before = [_before(case, sandbox, read, parts) for _, read in reads]
        others = _others(case, parts)
        neighbours = [(read, id, _beside(case, sandbox, read, id)) for _, read in reads for id in others]
        exchange = _success(case.subject, sandbox, case.operation, parts)
        for (index, read), earlier in zip(reads, before, strict=True):
            _read(case, sandbox, index, read, exchange, earlier)
        for read, other, earlier in neighbours:
            _read_beside(case, sandbox, read, other, earlier)


@each(writing)
def test_a_write_leaves_a_trace(case: Asked) -> None:
    """What succeeds is remembered."""
    with case.subject.target.sandbox() as sandbox:
        _prepare(case, sandbox)
        before = case.subject.changes(sandbox)
        parts = base_draft(case.operation, case.body).parts
        exchange = _success(case.subject, sandbox, case.operation, parts)
        problem = _trace(case, sandbox, parts, before, case.subject.changes(sandbox))
        if problem is not None:
            assert exchange.answer is not None
            said = f"{case.operation.id} changes what it names (x-effect {case.operation.effect})"
            difference = Difference(
                kind="lost write", said=said, got=problem, at=case.operation.pointer, of="state"
            )
            raise case.subject.broken(PART, case.operation, difference, exchange.answer, sandbox)


@each(listing)
def test_a_list_keeps_its_own_rules(case: Listed) -> None:
    """Each item once, in the documented order, as many as it says, each as it reads alone."""
    with case.subject.target.sandbox() as sandbox:
        exchange, items = _items(case, sandbox, case.listing.whole)
        ids = case.listing.ids(items)
        for index, one in enumerate(ids):
            if any(pointer.same(one, other) for other in ids[:index]):
                _break_list(
                    case, sandbox, exchange, "item twice", "lists each item once", f"{one!r} twice", "id"
                )
        disorder = case.listing.disorder(items)
        if disorder:
            _break_list(case, sandbox, exchange, "wrong order", "keeps its order", disorder, "order")
        _check_total(case, sandbox, exchange, len(items))
        _check_stored(case, sandbox, exchange, ids)
        if "alone" in case.listing.said:
            for item in items:
                _check_alone(case, sandbox, exchange, item)


@each(selecting)
def test_a_selection_holds_what_fits_and_nothing_else(case: Listed) -> None:
    """Compared with the whole list, for some of the values that its items have."""
    assert case.selection is not None
    with case.subject.target.sandbox() as sandbox:
        _, items = _items(case, sandbox, case.listing.whole)
        chance = Random(case.subject.derived_seed(PART, case.label))  # noqa: S311 - which values, not secrets
        for value in case.listing.values(items, case.selection.by, chance):
            sent = case.selection.sent(value)
            exchange, found = _items(case, sandbox, case.listing.at(case.selection.place, sent))
            expected = [item for item in items if case.selection.keeps(item, sent)]
            one, other = case.listing.ids(expected), case.listing.ids(found)
            if not pointer.same(one, other):
                said = f"selects by {case.selection.place}: {one!r}"
                at = pointer.join(["selects", case.selection.place]).removeprefix("/")
                _break_list(case, sandbox, exchange, "wrong selection", said, f"{other!r}", at)


@each(paging)
def test_pages_make_up_the_whole(case: Listed) -> None:
    """No item is on two pages or on none, no page is too long, and the total stays."""
    assert case.size is not None
    with case.subject.target.sandbox() as sandbox:
        _, items = _items(case, sandbox, case.listing.whole)
        seen: list[Any] = []
        for parts in case.listing.pages(case.size, len(items)):
            exchange, page = _items(case, sandbox, parts)
            if len(page) > case.size:
                got = f"a page of {len(page)}"
                _break_list(
                    case, sandbox, exchange, "page too long", f"{case.size} items at most", got, "pages"
                )
            if page:
                _check_total(case, sandbox, exchange, len(items))
            seen += case.listing.ids(page)
        if not pointer.same(seen, case.listing.ids(items)):
            said = f"the pages hold {case.listing.ids(items)!r}"
            _break_list(case, sandbox, exchange, "pages differ from the whole", said, f"{seen!r}", "pages")


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


# ---------------------------------------------------------------- reads after a write


def _trace(
    case: Asked, sandbox: Sandbox, parts: Mapping[str, Any], before: Changes, after: Changes
) -> str | None:
    """What is wrong with the records that a write has changed, as far as a double shows them."""
    changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    if not changed:
        return "nothing is stored"
    named = set(map(str, parts["path"].values()))
    for collection, record_id in changed:
        was_there = after.get((collection, record_id), before.get((collection, record_id)))
        if record_id in named or was_there is None or was_there[0] is None:
            continue
        for name in named:
            if sandbox.record(case.subject.contract.vendor, collection, name) is not None:
                return f"{collection} {record_id} has changed, although {name} was named"
    return None


def _before(
    case: Asked, sandbox: Sandbox, read: Mapping[str, Any], parts: Mapping[str, Any]
) -> Answer | None:
    """What the read shows beforehand; None where only the answer of the write names what to read."""
    try:
        return _call(case.subject, sandbox, read, Exchange(parts))
    except pointer.Absent:
        return None


def _call(subject: Subject, sandbox: Sandbox, read: Mapping[str, Any], exchange: Exchange) -> Answer:
    """Ask what a read asks for, and before it whatever has to be found out; pointer.Absent if that fails."""
    if "find" in read:
        found = _call(subject, sandbox, read["find"], exchange)
        body = found.json if found.is_json else None
        kept = {name: pointer.find(body, at) for name, at in read["find"]["keep"].items()}
        exchange = replace(exchange, kept=kept)
    operation = subject.contract.operations[read["operation"]]
    asked = exchange.filled(read.get("request", {}))
    return Stage(subject, sandbox).call(operation, pointer.merged(base_draft(operation).parts, asked))


def _read(
    case: Asked,
    sandbox: Sandbox,
    index: int,
    read: Mapping[str, Any],
    exchange: Exchange,
    before: Answer | None,
) -> None:
    try:
        answer = _call(case.subject, sandbox, read, exchange)
    except pointer.Absent as absent:
        said = f"{read['operation']} can be asked what {case.operation.id} did"
        assert exchange.answer is not None
        _break(
            case, sandbox, exchange.answer, "write not read", said, f"nothing at {absent}", f"reads/{index}"
        )
    problem = next(_unread(case.subject, read, exchange, before, answer), None)
    if problem is not None:
        said = f"{read['operation']} shows what {case.operation.id} did"
        _break(case, sandbox, answer, "write not read", said, problem, f"reads/{index}")


def _unread(
    subject: Subject, read: Mapping[str, Any], exchange: Exchange, before: Answer | None, answer: Answer
) -> Iterator[str]:
    """What a read shows otherwise than the write before it asks for."""
    if read.get("changes") and before is not None and before.body == answer.body:
        yield "it reads as before"
    succeeded = outcome.succeeded(subject.contract, answer)
    if "item" in read and succeeded:
        known = before if before is not None and outcome.succeeded(subject.contract, before) else None
        yield from _unlisted(read, exchange, known, answer)
    elif read.get("gone"):
        yield from ["it is still there"] if succeeded else []
    elif not succeeded:
        yield f"refused: {answer.summary}"
    else:
        yield from disagreements(read.get("shows", {}), exchange, answer.json)


def _unlisted(
    read: Mapping[str, Any], exchange: Exchange, before: Answer | None, answer: Answer
) -> Iterator[str]:
    """The same of a read whose answer is a list: the one item, and all others as they were."""
    try:
        where = exchange.filled(read["item"]["where"])
    except pointer.Absent:
        return  # nothing was sent that could be found again
    try:
        found, others = parted(pointer.find(answer.json, read["item"]["at"]), where)
    except pointer.Absent as absent:
        yield f"nothing at {absent}"
        return
    if read.get("gone"):
        yield from ("it is still listed" for _ in found)
    elif len(found) != 1:
        yield f"{len(found)} such items are listed"
    else:
        yield from disagreements(read.get("shows", {}), exchange, found[0])
    if read.get("others") != "any" and before is not None:
        known = parted(pointer.find(before.json, read["item"]["at"]), where)[1]
        yield from pointer.differences(known, others)[:1]


def _others(case: Asked, parts: Mapping[str, Any]) -> list[str]:
    """Ids of records of the same sort as the one that the path names, if the spec tells of their life."""
    lifecycle = case.operation.lifecycle or {}
    where, _, name = str(lifecycle.get("id", "")).partition("/")
    if where != "path":
        return []
    seeded = Entity(case.subject, lifecycle["entity"]).seeded
    return [record_id for record_id, _ in seeded if record_id != str(parts["path"][name])][:NEIGHBOURS]


def _beside(case: Asked, sandbox: Sandbox, read: Mapping[str, Any], other: str) -> Answer | None:
    """What a read by the same path parameter shows of another record; None if it is no such read."""
    name = str((case.operation.lifecycle or {})["id"]).partition("/")[2]
    asked = {
        key for key, said in read.get("request", {}).get("path", {}).items() if said == f"{{path/{name}}}"
    }
    if not asked:
        return None
    return _call(case.subject, sandbox, {**read, "request": {"path": {asked.pop(): other}}}, Exchange({}))


def _read_beside(
    case: Asked, sandbox: Sandbox, read: Mapping[str, Any], other: str, before: Answer | None
) -> None:
    after = None if before is None else _beside(case, sandbox, read, other)
    if before is None or after is None or not before.is_json or not after.is_json:
        return
    changes = pointer.differences(before.json, after.json)
    if changes:
        said = f"{case.operation.id} leaves {other} as it was"
        _break(case, sandbox, after, "another record written", said, "; ".join(changes[:3]), "reads")


# ---------------------------------------------------------------- lists


def _items(case: Listed, sandbox: Sandbox, parts: Mapping[str, Any]) -> tuple[Exchange, list[Any]]:
    exchange = _success(case.subject, sandbox, case.operation, parts)
    assert exchange.answer is not None
    return exchange, case.listing.items(exchange.answer.json)


def _check_total(case: Listed, sandbox: Sandbox, exchange: Exchange, count: int) -> None:
    assert exchange.answer is not None
    total = case.listing.total(exchange.answer.json)
    if total is not None and not pointer.same(total, count):
        said = f"says that there are {count}"
        _break_list(case, sandbox, exchange, "wrong total", said, f"it says {total!r}", "total")


def _check_stored(case: Listed, sandbox: Sandbox, exchange: Exchange, ids: list[Any]) -> None:
    """On a double: everything of the collection is listed."""
    holds = case.listing.said.get("holds")
    if holds is None or not case.subject.target.double:
        return
    records = sandbox.records(case.subject.contract.vendor, holds["collection"])
    stored = sorted(str(pointer.find(record, holds.get("id", "/id"))) for record in records)
    if sorted(map(str, ids)) != stored:
        said = f"lists everything: {', '.join(stored)}"
        _break_list(case, sandbox, exchange, "item missing", said, ", ".join(map(str, ids)), "holds")


def _check_alone(case: Listed, sandbox: Sandbox, exchange: Exchange, item: Any) -> None:
    alone = case.listing.said["alone"]
    asked = Exchange(exchange.parts, exchange.answer, item)
    answer = _call(case.subject, sandbox, alone, asked)
    try:
        shown = pointer.find(answer.json if answer.is_json else None, alone.get("at", ""))
    except pointer.Absent:
        shown = None
    problem = next(_unlike(item, shown, alone), None)
    if problem is not None:
        said = f"{alone['operation']} shows an item as the list does"
        got = f"{case.listing.ids([item])[0]!r}: {problem}"
        _break(case, sandbox, answer, "list and item disagree", said, got, "list/alone")


def _unlike(item: Any, shown: Any, alone: Mapping[str, Any]) -> Iterator[str]:
    """Where an item and what is read of it alone differ in what both of them have."""
    if not isinstance(shown, Mapping):
        yield "it cannot be read"
        return
    if "same" in alone:
        yield from disagreements(alone["same"], Exchange({}, item=item), shown)
        return
    if alone.get("equal"):
        yield from pointer.differences(item, shown, alone.get("except", ()))[:1]
        return
    for name in (name for name in item if name in shown):
        yield from pointer.differences(item[name], shown[name])[:1]


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


def _done(case: Asked, sandbox: Sandbox) -> Exchange:
    """The operation carried out with the case's body."""
    _prepare(case, sandbox)
    return _success(case.subject, sandbox, case.operation, base_draft(case.operation, case.body).parts)


def _success(subject: Subject, sandbox: Sandbox, operation: Operation, parts: Mapping[str, Any]) -> Exchange:
    answer = Stage(subject, sandbox).call(operation, parts)
    difference = verdict.against_success(subject, operation, answer)
    if difference is not None:
        raise subject.broken(PART, operation, difference, answer, sandbox)
    return Exchange(parts, answer)


def _break_list(
    case: Listed, sandbox: Sandbox, exchange: Exchange, kind: str, said: str, got: str, at: str
) -> NoReturn:
    assert exchange.answer is not None
    _break(case, sandbox, exchange.answer, kind, said, got, f"list/{at}")


def _break(
    case: Asked | Listed | Mattering,
    sandbox: Sandbox,
    answer: Answer,
    kind: str,
    said: str,
    got: str,
    at: str,
) -> NoReturn:
    place = f"{case.operation.pointer}/x-agreement/{at}"
    said = said if said.startswith(case.operation.id) else f"{case.operation.id}: {said}"
    difference = Difference(kind=kind, said=said, got=got, at=place, of="body")
    raise case.subject.broken(PART, case.operation, difference, answer, sandbox, case.also)
