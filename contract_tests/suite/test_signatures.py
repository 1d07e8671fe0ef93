"""Signed requests, where a vendor takes them instead of a token: good ones enter, all others are refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from contract_tests.harness.acting.recipe import Stage
from contract_tests.harness.acting.refusing import Malformed, Provoked, refuse_in
from contract_tests.harness.acting.signatures import (
    ENTERS,
    HOST,
    IS_REFUSED,
    NOW,
    OTHER_HOST,
    REFUSED,
    TEMPORARY,
    WITH_A_BODY,
    Sign,
)
from contract_tests.harness.judging import verdict
from contract_tests.harness.judging.finding import ContractBroken
from contract_tests.harness.network.credentials import DEFAULT, NONE, WRONG
from contract_tests.harness.network.exchange import Request, base_draft, on_the_wire
from contract_tests.harness.network.signing import Signature, signature_of, signed
from contract_tests.harness.network.target import Sandbox
from contract_tests.harness.outside.lacking import Stuck
from contract_tests.harness.running.plugin import each
from contract_tests.harness.running.run import Omission, Run
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec.operation import Operation

PART = "authentication"
ABROAD = "a server that is not ours is asked with a token"


@dataclass(frozen=True)
class Signed:
    """One way to sign the base request of an operation, perhaps beside a token."""

    subject: Subject
    operation: Operation
    signature: Signature
    way: str
    beside: str = NONE
    also: tuple[str, ...] = ()
    pair: str | None = None
    """The name of another pair of keys than the usual one."""

    @property
    def label(self) -> str:
        """The operation, the way and the token."""
        token = f" beside a {self.beside} token" if self.beside != NONE else ""
        pair = f" by {self.pair}" if self.pair else ""
        return f"{self.operation.id}-signed {self.way}{token}{pair}"

    @property
    def kind(self) -> tuple[str, ...]:
        """The way: a gateway looks at signatures, whatever stands behind it."""
        return "signed", self.way, self.beside, str(self.pair)


def entering(run: Run) -> Iterator[Signed | Omission]:
    """Every operation that takes a signature, in every way that is good."""
    for subject, operation, signature in _signable(run):
        if subject.target.double:
            yield from (Signed(subject, operation, signature, way) for way in ENTERS)
            yield Signed(subject, operation, signature, "now", WRONG)
            if signature.temporary:
                yield Signed(subject, operation, signature, "now", pair=signature.temporary)
        else:
            yield Omission(subject.contract.vendor, PART, "signatures", ABROAD)


def refused(run: Run) -> Iterator[Signed]:
    """The same in every way that is not."""
    for subject, operation, signature in _signable(run):
        if subject.target.double:
            ways = (*IS_REFUSED, *WITH_A_BODY) if operation.bodies else IS_REFUSED
            yield from (Signed(subject, operation, signature, way) for way in ways)
            yield Signed(subject, operation, signature, "with another secret", DEFAULT)
            for way in TEMPORARY if signature.temporary else ():
                yield Signed(subject, operation, signature, way, pair=signature.temporary)


def met(run: Run) -> Iterator[Provoked]:
    """Every recipe that names a person who may not, or another path, where that person signs as well."""
    for subject, operation, signature in _signable(run):
        for listed in operation.errors if subject.target.double else ():
            recipes = listed.provoke if isinstance(listed.provoke, list) else []
            for number, recipe in enumerate(recipes):
                if _pair_for(signature, recipe) is not None:
                    label = f"{operation.id}-{listed.error.id}-{number} signed"
                    yield Provoked(subject, operation, listed.error, recipe, label)


@each(entering)
def test_a_good_signature_lets_in(case: Signed) -> None:
    """Without a token, and beside one that nobody knows: the signature counts."""
    with _standing_still(case.subject) as sandbox:
        answer = sandbox.send(_request(case, sandbox, ENTERS[case.way]))
        found = verdict.against_success(case.subject, case.operation, answer)
        if found is None:
            return
        if _hears_of_another_host(case):
            raise Stuck(OTHER_HOST)
        raise case.subject.broken(PART, case.operation, found, answer, sandbox)


@each(refused)
def test_a_signature_that_does_not_fit_lets_nobody_in(case: Signed) -> None:
    """Nothing that was signed can be changed, and a good token beside it does not help."""
    with _standing_still(case.subject) as sandbox:
        request = _request(case, sandbox, REFUSED[case.way])
        signature = case.signature
        refuse_in(
            sandbox,
            PART,
            Malformed(
                case.subject, case.operation, signature.refusal, request, case.label, values=signature.values
            ),
        )


@each(met)
def test_who_signs_is_refused_as_who_has_a_token(case: Provoked) -> None:
    """A person may do no more, and a path means nothing else, however it is encoded."""
    signature = signature_of(case.subject.contract, case.operation)
    assert signature is not None
    name = _pair_for(signature, case.recipe)
    assert name is not None
    pair = case.subject.keyring.access_key(name)
    with _standing_still(case.subject) as sandbox:
        attempt = Stage(case.subject, sandbox).attempt(case.operation, {**case.recipe, "credential": NONE})
        request = _as_seen(sandbox, attempt.request, lambda seen: signed(seen, pair, NOW))
        wanted = Malformed(
            case.subject, case.operation, case.error, request, case.label, values=attempt.values
        )
        try:
            refuse_in(sandbox, PART, wanted)
        except ContractBroken:
            if _hears_of_another_host(Signed(case.subject, case.operation, signature, "now")):
                raise Stuck(OTHER_HOST) from None
            raise


def _pair_for(signature: Signature, recipe: Mapping[str, Any]) -> str | None:
    """The name of the pair that signs in the place of the recipe's person; None if it is not worth it."""
    if recipe.get("credential", DEFAULT) != DEFAULT:
        return signature.signs_for.get(recipe["credential"])
    patched = (change["path"] for change in recipe.get("patch", ()))
    return signature.credential if any(path.startswith("/path/") for path in patched) else None


def _signable(run: Run) -> Iterator[tuple[Subject, Operation, Signature]]:
    for subject in run.subjects:
        for operation in subject.contract.operations.values():
            signature = signature_of(subject.contract, operation)
            if signature is not None:
                yield subject, operation, signature


@contextmanager
def _standing_still(subject: Subject) -> Iterator[Sandbox]:
    """A sandbox whose clock stands."""
    with subject.target.sandbox(named=True) as sandbox:
        sandbox.control("POST", "clock", {"freeze": f"{NOW:%Y-%m-%dT%H:%M:%SZ}"})
        yield sandbox


def _request(case: Signed, sandbox: Sandbox, sign: Sign, *, names_host: bool = True) -> Request:
    """The base request, signed."""
    subject, operation, signature = case.subject, case.operation, case.signature
    tokens = subject.keyring.headers(operation, case.beside)
    own = on_the_wire(subject.contract, operation, base_draft(operation), tokens)
    key = subject.keyring.access_key(case.pair or signature.credential)
    return _as_seen(sandbox, own, lambda seen: sign(seen, key, signature.tolerance), names_host=names_host)


def _as_seen(
    sandbox: Sandbox, own: Request, sign: Callable[[Request], Request], *, names_host: bool = True
) -> Request:
    """A request signed as the server sees it: with the sandbox in its path, and the Host."""
    where = urlsplit(sandbox.root)
    host = {HOST: where.netloc} if names_host else {}
    seen = replace(own, path=where.path + own.path, headers={**own.headers, **host})
    return replace(sign(seen), path=own.path)


def _hears_of_another_host(case: Signed) -> bool:
    """Whether it enters only when the Host is not signed: something on the way has changed it."""
    return not _enters(case, names_host=True) and _enters(case, names_host=False)


def _enters(case: Signed, *, names_host: bool) -> bool:
    with _standing_still(case.subject) as sandbox:
        answer = sandbox.send(_request(case, sandbox, ENTERS[case.way], names_host=names_host))
    return verdict.against_success(case.subject, case.operation, answer) is None
