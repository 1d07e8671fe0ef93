"""Runs of the suite, as tests start them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from contract_tests.harness.run import Run, Vendor, prepared, shipped
from contract_tests.harness.session import execute

TOY = Path(__file__).parent / "toy"
ACME = Vendor("acme", TOY / "spec.yaml", TOY / "fixtures")


class Quiet:
    """Nobody watches."""

    def begins(self, total: int) -> None:
        """Nothing."""

    def advances(self, name: str) -> None:
        """Nothing."""


def run_toy(url: str, vendor: Vendor = ACME, **wanted: Any) -> Run:
    """The suite against something that may be the invented vendor, in the smallest profile."""
    with prepared([vendor], url=url, profile="smoke", **wanted) as run:
        execute(run, Quiet())
        return run


def run_shipped(url: str, name: str, **wanted: Any) -> Run:
    """The suite against a vendor of ours, in the smallest profile."""
    return run_toy(url, shipped(name), **wanted)
