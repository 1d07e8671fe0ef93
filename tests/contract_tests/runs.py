"""Runs of the suite, as tests start them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from contract_tests.harness.running.prepare import prepared, shipped
from contract_tests.harness.running.profiles import Profile
from contract_tests.harness.running.run import Run, Vendor
from contract_tests.harness.running.session import Progress, execute

TOY = Path(__file__).parent / "toy"
ACME = Vendor("acme", TOY / "spec.yaml", TOY / "fixtures")
BRIEF = Profile("brief", examples=10, histories=6, steps=15, shrinks=False)
"""Everything that is enumerated, and little of what is random."""


class Quiet:
    """Nobody watches."""

    def begins(self, total: int) -> None:
        """Nothing."""

    def advances(self, name: str) -> None:
        """Nothing."""


QUIET = Quiet()


class Names(Quiet):
    """Watches the names of the tests go by."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def advances(self, name: str) -> None:
        """Note it."""
        self.seen.append(name)


def run_toy(url: str, vendor: Vendor = ACME, *, progress: Progress = QUIET, **wanted: Any) -> Run:
    """The suite against something that may be the invented vendor, all of it, but brief."""
    with prepared([vendor], url=url, **{"profile": BRIEF, **wanted}) as run:
        execute(run, progress)
        return run


def run_shipped(url: str, name: str, **wanted: Any) -> Run:
    """The same against a vendor of ours."""
    return run_toy(url, shipped(name), **wanted)
