"""Scenarios that only read: base requests of every reading operation, and documented exchanges of theirs."""

from __future__ import annotations

from collections.abc import Iterator

from contract_tests.harness.parity.scenario import Scenario, Step
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.fixtures import Fixtures

PART = "reads"


def reads(contract: Contract, fixtures: Fixtures) -> Iterator[Scenario]:
    """What a client may ask at any time."""
    for operation in contract.operations.values():
        if operation.reads_only:
            for body in operation.bodies or [None]:
                name = operation.id if body is None else f"{operation.id} {body}"
                step = Step(label=name, operation=operation, body=body)
                yield Scenario(name=name, part=PART, steps=(step,))
    for example in fixtures.examples:
        operation = contract.operations[example.operation]
        if operation.reads_only and example.said.keys().isdisjoint({"given", "credential"}):
            step = Step(label=example.name, operation=operation, request=example.said["request"])
            yield Scenario(name=f"example {example.name}", part=PART, steps=(step,))
