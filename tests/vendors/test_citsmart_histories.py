"""CITSmart's histories: several attendants at once, held against a model of the documented rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

SESSIONS = {
    "mobile": "2355A68BF75281B73607EEC1A7191645",
    "bruna": "7A1B0C5D3E9F48216B07D1C2E3F4A5B6",
    "davi": "D9F3B7A1C5E80246A8C0E2F4B6D81357",
    "elisa": "E1D5C9B3A7F204685B3D9F1A7C0E2468",
}
MAY_NOT_REACTIVATE, MAY_NOT_SUSPEND = "davi", "elisa"
STATUS = {1: "In progress", 2: "Suspended", 3: "Canceled", 4: "Solved"}
CLOSED = (3, 4)
HERE = {"latitude": -19.3, "longitude": -49.3}
users = st.sampled_from(sorted(SESSIONS))
_NUMBERS = count(1)


@dataclass
class Work:
    """What the rules say of one request."""

    task: int
    status: int = 1
    attendants: set[str] = field(default_factory=set)
    worker: str | None = None


class Histories(RuleBasedStateMachine):
    """Every answer, and what every attendant sees afterwards, against the model."""

    url = ""
    requests: Bundle[int] = Bundle("requests")

    @initialize()
    def begin(self) -> None:
        """Each history has a sandbox of its own."""
        base = f"{self.url}/~citsmart-history-{next(_NUMBERS)}"
        self.citsmart = httpx.Client(base_url=base, timeout=30, trust_env=False)
        self.model: dict[int, Work] = {}
        self.calls = 0

    def call(self, name: str, user: str, **body: Any) -> httpx.Response:
        """One call in the session of a user; each has the next operationID."""
        answer = self.citsmart.post(f"/services/v2/{name}", json={"sessionID": SESSIONS[user], **body})
        assert answer.json()["operationID"] == self.calls + 1
        self.calls += 1
        return answer

    @rule(target=requests, user=users)
    def new(self, user: str) -> int:
        """A request that nobody attends."""
        number: int = self.call("new", user, description="x", **HERE).json()["number"]
        assert number not in self.model
        (one,) = self.call("update", user, number=number).json()["notifications"]
        self.model[number] = Work(one["taskId"])
        return number

    @rule(number=requests, user=users)
    def attend(self, number: int, user: str) -> None:
        """Allowed while the request is open, whoever else attends it."""
        work = self.model[number]

        answer = self.call("attendRequest", user, number=number, **HERE, dateTime=1)

        if work.status in CLOSED:
            self.refused(answer, "Solicitação encerrada")
        else:
            assert answer.json()["success"] is True
            work.attendants.add(user)

    @rule(number=requests, user=users)
    def check_in(self, number: int, user: str) -> None:
        """The refusals in their documented order, then the move."""
        work = self.model[number]
        busy = [other for other, one in self.model.items() if one.worker == user]

        answer = self.call("checkin", user, taskId=work.task, **HERE, startTime=1)

        if busy:
            self.refused(answer, f"Atendente possui check-in sem check-out: {busy[0]}")
        elif user not in work.attendants:
            self.refused(answer, f"Não há atribuição ativa para a solicitação {number}")
        elif work.worker is not None:
            self.refused(answer, f"Solicitação {number} já possui check-in em aberto")
        elif work.status in CLOSED:
            self.refused(answer, "Solicitação encerrada")
        elif work.status == 2 and user == MAY_NOT_REACTIVATE:
            self.refused(answer, "Usuário sem permissão para reativar a solicitação")
        else:
            assert answer.json()["number"] == number
            work.worker, work.status = user, 1

    @rule(number=requests, user=users, status=st.integers(0, 5))
    def check_out(self, number: int, user: str, status: int) -> None:
        """Statuses that no list has leave the request in progress."""
        work = self.model[number]
        body = {"status": status, "solution": 1, "descSolution": "x"}

        answer = self.call("checkout", user, taskId=work.task, **HERE, **body)

        if work.worker != user:
            self.refused(answer, f"Não há check-in em aberto para a tarefa {work.task}")
        elif status == 2 and user == MAY_NOT_SUSPEND:
            self.refused(answer, "Usuário sem permissão para suspender a solicitação")
        else:
            assert answer.json()["number"] == number
            work.worker, work.status = None, status if status in (2, 3, 4) else 1
            work.attendants.discard(user)

    @rule(number=requests, user=users)
    def deny(self, number: int, user: str) -> None:
        """Nothing changes."""
        body = {"taskId": self.model[number].task, **HERE, "dateTime": 1, "reasonId": 1}
        assert self.call("denied", user, **body).json()["error"] is None

    @invariant()
    def everybody_sees_what_the_rules_say(self) -> None:
        """Lists and details of every attendant, after every step."""
        for user in SESSIONS:
            body = {"notificationType": 0, "onlyApproval": 0, "newestNumber": 95935}
            listed = self.call("getNewest", user, **body).json()["notifications"]
            visible = [
                number
                for number, work in sorted(self.model.items())
                if work.status not in CLOSED and (not work.attendants or user in work.attendants)
            ]
            assert [one["number"] for one in listed] == visible[:10]
            for one in listed:
                work = self.model[one["number"]]
                assert one["personal"] is (user in work.attendants)
                assert one["inService"] is bool(work.attendants)
                assert one["inCheckin"] == int(work.worker is not None)
                assert one["waiting"] == int(work.worker in (None, user))
        for work in self.model.values():
            detail = self.call("getById", "mobile", taskId=work.task).json()["notification"]
            assert detail["status"] == STATUS[work.status]
            assert detail["taskStatus"] == ("Finished" if work.status in CLOSED else "Available")

    def refused(self, answer: httpx.Response, text: str) -> None:
        """The answer is this refusal."""
        assert answer.status_code == 412, answer.text
        assert answer.json()["error"] == {"code": "INPUT", "description": text}

    def teardown(self) -> None:
        """Forget the sandbox."""
        self.citsmart.delete(f"/_duble/sandboxes/{self.citsmart.base_url.path.strip('/~')}")
        self.citsmart.close()


def test_any_history_agrees_with_the_rules(double_url: str) -> None:
    class Here(Histories):
        url = double_url

    few = settings(
        max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    run_state_machine_as_test(Here, settings=few)
