"""The suite run by a pytest of its own, in this process or in several, without its terminal output."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pytest

from contract_tests.harness.outside.cleanup import cleaned
from contract_tests.harness.running.plugin import Given, case_of, part_of
from contract_tests.harness.running.rounds import next_round
from contract_tests.harness.running.run import CannotCheck, Case, Run
from contract_tests.harness.running.workers import may_share

SUITE = Path(__file__).parent.parent.parent / "suite"
# Whoever calls us in a project of his own has plugins and options for his tests, not for these.
_NOT_FOR_US = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")
_ARGUMENTS = (
    str(SUITE),
    f"--config-file={SUITE / 'pytest.ini'}",
    f"--rootdir={SUITE}",
    "--capture=sys",
    "-pno:terminal",
    "-pno:cacheprovider",
    "-pno:faulthandler",
    "-pcontract_tests.harness.running.plugin",
)


MOST_WORKERS = 4  # more than one double can answer
# Seconds, about: for an operation with all that is enumerated, without, for a random request.
_THOROUGH, _QUICK, _EXAMPLE = 0.8, 0.2, 0.01
_PAYS = 12.0  # seconds of work for which a second process is worth its start


class Progress(Protocol):
    """Hears how far the run is."""

    def begins(self, total: int) -> None:
        """So many tests will run."""

    def advances(self, name: str) -> None:
        """One test is done."""


def execute(run: Run, progress: Progress, *, workers: int | None = None) -> None:
    """Run every test that the run wants; its verdicts, or why it stopped, are in the run afterwards.

    `workers` is the number of processes; left out, as many as pay. A server that was not started here is
    always left to one: it has one budget, and one ledger. Tests that failed in an earlier run come first.
    A profile that goes on until its time is up comes in rounds, each with a seed of its own. What the run
    made on a server that is not ours is ended, however the run ends.
    """
    with cleaned(run):
        _in_rounds(run, progress, workers)
    for renewal in run.subjects[0].target.renewals:
        renewal.tell(run)


def _in_rounds(run: Run, progress: Progress, workers: int | None) -> None:
    count = (workers or _worth(run)) if may_share(run) else 1
    if run.max_time is not None:
        run.deadline = run.now() + run.max_time
    run.first = tuple(sorted(name for s in run.subjects for name in run.saved.failed(s.address)))
    total = _execute(run, progress, count)
    while run.profile.seconds is not None and run.stopped is None and not run.is_over:
        again = next_round(run)
        total = _execute(again, progress, count, done=total)
        run.take_in(again)
    for subject in run.subjects:
        own = [verdict for verdict in run.verdicts if verdict.vendor == subject.contract.vendor]
        run.saved.remember(subject.address, {verdict.test: bool(verdict.findings) for verdict in own})
    if run.saved.warning:
        run.warnings.append(run.saved.warning)


def collected(run: Run) -> list[tuple[str, Case]]:
    """Every case that the run would carry out, with its part of the suite; none of them is.

    CannotCheck if the tests cannot be collected.
    """
    gathering = _Gathering()
    with _alone():
        code = pytest.ExitCode(pytest.main([*_ARGUMENTS, "--collect-only"], plugins=[Given(run), gathering]))
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise CannotCheck(f"the tests cannot be collected: {gathering.problem or code.name.lower()}")
    return gathering.cases


class _Gathering:
    """Takes the cases of the tests that were collected."""

    def __init__(self) -> None:
        self.cases: list[tuple[str, Case]] = []
        self.problem: str | None = None

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.cases += [(part_of(item), case) for item in session.items if (case := case_of(item)) is not None]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and self.problem is None:
            self.problem = f"{report.nodeid}: {str(report.longrepr).strip().splitlines()[-1]}"


def _execute(run: Run, progress: Progress, count: int, done: int = 0) -> int:
    """One round; how many tests there were, those of the rounds before included."""
    began, sent = time.monotonic(), run.subjects[0].target.wire.sent
    watcher = _Watcher(run, progress, done)
    with _alone():
        code = pytest.main([*_ARGUMENTS, *_shared(count)], plugins=[Given(run), watcher])
    run.seconds += time.monotonic() - began
    run.requests += run.subjects[0].target.wire.sent - sent
    run.stopped = run.stopped or _stopped(run, pytest.ExitCode(code), watcher.total)
    return done + watcher.total


def _worth(run: Run) -> int:
    """How many processes pay: each takes some seconds to begin."""
    wanted = sum(run.wants(operation) for s in run.subjects for operation in s.contract.operations.values())
    once = _THOROUGH if run.profile.thorough else _QUICK
    if wanted * (once + run.profile.examples * _EXAMPLE) < _PAYS:
        return 1
    return min(_processors(), MOST_WORKERS)


def _processors() -> int:
    """How many this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def _shared(count: int) -> list[str]:
    if count == 1:
        return []
    return ["-pxdist.plugin", f"--numprocesses={count}", "--dist=worksteal", "--max-worker-restart=0"]


def _stopped(run: Run, code: pytest.ExitCode, total: int) -> str | None:
    """Why the run is not whole, if it is not."""
    if code == pytest.ExitCode.INTERRUPTED:
        return "interrupted"
    if code in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        return f"pytest gave up ({code.name.lower()})"
    if run.is_over and len(run.verdicts) < total:
        return f"the time is up: {total - len(run.verdicts)} of {total} tests were not run"
    if not run.verdicts:
        return "nothing was checked: no test fits the parts and operations that were asked for"
    return None


class _Watcher:
    """Tells the progress, and notices what keeps tests from being collected."""

    def __init__(self, run: Run, progress: Progress, done: int) -> None:
        self._run = run
        self._progress = progress
        self._done = done
        self.total = 0

    def pytest_configure(self, config: pytest.Config) -> None:
        # Nobody sees the frames of a failure here, and to draw them costs more than most tests.
        config.option.tbstyle = "line"

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._begin(len(session.items))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: object, ids: list[str]) -> None:
        self._begin(len(ids))

    def _begin(self, total: int) -> None:
        if total and not self.total:
            self.total = total
            self._progress.begins(self._done + total)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and self._run.stopped is None:
            self._run.stopped = f"{report.nodeid}: {str(report.longrepr).strip().splitlines()[-1]}"

    def pytest_internalerror(self, excrepr: object) -> None:
        self._run.stopped = str(excrepr).strip().splitlines()[-1]

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self._progress.advances(nodeid.rpartition("::")[2])


@contextmanager
def _alone() -> Iterator[None]:
    """No plugins and options of the surroundings, and no warnings about hostile requests."""
    before = {name: os.environ.pop(name, None) for name in _NOT_FOR_US}
    before["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
