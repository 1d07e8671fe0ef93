"""One vendor under test: its contract, its fixtures, and the server that is held to them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from contract_tests.harness.contract import Contract
from contract_tests.harness.credentials import Keyring
from contract_tests.harness.finding import ContractBroken, Difference, Finding, place
from contract_tests.harness.fixtures import Fixtures
from contract_tests.harness.operation import Operation
from contract_tests.harness.profiles import Profile
from contract_tests.harness.responses import Responses
from contract_tests.harness.step import Step
from contract_tests.harness.target import Sandbox, Target

World = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Subject:
    """What a test knows."""

    contract: Contract
    fixtures: Fixtures
    target: Target
    keyring: Keyring
    profile: Profile
    seed: int
    walked: set[Step] = field(default_factory=set, compare=False, repr=False)
    """Every step in the life of a record that was made or refused as it ought to, and read so afterwards."""

    @cached_property
    def responses(self) -> Responses:
        """The documented responses, compiled once."""
        return Responses(self.contract)

    @cached_property
    def collections(self) -> tuple[str, ...]:
        """Everything that a double stores for this vendor; nothing of a server that is not ours."""
        if not self.target.double:
            return ()
        with self.target.sandbox() as sandbox:
            known = sandbox.control("GET", f"state/{self.contract.vendor}", look=True)
        return tuple(known["collections"])

    @cached_property
    def seed_world(self) -> World:
        """What a fresh sandbox holds."""
        with self.target.sandbox() as sandbox:
            return self.world(sandbox)

    def world(self, sandbox: Sandbox) -> World:
        """Everything that a sandbox holds, by collection and id; empty where it cannot be seen."""
        return {
            name: {str(record["id"]): record for record in sandbox.records(self.contract.vendor, name)}
            for name in self.collections
        }

    def derived_seed(self, *names: str) -> int:
        """A seed of its own for each test, the same for the same run seed."""
        text = "/".join([str(self.seed), self.contract.vendor, *names])
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])

    def finding(
        self,
        part: str,
        operation: Operation | None,
        difference: Difference,
        answer: str,
        curl: Sequence[str],
        cause: Sequence[str] = (),
    ) -> Finding:
        """A finding about a difference; `cause` groups it with others, by default kind and place."""
        where, sources = place(self.contract, difference.at, difference.of)
        return Finding(
            vendor=self.contract.vendor,
            part=part,
            operation=operation.id if operation else "-",
            kind=difference.kind,
            said=difference.said,
            got=self.keyring.veiled(difference.got),
            answer=self.keyring.veiled(answer),
            place=where,
            sources=sources,
            curl=tuple(curl),
            seed=self.seed,
            cause=tuple(cause) or (difference.kind, where),
        )

    def broken(
        self,
        part: str,
        operation: Operation | None,
        difference: Difference,
        answer: str,
        sandbox: Sandbox,
        also: tuple[str, ...] = (),
    ) -> ContractBroken:
        """The exception for a difference seen in a sandbox; `also` names operations called before."""
        curl = sandbox.curls(self.keyring.veil)
        finding = self.finding(part, operation, difference, answer, curl)
        return ContractBroken(replace(finding, others=also))
