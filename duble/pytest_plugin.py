"""The pytest fixture `duble`: a world of vendor doubles of its own for every test.

    def test_a_cancelled_order_shows_up(duble):
        ours = OurClient(duble.base_url("persat"), key="duble-key")
        ours.cancel("9")
        assert duble.record("persat", "work_orders", "9")["state"] == "CERRADA_NO_CUMPLIDA"

The plugin comes with the package; nothing needs to be registered. The server starts with the first
test that asks for it, on a free loopback port, and serves the whole run.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

__all__ = ["Duble", "duble", "duble_url"]

_NUMBERS = itertools.count(1)


class Duble:
    """One sandbox of a running double, from the side of the test."""

    def __init__(self, url: str, control: httpx.Client, paths: dict[str, str]) -> None:
        self.url = url
        """The sandbox's address; vendors and `/_duble` live below it."""
        self.control = control
        """A client of the control API: `duble.control.get("/clock")`."""
        self._paths = paths

    def base_url(self, vendor: str) -> str:
        """What a client of this vendor is configured with; raises KeyError for a vendor not served."""
        return f"{self.url}{self._paths[vendor]}"

    def record(self, vendor: str, collection: str, id: str | int) -> Any:
        """One stored record."""
        return self._ask("GET", f"/state/{vendor}/{collection}/{id}")

    def records(self, vendor: str, collection: str) -> list[Any]:
        """Every stored record of a collection."""
        found: list[Any] = self._ask("GET", f"/state/{vendor}/{collection}")["records"]
        return found

    def put(self, vendor: str, collection: str, id: str | int, record: dict[str, Any]) -> Any:
        """Store one whole record; answers it as stored."""
        return self._ask("PUT", f"/state/{vendor}/{collection}/{id}", record)

    def requests(self, **criteria: str | int) -> list[Any]:
        """What the sandbox was asked: `duble.requests(operation="cancel_work_order", status=200)`."""
        found: list[Any] = self._ask("GET", "/requests", params=criteria)["requests"]
        return found

    def advance(self, seconds: float) -> None:
        """Let the sandbox's time pass."""
        self._ask("POST", "/clock", {"advance": seconds})

    def freeze(self, instant: str) -> None:
        """Stop the sandbox's time at an ISO 8601 instant."""
        self._ask("POST", "/clock", {"freeze": instant})

    def fault(self, **rule: Any) -> None:
        """Order trouble: `duble.fault(vendor="zeev", operation="cancel_instance", status=429, times=1)`."""
        self._ask("POST", "/faults", rule)

    def backstage(self, vendor: str, event: str, id: str | int, **details: Any) -> Any:
        """A move that only the vendor's staff make; answers the record as it is then."""
        return self._ask("POST", f"/backstage/{vendor}/{event}", {"id": id, **details})

    def reset(self) -> None:
        """Back to the seed records."""
        self._ask("POST", "/reset", {})

    def _ask(self, method: str, path: str, body: Any = None, params: Any = None) -> Any:
        answer = self.control.request(method, path, json=body, params=params)
        if answer.is_error:
            raise ValueError(f"duble refuses {method} {path}: {answer.text.strip()}")
        return answer.json()


@pytest.fixture(scope="session")
def duble_url() -> Iterator[str]:
    """The address of one running double of every vendor, without a sandbox."""
    from mockserver.server import running

    with running() as url:
        yield url


@pytest.fixture
def duble(duble_url: str) -> Iterator[Duble]:
    """A sandbox of its own, gone after the test."""
    import httpx

    name = f"pytest-{next(_NUMBERS)}"
    url = f"{duble_url}/~{name}"
    with httpx.Client(base_url=f"{url}/_duble", timeout=30, trust_env=False) as control:
        paths = {vendor["name"]: vendor["base_path"] for vendor in control.get("/health").json()["vendors"]}
        yield Duble(url, control, paths)
        control.delete(f"/sandboxes/{name}")
