"""Why a run did not look for something: it was not asked to, it was stopped, or it left something out."""

from __future__ import annotations

from collections.abc import Iterator

from contract_tests.harness.running.run import PARTS, Omission, Run
from contract_tests.harness.spec import outcome
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.facts import Fact

ALONE = {"moves": "lifecycle", "refused moves": "lifecycle"}
"""The part of the suite that alone can show a kind of fact."""
_REFUSALS = "refusals"
"""The part that looks for refusals one by one; others may show some in passing."""
_ELSEWHERE = "only what was asked for was looked at"


class Reasons:
    """What a run left alone of one vendor, and why."""

    def __init__(self, run: Run, contract: Contract) -> None:
        self._run = run
        self._contract = contract
        self._omissions = [one for one in run.omissions if one.vendor == contract.vendor]

    def of(self, fact: Fact) -> Iterator[str]:
        """The nearest of the reasons; none if it was looked for."""
        if self._run.stopped:
            yield "the run was stopped before"
        alone = ALONE.get(fact.kind)
        parts = {alone} if alone else set(PARTS)
        operations = self._run.operations
        if not parts <= set(self._run.parts) or (operations and fact.operation not in operations):
            yield _ELSEWHERE
        for explains in (_is_it, self._is_of_operation, self._covers):
            found = [one.why for one in self._omissions if explains(one, fact)]
            if found:
                yield from found
                return

    def _is_of_operation(self, omission: Omission, fact: Fact) -> bool:
        """Whether something left out of the fact's operation would have shown it."""
        name, _, rest = omission.what.partition(" ")
        if name.rstrip(":") != fact.operation or not self._is_of_part(omission, fact):
            return False
        if rest not in self._contract.errors:
            return True
        error = self._contract.errors[rest]  # one refusal tells of its own status, and of no other refusal
        return fact.kind == "statuses" and outcome.status_fits(fact.label, error.status)

    def _covers(self, omission: Omission, fact: Fact) -> bool:
        """Whether something left out for a whole part would have shown the fact."""
        if omission.what.partition(" ")[0].rstrip(":") in self._contract.operations:
            return False
        return self._is_of_part(omission, fact)

    def _is_of_part(self, omission: Omission, fact: Fact) -> bool:
        """Whether it was left out of the part that looks for facts of this kind."""
        injected = self._is_injected(fact)
        if injected or fact.kind == "errors of operations":
            return omission.part == _REFUSALS and (omission.what == "faults") is injected
        return omission.part == ALONE.get(fact.kind, omission.part)

    def _is_injected(self, fact: Fact) -> bool:
        """Whether only the vendor's own trouble can show it, which a fault injects."""
        if fact.kind == "errors of operations":
            return self._contract.errors[fact.label].environment
        if fact.kind != "statuses":
            return False
        own = self._contract.operations[fact.operation or ""].errors
        shared = (error for error in self._contract.errors.values() if error.environment or error.refuses)
        known = [
            error
            for error in (*(listed.error for listed in own), *shared)
            if outcome.status_fits(fact.label, error.status)
        ]
        return bool(known) and all(error.environment for error in known)


def _is_it(omission: Omission, fact: Fact) -> bool:
    """Whether what was left out is this very thing."""
    return fact.operation is not None and omission.what == f"{fact.operation} {fact.label}"
