"""Deviations in what is taken: valid requests refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from operator import eq
from typing import Any

from contract_tests.harness.network.exchange import base_draft
from contract_tests.harness.spec.operation import Operation
from tests.contract_tests.deviations.address import ABSENT, read
from tests.contract_tests.deviations.deviation import Deviation, succeeded
from tests.contract_tests.deviations.inputs import (
    LONGEST,
    Breaks,
    Field,
    fields,
    planted,
    with_value,
    working,
)
from tests.contract_tests.deviations.survey import Survey
from tests.contract_tests.saboteur import Ask, Asked, Fault, Told


def of_valid_input(survey: Survey) -> Iterator[Deviation]:
    """Values at their limits, optional ones left out, texts of all the world, and documented bodies."""
    for operation in working(survey):
        refusal = survey.refusal(operation, 400, 409, 412) or survey.refusal(operation)
        if refusal is None:
            continue
        for field in fields(survey, operation):
            for name, good, tells in _extremes(field):
                if survey.accepts(operation, with_value(operation, field.place, good)):
                    fault = _refused(survey, operation, field.place, tells, refusal)
                    yield planted(survey, operation, "valid input refused", f"{field.place} {name}", fault)
        yield from _strangers(survey, operation, refusal)
        for name, body in operation.bodies.items():
            if any(one.example == name and one.operation is operation for one in survey.successes):
                fault = _refused(survey, operation, "body", partial(eq, body), refusal)
                yield planted(survey, operation, "documented example refused", name, fault)


def _strangers(survey: Survey, operation: Operation, refusal: Told) -> Iterator[Deviation]:
    """A property that the schema neither names nor forbids, refused."""
    base = base_draft(operation).parts.get("body")
    places = [field.place.split("/") for field in fields(survey, operation)]
    known = {names[1] for names in places if names[0] == "body"}
    if not isinstance(base, Mapping) or not survey.accepts(
        operation, with_value(operation, "body/strange", 1)
    ):
        return

    def tells(body: Any) -> bool:
        return isinstance(body, dict) and not body.keys() <= known | base.keys()

    fault = _refused(survey, operation, "body", tells, refusal)
    yield planted(survey, operation, "valid input refused", "unknown property", fault)


def _extremes(field: Field) -> Iterator[tuple[str, Any, Breaks]]:
    """Legal values that a careless server refuses, and how to tell them."""
    schema, kind = field.schema, field.schema.get("type")
    plain = kind == "string" and not {"enum", "format", "pattern"} & schema.keys()
    longest = schema.get("maxLength", LONGEST)
    if plain and longest < LONGEST:
        yield "maxLength", "a" * longest, lambda value: isinstance(value, str) and len(value) == longest
        astral = "😀" * longest
        yield "maxLength in UTF-16", astral, lambda value: isinstance(value, str) and _units(value) > longest
    if plain and field.place.startswith("body/"):
        text = "Çãñ…"[:longest]
        yield "unicode", text, lambda value: isinstance(value, str) and not value.isascii()
    for keyword in ("minimum", "maximum"):
        if keyword in schema:
            yield keyword, schema[keyword], _reading(schema[keyword])
    for value in schema.get("enum", ()):
        yield f"enum {value}", value, _reading(value)
    if not field.required and field.value is not ABSENT:
        yield "left out", ABSENT, lambda value: value is ABSENT
    if not field.required and field.value is ABSENT and "example" in schema:
        yield "given", schema["example"], lambda value: value is not ABSENT
    if schema.get("nullable") and field.place.startswith("body/"):
        yield "null", None, lambda value: value is None


def _units(text: str) -> int:
    """The length of a text as languages with 16-bit characters count it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _reading(value: Any) -> Breaks:
    """Tells a value, however it is written in a query."""
    return lambda sent: str(sent) == str(value)


def _refused(survey: Survey, operation: Operation, place: str, tells: Breaks, refusal: Told) -> Fault:
    async def refused(asked: Asked, ask: Ask) -> Told:
        if tells(read(survey.contract, operation, asked, place)):
            told = await ask(asked)
            return refusal if succeeded(survey.contract, told) else told
        return await ask(asked)

    return refused
