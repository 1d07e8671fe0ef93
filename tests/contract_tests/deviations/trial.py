"""The suite run against one planted deviation."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest import mock

import httpx

from contract_tests.harness.network.access import Access
from contract_tests.harness.running.prepare import prepared, shipped
from contract_tests.harness.running.run import CannotCheck, Run
from contract_tests.harness.running.session import execute
from mockserver.app import build
from mockserver.server import serving
from tests.contract_tests.deviations.catalogue import every
from tests.contract_tests.deviations.deviation import Deviation
from tests.contract_tests.deviations.survey import Survey, surveyed
from tests.contract_tests.foreign import CREDENTIALS
from tests.contract_tests.runs import Quiet
from tests.contract_tests.saboteur import Saboteur, honest

SHOWN = 3  # findings of one deviation that are told
WHOLE: tuple[tuple[str, tuple[str, ...]], ...] = (("standard", ()),)
STAGES = (
    ("standard", ("examples", "agreement", "refusals", "authentication")),
    ("standard", ("conformance",)),
    ("smoke", ("lifecycle",)),  # the same moves, and fewer walks
    ("standard", ("lifecycle",)),
)


@dataclass(frozen=True)
class Trial:
    """What the suite said of a server with this deviation."""

    deviation: Deviation
    found: tuple[str, ...]
    """Operation and kind of each finding; one cause should make one."""
    seconds: float

    @property
    def caught(self) -> bool:
        """Whether anything was found."""
        return bool(self.found)

    @property
    def by(self) -> str:
        """The first findings, in words."""
        more = len(self.found) - SHOWN
        return "; ".join(self.found[:SHOWN]) + (f"; and {more} more" if more > 0 else "")


@dataclass
class Stand:
    """A double with a saboteur before it, under its URL."""

    saboteur: Saboteur
    url: str
    survey: Survey
    control: str | None = None
    """Where its control API is, if the suite is to see none and to take it for a server that is not ours."""

    @cached_property
    def deviations(self) -> list[Deviation]:
        """Everything that can be planted here."""
        return list(every(self.survey))

    def tried(self, deviation: Deviation, seed: int, *, whole: bool = False) -> Trial:
        """Plant it and run the `standard` profile until something is found, the quick parts first.

        Only the deviation's operation is looked at, unless it is to be the whole vendor.
        """
        begun = time.monotonic()
        wanted = {} if whole or not deviation.alone else {"operations": [deviation.operation]}
        found: list[str] = []
        for profile, parts in WHOLE if whole else STAGES:
            self.saboteur.fault = deviation.plant()
            try:
                run = self.run(deviation.vendor, seed, profile, parts=parts, **wanted)
                found = [f"{one.operation}: {one.kind}" for one in run.findings]
            except CannotCheck as problem:  # the run stops at the door, and nobody takes it for a success
                found = [f"cannot check: {problem}"]
            if found:
                break
        self.saboteur.fault = honest
        return Trial(deviation, tuple(found), time.monotonic() - begun)

    def run(self, vendor: str, seed: int, profile: str, **wanted: Any) -> Run:
        """One run against whatever is planted now; on a server that is not ours with `--writes sandbox`."""
        with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, CREDENTIALS):
            if self.control is not None:
                httpx.post(f"{self.control}/_duble/reset", json={}).raise_for_status()
            access = Access(
                url=self.url,
                writes="none" if self.control is None else "sandbox",
                ledger=None if self.control is None else Path(folder) / "ledger.jsonl",
            )
            with prepared([shipped(vendor)], access=access, profile=profile, seed=seed, **wanted) as run:
                execute(run, Quiet())
                return run


@contextmanager
def stand(vendor: str, *, foreign: bool = False) -> Iterator[Stand]:
    """A vendor's double, sabotaged at will; `foreign` hides that it is one."""
    app = build([vendor])
    saboteur = Saboteur(app, hidden=foreign)
    with (
        serving(Saboteur(app)) as honest_url,
        serving(saboteur) as url,
        surveyed(vendor, honest_url) as survey,
    ):
        yield Stand(saboteur, url, survey, honest_url if foreign else None)
