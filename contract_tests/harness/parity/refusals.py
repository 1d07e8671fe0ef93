"""Scenarios of one request each that the vendor refuses, as the error catalogue and HTTP itself have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.harness.network.credentials import NONE, WRONG
from contract_tests.harness.outside.unknown import Unknown
from contract_tests.harness.parity.scenario import Aim, Scenario, Step
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import CatalogueError, Operation

PART = "refusals"
NOWHERE = "/duble-knows-no-such-place"
_METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH")
_OF_BODIES = ("media-type", "syntax")
# What a recipe may say if no control API is needed, nor anything before the request.
_ALONE = frozenset({"patch", "raw", "media_type", "credential", "vars"})


def refusals(contract: Contract) -> Iterator[Scenario]:
    """Every refusal that a single request leads to, on every operation."""
    for operation in contract.operations.values():
        for error, number, recipe in _recipes(contract, operation):
            name = f"{operation.id} {error.id} {number}"
            yield _aimed(name, operation, recipe)
        yield from _astray(contract, operation)


def _recipes(
    contract: Contract, operation: Operation
) -> Iterator[tuple[CatalogueError, int, Mapping[str, Any]]]:
    """The operation's own recipes, and those of refusals that every operation gives."""
    known = {listed.error.id: (listed.error, listed.provoke) for listed in operation.errors}
    for place in _OF_BODIES if operation.media_types else ():
        common = contract.refusal_at(operation, place)
        if common is not None:
            known.setdefault(common.id, (common, common.provoke))
    listed = [(listed.error, listed.provoke) for listed in operation.errors]
    listed += [entry for name, entry in known.items() if name not in {error.id for error, _ in listed}]
    for error, recipes in listed:
        for number, recipe in enumerate(recipes if isinstance(recipes, list) else (), start=1):
            if recipe.keys() <= _ALONE and recipe.get("credential", NONE) in (NONE, WRONG):
                yield error, number, recipe


def _aimed(name: str, operation: Operation, recipe: Mapping[str, Any]) -> Scenario:
    """The recipe on the base request; where that must not be, on a record that does not exist."""
    fallback = None
    if Unknown.of(operation) is not None:
        title = f"{name}, of an unknown record"
        unknown = Step(label=title, operation=operation, recipe=recipe, aim="unknown")
        fallback = Scenario(name=title, part=PART, steps=(unknown,))
    step = Step(label=name, operation=operation, recipe=recipe)
    return Scenario(name=name, part=PART, steps=(step,), otherwise=fallback)


def _astray(contract: Contract, operation: Operation) -> Iterator[Scenario]:
    """An unknown path below the operation's, and methods that its path does not have."""
    aim: Aim = "base" if Unknown.of(operation) is None else "unknown"
    if contract.root_error("route") is not None and not contract.serves(operation.path + NOWHERE):
        name = f"{operation.id} unknown path"
        step = Step(label=name, operation=operation, beyond=NOWHERE, aim=aim)
        yield Scenario(name=name, part=PART, steps=(step,))
    if contract.root_error("method") is None:
        return
    for method in _METHODS:
        if method not in contract.methods_at(operation.path):
            name = f"{operation.id} method {method}"
            step = Step(label=name, operation=operation, method=method, aim=aim)
            yield Scenario(name=name, part=PART, steps=(step,))
