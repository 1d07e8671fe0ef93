"""Comparisons of a double with a server that seems not to be ours, as tests start them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Literal

import httpx
import pytest

from contract_tests.harness.network.access import Access
from contract_tests.harness.network.targets import TargetSettings
from contract_tests.harness.parity.compare import at_home, compare
from contract_tests.harness.parity.result import Disparity, Parity
from contract_tests.harness.running.prepare import prepared, shipped
from contract_tests.harness.running.subject import Subject
from mockserver.app import build
from mockserver.server import serving
from tests.conftest import PLAIN
from tests.contract_tests.runs import Quiet
from tests.contract_tests.saboteur import App, Fault, Message, Saboteur, honest

LOGINS = {
    "persat": {"TOKEN": "duble-key"},
    "zeev": {"TOKEN": "duble-token"},
    "huawei_osm": {"TOKEN": "duble-token"},
    "citsmart": {"LOGIN": "mobile", "PASSWORD": "123456"},
    "taf": {"LOGIN": "duble", "PASSWORD": "duble"},
}
PASS = "x-behind-the-counter"
Doubles = Callable[[str], Subject]


@dataclass
class Counter:
    """Hides the control API of a double from everybody who does not ask with a certain header."""

    app: App
    hidden: App

    async def __call__(self, scope: Message, receive: object, send: object) -> None:
        """Serve one request."""
        known = scope["type"] != "http" or any(name == PASS.encode() for name, _ in scope["headers"])
        await (self.app if known else self.hidden)(scope, receive, send)  # type: ignore[arg-type] # as ASGI has it


@contextmanager
def stranger(vendor: str, fault: Fault = honest) -> Iterator[tuple[str, httpx.Client]]:
    """A double without a control API, with a fault: its URL, and a client behind the counter."""
    app = build([vendor])
    with (
        serving(Counter(app, Saboteur(app, fault, hidden=True))) as url,
        httpx.Client(base_url=url, headers={PASS: "1"}, trust_env=False, verify=PLAIN) as behind,
    ):
        yield url, behind


def known_there(monkeypatch: pytest.MonkeyPatch, vendor: str) -> None:
    """Give the credentials for a vendor as people do."""
    for name, value in LOGINS[vendor].items():
        monkeypatch.setenv(f"DUBLE_{vendor}_{name}".upper(), value)


@contextmanager
def doubles() -> Iterator[Doubles]:
    """Doubles of ours by vendor, each started when it is first asked for."""
    with ExitStack() as stack:

        @cache
        def double(vendor: str) -> Subject:
            run = stack.enter_context(prepared([shipped(vendor)], seed=1, profile="smoke"))
            return at_home(run.subjects[0])

        yield double


def beside(
    ours: Subject,
    url: str,
    *,
    writes: Literal["none", "sandbox"] = "none",
    operations: tuple[str, ...] = (),
    resources: dict[str, list[str]] | None = None,
) -> Parity:
    """A double of ours compared with what answers at a URL, where it may work on some records."""
    result = Parity(ours.contract, "elsewhere", "sandbox", seed=1, writes=writes)
    settings = TargetSettings(vendor=result.vendor, url=url, resources=resources) if resources else None
    access = Access(url=None if settings else url, settings=settings, writes=writes)
    with prepared([shipped(result.vendor)], access=access, seed=1, profile="smoke") as target:
        compare(ours, target, result, Quiet(), frozenset(operations))
    return result


def told(found: Disparity) -> str:
    """What a failing test shows of a disparity."""
    target = found.target
    return f"{found.scenario}: {target.kind}: {target.said} | {target.got} | {target.place} | {found.verdict}"
