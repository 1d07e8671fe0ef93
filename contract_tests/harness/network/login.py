"""How a client of a vendor logs in: the exchange that `x-login` describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from contract_tests.harness.network.credentials import DEFAULT, Keyring
from contract_tests.harness.network.exchange import (
    Answer,
    Draft,
    Grounds,
    Request,
    base_draft,
    drafted,
    on_the_wire,
)
from contract_tests.harness.spec import outcome, pointer
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import Operation

NAMES = ("login", "password")
GROUNDS = Grounds("login", "the target's login was given for it")


@dataclass(frozen=True)
class Login:
    """How a client of one vendor logs in."""

    contract: Contract
    said: Mapping[str, Any]

    @property
    def operation(self) -> Operation:
        """The operation that takes a login and gives a token or a session."""
        return self.contract.operations[self.said["operation"]]

    @property
    def example(self) -> dict[str, str]:
        """The login and the password of the spec's example, which a double lets in."""
        parts = base_draft(self.operation).parts
        return {name: pointer.find(parts, f"/{self.said[name]}") for name in NAMES}

    def shown(self, keyring: Keyring) -> dict[str, str] | None:
        """The login and the password that the environment gives; None if it does not."""
        known = keyring.named.get(DEFAULT, {})
        return {name: known[name] for name in NAMES} if set(NAMES) <= known.keys() else None

    def request(self, keyring: Keyring, other: Mapping[str, str] | None = None) -> Request:
        """The request with the login that the environment gives, or with another one."""
        shown = keyring.named[DEFAULT] if other is None else other
        changes = [{"op": "add", "path": f"/{self.said[name]}", "value": shown[name]} for name in NAMES]
        draft = drafted(Draft(), pointer.patched(base_draft(self.operation).parts, changes))
        return replace(on_the_wire(self.contract, self.operation, draft, {}), grounds=GROUNDS)

    def given(self, answer: Answer) -> str | None:
        """The token or session in an answer; None if there is none, or the login has failed."""
        if not outcome.succeeded(self.contract, answer):
            return None
        where = self.said["gives"]
        if where.startswith("header/"):
            return answer.header(where.removeprefix("header/")) or None
        found = pointer.every(answer.json, where) if answer.is_json else []
        return str(found[0]) if found and found[0] else None


def login_of(contract: Contract) -> Login | None:
    """The vendor's login, None if there is none."""
    said = contract.document.get("x-login")
    return None if said is None else Login(contract, said)


def needs_login(keyring: Keyring) -> bool:
    """Whether there is a login to get a token with, and no token."""
    known = keyring.named.get(DEFAULT, {})
    return {"login", "password"} <= known.keys() and not {"bearer", "key"} & known.keys()
