"""The first requests to a server: whether the vendor's API is there at all, and lets us in.

Whatever is wrong for every request is one finding, told at once, instead of hundreds that follow from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from contract_tests.harness.acting.recipe import base_request
from contract_tests.harness.judging.finding import Difference
from contract_tests.harness.judging.judgement import Judgement
from contract_tests.harness.network.exchange import Answer, Request, curl
from contract_tests.harness.network.wire import BrokenAnswer
from contract_tests.harness.running.run import CONNECTION, Run, Verdict
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec.operation import Operation

DOORS = 3  # operations that must all be shut before a server is given up
_PASSWORD = re.compile(rb"""type\s*=\s*["']?password""", re.IGNORECASE)


def knock(run: Run) -> None:
    """Ask every subject's server for something harmless.

    A server that gives no operation's answer gets one finding, and no further tests. What is wrong with some
    of them alone, and twice, is told as well: by the time of the tests it may be over. Unreachable and
    BudgetSpent go up.
    """
    for subject in run.subjects:
        found = list(_shut(subject, *doors(subject)))
        shut = [verdict for verdict in found if verdict is not None]
        if shut and len(shut) == len(found):
            run.barred[subject.contract.vendor] = shut[0].findings[0].kind
            del shut[1:]
        run.verdicts += shut


def doors(subject: Subject) -> list[Operation]:
    """The reads that need least: those with the fewest parameters first, guarded ones before public ones."""
    reads = [operation for operation in subject.contract.operations.values() if operation.reads_only]
    return sorted(reads, key=lambda o: (not o.secured, sum(p.required for p in o.parameters)))[:DOORS]


def _shut(subject: Subject, *doors: Operation) -> Iterator[Verdict | None]:
    """What is wrong behind each door; nothing further is asked once one is open."""
    for operation in doors:
        request = base_request(subject, operation)
        found = _asked(subject, operation, request)
        if found is not None and _asked(subject, operation, request) is None:
            found = None  # it was busy for a moment
        yield found
        if found is None:
            return


def _asked(subject: Subject, operation: Operation, request: Request) -> Verdict | None:
    answer: Answer | None = None
    try:
        with subject.target.sandbox() as sandbox:
            answer = sandbox.send(request)
    except BrokenAnswer as problem:
        difference: Difference | None = _silent(operation, problem)
    else:
        difference = (
            _redirected(subject, operation, answer)
            or _page(subject, operation, answer)
            or _refused(subject, operation, answer)
        )
    if difference is None:
        return None
    line = curl(request, subject.target.shown, subject.keyring.veil)
    finding = subject.finding(CONNECTION, operation, difference, answer or "-", [line], request)
    return Verdict(
        vendor=subject.contract.vendor,
        part=CONNECTION,
        operation=operation.id,
        label="the vendor's API answers",
        seconds=0.0,
        findings=(finding,),
    )


def _silent(operation: Operation, problem: BrokenAnswer) -> Difference:
    return Difference(
        kind="no complete answer",
        said="every request is answered",
        got=problem.problem,
        at=operation.pointer,
    )


def _redirected(subject: Subject, operation: Operation, answer: Answer) -> Difference | None:
    """A redirect that nobody documented; it is not followed, least of all with the credential."""
    if not 300 <= answer.status < 400 or subject.responses.place(operation, answer.status):
        return None
    root = subject.target.url
    location = urljoin(f"{root}/", answer.header("location"))
    elsewhere = urlsplit(location).netloc != urlsplit(root).netloc
    where = f"{'another host, ' if elsewhere else ''}{location}"
    return Difference(
        kind="redirected to another host" if elsewhere else "redirected",
        said=f"{operation.id} answers {', '.join(operation.definition['responses'])}",
        got=f"{answer.status} to {where}; is the base URL right?",
        at=f"{operation.pointer}/responses",
        of="status",
    )


def _page(subject: Subject, operation: Operation, answer: Answer) -> Difference | None:
    """A page for people where the contract has an API."""
    looks = answer.media_type == "text/html" or answer.body.lstrip()[:14].lower().startswith(
        (b"<!doctype html", b"<html")
    )
    documented = subject.contract.media_types_of(operation, answer.status)
    if not looks or "text/html" in documented:
        return None
    login = _PASSWORD.search(answer.body) is not None
    return Difference(
        kind="login page" if login else "web page instead of the API",
        said=f"the answer is {' or '.join(documented) or 'application/json'}",
        got=f"{answer.status} with {'a login page' if login else 'HTML'}; is the base URL right?",
        at=f"{operation.pointer}/responses",
        of="headers",
    )


def _refused(subject: Subject, operation: Operation, answer: Answer) -> Difference | None:
    """The vendor's own refusal of a credential that ought to be good."""
    refusal = subject.contract.refusal_at(operation, "credential")
    if not operation.secured or refusal is None:
        return None
    if not Judgement(subject, operation, answer).is_refusal(refusal):
        return None
    return Difference(
        kind="credential refused",
        said=f"{operation.id} lets a good credential in",
        got=f"refused as {refusal.id}; is {subject.keyring.told} right?",
        at=operation.pointer,
        of="request",
    )
