"""What comes of the tests, whichever process ran them, gathered in the run."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from contract_tests.harness.running import workers
from contract_tests.harness.running.run import Run, Verdict

_CARRIED = "duble"


def send(report: pytest.TestReport, place: int, verdict: Verdict, stopped: str | None) -> None:
    """Give a verdict to the report of its test, which finds its way out of a worker process."""
    setattr(report, _CARRIED, pickle.dumps((place, verdict, stopped)))


class Harvest:
    """The pytest plugin that fills a run; its verdicts end in the order of the tests."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._before = tuple(run.verdicts)
        self._found: list[tuple[int, Verdict]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One report; those without a verdict are of no interest."""
        carried: bytes | None = getattr(report, _CARRIED, None)
        if carried is None:
            return
        place, verdict, stopped = pickle.loads(carried)  # noqa: S301  # made by `send`, here or in a worker
        self._found.append((place, verdict))
        self._run.verdicts.append(verdict)
        self._run.stopped = self._run.stopped or stopped

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of xdist, before it starts, what to do."""
        node.workerinput[workers.ORDER] = workers.ordered(self._run)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Hear a worker out; one that ended by itself leaves the run undecided."""
        outcome = getattr(node, "workeroutput", {}).get(workers.OUTCOME)
        if outcome is not None:
            workers.absorb(self._run, outcome)
        if error:
            said = str(error).strip().splitlines()[-1]
            self._run.stopped = self._run.stopped or f"a worker process ended too early: {said}"

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Put the verdicts in order; a run that decided nothing is no success."""
        ordered = sorted(self._found, key=lambda one: one[0])
        self._run.verdicts[:] = [*self._before, *(verdict for _, verdict in ordered)]
        if not self._run.verdicts and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED
