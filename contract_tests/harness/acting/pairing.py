"""Two recipes of the catalogue in one request."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

from contract_tests.harness.acting.recipe import named_by

# What one recipe says of the whole request leaves no room for another fault.
WHOLE = frozenset({"raw", "media_type"})

Recipe = Mapping[str, Any]


def both(first: Recipe, second: Recipe) -> Recipe | None:
    """One request with the faults of two recipes, told as the first; None where they are in each other's way.

    The first needs nothing but its own patch or credential, so that it stays a fault beside the second.
    """
    if not first.keys() <= {"patch", "vars", "credential"} or WHOLE & second.keys():
        return None
    if {"credential"} <= first.keys() & second.keys() or not _apart(first, second):
        return None
    patch = [*first.get("patch", ()), *second.get("patch", ())]
    told = {"vars": {**named_by(first), **first.get("vars", {})}}
    return {**second, **first, **told, **({"patch": patch} if patch else {})}


def _apart(first: Recipe, second: Recipe) -> bool:
    """Whether no change of one recipe lies at, above or below one of the other."""
    ones, others = ([f"{change['path']}/" for change in said.get("patch", ())] for said in (first, second))
    return not any(one.startswith(other) or other.startswith(one) for one, other in product(ones, others))
