"""One side's part of a step: what it was asked, what it answered, and what it calls things."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from contract_tests.harness.network.exchange import Answer, Request
from contract_tests.harness.parity.masking import Names
from contract_tests.harness.spec import outcome, pointer, wording
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import CatalogueError, Operation


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A request of one side and its answer."""

    contract: Contract
    operation: Operation
    request: Request
    answer: Answer
    names: Names
    parts: Mapping[str, Any] = field(default_factory=dict)
    """What was asked for, as path, query, headers and body."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What the request says of the names that a refusal's message leaves open, such as an id."""

    @property
    def succeeded(self) -> bool:
        """Whether a client takes the answer for a success."""
        return outcome.succeeded(self.contract, self.answer)

    @cached_property
    def told(self) -> list[outcome.Told]:
        """What the answer refuses."""
        return outcome.told(self.contract, self.answer)

    @cached_property
    def sent(self) -> Mapping[str, Any]:
        """Every scalar of the request by its pointer."""
        return dict(_scalars(self.parts, ""))

    def echo(self, name: str, value: Any) -> frozenset[str]:
        """Where in the request this very value was sent under this very name."""
        return frozenset(
            at for at, sent in self.sent.items() if _last_name(at) == name and pointer.same(sent, value)
        )

    def refusals(self) -> list[CatalogueError | None]:
        """For each thing that is refused, which refusal of the catalogue it is; None if it is none."""
        return [self._refusal(told) for told in self.told]

    def _refusal(self, told: outcome.Told) -> CatalogueError | None:
        fitting = [error for error in self._candidates() if self._fits(error, told)]
        worded = [error for error in fitting if wording.says(told.message, error.message, self.values)]
        return max(
            worded,
            key=lambda e: wording.fixed_length(e.message),
            default=fitting[0] if len(fitting) == 1 else None,
        )

    def _fits(self, error: CatalogueError, told: outcome.Told) -> bool:
        codes = outcome.has_place(self.contract, "code")
        return error.status == self.answer.status and (not codes or pointer.same(told.code, error.code))

    def _candidates(self) -> list[CatalogueError]:
        """The operation's own refusals, then those of the framework around it."""
        listed = [own.error for own in self.operation.errors]
        known = {error.id: error for error in (*listed, *self.contract.errors.values())}
        return list(known.values())


def _last_name(at: str) -> str:
    """The innermost name of a pointer; positions in arrays are none."""
    return next((token for token in reversed(pointer.split(at)) if not token.isdecimal()), "")


def _scalars(value: Any, at: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _scalars(inner, at + pointer.join([key]))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _scalars(inner, f"{at}/{index}")
    else:
        yield at, value
