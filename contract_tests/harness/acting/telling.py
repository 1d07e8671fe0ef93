"""Values that tell whether a server keeps what it is sent: careless ones trim, fold, round, sort or cut."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.harness.acting.agreement import agreement_of
from contract_tests.harness.judging.responses import Responses
from contract_tests.harness.judging.validity import fits
from contract_tests.harness.network.exchange import base_draft
from contract_tests.harness.outside.kinds import kinds
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.limits import LEFT_OUT, LONGEST, schema_at
from contract_tests.harness.spec.operation import Operation

LONG = 300  # characters of a text that the spec sets no limit to
MIXED = "most of it"
"""The text for a server that is not to be asked more than once."""
TEXTS = {
    "blanks": "  aB  cD  ",
    "letters": "e\u0301 \ufb01 \u212b \U0001f600 ñ",  # neither NFC nor NFKC, and one beyond 16 bits
    "markup": "<&> \\ %41",
    "quotes": "a'b\"c",
    "digits": "007",
    "lines": "a\r\nb\tc\n",
    MIXED: "  e\u0301\ufb01\U0001f600 <&> a'b\"  ",
}
LARGE = 2**31 - 1
MANY = 40
LOOSE: Mapping[str, Any] = {
    "number": 5,
    "fraction": 0.25,
    "truth": True,
    "null": None,
    "nothing in it": [],
    "things in it": {"b": [3, 1, 3], "a": {"c": None, "d": {}}},
}
_WHOLE = re.compile(r"\{(body/[^{}]+)\}")
_FIXED = frozenset({"enum", "const", "format"})


@dataclass(frozen=True)
class Telling:
    """One value in the place of another in one of the example bodies of a write."""

    body: str | None
    place: str
    """Where it goes, such as body/a/0/b."""
    name: str
    value: Any
    """LEFT_OUT where the request is to be without any."""

    def into(self, parts: Mapping[str, Any]) -> dict[str, Any]:
        """The request with this value."""
        change = {"op": "replace", "path": f"/{self.place}", "value": self.value}
        if self.value is LEFT_OUT:
            change = {"op": "remove", "path": f"/{self.place}"}
            if not pointer.exists(parts, f"/{self.place}"):
                return dict(parts)
        patched: dict[str, Any] = pointer.patched(parts, [change])
        return patched


def tellings(responses: Responses, contract: Contract, operation: Operation) -> Iterator[Telling]:
    """Every telling value for each place of the body that answers or reads show, where the schemas allow it.

    What names a record, or lets somebody in, is no place for them.
    """
    for place, body in _shown(operation) if operation.secured else ():
        at = place.replace("/*", "/0")
        parts = base_draft(operation, body).parts
        if not pointer.exists(parts, f"/{at}") or _names_something(contract, operation, place, at):
            continue
        schema = schema_at(contract, operation, at)
        for name, value in _values(schema, pointer.find(parts, f"/{at}"), _examples(operation, at)):
            telling = Telling(body, at, name, value)
            if fits(responses, operation, telling.into(parts)):
                yield telling


def left_out(operation: Operation) -> Iterator[Telling]:
    """Each place of the body that stays as it is if it is left out, left out."""
    for place in agreement_of(operation).get("keeps", {}).get("places", ()):
        without = (name for name in operation.bodies if not _has(operation, name, place))
        yield Telling(next(without, next(iter(operation.bodies))), place, "left out", LEFT_OUT)


# ---------------------------------------------------------------- places


def _shown(operation: Operation) -> Iterator[tuple[str, str | None]]:
    """Each place of the body that something shows, once, with an example body that has it."""
    said = agreement_of(operation)
    told: list[tuple[Any, Iterable[str] | None]] = [(said.get("shows", {}), None)]
    for read in said.get("reads", ()):
        where = read.get("item", {}).get("where", {})
        told.append(({**read.get("shows", {}), "where": [*where.values()]}, read.get("bodies")))
    seen: set[str] = set()
    for shows, bodies in told:
        for place in _places(shows):
            known = (name for name in bodies or operation.bodies if _has(operation, name, place))
            if place not in seen and (body := next(known, None)) is not None:
                seen.add(place)
                yield place, body


def _places(template: Any) -> Iterator[str]:
    """The places of the body that a template is made of."""
    if isinstance(template, str) and (whole := _WHOLE.fullmatch(template)):
        yield whole[1]
    elif isinstance(template, Mapping):
        for inner in template.values():
            yield from _places(inner)
    elif isinstance(template, list):
        for inner in template:
            yield from _places(inner)


def _has(operation: Operation, body: str, place: str) -> bool:
    return pointer.exists({"body": operation.bodies[body]}, "/" + place)


def _names_something(contract: Contract, operation: Operation, place: str, at: str) -> bool:
    """Whether it names what is there already, or what reads ask for by this name."""
    reads = agreement_of(operation).get("reads", ())
    asked = [value for read in reads for value in _constants(read.get("request", {}))]
    return _names_a_record(contract, operation, place) or any(
        pointer.same(value, shown) for value in asked for shown in _examples(operation, at)
    )


def _constants(template: Any) -> Iterator[Any]:
    if isinstance(template, Mapping | list):
        for inner in template.values() if isinstance(template, Mapping) else template:
            yield from _constants(inner)
    else:
        yield template


def _names_a_record(contract: Contract, operation: Operation, place: str) -> bool:
    """Whether it names something that is there; what clients name themselves is not."""
    found = contract.document.get("x-found", {})
    acted_on = [
        at
        for kind in kinds(contract).values()
        if kind.absent is None
        for at in kind.places.get(operation.id, ())
    ]
    return place.rpartition("/")[2] in found or place in acted_on


def _examples(operation: Operation, at: str) -> list[Any]:
    """What the example bodies have there."""
    return [value for body in operation.bodies.values() for value in pointer.every({"body": body}, f"/{at}")]


# ---------------------------------------------------------------- values


def _values(schema: Mapping[str, Any], now: Any, shown: list[Any]) -> Iterator[tuple[str, Any]]:
    kind = schema.get("type")
    if _FIXED & schema.keys():
        return
    if kind == "string":
        yield from TEXTS.items()
        yield "long", _long(schema.get("maxLength", LONG))
    elif kind == "boolean" and isinstance(now, bool):
        yield "the other truth", not now
    elif kind in ("number", "integer") and isinstance(now, int | float):
        yield "nothing", schema.get("minimum", 0)
        yield "less than nothing", -7
        if kind == "number":
            yield "fraction", now + 0.25 if now + 0.25 <= schema.get("maximum", now + 0.25) else now - 0.25
        yield "large", LARGE
    elif kind == "array":
        yield from _lists(schema, shown)
    elif kind == "object" and isinstance(now, Mapping) and not schema.get("properties"):
        yield from ((name, {**now, key: value}) for key in [*now][:1] for name, value in LOOSE.items())
        yield "many", {**now, **{f"n{number}": _long(LONG) for number in range(MANY)}}


def _long(limit: int) -> str:
    """As long as may be, and nowhere the same."""
    size = limit if limit <= LONGEST else LONG
    return "".join(f"{number} año " for number in range(size))[: max(size - 1, 0)] + "z"


def _lists(schema: Mapping[str, Any], shown: list[Any]) -> Iterator[tuple[str, Any]]:
    """What the examples have, out of order and, if that may be, one of them twice."""
    items = {str(item): item for found in shown if isinstance(found, list) for item in found}
    falling = [items[key] for key in sorted(items, reverse=True)]
    if schema.get("uniqueItems"):
        yield "out of order", falling
    elif falling:
        yield "out of order, one twice", [*falling[1:], falling[0], *falling[1:2], falling[0]]
        yield "many", (falling * MANY)[:MANY]
    if schema.get("items", {}).get("type") == "number" and not schema.get("uniqueItems"):
        yield "of all numbers", [-3, 0.25, 2**31]
