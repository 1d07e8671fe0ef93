"""The suite run against one planted deviation."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contract_tests.harness.running.prepare import prepared, shipped
from contract_tests.harness.running.run import Run
from contract_tests.harness.running.session import execute
from mockserver.app import build
from mockserver.server import serving
from tests.contract_tests.deviations.catalogue import every
from tests.contract_tests.deviations.deviation import Deviation
from tests.contract_tests.deviations.survey import Survey, surveyed
from tests.contract_tests.runs import Quiet
from tests.contract_tests.saboteur import Saboteur, honest

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
    caught: bool
    by: str
    seconds: float


@dataclass
class Stand:
    """A double with a saboteur before it, under its URL."""

    saboteur: Saboteur
    url: str
    survey: Survey

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
        for profile, parts in WHOLE if whole else STAGES:
            self.saboteur.fault = deviation.plant()
            run = self.run(deviation.vendor, seed, profile, parts=parts, **wanted)
            if run.findings:
                break
        self.saboteur.fault = honest
        found = "; ".join(f"{one.operation}: {one.kind}" for one in run.findings[:3])
        return Trial(deviation, bool(run.findings), found, time.monotonic() - begun)

    def run(self, vendor: str, seed: int, profile: str, **wanted: Any) -> Run:
        """One run against whatever is planted now."""
        with prepared([shipped(vendor)], url=self.url, profile=profile, seed=seed, **wanted) as run:
            execute(run, Quiet())
            return run


@contextmanager
def stand(vendor: str) -> Iterator[Stand]:
    """A vendor's double, sabotaged at will."""
    saboteur = Saboteur(build([vendor]))
    with serving(saboteur) as url, surveyed(vendor, url) as survey:
        yield Stand(saboteur, url, survey)
