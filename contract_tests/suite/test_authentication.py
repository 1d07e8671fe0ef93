"""Who may enter: refused without a good credential where one is asked for, and only there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from contract_tests.harness.acting.recipe import Stage, base_request
from contract_tests.harness.acting.refusing import Malformed, Provoked, provoke, refuse
from contract_tests.harness.judging import verdict
from contract_tests.harness.judging.validity import fits
from contract_tests.harness.network.credentials import NONE, WRONG, scheme_of
from contract_tests.harness.network.exchange import Draft, base_draft, drafted, on_the_wire
from contract_tests.harness.network.login import Login, login_of
from contract_tests.harness.outside import foreign
from contract_tests.harness.running.plugin import each
from contract_tests.harness.running.run import Omission, Run
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.operation import CatalogueError, Operation

PART = "authentication"
MAY_LOCK = "an account may be locked for it; profile standard tries two of them"


@dataclass(frozen=True)
class Open:
    """A public operation, asked with no credential or a wrong one."""

    subject: Subject
    operation: Operation
    credential: str
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The operation and the credential."""
        return f"{self.operation.id}-{self.credential}"


@dataclass(frozen=True)
class Able(Open):
    """An operation asked with another good credential."""

    @property
    def kind(self) -> tuple[str, ...]:
        """The credential."""
        return "able", self.credential


def refused(run: Run) -> Iterator[Provoked | Omission]:
    """Every way to be turned away, on every operation that asks for a credential."""
    for subject in run.subjects:
        ways = list(_ways(subject))
        for operation in subject.contract.operations.values():
            if not operation.secured:
                continue
            found = [
                Provoked(subject, operation, error, recipe, f"{operation.id}-{error.id}-{number}")
                for number, (error, recipe) in enumerate(ways)
            ]
            yield from found if subject.target.double else _abroad(subject, operation, found)


def _abroad(subject: Subject, operation: Operation, cases: list[Provoked]) -> Iterator[Provoked | Omission]:
    """On a server that is not ours: the ways that are open anywhere, as far as nothing can come of them."""
    found = [case for case in cases if foreign.portable(subject, operation, case.recipe)]
    sent = [harmless for case in found if (harmless := _harmless(subject, operation, case)) is not None]
    yield from sent
    if len(sent) < len(found):
        yield Omission(subject.contract.vendor, PART, operation.id, foreign.MIGHT_ACT)


def _harmless(subject: Subject, operation: Operation, case: Provoked) -> Provoked | None:
    """The case if its request cannot act, else with a body that nobody can read, else nothing.

    Where the credential is in the body, no server could find it there.
    """
    if foreign.is_harmless(subject, operation, case.recipe):
        return case
    unreadable = {**case.recipe, "raw": foreign.UNREADABLE}
    if "credential" in case.recipe and foreign.is_harmless(subject, operation, unreadable):
        return replace(case, recipe=unreadable)
    return None


def public(run: Run) -> Iterator[Open]:
    """Operations without security, on a double: others do not hold what the examples name."""
    for subject in run.subjects:
        for operation in subject.contract.operations.values():
            if subject.target.double and not operation.secured:
                yield from (Open(subject, operation, name) for name in (NONE, WRONG))


def almost(run: Run) -> Iterator[Malformed | Omission]:
    """Credentials with one slip in them: everywhere on a double, elsewhere on one read, and few logins."""
    for subject in run.subjects:
        slips = [*_at_the_door(subject), *_at_the_login(subject)]
        spared = [case for case in slips if _may_lock(subject, case.operation)]
        if spared and not run.profile.thorough:
            yield Omission(subject.contract.vendor, PART, "logins that are almost good", MAY_LOCK)
        yield from (case for case in slips if run.profile.thorough or case not in spared)


def as_able(run: Run) -> Iterator[Able]:
    """Every person of a double who may do what the default one may, where no recipe says otherwise."""
    for subject in run.subjects:
        for name in subject.keyring.alike if subject.target.double else ():
            for operation in subject.contract.operations.values():
                recipes = (listed.provoke for listed in operation.errors if isinstance(listed.provoke, list))
                said = {recipe.get("credential") for found in recipes for recipe in found}
                if operation.secured and name not in said:
                    yield Able(subject, operation, name)


@each(as_able)
def test_who_may_do_the_same_does_it(case: Able) -> None:
    """Another good credential meets the same success."""
    with case.subject.target.sandbox() as sandbox:
        parts = base_draft(case.operation).parts
        answer = Stage(case.subject, sandbox).call(case.operation, parts, case.credential)
        difference = verdict.against_success(case.subject, case.operation, answer)
        if difference is not None:
            raise case.subject.broken(PART, case.operation, difference, answer, sandbox)


@each(refused)
def test_nobody_enters_without_a_good_credential(case: Provoked) -> None:
    """Missing, wrong and expired credentials meet their refusal, and nothing happens."""
    provoke(PART, case)


@each(almost)
def test_a_credential_that_is_almost_good_lets_nobody_in(case: Malformed) -> None:
    """One character more or less, letters in the other case, half of a login: all are wrong credentials."""
    refuse(PART, case)


@each(public)
def test_a_public_operation_asks_nobody(case: Open) -> None:
    """It succeeds without a credential, and with one that nobody knows."""
    headers = {} if case.credential == NONE else {"Authorization": "Bearer wrong-credential"}
    with case.subject.target.sandbox() as sandbox:
        parts = base_draft(case.operation).parts
        parts["headers"] = {**parts["headers"], **headers}
        answer = Stage(case.subject, sandbox).call(case.operation, parts)
        difference = verdict.against_success(case.subject, case.operation, answer)
        if difference is not None:
            raise case.subject.broken(PART, case.operation, difference, answer, sandbox)


def _ways(subject: Subject) -> Iterator[tuple[CatalogueError, Mapping[str, Any]]]:
    """Errors and recipes about credentials: those with the status of the refusal at the door."""
    door = subject.contract.root_error("credential")
    if door is None:
        return
    for error in subject.contract.errors.values():
        recipes = error.provoke if isinstance(error.provoke, list) else []
        about_credentials = error is door or any("credential" in recipe for recipe in recipes)
        if error.status == door.status and about_credentials:
            yield from ((error, recipe) for recipe in recipes)
    if not door.provoke:
        yield from ((door, {"credential": name}) for name in (NONE, WRONG))


# ------------------------------------------------------------ credentials that are almost good


def _may_lock(subject: Subject, operation: Operation) -> bool:
    """Whether a near miss is a failed login of an account that is not the double's."""
    scheme = scheme_of(subject.contract, operation)
    return not subject.target.double and (scheme is None or "login" in scheme.fields)


def _at_the_door(subject: Subject) -> Iterator[Malformed]:
    """Near misses of what operations ask for; on a server that is not ours at the read that needs least."""
    operations: Iterable[Operation] = subject.contract.operations.values()
    if not subject.target.double:
        reads = [operation for operation in operations if operation.reads_only]
        operations = sorted(reads, key=lambda operation: sum(p.required for p in operation.parameters))
    for operation in operations:
        cases = [*_in_headers(subject, operation), *_in_body(subject, operation)]
        yield from cases
        if cases and not subject.target.double:
            return


def _in_headers(subject: Subject, operation: Operation) -> Iterator[Malformed]:
    refusal = next((error for error, recipe in _ways(subject) if recipe == {"credential": WRONG}), None)
    if refusal is None:
        return
    base = base_request(subject, operation)
    for name, headers in subject.keyring.almost(operation).items():
        request = replace(base, headers={**base.headers, **headers})
        yield Malformed(subject, operation, refusal, request, f"{operation.id}-{name}")
    at_the_door = tuple(error for error, _ in _ways(subject))
    for name, headers in subject.keyring.misread(operation).items():
        request = replace(base, headers={**base.headers, **headers})
        # Another scheme may be a wrong credential, or none.
        yield Malformed(subject, operation, refusal, request, f"{operation.id}-{name}", instead=at_the_door)


def _in_body(subject: Subject, operation: Operation) -> Iterator[Malformed]:
    """Of a session, where operations have it in their body."""
    refusal = subject.contract.refusal_at(operation, "credential")
    place = subject.contract.document.get("x-login", {}).get("sent")
    parts = base_draft(operation).parts
    if refusal is None or place is None or not pointer.exists(parts, f"/{place}"):
        return
    for miss in subject.keyring.near_misses({"bearer": pointer.find(parts, f"/{place}")}, in_body=True):
        change = {"op": "replace", "path": f"/{place}", "value": miss.secrets["bearer"]}
        draft = drafted(Draft(), pointer.patched(parts, [change]))
        request = on_the_wire(subject.contract, operation, draft, {})
        yield Malformed(subject, operation, refusal, request, f"{operation.id}-{miss.name}")


def _at_the_login(subject: Subject) -> Iterator[Malformed]:
    """Of the login and the password that a double's examples show, or the environment has."""
    login = login_of(subject.contract)
    refusal = None if login is None else _refusal_of_login(subject, login)
    if login is None or refusal is None:
        return
    good = login.example if subject.target.double else login.shown(subject.keyring)
    for miss in () if good is None else subject.keyring.near_misses(good, in_body=True):
        request = login.request(subject.keyring, miss.secrets)
        yield Malformed(subject, login.operation, refusal, request, f"{login.operation.id}-{miss.name}")


def _refusal_of_login(subject: Subject, login: Login) -> CatalogueError | None:
    """The refusal that a recipe meets with another password, one with something in it, and nothing else."""
    parts = base_draft(login.operation).parts
    for listed in login.operation.errors:
        for recipe in listed.provoke if isinstance(listed.provoke, list) else ():
            patch = recipe.get("patch", [])
            alone = [change["path"] for change in patch] == [f"/{login.said['password']}"]
            told = alone and str(patch[0].get("value", "")).strip() != ""
            if told and fits(subject.responses, login.operation, pointer.patched(parts, patch)):
                return listed.error
    return None
