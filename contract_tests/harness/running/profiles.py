"""How much a run tries."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Profile:
    """Numbers of a run.

    Whatever the profile, every operation, documented example, error of each operation's list, fault, birth
    and move in the life of a record is met at least once.
    """

    name: str
    examples: int
    """Random requests for each operation, on top of the enumerated ones."""
    histories: int
    """Walks through each lifecycle."""
    steps: int
    """Steps of a walk."""
    shrinks: bool
    """Whether a walk that fails is cut down to its shortest form."""
    thorough: bool = True
    """Whether everything that can be enumerated is tried.

    Otherwise the seed chooses one of each kind: of the recipes that lead to one error of one operation, of
    the requests that are malformed in one part, and of an operation's limits; and generated requests are
    random ones only, without those that schemathesis enumerates.
    """
    seconds: float | None = None
    """How long it is repeated with other seeds; None: it is tried once."""

    @property
    def on_a_foreign_server(self) -> Profile:
        """The same with few walks, none repeated to be shortened: each step leaves records behind there."""
        return replace(self, histories=max(1, self.histories // 10), steps=self.steps // 2, shrinks=False)


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("smoke", examples=5, histories=6, steps=15, shrinks=False, thorough=False),
        Profile("standard", examples=70, histories=40, steps=30, shrinks=True),
        Profile("deep", examples=70, histories=40, steps=30, shrinks=True, seconds=600),
    )
}

LONGEST_WALK = max(profile.steps for profile in PROFILES.values())
"""Steps that a walk kept by an earlier run may have."""
