"""Deviations in statuses and refusals: other numbers, other codes, other words, another shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.contract import Contract
from tests.contract_tests.deviations.answers import swapped
from tests.contract_tests.deviations.deviation import (
    Change,
    Deviation,
    after_refusal,
    after_success,
    at,
    with_status,
)
from tests.contract_tests.deviations.survey import Refused, Survey
from tests.contract_tests.saboteur import Told

MISTAKEN = {400: 422, 401: 403, 403: 401, 404: 400, 405: 404, 409: 422, 412: 400, 413: 400, 415: 400}
PAGE = b"<!DOCTYPE html><html><body><h1>Error</h1><p>Something went wrong.</p></body></html>"


def of_statuses(survey: Survey) -> Iterator[Deviation]:
    """Successes and refusals with the status of something else."""
    for seen in survey.successes:
        if seen is not survey.seen(seen.operation):
            continue
        other = 200 if seen.told.status == 201 else 201
        for status in (other, 202):
            fault = after_success(survey.contract, partial(with_status, status=status))
            yield _deviation(survey, seen.operation.id, "changed status", f"success {status}", fault)
        fault = after_success(survey.contract, lambda told: Told(204, {}, b""))
        yield _deviation(survey, seen.operation.id, "changed status", "success 204", fault)
    for one in _first_of_each(survey):
        status = MISTAKEN.get(one.error.status, 418)
        yield _refusal(survey, one, "changed status", partial(with_status, status=status))
        if one.error.status != 200:
            yield _refusal(survey, one, "refusal with 200", lambda told: with_status(told, 200))


def of_refusals(survey: Survey) -> Iterator[Deviation]:
    """Refusals in other words, in another shape, or in none."""
    contract = survey.contract
    for one in _first_of_each(survey):
        yield _refusal(survey, one, "changed error code", lambda told: _resaid(contract, told, "code"))
        yield _refusal(survey, one, "changed message text", lambda told: _resaid(contract, told, "message"))
        yield _refusal(survey, one, "changed envelope", lambda told: told.having({"detail": "refused"}))
        yield _refusal(survey, one, "wrapped envelope", lambda told: told.having({"result": told.json}))
        yield _refusal(survey, one, "HTML error page", _as_page)
        yield _refusal(survey, one, "empty refusal", lambda told: Told(told.status, {}, b""))
        for name in one.error.headers:
            yield _refusal(survey, one, f"lost header {name}", _losing(name.lower()))


def _first_of_each(survey: Survey) -> Iterator[Refused]:
    found: dict[tuple[str, str], Refused] = {}
    for one in survey.refusals:
        found.setdefault((one.operation.id, one.error.id), one)
    yield from found.values()


def _refusal(survey: Survey, one: Refused, kind: str, change: Change) -> Deviation:
    fault = after_refusal(survey.contract, one.error, change)
    return _deviation(survey, one.operation.id, kind, one.error.id, fault)


def _deviation(survey: Survey, operation: str, kind: str, detail: str, fault: Any) -> Deviation:
    planted = at(survey.addresses, survey.contract.operations[operation], fault)
    return Deviation(kind, survey.contract.vendor, operation, detail, lambda: planted)


def _resaid(contract: Contract, told: Told, name: str) -> Told:
    """The refusal with another code or text in the envelope's place for it."""
    if not told.is_json:
        return Told(told.status, {**told.headers, "content-length": "8"}, b"Refused.")
    said = contract.document["x-outcome"]["failure"]
    known: list[Mapping[str, Any]] = said if isinstance(said, list) else [said]
    for envelope in known:
        where = envelope.get(name)
        if where is not None and pointer.exists(told.json, where):
            return swapped(where, _other)(told)
    return told


def _other(value: Any) -> Any:
    return value + 1 if isinstance(value, int) else f"{value}_"


def _losing(header: str) -> Change:
    return lambda told: told.without(header)


def _as_page(told: Told) -> Told:
    headers = {"content-type": "text/html", "content-length": str(len(PAGE))}
    return Told(told.status, headers, PAGE)
