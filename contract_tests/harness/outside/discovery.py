"""What a server that is not ours is known to hold, so that reads of it find something: told, or looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from contract_tests.harness.acting.recipe import Stage, typed_as
from contract_tests.harness.network.budget import BudgetSpent
from contract_tests.harness.network.exchange import Answer, base_draft
from contract_tests.harness.network.targets import TargetSettings
from contract_tests.harness.network.wire import BrokenAnswer
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import outcome, pointer
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import Operation

MOST = 5  # ids of one name

Ids = Mapping[str, Sequence[Any]]
"""By name of a parameter or of a body's property, the ids that exist on the server."""


def explored(subject: Subject) -> Subject:
    """The subject whose base requests name what the server holds; itself for a double.

    What the target's settings say comes first; for what they leave open, the lists are asked that the
    spec's `x-found` names. Unreachable goes up.
    """
    if subject.target.double:
        return subject
    told = informed(subject)
    found = dict(_looked_up(told))
    return _knowing(replace(told, found={**found, **told.found}), found)


def informed(subject: Subject) -> Subject:
    """The subject with what its target's settings say, and nothing asked of the server."""
    settings = subject.target.settings
    if subject.target.double or settings is None:
        return subject
    values = {
        operation.id: {place: value for place, value in settings.values.items() if _has(operation, place)}
        for operation in subject.contract.operations.values()
    }
    ids = _resources(subject.contract, settings)
    return _knowing(replace(subject.at(subject.contract.knowing(values)), found=ids), ids)


def found_by(contract: Contract) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Names with the places at which a client meets their values: `x-found`."""
    for name, ways in contract.document.get("x-found", {}).items():
        yield from ((name, way) for way in ways)


def places_of(operation: Operation, name: str) -> Iterator[str]:
    """Where the base request of an operation has a value of this name."""
    for parameter in operation.parameters:
        if parameter.name == name and (parameter.required or parameter.definition.get("x-base")):
            yield f"{parameter.place}/{name}"
    if any(isinstance(body, Mapping) and name in body for body in operation.bodies.values()):
        yield f"body/{name}"


def _looked_up(subject: Subject) -> Iterator[tuple[str, list[Any]]]:
    answers: dict[str, Answer | None] = {}
    for name, way in found_by(subject.contract):
        if name in subject.found:
            continue
        key = str(way)[: str(way).rfind("'at'")]
        if key not in answers:
            answers[key] = _asked(subject, way)
        answer = answers[key]
        shown = pointer.every(answer.json, way["at"]) if answer is not None else []
        ids = list(dict.fromkeys(value for value in shown if isinstance(value, str | int)))
        if ids:
            yield name, ids[:MOST]


def _asked(subject: Subject, way: Mapping[str, Any]) -> Answer | None:
    """A list's answer; None if it is no success, which the tests of the list will judge."""
    operation = subject.contract.operations[way["operation"]]
    parts = pointer.merged(base_draft(operation).parts, way.get("request", {}))
    try:
        answer = Stage(subject, subject.target.sandbox()).call(operation, parts, look=True)
    except (BrokenAnswer, BudgetSpent):
        return None
    return answer if answer.is_json and outcome.succeeded(subject.contract, answer) else None


def _knowing(subject: Subject, ids: Ids) -> Subject:
    """Reads of the subject ask for the first of the ids; writes are nobody's business here."""
    values = {
        operation.id: {
            place: _typed(operation, place, found[0])
            for name, found in ids.items()
            for place in places_of(operation, name)
            if place not in subject.contract.known.get(operation.id, {})
        }
        for operation in subject.contract.operations.values()
        if operation.reads_only
    }
    return subject.at(subject.contract.knowing(values))


def _resources(contract: Contract, settings: TargetSettings) -> dict[str, list[Any]]:
    """Ids by the names that requests have for them, where the settings name them by entity as well."""
    found: dict[str, list[Any]] = {}
    for key, ids in settings.resources.items():
        for name in _names(contract, key):
            found.setdefault(name, []).extend(ids)
    return {name: ids for name, ids in found.items() if ids}


def _names(contract: Contract, key: str) -> list[str]:
    entity = contract.lifecycles.get(key)
    if entity is not None:
        return [str(entity["observe"]["id"]).rpartition("/")[2]]
    named = contract.document.get("x-cleanup", {}).get(key, {}).get("names", {})
    return list(dict.fromkeys(place.rpartition("/")[2] for place in named.values())) or [key]


def _typed(operation: Operation, place: str, value: Any) -> Any:
    """The value as a number where the example is one; settings have nothing but texts."""
    where, _, name = place.partition("/")
    return typed_as({name: base_draft(operation).parts[where].get(name)}, {name: value})[name]


def _has(operation: Operation, place: str) -> bool:
    """Whether the operation knows the place: one of its parameters, or something in its example bodies."""
    where, _, rest = place.partition("/")
    if where == "body":
        return any(pointer.exists(body, f"/{rest}") for body in operation.bodies.values())
    return any(known.place == where and known.name == rest for known in operation.parameters)
