"""An answer in the terms of the catalogue: a success, or which refusals it may be, and whom those stop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contract_tests.harness.judging.responses import Responses
from contract_tests.harness.network.exchange import Answer
from contract_tests.harness.spec import outcome, pointer, wording
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import CatalogueError, Operation


@dataclass(frozen=True)
class Reply:
    """One answer, read as the contract says that a client reads it."""

    responses: Responses
    answer: Answer

    @cached_property
    def succeeded(self) -> bool:
        """Whether it is a success."""
        return outcome.succeeded(self._contract, self.answer)

    @cached_property
    def code(self) -> Any:
        """The code of its first refusal; None where it has none."""
        return self._told[0].code

    @cached_property
    def texts(self) -> list[str]:
        """The texts of its refusals."""
        return [str(one.message) for one in self._told if one.message is not None]

    @cached_property
    def meant(self) -> list[CatalogueError]:
        """The errors of the catalogue with its status and code, whatever its text."""
        if self.succeeded:
            return []
        catalogue = self._contract.errors.values()
        return [error for error in catalogue if _has_code(self._contract, error, self.answer, self._told)]

    @cached_property
    def ids(self) -> str:
        """The errors of the catalogue that it shows, those with its text alone if there are any."""
        spoken = [] if self.succeeded else refusals_like(self._contract, self.answer)
        return "|".join(sorted(error.id for error in spoken))

    @property
    def shape(self) -> str:
        """The names of a JSON body's outermost fields."""
        if not self.answer.is_json:
            return "no JSON"
        body = self.answer.json
        return ",".join(sorted(body)) if isinstance(body, dict) else type(body).__name__

    def media_types(self, operation: Operation | None) -> set[str]:
        """Those documented for its status; where the operation has no such status, those of the contract."""
        at = self.responses.place(operation, self.answer.status) if operation else None
        places = [at] if at is not None else _responses(self._contract)
        content = [self._contract.at(place).get("content", {}) for place in places]
        return {kind.partition(";")[0] for kinds in content for kind in kinds or [""]} | (
            {self.answer.media_type} if at is not None and not content[0] else set()
        )

    @property
    def _contract(self) -> Contract:
        return self.responses.contract

    @cached_property
    def _told(self) -> Sequence[outcome.Told]:
        return outcome.told(self._contract, self.answer)


def refusals_like(contract: Contract, answer: Answer) -> list[CatalogueError]:
    """The refusals of the catalogue that an answer may be; those with its text alone, if there are any."""
    told = outcome.told(contract, answer)
    meant = [error for error in contract.errors.values() if _has_code(contract, error, answer, told)]
    texts = [one.message for one in told]
    spoken = [error for error in meant if any(wording.says(text, error.message, {}) for text in texts)]
    return spoken or meant


def stops_somebody(error: CatalogueError) -> bool:
    """Whether a refusal depends on who asks."""
    return "credential" in error.refuses or _is_provoked_by_credential(error)


def is_about_credentials(contract: Contract, error: CatalogueError) -> bool:
    """Whether a refusal turns away who has no good credential."""
    door = contract.root_error("credential")
    if door is None or error.status != door.status:
        return False
    return error is door or _is_provoked_by_credential(error)


def _is_provoked_by_credential(error: CatalogueError) -> bool:
    recipes: list[Mapping[str, Any]] = error.provoke if isinstance(error.provoke, list) else []
    return any("credential" in recipe for recipe in recipes)


def _has_code(
    contract: Contract, error: CatalogueError, answer: Answer, told: Sequence[outcome.Told]
) -> bool:
    if error.status != answer.status:
        return False
    return not outcome.has_place(contract, "code") or any(pointer.same(one.code, error.code) for one in told)


def _responses(contract: Contract) -> Iterator[str]:
    for operation in contract.operations.values():
        for status in operation.definition["responses"]:
            yield operation.pointer + pointer.join(["responses", status])
