"""Keeps a run let in: where its session has ended, the run logs in again and asks again.

A refusal alone does not tell that a session has ended: a server may turn away one request, which is for
its test to judge. So the read that was let in last is asked again, and only where that is refused as well
a login follows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from contract_tests.harness.judging.confirm import TRIES
from contract_tests.harness.judging.finding import Difference
from contract_tests.harness.judging.judgement import Judgement
from contract_tests.harness.network.budget import BudgetSpent
from contract_tests.harness.network.exchange import Answer, Request
from contract_tests.harness.network.login import Login
from contract_tests.harness.network.tokens import exchanged, holds, refusals_of_tokens
from contract_tests.harness.outside.kinds import asked
from contract_tests.harness.running.run import CONNECTION, Run, Verdict
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import outcome
from contract_tests.harness.spec.operation import CatalogueError, Operation

FEW = 20  # requests; a session that lets in fewer is a short one
MOST_SHORT = 5  # short sessions for which a run logs in again

Send = Callable[[Request], Answer]


class ShutOut(BudgetSpent):
    """The server lets the run in no more, which ends it as a spent budget does."""


@dataclass
class Renewal:
    """One vendor's session: requests name any that a login has given, and leave with the last of them."""

    subject: Subject
    login: Login
    times: int = 0
    """How often another session took the place of one that had ended."""
    verdict: Verdict | None = None
    """What is wrong, where no session is let in any more."""
    _let_in: int = field(default=0, repr=False)
    """How many requests the current session has let in."""
    _short: int = field(default=0, repr=False)
    _last: tuple[Operation, Request] | None = field(default=None, repr=False)
    """The read that was let in last, and so ought to be let in again."""
    _end: str | None = field(default=None, repr=False)

    def send(self, request: Request, send: Send) -> Answer:
        """Send one request, and once more if its session has ended; ShutOut if no other is to be had."""
        if self._end is not None:
            raise ShutOut(self._end)
        answer = send(self._current(request))
        if not any(holds(request, session) for session in self._sessions):
            return answer
        if not self._refusals(answer):
            self._note(request, answer)
            return answer
        refused = self._asked_again(send)
        return answer if refused is None else self._sent_again(request, send, refused)

    def tell(self, run: Run) -> None:
        """Enter in the run what came of its session."""
        if self.times:
            many = "once" if self.times == 1 else f"{self.times} times"
            run.warnings.append(f"{self.login.contract.vendor}: the session ended, and was renewed {many}")
        if self.verdict is not None:
            run.verdicts.append(self.verdict)

    # ------------------------------------------------------------ one session

    @property
    def _sessions(self) -> list[str]:
        return self.subject.keyring.sessions

    def _current(self, request: Request) -> Request:
        """The request with the current session for any that came before it."""
        *ended, current = self._sessions
        for session in ended:
            request = exchanged(request, session, current)
        return request

    def _refusals(self, answer: Answer) -> list[CatalogueError]:
        """The documented refusals of a session that an answer may be."""
        judgement = Judgement(self.subject, self.login.operation, answer)
        return [error for error in refusals_of_tokens(self.login.contract) if judgement.is_refusal(error)]

    def _note(self, request: Request, answer: Answer) -> None:
        """Remember that the server let a request in."""
        self._let_in += 1
        operation = asked(self.login.contract, request)
        if operation is None or not operation.reads_only:
            return
        if outcome.succeeded(self.login.contract, answer):
            self._last = operation, request

    def _asked_again(self, send: Send) -> Answer | None:
        """The refusal of what was let in last; None where the server lets it in again."""
        answer = None if self._last is None else send(self._current(self._last[1]))
        return answer if answer is not None and self._refusals(answer) else None

    # ------------------------------------------------------------ another one

    def _sent_again(self, request: Request, send: Send, refused: Answer) -> Answer:
        self._renew(send, refused)
        answer = send(self._current(request))
        again = self._asked_again(send) if self._refusals(answer) else None
        if again is not None:
            raise self._shut_out(again, "and so is what another login gave")
        return answer

    def _renew(self, send: Send, refused: Answer) -> None:
        """Log in once more; ShutOut where that gives nothing, or sessions end too soon."""
        self._short += self._let_in < FEW
        if self._short > MOST_SHORT:
            raise self._shut_out(refused, f"like {MOST_SHORT} sessions before it, each within {FEW} requests")
        for _ in range(TRIES):
            answer = send(self.login.request(self.subject.keyring))
            session = self.login.given(answer)
            if session is not None:
                self._sessions.append(session)
                self.times += 1
                self._let_in = 0
                return
        raise self._shut_out(refused, f"and {self.login.operation.id} gives no other: {answer.summary}")

    def _shut_out(self, answer: Answer, why: str) -> ShutOut:
        """What ends the run, with one finding for all that would be refused from now on."""
        assert self._last is not None  # noqa: S101 - what is refused again was let in before
        operation, request = self._last
        difference = Difference(
            kind="credential refused",
            said=f"{operation.id} lets a good credential in",
            got=f"refused as {self._refusals(answer)[0].id} after it was let in, {why}",
            at=operation.pointer,
            of="request",
        )
        curls = self.subject.curls([request])
        finding = self.subject.finding(CONNECTION, operation, difference, answer, curls, request)
        self.verdict = Verdict(
            vendor=self.login.contract.vendor,
            part=CONNECTION,
            operation=operation.id,
            label="the vendor's API goes on answering",
            seconds=0.0,
            findings=(finding,),
        )
        self._end = f"{self.login.contract.vendor}: {operation.id} is {finding.got}"
        return ShutOut(self._end)
