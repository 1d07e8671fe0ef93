"""The one request that every subject answers: cancel a Persat work order, labels replaced."""

from collections.abc import Iterator
from typing import Any

import orjson

CREDENTIAL = "duble-key"
# More than any server answers in one round, so that each request cancels a work order of its own.
WORK_ORDERS = 40_000
FIRST_ID = 100_001

# Persat API, "Cancelar OT": the documented request.
BODY = orjson.dumps({"cause": "No me encuentro en el domicilio por vacaciones", "labels_ids": [1, 6]})

_HEAD = (
    "POST /v1/work-orders/{id}/cancel HTTP/1.1\r\n"
    "Host: 127.0.0.1\r\n"
    f"Authorization: Bearer {CREDENTIAL}\r\n"
    "Content-Type: application/json\r\n"
    f"Content-Length: {len(BODY)}\r\n\r\n"
)


def cancellations() -> Iterator[tuple[bytes, str]]:
    """One HTTP request per prepared work order, and that work order's id."""
    for number in range(FIRST_ID, FIRST_ID + WORK_ORDERS):
        yield _HEAD.format(id=number).encode() + BODY, str(number)


def documented_answer(wo_id: str) -> dict[str, Any]:
    """What Persat documents as the answer to a cancellation."""
    return {"success": True, "data": {"wo_id": wo_id}}
