"""What came of a run, in every form that somebody reads: each is drawn from one summary."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from contract_tests.harness.reports import junit, markdown, page, sarif, values
from contract_tests.harness.reports.summary import Summary, failure, summary
from contract_tests.harness.running.run import Run

__all__ = ["FILES", "Summary", "failure", "summary", "write", "write_failure"]

FILES: dict[str, Callable[[Summary], bytes]] = {
    "report.json": values.document,
    "junit.xml": junit.document,
    "report.sarif": sarif.document,
    "report.md": lambda told: markdown.markdown(told).encode("utf-8"),
    "report.html": lambda told: page.page(told).encode("utf-8"),
}
"""Every file of a report, and what draws it."""


def write(run: Run | Summary, folder: Path) -> None:
    """Write every file of a report into a folder, which is made if need be; raises OSError.

    A run that was stopped is written as far as it came.
    """
    told = run if isinstance(run, Summary) else summary(run)
    folder.mkdir(parents=True, exist_ok=True)
    for name, drawn in FILES.items():
        (folder / name).write_bytes(drawn(told))


def write_failure(problem: str, folder: Path) -> None:
    """Write the report of a run that could not begin; `problem` is one line; raises OSError."""
    write(failure(problem), folder)
