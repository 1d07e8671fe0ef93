"""A double behind a counter: the suite takes it for the vendor's own server."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from contract_tests.harness.network.access import Access
from contract_tests.harness.network.targets import TargetSettings
from contract_tests.harness.running.prepare import prepared, shipped
from contract_tests.harness.running.run import Run
from contract_tests.harness.running.session import execute
from mockserver.app import build
from mockserver.server import serving
from tests.contract_tests.runs import Quiet
from tests.contract_tests.saboteur import App, Ask, Asked, Fault, Saboteur, Told, honest

CREDENTIALS = {
    "DUBLE_PERSAT_TOKEN": "duble-key",
    "DUBLE_ZEEV_TOKEN": "duble-token",
    "DUBLE_HUAWEI_OSM_TOKEN": "duble-token",
    "DUBLE_CITSMART_LOGIN": "mobile",
    "DUBLE_CITSMART_PASSWORD": "123456",
    "DUBLE_TAF_LOGIN": "duble",
    "DUBLE_TAF_PASSWORD": "duble",
}
"""What a fresh double accepts, where a run against another server looks for it."""
_BEHIND = "x-behind-the-counter"


@dataclass
class Counter:
    """Serves a double as if it were none: no control API, and everything that is asked is remembered."""

    app: App
    fault: Fault = honest
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        self._open = Saboteur(self.app)
        self._shown = Saboteur(self.app, self._hear, hidden=True)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request; the test itself may look behind the counter."""
        behind = any(name.decode() == _BEHIND for name, _ in scope.get("headers", ()))
        await (self._open if behind else self._shown)(scope, receive, send)

    async def _hear(self, asked: Asked, ask: Ask) -> Told:
        self.asked.append(asked)
        return await self.fault(asked, ask)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the double's control API, which nobody else sees."""
        answer = httpx.request(method, f"{self.url}/_duble/{path}", json=body, headers={_BEHIND: "yes"})
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def stored(self, vendor: str) -> dict[str, list[Any]]:
        """Every record of a vendor, by collection."""
        names = self.control("GET", f"state/{vendor}")["collections"]
        return {name: self.control("GET", f"state/{vendor}/{name}")["records"] for name in names}


@contextmanager
def opened(vendors: Sequence[str], fault: Fault = honest) -> Iterator[Counter]:
    """A double of some vendors behind a counter."""
    counter = Counter(build(list(vendors)), fault)
    with serving(counter) as url:
        counter.url = url
        yield counter


def written(server: Counter, vendor: str, ledger: Path, **wanted: Any) -> Run:
    """A run with `--writes sandbox` in the smallest profile."""
    resources = wanted.pop("resources", None)
    said = TargetSettings(vendor=vendor, url=server.url, resources=resources) if resources else None
    access = Access(url=None if said else server.url, settings=said, writes="sandbox", ledger=ledger)
    seed = random.randrange(2**32)  # noqa: S311 - any will do, and it is in every finding
    wanted = {"profile": "smoke", "parts": ["lifecycle", "refusals"], "seed": seed, **wanted}
    with prepared([shipped(vendor)], access=access, **wanted) as run:
        execute(run, Quiet())
        return run
