"""Which places of a request, as it is on the wire, break the contract of its operation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jsonschema_rs

from contract_tests.harness.judging.body import schema_place
from contract_tests.harness.judging.responses import Responses
from contract_tests.harness.network.exchange import Request
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import Operation

_DOUBTFUL, _UNREADABLE = object(), object()
_TRUE_OR_FALSE = frozenset({"true", "false", "1", "0", "yes", "no", "on", "off", "t", "f", "y", "n"})


def breaches(responses: Responses, operation: Operation, request: Request) -> tuple[str, ...]:
    """Places as `refuses` has them, such as body/cause or query/limit; none where nothing is found.

    Of the body only the outermost property is named: what lies below it is accepted by the same hand.
    """
    if request.method != operation.method:
        return ()
    found = {*_in_query(responses, operation, request), *_in_body(responses, operation, request)}
    return tuple(sorted(found))


def breach_in_query(responses: Responses, operation: Operation, query: str) -> str | None:
    """What in a query string, as it is sent, breaks the contract beyond doubt; None if nothing does.

    Texts that servers may read in more than one way, such as blanks, count as kept.
    """
    described = responses.described_operation(operation)
    sent = parse_qs(query, keep_blank_values=True)
    for parameter in operation.parameters:
        if parameter.place != "query":
            continue
        values = sent.get(parameter.name, [])
        if not values and parameter.required:
            return f"{parameter.name} is required"
        read = _read(parameter.schema.get("type"), values)
        if read is _UNREADABLE:
            return f"{parameter.name} is no {parameter.schema['type']}: {values[0]!r}"
        found = described.get_parameter(parameter.name, "query")
        if read is _DOUBTFUL or found is None:
            continue
        try:
            found.validate(read)
        except jsonschema_rs.ValidationError as problem:
            return f"{parameter.name}: {problem.message}"
    return None


def sends_blank(operation: Operation, request: Request) -> bool:
    """Whether a parameter of the query or of a header is sent without a value.

    OpenAPI leaves it to the server whether such a parameter is there: `allowEmptyValue` is false unless the
    spec says otherwise, and many frameworks drop what is empty.
    """
    sent = parse_qs(urlsplit(request.path).query, keep_blank_values=True)
    headers = {name.lower(): text for name, text in request.headers.items()}
    return any(
        ("" in sent.get(parameter.name, ()) and not parameter.definition.get("allowEmptyValue"))
        if parameter.place == "query"
        else parameter.place == "header" and not headers.get(parameter.name.lower(), "-").strip()
        for parameter in operation.parameters
    )


def _read(kind: Any, values: list[str]) -> Any:
    """The one value as its type has it, or that it is doubtful or unreadable."""
    if len(values) != 1 or values[0] in ("", "null"):
        return _DOUBTFUL
    text = values[0]
    if kind in ("integer", "number"):
        return _read_number(text)
    if kind == "boolean":
        return _DOUBTFUL if text.lower() in _TRUE_OR_FALSE else _UNREADABLE
    return text if kind == "string" else _DOUBTFUL


def _read_number(text: str) -> Any:
    if re.fullmatch(r"-?(0|[1-9][0-9]*)", text):
        return int(text)
    try:
        float(text)
    except ValueError:
        return _UNREADABLE
    return _DOUBTFUL


def breached(breach: str) -> str:
    """The name of the parameter that a breach is about."""
    return re.split(r"[ :]", breach, maxsplit=1)[0]


def written_at(contract: Contract, operation: Operation, place: str) -> str:
    """The pointer of what the spec says about a place of the request, as near as it is written."""
    where, _, name = place.partition("/")
    if where == "body":
        root = operation.pointer + pointer.join(
            ["requestBody", "content", next(iter(operation.media_types), "application/json"), "schema"]
        )
        return schema_place(contract, root, [name] if name else [])
    for holder in (operation.pointer, operation.pointer.rpartition("/")[0]):
        for index, _said in enumerate(pointer.find(contract.document, holder).get("parameters", ())):
            at = f"{holder}/parameters/{index}"
            said = contract.at(at)
            if (said["in"], said["name"]) == (where, name):
                return at
    return operation.pointer


def _in_query(responses: Responses, operation: Operation, request: Request) -> Iterator[str]:
    breach = breach_in_query(responses, operation, urlsplit(request.path).query)
    if breach is not None:
        yield f"query/{breached(breach)}"


def _in_body(responses: Responses, operation: Operation, request: Request) -> Iterator[str]:
    if not operation.media_types:
        return
    if not request.body:
        if operation.body_required:
            yield "body"
        return
    sent = next((v for n, v in request.headers.items() if n.lower() == "content-type"), "")
    if sent.partition(";")[0].strip().lower() not in operation.media_types:
        yield "media-type"
    try:
        value = json.loads(request.body)
    except (ValueError, RecursionError):
        yield "syntax"
        return
    for described in responses.described_operation(operation).body:
        for error in described.get_validator().iter_errors(value):
            yield _place(error)


def _place(error: jsonschema_rs.ValidationError) -> str:
    if error.instance_path:
        return f"body/{error.instance_path[0]}"
    missing = getattr(error.kind, "property", None)
    return "body" if missing is None else f"body/{missing}"
