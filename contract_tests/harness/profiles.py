"""How much a run tries."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """Numbers of a run; everything that is enumerated is checked in every profile."""

    name: str
    examples: int
    """Random requests for each operation, on top of the enumerated ones."""
    histories: int
    """Walks through each lifecycle."""
    steps: int
    """Steps of a walk."""
    shrinks: bool
    """Whether a walk that fails is cut down to its shortest form."""


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("smoke", examples=10, histories=6, steps=15, shrinks=False),
        Profile("standard", examples=100, histories=40, steps=30, shrinks=True),
        Profile("deep", examples=1_000, histories=300, steps=50, shrinks=True),
    )
}
