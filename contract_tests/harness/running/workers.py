"""Worker processes of pytest-xdist: what each is told of the run it works for, and what it tells of it."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from contract_tests.harness.acting.step import Step
from contract_tests.harness.network.access import Access
from contract_tests.harness.running.prepare import prepared
from contract_tests.harness.running.profiles import Profile
from contract_tests.harness.running.run import Omission, Run, Vendor
from contract_tests.harness.running.saved import Saved

ORDER, OUTCOME = "duble_order", "duble_outcome"  # keys in xdist's workerinput and workeroutput


@dataclass(frozen=True, kw_only=True)
class Order:
    """Everything that a worker needs in order to collect the same tests and to send the same requests."""

    vendors: tuple[Vendor, ...]
    url: str
    profile: Profile
    seed: int
    parts: tuple[str, ...]
    operations: frozenset[str]
    saved: Saved
    first: tuple[str, ...]
    repeats: bool
    deadline: float | None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a worker knows beyond the verdicts, which travel with the reports of its tests."""

    requests: int
    left_out: int
    problem: str | None
    """Why nothing was kept for the next run, if so."""
    omissions: tuple[Omission, ...] = ()
    walked: dict[str, set[Step]] = field(default_factory=dict)
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)


def may_share(run: Run) -> bool:
    """Whether several processes may work on a run: on a double started here, for others have one budget."""
    target = run.subjects[0].target
    budget = target.wire.budget
    return target.started_here and budget.requests is None and budget.per_second is None


def is_worker(config: pytest.Config) -> bool:
    """Whether this process runs tests for another one."""
    return hasattr(config, "workerinput")


def ordered(run: Run) -> bytes:
    """The run as an order."""
    order = Order(
        vendors=run.vendors,
        url=run.subjects[0].target.url,
        profile=run.profile,
        seed=run.seed,
        parts=run.parts,
        operations=run.operations,
        saved=Saved(run.saved.where, run.saved.replays),
        first=run.first,
        repeats=run.repeats,
        deadline=run.deadline,
    )
    return pickle.dumps(order)


@contextmanager
def joined(workerinput: dict[str, Any]) -> Iterator[Run]:
    """The run that an order describes, as a worker sees it."""
    order: Order = pickle.loads(workerinput[ORDER])  # noqa: S301  # of the process that started this one
    logging.disable(logging.WARNING)  # hostile requests make libraries talk
    with prepared(
        order.vendors,
        access=Access(url=order.url, started_here=True),
        profile=order.profile,
        seed=order.seed,
        parts=order.parts,
        operations=order.operations,
        saved=order.saved,
    ) as run:
        run.first, run.repeats, run.deadline = order.first, order.repeats, order.deadline
        # What is looked up while the tests are collected is looked up by each worker for itself.
        run.subjects[0].target.names.begin(workerinput["workerid"])
        yield run


def told(run: Run) -> bytes:
    """What a worker has to tell at its end."""
    outcome = Outcome(
        requests=run.subjects[0].target.wire.sent,
        left_out=run.left_out,
        problem=run.saved.store.problem,
        omissions=tuple(run.omissions),
        walked={subject.contract.vendor: subject.walked for subject in run.subjects},
        shown={vendor: witness.as_json() for vendor, witness in run.shown.items()},
    )
    return pickle.dumps(outcome)


def absorb(run: Run, outcome: bytes) -> None:
    """Take in what a worker tells."""
    heard: Outcome = pickle.loads(outcome)  # noqa: S301  # of a process that this one has started
    run.requests += heard.requests
    run.saved.store.problem = run.saved.store.problem or heard.problem
    run.left_out = heard.left_out  # every worker has collected the same tests
    run.omissions |= dict.fromkeys(heard.omissions)
    for subject in run.subjects:
        subject.walked.update(heard.walked[subject.contract.vendor])
    for vendor, shown in heard.shown.items():
        run.shown[vendor].absorb(shown)


def run_test(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Run a test as pytest does, but report only what was decided.

    Every report is a message, and costs both sides as much as a small test does.
    """
    for report in runtestprotocol(item, log=False, nextitem=nextitem):
        if report.when == "call" or not report.passed:
            item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)


class Worker:
    """The pytest plugin of a worker."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Tell what did not travel with the reports."""
        session.config.workeroutput[OUTCOME] = told(self._run)  # type: ignore[attr-defined]  # of xdist
