"""Requests on which people read OpenAPI, JSON and HTTP differently, made from an operation's base request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from contract_tests.harness.network.exchange import Draft, Request, base_draft, drafted, on_the_wire
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import Operation, Parameter

Probe = tuple[str, Request]

NUMBERS = (
    *("1.0", "1e2", "+5", " 5", "5 ", "-0", "007", "0x10", "1_000", "٣", "1,000", "true", "null", "NaN"),
    *("Infinity", "1.", ".5", "5\n", "5\x00"),
)

BOOLEANS = ("True", "TRUE", "1", "0", "yes", "on", "null", " true", "true\n")
TEXTS = ("\u0000", "a\nb", " ", "\n", "e\u0301", "😀", "null", "true", "1")
IN_PLACE_OF_NUMBERS = ("1.0", "1e0", "-0.0", '"1"', "true", "null", "1e400", "[1]", '""')
IN_PLACE_OF_TEXTS = ("1", "null", "true", '["a"]', "{}", '"\\ud83d\\ude00"', '"\\u0000"', '"\\n"', '" "')
IN_PLACE_OF_BOOLEANS = ('"true"', "1", "0", "null", '"True"')
IN_PLACE_OF_OTHERS = ("null", "[]", "{}", '""', "1", "[null]", "[[]]", "[{}]")
MEDIA_TYPES = (
    "application/json; charset=utf-8",
    "APPLICATION/JSON",
    "application/json;",
    "application/json ; charset=UTF-8",
    "application/vnd.vendor+json",
    "application/problem+json",
    "application/*",
    "text/json",
    "text/plain",
    "application/x-www-form-urlencoded",
    "none",
)


def probes(contract: Contract, operation: Operation, credential: dict[str, str]) -> Iterator[Probe]:
    """Named requests; what is in doubt about each of them is one thing."""
    draft = base_draft(operation)
    yield "base", on_the_wire(contract, operation, draft, credential)
    for parameter in operation.parameters:
        for text in _texts(parameter):
            parts = draft.parts
            place = "headers" if parameter.place == "header" else parameter.place
            if place != "headers" or _fits_a_header(text):
                parts[place] = {**parts[place], parameter.name: text}
                request = on_the_wire(contract, operation, drafted(draft, parts), credential)
                yield f"{parameter.place} {parameter.name}={text[:20]!r}", request
    yield from _twice(contract, operation, draft, credential)
    if draft.has_body:
        yield from _bodies(contract, operation, draft, credential)


def _texts(parameter: Parameter) -> Iterator[str]:
    schema = parameter.schema
    kind = schema.get("type", "string")
    if kind in ("integer", "number"):
        yield from NUMBERS
    elif kind == "boolean":
        yield from BOOLEANS
    else:
        yield from TEXTS
        yield from _at_length(schema)
        for value in schema.get("enum", ()):
            yield from (str(value).swapcase(), f"{value} ", f"{value}\n")
        if parameter.has_example and isinstance(parameter.example, str):
            yield from (f"{parameter.example}\n", f" {parameter.example}")


def _fits_a_header(text: str) -> bool:
    return text.isascii() and text.isprintable() and text == text.strip()


def _at_length(schema: Any) -> Iterator[str]:
    """Lengths count code points (JSON Schema, 6.3.1), neither bytes, UTF-16 units nor what is seen as one."""
    longest = schema.get("maxLength")
    if longest is not None and longest < 2000:  # longer ones do not fit into an address
        for letter in ("é", "😀"):
            yield letter * longest
            yield letter * (longest + 1)


def _twice(
    contract: Contract, operation: Operation, draft: Draft, credential: dict[str, str]
) -> Iterator[Probe]:
    """The same key two times, a good value and a bad one, in either order; unknown keys."""
    request = on_the_wire(contract, operation, draft, credential)
    sign = "&" if "?" in request.path else "?"
    for parameter in operation.parameters:
        if parameter.place == "query" and parameter.has_example and not isinstance(parameter.example, list):
            name, good = quote(parameter.name), quote(_text(parameter.example))
            for first, second in ((good, good), (good, "%20"), ("%20", good), (good, "")):
                pair = f"{name}={first}&{name}={second}"
                yield f"twice {pair}", replace(request, path=request.path + sign + pair)
            yield f"upper {name}", replace(request, path=f"{request.path}{sign}{name.upper()}={good}")
            yield f"brackets {name}", replace(request, path=f"{request.path}{sign}{name}[]={good}")
    yield "unknown key", replace(request, path=request.path + sign + "unknown=1")


def _bodies(
    contract: Contract, operation: Operation, draft: Draft, credential: dict[str, str]
) -> Iterator[Probe]:
    def raw(text: str | bytes, media_type: str | None = None) -> Request:
        content = text if isinstance(text, bytes) else text.encode()
        return on_the_wire(
            contract, operation, replace(draft, raw=content, media_type=media_type), credential
        )

    good = json.dumps(draft.body)
    for where, value in _places(draft.body):
        for text in _in_place_of(value):
            hole = pointer.patched(draft.body, [{"op": "replace", "path": where, "value": "$HOLE$"}])
            yield f"body {where}={text}", raw(json.dumps(hole).replace('"$HOLE$"', text))
    for name, spelling in _spelt(good):
        yield f"JSON {name}", raw(spelling)
    for media_type in MEDIA_TYPES:
        yield f"Content-Type {media_type}", raw(good, media_type)


def _spelt(good: str) -> Iterator[tuple[str, str | bytes]]:
    yield "with a byte order mark", b"\xef\xbb\xbf" + good.encode()
    yield "in UTF-16", good.encode("utf-16")
    yield "with white space around", f" \r\n\t{good}\n"
    yield "with a trailing comma", good[:-1] + ",}"
    yield "with a comment", good[:-1] + "/**/}"
    yield "in single quotes", good.replace('"', "'")
    yield "with a lone surrogate", good[:-1] + (', "x": "\\ud800"}' if len(good) > 2 else '"x": "\\ud800"}')
    yield "with a form feed", good + "\f"
    for scalar in ("null", "1", '"x"', "[]", f"[{good}]", "true", "", " "):
        yield f"{scalar[:10]!r} alone", scalar


def _places(value: Any, here: str = "") -> Iterator[tuple[str, Any]]:
    """Every place in a body, with what is there."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        where = here + pointer.join([str(key)])
        yield where, item
        yield from _places(item, where)


def _in_place_of(value: Any) -> tuple[str, ...]:
    if isinstance(value, bool):
        return IN_PLACE_OF_BOOLEANS
    if isinstance(value, int | float):
        return IN_PLACE_OF_NUMBERS
    return IN_PLACE_OF_TEXTS if isinstance(value, str) else IN_PLACE_OF_OTHERS


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
