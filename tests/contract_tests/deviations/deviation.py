"""One thing that a server does otherwise than its contract, and where it does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import cast

from contract_tests.harness.network.exchange import Answer
from contract_tests.harness.spec import outcome, pointer, wording
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import CatalogueError, Operation
from tests.contract_tests.deviations.address import Addresses
from tests.contract_tests.saboteur import Ask, Asked, Fault, Told

Change = Callable[[Told], Told]


@dataclass(frozen=True)
class Deviation:
    """A fault planted in one operation; `detail` tells it from others of its kind there."""

    kind: str
    vendor: str
    operation: str
    detail: str
    plant: Callable[[], Fault] = field(repr=False, compare=False)
    """Makes the fault; one that remembers anything begins anew each time."""
    alone: bool = True
    """Whether it shows where nothing but its operation is looked at."""

    def __str__(self) -> str:
        return f"{self.kind}: {self.vendor} {self.operation} {self.detail}".rstrip()


def answer_of(told: Told) -> Answer:
    """The saboteur's answer where the harness asks for one of its own: the same words, the same meaning."""
    return cast("Answer", told)


def succeeded(contract: Contract, told: Told) -> bool:
    """Whether a client takes it for a success."""
    return outcome.succeeded(contract, answer_of(told))


def is_refusal(contract: Contract, told: Told, error: CatalogueError) -> bool:
    """Whether it is this refusal of the catalogue."""
    if succeeded(contract, told) or told.status != error.status:
        return False
    return any(
        (not outcome.has_place(contract, "code") or pointer.same(one.code, error.code))
        and (not outcome.has_place(contract, "message") or wording.says(one.message, error.message, {}))
        for one in outcome.told(contract, answer_of(told))
    )


def at(addresses: Addresses, operation: Operation, fault: Fault) -> Fault:
    """The fault for requests to this operation; all others pass."""

    async def planted(asked: Asked, ask: Ask) -> Told:
        if addresses.operation(asked) is not operation:
            return await ask(asked)
        return await fault(asked, ask)

    return planted


def after_success(contract: Contract, change: Change) -> Fault:
    """Changes every success."""

    async def changed(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        return change(told) if succeeded(contract, told) else told

    return changed


def after_refusal(contract: Contract, error: CatalogueError, change: Change) -> Fault:
    """Changes every answer that is this refusal."""

    async def changed(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        return change(told) if is_refusal(contract, told, error) else told

    return changed


def with_status(told: Told, status: int) -> Told:
    """The same answer with another status."""
    return replace(told, status=status)


def always(fault: Fault) -> Callable[[], Fault]:
    """The plant of a fault that remembers nothing."""
    return lambda: fault
