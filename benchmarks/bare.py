"""The ceiling: a bare ASGI application that reads the same JSON and answers the same JSON."""

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from benchmarks.workload import documented_answer


def bare() -> ASGIApp:
    """No routing, no authentication, no validation, no state: what uvicorn itself can do."""
    return _cancel


async def _cancel(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    message = await receive()
    body = message["body"]
    while message["more_body"]:
        message = await receive()
        body += message["body"]
    if not orjson.loads(body)["cause"]:
        raise ValueError(body)
    wo_id = scope["path"].split("/")[3]
    answer = orjson.dumps(documented_answer(wo_id))
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})
