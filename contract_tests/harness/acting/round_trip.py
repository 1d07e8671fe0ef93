"""What a client sees of a write, in its answer and in the reads after it, and of what the write left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from contract_tests.harness.acting.agreement import (
    Exchange,
    agreement_of,
    contradiction,
    disagreements,
    parted,
)
from contract_tests.harness.acting.reading import Reading
from contract_tests.harness.judging.finding import Difference
from contract_tests.harness.network.exchange import Answer
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.operation import Operation

Reads = list[tuple[int, Reading, Answer | None]]
"""Each with its number in the spec, and with what it answered before the write."""
_ANSWERED = re.compile(r"\{answer((?:/[^{}]*)?)\}")


def told_otherwise(
    operation: Operation, exchange: Exchange, reads: Reads
) -> Iterator[tuple[Answer, Difference]]:
    """Where the answer of a write, or a read after it, shows something else than was sent."""
    assert exchange.answer is not None  # noqa: S101 - a write that succeeded
    for line in disagreements(agreement_of(operation).get("shows", {}), exchange, exchange.answer.json):
        said = "repeats what was asked"
        yield exchange.answer, contradiction(operation, "answers something else", said, line, "shows")
    for index, read, before in reads:
        said, at = f"{read.operation.id} shows what {operation.id} did", f"reads/{index}"
        try:
            answer = read.answer(exchange)
        except pointer.Absent as absent:
            got = f"nothing at {absent}"
            yield exchange.answer, contradiction(operation, "write not read", said, got, at)
            continue
        problem = read.problem(exchange, before, answer)
        if problem is not None:
            yield answer, contradiction(operation, "write not read", said, problem, at)


def named_alike(
    operation: Operation, first: Exchange, second: Exchange
) -> Iterator[tuple[Answer, Difference]]:
    """Where the same request twice, which creates two things, has given both of them one name."""
    assert second.answer is not None  # noqa: S101 - a write that succeeded
    for at in agreement_of(operation)["fresh"]:
        one, other = first.value(f"answer{at}"), second.value(f"answer{at}")
        if pointer.same(one, other):
            got = f"{at} is {other!r} both times"
            found = contradiction(operation, "id given twice", "gives each its own id", got, "fresh")
            yield second.answer, found


def changed_unasked(
    operation: Operation, place: str, exchange: Exchange, reads: Reads
) -> Iterator[tuple[Answer, Difference]]:
    """Where a read shows something else than before at a place that the write left out."""
    for _, read, before in reads:
        if before is None or not before.is_json:
            continue
        answer = read.answer(exchange)
        was, now = (_record(read, exchange, seen) for seen in (before, answer))
        for at in _showing(operation, read, place):
            earlier, later = pointer.every(was, at), pointer.every(now, at)
            if not pointer.same(earlier, later):
                said = f"{operation.id} leaves {place} as it is where it is left out"
                got = f"{read.operation.id} shows {later!r} at {at}, and {earlier!r} before"
                yield answer, contradiction(operation, "write not read", said, got, "keeps")


def _record(read: Reading, exchange: Exchange, answer: Answer) -> Any:
    """What an answer shows of the record that was written; None where it is not listed."""
    item = read.said.get("item")
    if item is None or not answer.is_json:
        return answer.json if answer.is_json else None
    found, _ = parted(pointer.every(answer.json, item["at"] + "/*"), exchange.filled(item["where"]))
    return found[0] if found else None


def _showing(operation: Operation, read: Reading, place: str) -> Iterator[str]:
    """Where a read shows what stands at a place of the body: as it was sent, or as it was answered."""
    sent = f"{{{place}}}"
    repeated = [at for at, value in agreement_of(operation).get("shows", {}).items() if value == sent]
    for at, template in read.said.get("shows", {}).items():
        if template == sent:
            yield at
        elif isinstance(template, str) and (whole := _ANSWERED.fullmatch(template)):
            yield from (at + inner.removeprefix(whole[1]) for inner in repeated if inner.startswith(whole[1]))
