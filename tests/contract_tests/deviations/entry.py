"""Deviations at the door: who is let in although the contract turns him away."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from contract_tests.harness.spec.operation import CatalogueError, Operation
from tests.contract_tests.deviations.address import ABSENT, read, written
from tests.contract_tests.deviations.deviation import Deviation, at, is_refusal
from tests.contract_tests.deviations.survey import Survey
from tests.contract_tests.saboteur import Ask, Asked, Fault, Told

IN_BODY = "body/sessionID"
ALMOST: dict[str, Callable[[str, str], bool]] = {
    "with more behind it": lambda shown, good: shown.startswith(good),
    "with something cut off": lambda shown, good: len(shown) > len(good) // 2 and good.startswith(shown),
    "in any case": lambda shown, good: shown.lower() == good.lower(),
}
"""What a careless comparison takes for a good credential."""
OTHER_HEADERS = frozenset({"authorization", "x-auth-token", "x-sdk-date"})


def of_credentials(survey: Survey) -> Iterator[Deviation]:
    """Missing, wrong, outdated and almost good credentials let in, and all of them at once."""
    door = survey.contract.root_error("credential")
    if door is None:
        return
    for operation in survey.contract.operations.values():
        if not operation.secured or survey.seen(operation) is None:
            continue
        yield _planted(survey, operation, "authentication ignored", [door])
        for kind, missing in (("missing credential accepted", True), ("wrong credential accepted", False)):
            yield _planted(survey, operation, kind, [door], missing=missing)
        others = [
            error
            for error in survey.contract.errors.values()
            if error is not door and error.status == door.status and _about_credentials(error)
        ]
        for error in others:
            yield _planted(survey, operation, "outdated credential accepted", [error])
        for how, tells in ALMOST.items():
            yield _planted(survey, operation, "almost good credential accepted", [door, *others], how, tells)


def _about_credentials(error: CatalogueError) -> bool:
    recipes = error.provoke if isinstance(error.provoke, list) else []
    return any("credential" in recipe for recipe in recipes)


def _planted(
    survey: Survey,
    operation: Operation,
    kind: str,
    errors: list[CatalogueError],
    how: str = "",
    almost: Callable[[str, str], bool] | None = None,
    *,
    missing: bool | None = None,
) -> Deviation:
    fault = at(survey.addresses, operation, _let_in(survey, operation, errors, missing, almost))
    detail = how or ("" if kind.startswith("authentication") else errors[0].id)
    return Deviation(kind, survey.contract.vendor, operation.id, detail, lambda: fault)


def _let_in(
    survey: Survey,
    operation: Operation,
    errors: list[CatalogueError],
    missing: bool | None = None,
    almost: Callable[[str, str], bool] | None = None,
) -> Fault:
    good = {name.lower(): value for name, value in survey.subject.keyring.headers(operation).items()}

    async def let_in(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        if not any(is_refusal(survey.contract, told, error) for error in errors):
            return told
        place = f"header/{next(iter(good))}" if good else IN_BODY
        shown = read(survey.contract, operation, asked, place)
        if missing is not None and (shown is ABSENT) is not missing:
            return told
        seen = survey.seen(operation)
        value = next(iter(good.values())) if good else seen and seen.parts["body"]["sessionID"]
        if almost is not None and not (shown and almost(_plain(shown), _plain(value))):
            return told
        entering = written(survey.contract, operation, asked, place, value)
        if good:  # whatever else was shown, such as a signature
            kept = {
                name: said
                for name, said in entering.headers.items()
                if name not in OTHER_HEADERS - good.keys()
            }
            entering = replace(entering, headers=kept)
        return await ask(entering)

    return let_in


def _plain(shown: Any) -> str:
    """A credential as its owner knows it, without the Base64 of a pair."""
    text = str(shown)
    if not text.startswith("Basic "):
        return text
    return base64.b64decode(text.removeprefix("Basic ")).decode("utf-8", "replace")
