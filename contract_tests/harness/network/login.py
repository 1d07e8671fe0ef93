"""Logging in where a credential is a login: the exchange that `x-login` describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from contract_tests.harness.network.budget import BudgetSpent
from contract_tests.harness.network.credentials import DEFAULT, Keyring, scheme_of
from contract_tests.harness.network.exchange import (
    Answer,
    Draft,
    Grounds,
    Request,
    base_draft,
    drafted,
    on_the_wire,
)
from contract_tests.harness.network.wire import BrokenAnswer
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import outcome, pointer
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import Operation

GROUNDS = Grounds("login", "the target's login was given for it")


class LoginRefused(Exception):
    """The vendor does not let the given login in; `str()` is one line with the remedy."""


@dataclass(frozen=True)
class Login:
    """How a client of one vendor logs in."""

    contract: Contract
    said: Mapping[str, Any]

    @property
    def operation(self) -> Operation:
        """The operation that takes a login and gives a token or a session."""
        return self.contract.operations[self.said["operation"]]

    def request(self, keyring: Keyring) -> Request:
        """The request with the login that the environment gives."""
        changes = [
            {"op": "add", "path": f"/{self.said[name]}", "value": keyring.named[DEFAULT][name]}
            for name in ("login", "password")
        ]
        draft = drafted(Draft(), pointer.patched(base_draft(self.operation).parts, changes))
        return replace(on_the_wire(self.contract, self.operation, draft, {}), grounds=GROUNDS)

    def given(self, answer: Answer) -> str | None:
        """The token or session in an answer; None if there is none."""
        where = self.said["gives"]
        if where.startswith("header/"):
            return answer.header(where.removeprefix("header/")) or None
        found = pointer.every(answer.json, where) if answer.is_json else []
        return str(found[0]) if found and found[0] else None


def login_of(contract: Contract) -> Login | None:
    """The vendor's login, None if there is none."""
    said = contract.document.get("x-login")
    return None if said is None else Login(contract, said)


def logged_in(subject: Subject) -> Subject:
    """The subject with the token or session that its login gives; itself where it needs none.

    LoginRefused if the vendor says no. Where it says nothing that a client understands, the first
    requests of the run will tell better what is wrong.
    """
    login = login_of(subject.contract)
    if login is None or subject.target.double or not needs_login(subject.keyring):
        return _with_session(subject, login)
    try:
        answer = subject.target.sandbox().send(login.request(subject.keyring), look=True)
    except (BrokenAnswer, BudgetSpent):
        return subject
    token = login.given(answer) if outcome.succeeded(subject.contract, answer) else None
    if token is None and outcome.failed(subject.contract, answer):
        said = subject.keyring.veiled(answer.summary)
        raise LoginRefused(
            f"{subject.contract.vendor}: {login.operation.id} refused the login: {said}. "
            f"Correct {subject.keyring.holder('login')} and {subject.keyring.holder('password')}"
        )
    if token is None:
        return subject
    return _with_session(replace(subject, keyring=subject.keyring.holding(token)), login)


def needs_login(keyring: Keyring) -> bool:
    """Whether there is a login to get a token with, and no token."""
    known = keyring.named.get(DEFAULT, {})
    return {"login", "password"} <= known.keys() and not {"bearer", "key"} & known.keys()


def _with_session(subject: Subject, login: Login | None) -> Subject:
    """The subject whose base requests carry the session, where a vendor has it in the body."""
    session = subject.keyring.named.get(DEFAULT, {}).get("bearer")
    place = None if login is None else login.said.get("sent")
    if subject.target.double or place is None or session is None:
        return subject
    values = {
        operation.id: {place: session}
        for operation in subject.contract.operations.values()
        if scheme_of(subject.contract, operation) is None
    }
    return subject.at(subject.contract.knowing(values))
