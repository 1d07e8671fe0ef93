"""X-Request-Id: on every answer, and repeated in the body of the gateway's refusals (HUAWEI-A32)."""

from __future__ import annotations

from mockserver.core.call import Call
from mockserver.core.replies import Reply


def with_request_id(call: Call, reply: Reply) -> Reply:
    """The answer with its id in the header, and in the body where the gateway has a place for it."""
    body = reply.body
    if isinstance(body, dict) and "request_id" in body:
        body = {**body, "request_id": call.id}
    return Reply(reply.status, body, {**reply.headers, "X-Request-Id": call.id})
