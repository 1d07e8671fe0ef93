"""A run that goes on until its time is up: rounds, each with a seed of its own, of what the seed decides."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from contract_tests.harness.running.run import Run


def next_round(run: Run) -> Run:
    """Another round of the run; its seed alone repeats it, as a run of its own."""
    seed = seed_of(run.seed, run.rounds + 1)
    subjects = [replace(subject, seed=seed) for subject in run.subjects]
    return replace(
        run,
        subjects=subjects,
        seed=seed,
        verdicts=[],
        omissions={},
        warnings=[],
        requests=0,
        seconds=0.0,
        first=(),
        repeats=True,
    )


def seed_of(seed: int, number: int) -> int:
    """The seed of a round; the first round has the run's own."""
    if number == 1:
        return seed
    return int.from_bytes(hashlib.sha256(f"{seed}/round {number}".encode()).digest()[:4])
