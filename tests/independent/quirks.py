"""Where Prism reads a request in its own way: rules, each with its reason, and the request as Prism reads it.

A disagreement between Prism and our double is explained only if the double says of Prism's reading what Prism
says of the request. What nobody's document decides, or JavaScript cannot tell apart, is not compared at all.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from contract_tests.harness.network.exchange import Request
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import Operation, Parameter

EXACT = 2**53  # the largest distance from zero up to which JavaScript knows every integer
_HEXADECIMAL = re.compile(r"0[xX][0-9a-fA-F]+")
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|-?Infinity")
_WITH_SUFFIX = re.compile(r"application/[^;+]+\+json|application/problem\+json", re.IGNORECASE)
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_ROUNDED = 400  # digits; longer ones are infinite to JavaScript


@dataclass(frozen=True)
class Reading:
    """One way of Prism's: what it does, who says otherwise, and the request as it takes it."""

    name: str
    why: str
    of: Callable[[Contract, Operation, Request], Request]


def as_prism_reads(contract: Contract, operation: Operation, request: Request) -> Request:
    """The request after all of Prism's readings."""
    for reading in READINGS:
        request = reading.of(contract, operation, request)
    return request


def is_decided(contract: Contract, operation: Operation, request: Request) -> bool:
    """Whether documents decide about this request, in numbers that JavaScript can hold."""
    keys = Counter(name for name, _ in _query(request))
    lists = {p.name for p in operation.parameters if p.schema.get("type") == "array"}
    repeated = any(count > 1 and name not in lists for name, count in keys.items())
    texts = (_number(text) for _, text in _numeric(contract, operation, request))
    numbers = [number for number in texts if number is not None] + list(_numbers_in(_json(request)))
    return not repeated and all(abs(number) < EXACT for number in numbers)


# ---------------------------------------------------------------- parameters


def _without_blanks(contract: Contract, operation: Operation, request: Request) -> Request:
    kept = [(name, text) for name, text in _query(request) if text]
    headers = {name: text for name, text in request.headers.items() if text}
    if kept == _query(request):
        return replace(request, headers=headers)
    path = request.path.partition("?")[0] + ("?" + urlencode(kept) if kept else "")
    return replace(request, path=path, headers=headers)


def _numbers_of_javascript(contract: Contract, operation: Operation, request: Request) -> Request:
    for parameter, text in _numeric(contract, operation, request):
        number = _number(text)
        if number is not None:
            plain = str(int(number)) if math.isfinite(number) and number == int(number) else text
            request = _with_text(contract, operation, request, parameter, plain)
    return request


def _number(text: str) -> float | None:
    """What JavaScript's Number() makes of a text; None where it makes NaN of it."""
    plain = text.strip(" \t\r\n\f\v\xa0\ufeff")
    if _HEXADECIMAL.fullmatch(plain):
        return float(int(plain, 16))
    if not plain:
        return 0.0 if text else None
    return float(plain.replace("Infinity", "inf")) if _DECIMAL.fullmatch(plain) else None


def _numeric(contract: Contract, operation: Operation, request: Request) -> Iterator[tuple[Parameter, str]]:
    """The numeric parameters that the request carries, each with its text."""
    for parameter in operation.parameters:
        if _is_numeric(parameter.schema) or _is_numeric(parameter.schema.get("items", {})):
            for text in _texts(contract, operation, request, parameter):
                yield parameter, text


def _is_numeric(schema: Any) -> bool:
    return schema.get("type") in ("integer", "number")


def _texts(contract: Contract, operation: Operation, request: Request, parameter: Parameter) -> list[str]:
    if parameter.place == "query":
        return [text for name, text in _query(request) if name == parameter.name]
    if parameter.place == "header":
        return [text for name, text in request.headers.items() if name.lower() == parameter.name.lower()]
    found = _route(contract, operation).fullmatch(request.path.partition("?")[0])
    return [unquote(found[f"p_{parameter.name}"])] if found else []


def _with_text(
    contract: Contract, operation: Operation, request: Request, parameter: Parameter, text: str
) -> Request:
    path, _, query = request.path.partition("?")
    if parameter.place == "header":
        name = next(name for name in request.headers if name.lower() == parameter.name.lower())
        return replace(request, headers={**request.headers, name: text})
    if parameter.place == "query":
        pairs = [(name, text if name == parameter.name else said) for name, said in _query(request)]
        return replace(request, path=f"{path}?{urlencode(pairs)}")
    found = _route(contract, operation).fullmatch(path)
    assert found is not None
    begin, end = found.span(f"p_{parameter.name}")
    path = path[:begin] + quote(text, safe="") + path[end:]
    return replace(request, path=path + ("?" + query if query else ""))


def _route(contract: Contract, operation: Operation) -> re.Pattern[str]:
    template = re.escape(contract.base_path + operation.path)
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<p_\1>[^/]+)", template))


def _query(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(request.path.partition("?")[2], keep_blank_values=True)


# ---------------------------------------------------------------- bodies


def _whole_numbers(contract: Contract, operation: Operation, request: Request) -> Request:
    return _with_json(request, lambda value: int(value) if _is_whole(value) else value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, float) and math.isfinite(value) and value == int(value)


def _without_surrogates(contract: Contract, operation: Operation, request: Request) -> Request:
    def whole(value: Any) -> Any:
        return _SURROGATE.sub("\ufffd", value) if isinstance(value, str) else value

    return _with_json(request, whole)


def _no_body_of_null(contract: Contract, operation: Operation, request: Request) -> Request:
    if request.body is None or request.body.strip() != b"null" or operation.body_required:
        return request
    headers = {name: text for name, text in request.headers.items() if name.lower() != "content-type"}
    return replace(request, body=None, headers=headers)


def _plain_media_type(contract: Contract, operation: Operation, request: Request) -> Request:
    headers = {
        name: "application/json" if name.lower() == "content-type" and _WITH_SUFFIX.match(text) else text
        for name, text in request.headers.items()
    }
    return replace(request, headers=headers)


def _with_json(request: Request, change: Callable[[Any], Any]) -> Request:
    """The request with every value of its body changed; as it is where nothing changes."""
    value = _json(request)
    changed = _changed(value, change)
    if json.dumps(changed) == json.dumps(value):
        return request
    return replace(request, body=json.dumps(changed).encode())


def _changed(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {change(key): _changed(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [_changed(item, change) for item in value]
    return change(value)


def _json(request: Request) -> Any:
    try:
        return json.loads(request.body or b"null", parse_int=_integer)
    except (ValueError, RecursionError):
        return None


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < _LONGEST_ROUNDED else math.inf


def _numbers_in(value: Any) -> Iterator[int | float]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _numbers_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _numbers_in(item)
    elif isinstance(value, int | float):
        yield value


READINGS = (
    Reading(
        "an empty parameter is an absent one",
        "OpenAPI 3.0.3 leaves it to allowEmptyValue, whose default forbids the empty text; Prism drops it",
        _without_blanks,
    ),
    Reading(
        "a number in an address is what JavaScript makes of the text",
        "Prism has Ajv coerce types: ' 5', '0x10', '1e2' and 'Infinity' are integers; to JSON they are none",
        _numbers_of_javascript,
    ),
    Reading(
        "1.0 is an integer",
        "so JSON Schema since draft 6; OpenAPI 3.0.3 rests on an older one: no fraction, no exponent",
        _whole_numbers,
    ),
    Reading(
        "half of a surrogate pair is a character",
        "RFC 8259, 8.2: what receivers do with it is unpredictable; the double takes it for broken JSON",
        _without_surrogates,
    ),
    Reading(
        "null is no body",
        "Prism asks whether the parsed body is true to JavaScript; OpenAPI: null is a value, and no object",
        _no_body_of_null,
    ),
    Reading(
        "the suffix of a media type is left out",
        "Prism takes application/problem+json for application/json; RFC 6838 knows two types",
        _plain_media_type,
    ),
)
