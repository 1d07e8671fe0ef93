"""A served request leaves nothing for the garbage collector: circles cost every later request."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

from mockserver.app import Double
from mockserver.settings import Settings
from tests.core.acme import SOURCE

REQUESTS = 200


async def serve(double: Double, number: int) -> int:
    """One order read in process, as the server would ask for it; the status."""
    told: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        told.append(message)

    path = f"/~box/v9/orders/{number % 3}"
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"authorization", b"Bearer acme-key")],
        "client": ("127.0.0.1", 1),
        "extensions": {"duble.arrived": lambda: True},
    }
    await double(scope, receive, send)
    return int(told[0]["status"])


async def littered(double: Double) -> int:
    """How many objects many requests leave in circles."""
    await serve(double, 1)
    gc.collect()
    gc.disable()
    try:
        statuses = {await serve(double, number) for number in range(REQUESTS)}
        assert statuses == {200, 404}
        return gc.collect()
    finally:
        gc.enable()


def test_requests_and_refusals_leave_no_circles() -> None:
    double = Double([SOURCE], Settings())
    # A refusal is an exception, and Python's own traceback may close a circle now and then.
    assert asyncio.run(littered(double)) <= REQUESTS // 10
