"""What a run may spend on a server: requests, requests a second, and time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

WAITS_LOST = 120.0  # seconds of waiting for answers that never came, after which a server is given up


class BudgetSpent(Exception):
    """The run has to end here; `str()` says which budget is spent."""


@dataclass
class Budget:
    """Counts what is spent; None means that there is no limit."""

    requests: int | None = None
    per_second: float | None = None
    seconds: float | None = None
    sent: int = 0
    lost: float = 0.0
    """Seconds spent waiting for answers that did not come."""
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)
    now: Callable[[], float] = field(default=time.monotonic, repr=False)
    _began: float = field(default=0.0, repr=False)
    _next: float = field(default=0.0, repr=False)

    def __post_init__(self) -> None:
        self._began = self.now()

    @property
    def left(self) -> float:
        """Seconds left, infinite without a limit."""
        return float("inf") if self.seconds is None else self.seconds - (self.now() - self._began)

    def take(self) -> None:
        """Make room for one request: wait for its turn, and count it; BudgetSpent if there is none left."""
        if self.requests is not None and self.sent >= self.requests:
            raise BudgetSpent(f"the budget of {self.requests} requests is spent (--max-requests)")
        self._demand_time()
        if self.per_second:
            wait = self._next - self.now()
            if wait > 0:
                self.wait(wait, "the next request's turn")
            self._next = max(self._next, self.now()) + 1 / self.per_second
        self.sent += 1

    def wait(self, seconds: float, why: str) -> None:
        """Do nothing for some seconds; BudgetSpent if that would outlast the run."""
        if seconds > self.left:
            raise BudgetSpent(
                f"{why} is {seconds:.0f} s away, and the run has {max(self.left, 0):.0f} s left"
            )
        self.sleep(seconds)

    def lose(self, seconds: float) -> None:
        """Note that an answer did not come in so many seconds; BudgetSpent when that was too often."""
        self.lost += seconds
        if self.lost >= WAITS_LOST:
            raise BudgetSpent(f"the server let {self.lost:.0f} s pass without complete answers")
        self._demand_time()

    def _demand_time(self) -> None:
        if self.left <= 0:
            raise BudgetSpent(f"the {self.seconds:.0f} s that the run may take are over (--max-time)")
