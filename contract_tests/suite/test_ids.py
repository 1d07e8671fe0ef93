"""Ids that nearly name a record name none: nothing is cut, filled up, trimmed or guessed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contract_tests.harness.acting.recipe import aimed
from contract_tests.harness.acting.refusing import Malformed, refuse
from contract_tests.harness.judging.validity import fits
from contract_tests.harness.network.exchange import Draft, base_draft, drafted, on_the_wire
from contract_tests.harness.outside.unknown import Unknown, refusals_of_unknown
from contract_tests.harness.running.plugin import each
from contract_tests.harness.running.run import Run
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.operation import Operation

PART = "refusals"
STRANGE = "Xy-Ñ&'<1>%2F"
LONG = "x" * 200
WRAPPED = 2**32  # what an id overflows by where 32 bits are all that is kept


def nearly(run: Run) -> Iterator[Malformed]:
    """Every operation of a double that names one record, with ids that are almost that of its example."""
    for subject in run.subjects:
        for operation in subject.contract.operations.values() if subject.target.double else ():
            unknown = Unknown.of(operation)
            if unknown is not None and "*" not in unknown.place:
                yield from _aimed(subject, operation, unknown.place)


@each(nearly)
def test_an_id_that_is_almost_right_names_nothing(case: Malformed) -> None:
    """It meets the refusal of a record that does not exist."""
    refuse(PART, case)


def _aimed(subject: Subject, operation: Operation, place: str) -> Iterator[Malformed]:
    refusals = tuple(refusals_of_unknown(operation))
    known = pointer.find(base_draft(operation).parts, f"/{place}")
    for name, other in _others(known) if refusals else ():
        parts = base_draft(operation).parts
        aimed(parts, place, other)
        if not fits(subject.responses, operation, parts):
            continue
        headers = subject.keyring.headers(operation)
        request = on_the_wire(subject.contract, operation, drafted(Draft(), parts), headers)
        values = {**parts["query"], **parts["path"]}
        label = f"{operation.id}-{name}"
        yield Malformed(
            subject, operation, refusals[0], request, label, values=values, instead=refusals[1:], place=place
        )


def _others(known: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(known, str):
        yield "id beyond 32 bits", known + WRAPPED
        yield "id below nothing", -known
        return
    yield "id after a zero", f"0{known}"
    yield "id before a blank", f"{known} "
    yield "id with a fraction", f"{known}.0"
    yield "id that goes on", f"{known}-x"
    yield "strange id", STRANGE
    yield "long id", LONG
