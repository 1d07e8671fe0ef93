"""Finds what a request made whose answer nobody has heard, or whose answer does not tell: by its mark."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from contract_tests.harness.acting.recipe import Stage
from contract_tests.harness.network.exchange import base_draft
from contract_tests.harness.outside.belongings import Belongings
from contract_tests.harness.outside.kinds import Kind
from contract_tests.harness.outside.ledger import Intent
from contract_tests.harness.spec import outcome, pointer


class NotFound(Exception):
    """It cannot be told what a request made; `str()` says what a person must look for."""


def resolve(stage: Stage, belongings: Belongings, intent: Intent) -> list[str]:
    """Look for what an unanswered request made, and note it in the ledger; NotFound if nobody can tell."""
    kind = belongings.kinds[str(intent.kind)]
    found = _listed(stage, kind, intent)
    for record_id in found:
        belongings.own(kind.name, record_id)
    belongings.ledger.settle(intent.number)
    return found


def _listed(stage: Stage, kind: Kind, intent: Intent) -> list[str]:
    find: Mapping[str, Any] | None = kind.said.get("find")
    if find is None or intent.marker is None:
        by = f" with the text {intent.marker}" if intent.marker else ""
        raise NotFound(f"look for a {kind.name}{by} made by {intent.request} at {intent.at}")
    finder = stage.subject.contract.operations[find["operation"]]
    stage.kept |= {"mark": intent.marker, "day_before": _day_before(intent.at)}
    asked = stage.filled(pointer.merged(base_draft(finder).parts, find.get("request", {})))
    answer = stage.call(finder, asked, look=True)
    if not outcome.succeeded(stage.subject.contract, answer) or not answer.is_json:
        raise NotFound(f"look for {intent.marker}: {finder.id} answered {answer.summary}")
    items = pointer.every(answer.json, find["items"])
    listed = [item for found in items if isinstance(found, list) for item in found]
    found = [
        str(pointer.find(item, find["id"]))
        for item in listed
        if intent.marker in pointer.every(item, find["mark"])
    ]
    if not found and len(listed) >= find.get("most", len(listed) + 1):
        raise NotFound(f"look for {intent.marker}: {finder.id} shows no more than {len(listed)}")
    return found


def _day_before(at: str) -> str:
    return (datetime.fromisoformat(at) - timedelta(days=1)).date().isoformat()
