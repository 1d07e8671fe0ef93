"""Lets a run in before it begins: logs in where a credential is a login, and keeps what that gives alive."""

from __future__ import annotations

from dataclasses import replace

from contract_tests.harness.network.budget import BudgetSpent
from contract_tests.harness.network.credentials import DEFAULT, scheme_of
from contract_tests.harness.network.login import Login, login_of, needs_login
from contract_tests.harness.network.renewal import Renewal
from contract_tests.harness.network.wire import BrokenAnswer
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import outcome


class LoginRefused(Exception):
    """The vendor does not let the given login in; `str()` is one line with the remedy."""


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
    token = login.given(answer)
    if token is None and outcome.failed(subject.contract, answer):
        said = subject.keyring.veiled(answer.summary)
        raise LoginRefused(
            f"{subject.contract.vendor}: {login.operation.id} refused the login: {said}. "
            f"Correct {subject.keyring.holder('login')} and {subject.keyring.holder('password')}"
        )
    if token is None:
        return subject
    admitted = _with_session(replace(subject, keyring=subject.keyring.holding(token)), login)
    subject.target.renewals.append(Renewal(admitted, login))
    return admitted


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
