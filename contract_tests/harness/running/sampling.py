"""One case of each kind, chosen by the seed: what a profile that is not thorough tries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from contract_tests.harness.running.run import Case


@runtime_checkable
class OneOfMany(Protocol):
    """A case that resembles others; those that are alone of their kind are always tried."""

    @property
    def kind(self) -> tuple[str, ...]:
        """What it has in common with the others."""


def sampled(cases: Sequence[Case]) -> list[Case]:
    """The cases, of each kind only one, in their order."""
    kinds: dict[tuple[str, ...], list[Case]] = {}
    for case in cases:
        if isinstance(case, OneOfMany):
            kinds.setdefault((case.subject.contract.vendor, *case.kind), []).append(case)
    chosen = {id(_one_of(alike, kind)) for kind, alike in kinds.items()}
    return [case for case in cases if not isinstance(case, OneOfMany) or id(case) in chosen]


def _one_of(alike: Sequence[Case], kind: tuple[str, ...]) -> Case:
    return alike[alike[0].subject.derived_seed("sample", *kind) % len(alike)]
