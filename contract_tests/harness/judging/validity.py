"""Whether a request fits the schemas of its operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from contract_tests.harness.acting.recipe import written_out
from contract_tests.harness.judging.responses import Responses
from contract_tests.harness.network.exchange import base_draft
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.operation import ListedError, Operation

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
