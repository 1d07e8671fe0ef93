"""The suite run by a pytest of its own, inside this process and without its terminal output."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pytest

from contract_tests.harness import plugin
from contract_tests.harness.plugin import Given
from contract_tests.harness.run import Run

SUITE = Path(__file__).parent.parent / "suite"
# Whoever calls us in a project of his own has plugins and options for his tests, not for these.
_NOT_FOR_US = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")


class Progress(Protocol):
    """Hears how far the run is."""

    def begins(self, total: int) -> None:
        """So many tests will run."""

    def advances(self, name: str) -> None:
        """One test is done."""


def execute(run: Run, progress: Progress) -> None:
    """Run every test that the run wants; its verdicts, or why it stopped, are in the run afterwards."""
    arguments = [
        str(SUITE),
        f"--config-file={SUITE / 'pytest.ini'}",
        f"--rootdir={SUITE}",
        "--capture=sys",
        "-pno:terminal",
        "-pno:cacheprovider",
        "-pno:faulthandler",
    ]
    with _alone():
        code = pytest.main(arguments, plugins=[Given(run), plugin, _Watcher(run, progress)])
    if code == pytest.ExitCode.INTERRUPTED and run.stopped is None:
        run.stopped = "interrupted"
    elif code in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        run.stopped = run.stopped or f"pytest gave up ({pytest.ExitCode(code).name.lower()})"
    elif not run.verdicts and run.stopped is None:
        run.stopped = "nothing was checked: no test fits the parts and operations that were asked for"


class _Watcher:
    """Tells the progress, and notices what keeps tests from being collected."""

    def __init__(self, run: Run, progress: Progress) -> None:
        self._run = run
        self._progress = progress

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._progress.begins(len(session.items))

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
