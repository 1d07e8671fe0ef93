"""What a login gives, a token or a session: where a request holds it, and how a vendor turns it away."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote_plus, unquote_plus

from contract_tests.harness.network.credentials import NONE, WRONG
from contract_tests.harness.network.exchange import Request
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import CatalogueError


def exchanged(request: Request, old: str, new: str) -> Request:
    """The request with another token wherever a whole value is the old one; itself if none is.

    A body is changed as text: some are sent that no parser reads, and everything else about them must stay.
    """
    headers = _in_headers(request.headers, old, new)
    path = _in_query(request.path, old, new)
    body = None if request.body is None else _in_body(request.body, old, new)
    if (headers, path, body) == (request.headers, request.path, request.body):
        return request
    return replace(request, headers=headers, path=path, body=body)


def holds(request: Request, token: str) -> bool:
    """Whether a value of the request is this token."""
    return exchanged(request, token, "") is not request


def refusals_of_tokens(contract: Contract) -> list[CatalogueError]:
    """The refusals of the catalogue that turn away a credential itself, not a person who may not."""
    door = contract.root_error("credential")
    if door is None:
        return []
    alike = [error for error in contract.errors.values() if error.status == door.status]
    return [error for error in alike if error is door or _is_about_tokens(error)]


def _is_about_tokens(error: CatalogueError) -> bool:
    """Whether a recipe shows no credential, a wrong one, or one that was good for a while."""
    recipes = error.provoke if isinstance(error.provoke, list) else []
    shown = [str(recipe.get("credential", "")) for recipe in recipes]
    return any(name in (NONE, WRONG) or name.startswith("{") for name in shown)


def _in_headers(headers: Mapping[str, str], old: str, new: str) -> dict[str, str]:
    """Headers whose value is the token, or a scheme's name and the token."""
    return {
        name: value.removesuffix(old) + new if value == old or value.endswith(f" {old}") else value
        for name, value in headers.items()
    }


def _in_query(path: str, old: str, new: str) -> str:
    where, mark, query = path.partition("?")
    pairs = (pair.partition("=") for pair in query.split("&"))
    told = (
        name + sign + (quote_plus(new) if sign and unquote_plus(value) == old else value)
        for name, sign, value in pairs
    )
    return where + mark + "&".join(told)


def _in_body(body: bytes, old: str, new: str) -> bytes:
    """A JSON text in which the token is a whole string, however it is escaped."""
    for form in dict.fromkeys([json.dumps(old), json.dumps(old, ensure_ascii=False)]):
        body = body.replace(form.encode(), json.dumps(new).encode())
    return body
