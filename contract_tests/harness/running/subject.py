"""One vendor under test: its contract, its fixtures, and the server that is held to them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

from contract_tests.harness.acting.step import Step
from contract_tests.harness.judging.cause import Trouble, generic
from contract_tests.harness.judging.finding import ContractBroken, Difference, Finding, place
from contract_tests.harness.judging.responses import Responses
from contract_tests.harness.network import transcript
from contract_tests.harness.network.credentials import Keyring
from contract_tests.harness.network.exchange import Answer, Request, curl
from contract_tests.harness.network.target import Sandbox, Target
from contract_tests.harness.running.profiles import Profile
from contract_tests.harness.running.saved import Saved
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.fixtures import Fixtures
from contract_tests.harness.spec.operation import Operation

Changes = Mapping[tuple[str, str], tuple[Any, Any]]
"""By collection and id: the record of the seed, and the one that is stored; None where there is none."""
World = Mapping[str, Mapping[str, Any]]
"""Records by collection and id."""


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
    found: Mapping[str, Sequence[Any]] = field(default_factory=dict, compare=False, repr=False)
    """By name of a parameter or property, ids that exist on a server that is not ours."""

    saved: Saved = field(default_factory=Saved, compare=False, repr=False)
    """What failed in earlier runs."""

    @property
    def address(self) -> str:
        """The vendor and where its server is: what failed on one server says nothing of another."""
        where = "double" if self.target.double else self.target.url
        return f"{self.contract.vendor}@{where}"

    def at(self, contract: Contract) -> Self:
        """The same subject whose promise knows other values for its base requests."""
        return replace(self, contract=contract, keyring=replace(self.keyring, contract=contract))

    @cached_property
    def responses(self) -> Responses:
        """The documented responses, compiled once."""
        return Responses(self.contract)

    def changes(self, sandbox: Sandbox) -> Changes:
        """What a sandbox stores otherwise than a fresh one; nothing where it cannot be seen."""
        if not self.target.double:
            return {}
        said = sandbox.control("GET", f"changes/{self.contract.vendor}", look=True)
        return {
            (collection, record_id): (change["seed"], change["now"])
            for collection, found in said["changes"].items()
            for record_id, change in found.items()
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
        answer: Answer | str,
        curl: Sequence[str],
        request: Request | None = None,
    ) -> Finding:
        """A finding about a difference; `answer` is what came back, or a word where nothing did."""
        where = place(self.contract, difference.at, difference.of)
        came = answer if isinstance(answer, Answer) else None
        sent = request or (came.request if came else None)
        asked = transcript.request(sent, self._veil) if sent else ""
        trouble = Trouble(self.responses, operation, difference, where.pointer, sent, came)
        veiled = self._veiled([sent] if sent else [], [came] if came else [])
        return Finding(
            vendor=self.contract.vendor,
            part=part,
            operation=operation.id if operation else "-",
            kind=difference.kind,
            said=veiled(difference.said),
            got=veiled(difference.got),
            answer=veiled(came.summary if came else str(answer)),
            file=where.file,
            line=where.line,
            sources=where.sources,
            judgement=where.judgement,
            refutes=where.refutes,
            curl=tuple(curl),
            request=asked,
            payload=transcript.answer(came, self._veil) if came else "",
            seed=self.seed,
            step=asked,
            seen_in=next(iter(self._called([came.request] if came and came.request else [])), ""),
            causes=trouble.causes,
            witness=trouble.witness,
        )

    def broken(
        self,
        part: str,
        operation: Operation | None,
        difference: Difference,
        answer: Answer | str,
        sandbox: Sandbox,
        also: tuple[str, ...] = (),
    ) -> ContractBroken:
        """The exception for a difference seen in a sandbox; `also` names operations called before.

        Where the body has several things wrong with it, each of them is a finding.
        """
        came = answer if isinstance(answer, Answer) else None
        steps = [*sandbox.steps]
        looked = came is not None and came.request is not None and not any(came.request is s for s in steps)
        if came is not None and came.request is not None and looked:
            steps.append(came.request)  # it only looked, and what it saw is the trouble
        curls = self.curls(steps, sandbox.shown)
        before = tuple(dict.fromkeys([*also, *self._called(steps[:-1])]))
        last = steps[-1] if steps else None
        found = [
            self.finding(part, operation, one, answer, curls, last)
            for one in self._all(operation, difference, came)
        ]
        # Ids of a try may be new ones; of the looks after a step only the id tells one from another.
        step = f"{len(steps)} " + (found[0].step if looked else generic(found[0].step, None))
        return ContractBroken(*(replace(one, before=before, others=also, step=step) for one in found))

    @property
    def _veil(self) -> Mapping[str, str]:
        return self.keyring.veil

    def curls(self, steps: Sequence[Request], root: str | None = None) -> list[str]:
        """Shell lines that repeat requests, against a default sandbox or at another base URL."""
        hidden = (
            dict.fromkeys(transcript.secrets(steps, ()), transcript.HIDDEN) if self.keyring.secret else {}
        )
        return [curl(step, root or self.target.shown, {**hidden, **self._veil}) for step in steps]

    def _all(
        self, operation: Operation | None, difference: Difference, answer: Answer | None
    ) -> list[Difference]:
        """The difference, and those of the same answer that are of its kind."""
        if operation is None or answer is None or difference.kind != "body":
            return [difference]
        found = self.responses.differences(operation, answer)
        return [one for one in found if one.kind == "body"] if difference in found else [difference]

    def _called(self, steps: Sequence[Request]) -> list[str]:
        """The operations that requests asked for."""
        found = (self.contract.asked(step.method, step.path) for step in steps)
        return [operation.id for operation in found if operation is not None]

    def _veiled(self, requests: Sequence[Request], answers: Sequence[Answer]) -> Callable[[str], str]:
        """What hides the secrets of these exchanges in a text, where a real server is concerned."""
        hidden = set(transcript.secrets(requests, answers)) if self.keyring.secret else set()

        def veiled(text: str) -> str:
            text = self.keyring.veiled(text)
            for secret in sorted(hidden, key=len, reverse=True):
                text = text.replace(secret, transcript.HIDDEN)
            return text

        return veiled


def between(before: Changes, after: Changes) -> tuple[World, World]:
    """Every record that had changed before or has by now, as it was then and as it is now."""
    seeded = {key: change[0] for changes in (before, after) for key, change in changes.items()}
    return _world(seeded, before), _world(seeded, after)


def _world(seeded: Mapping[tuple[str, str], Any], changes: Changes) -> World:
    world: dict[str, dict[str, Any]] = {collection: {} for collection, _ in seeded}
    for (collection, record_id), record in seeded.items():
        now = changes.get((collection, record_id), (None, record))[1]
        if now is not None:
            world[collection][record_id] = now
    return world
