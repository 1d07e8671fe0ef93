"""What POST answers: the outcome of every record, or why the batch was rejected."""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from mockserver.core.replies import JSON, Refusal


def as_error(refusal: Refusal) -> JSON:
    """`coderr` and `description`: a rejected batch, or one error of a record."""
    return {"coderr": refusal.code, "description": refusal.message}


def batch_result(ticket: str, results: Iterable[tuple[str, list[JSON]]]) -> JSON:
    """The outcome of every record, from its key and its errors; `keyAmount` counts all of them."""
    keys = [_key_result(key, errors) for key, errors in results]
    return {"ticketCode": ticket, "registryKey": keys, "keyAmount": len(keys)}


def key_of(record: JSON) -> str:
    """The key under which a record is answered: empty where none can be read."""
    key = record.get("registryKey") if isinstance(record, dict) else None
    return key if isinstance(key, str) else ""


def each_refused(refusal: Refusal, body: bytes) -> JSON | None:
    """The batch in a body with each record refused alike; None for a body that is no batch."""
    try:
        batch = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(batch, dict) or not isinstance(batch.get("ticketCode"), str):
        return None
    records = batch.get("lote")
    if not isinstance(records, list) or not records:
        return None
    error = as_error(refusal)
    return batch_result(batch["ticketCode"], ((key_of(record), [error]) for record in records))


def _key_result(key: str, errors: list[JSON]) -> JSON:
    result: JSON = {"key": key, "success": not errors}
    return {**result, "error": errors} if errors else result
