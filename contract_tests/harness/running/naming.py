"""Names of sandboxes: unique in a run, and for each test the same whoever runs it, and when."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

_LETTERS = 12  # of a test's digest: enough for thousands of tests


@dataclass
class SandboxNames:
    """Names that begin with the run's own word, then with one for the test, and are counted within it.

    A double makes the ids in its answers from the sandbox's name. A count through the whole run would make
    a test's requests depend on the tests before it.
    """

    run: str
    _scope: str = "0"
    _count: int = 0

    def begin(self, test: str) -> None:
        """From now on the names are those of this test, from the first on."""
        self._scope = hashlib.sha256(test.encode()).hexdigest()[:_LETTERS]
        self._count = 0

    def next(self) -> str:
        """One more name."""
        self._count += 1
        return f"{self.run}-{self._scope}-{self._count}"
