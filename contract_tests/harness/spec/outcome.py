"""How a client tells success from failure: the spec's `x-outcome`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any, NamedTuple

from contract_tests.harness.network.exchange import Answer
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.contract import Contract


def succeeded(contract: Contract, answer: Answer) -> bool:
    """Whether the vendor's clients take this answer for a success."""
    return _fits(contract.document["x-outcome"]["success"], answer)


def failed(contract: Contract, answer: Answer) -> bool:
    """Whether the vendor's clients take this answer for a refusal that they can read."""
    return not succeeded(contract, answer) and _fits(_envelope(contract, answer), answer)


class Told(NamedTuple):
    """What a refusal says: the vendor's code and text, None where there is none."""

    code: Any
    message: Any


def told(contract: Contract, answer: Answer) -> list[Told]:
    """What an answer refuses: one thing, or several where the places of the envelope have a `*`.

    A refusal in plain text, as a framework gives it before any application is asked, is its own message.
    """
    if answer.media_type == "text/plain":
        return [Told(_first(contract, "code", answer), answer.body.decode("utf-8", "replace"))]
    codes, messages = _found(contract, "code", answer), _found(contract, "message", answer)
    return [Told(*pair) for pair in zip_longest(codes, messages)] or [Told(None, None)]


def has_place(contract: Contract, name: str) -> bool:
    """Whether the envelope keeps a code or a message at all."""
    return any(name in envelope for envelope in _envelopes(contract))


def status_fits(pattern: str, status: int) -> bool:
    """Whether a status is the one of an OpenAPI response key: 200, 2XX or default."""
    if pattern.lower() == "default":
        return True
    return re.fullmatch(pattern.upper().replace("X", r"\d"), str(status)) is not None


def _fits(said: Mapping[str, Any], answer: Answer) -> bool:
    if "status" in said and not status_fits(said["status"], answer.status):
        return False
    if "absent" in said and answer.is_json and any(pointer.exists(answer.json, at) for at in said["absent"]):
        return False
    return "where" not in said or (answer.is_json and pointer.holds(answer.json, said["where"]))


def _first(contract: Contract, name: str, answer: Answer) -> Any:
    return next(iter(_found(contract, name, answer)), None)


def _found(contract: Contract, name: str, answer: Answer) -> list[Any]:
    place = _envelope(contract, answer).get(name)
    return pointer.every(answer.json, place) if place is not None and answer.is_json else []


def _envelopes(contract: Contract) -> list[Mapping[str, Any]]:
    said = contract.document["x-outcome"]["failure"]
    return said if isinstance(said, list) else [said]


def _envelope(contract: Contract, answer: Answer) -> Mapping[str, Any]:
    """The envelope that the answer wears: of several, the first whose code is there."""
    known = _envelopes(contract)
    if len(known) > 1 and answer.is_json:
        worn = (said for said in known if pointer.exists(answer.json, said["code"]))
        return next(worn, known[0])
    return known[0]
