"""Whether a request fits the schemas of its operation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import jsonschema_rs

from contract_tests.harness import pointer
from contract_tests.harness.exchange import base_draft
from contract_tests.harness.operation import ListedError, Operation
from contract_tests.harness.recipe import written_out
from contract_tests.harness.responses import Responses

_DOUBTFUL, _UNREADABLE = object(), object()
_TRUE_OR_FALSE = frozenset({"true", "false", "1", "0", "yes", "no", "on", "off", "t", "f", "y", "n"})
_NOT_ABOUT_DATA = frozenset({"raw", "media_type", "credential"})


def meets_valid_data(responses: Responses, operation: Operation, listed: ListedError) -> bool:
    """Whether an operation's list lets this refusal meet a request that its schemas accept.

    One of its recipes shows so; without recipes, it has no place in the request that it is about.
    """
    recipes = listed.provoke if isinstance(listed.provoke, list) else []
    if not recipes:
        return not listed.refuses and not listed.error.refuses
    return any(
        not _NOT_ABOUT_DATA & recipe.keys() and _ends_valid(responses, operation, recipe)
        for recipe in recipes
    )


def _ends_valid(responses: Responses, operation: Operation, recipe: Mapping[str, Any]) -> bool:
    patch = written_out(recipe.get("patch", []), {})
    try:
        parts = pointer.patched(base_draft(operation).parts, patch)
    except pointer.Absent:
        return False
    return fits(responses, operation, parts)


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


def fits(responses: Responses, operation: Operation, parts: Mapping[str, Any]) -> bool:
    """Whether path, query, headers and body fit their schemas."""
    described = responses.described_operation(operation)
    try:
        for parameter in operation.parameters:
            place = parts["headers" if parameter.place == "header" else parameter.place]
            if parameter.name in place:
                found = described.get_parameter(parameter.name, parameter.place)
                if found is not None:
                    found.validate(place[parameter.name])
            elif parameter.required:
                return False
        if "body" not in parts:
            return not operation.body_required
        for body in described.body:
            body.validate(parts["body"])
    except jsonschema_rs.ValidationError:
        return False
    return True
