"""A sandbox's time: real by default, moved or frozen by a test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from mockserver.core.records import Record, Table
from mockserver.core.store import Transaction


class ClockState(Record, frozen=True):
    """How far the sandbox's time is from real time, in seconds; `frozen` stops it at an instant."""

    id: str = "clock"
    offset: float = 0.0
    frozen: datetime | None = None


CLOCK = Table("clock", ClockState)
_REAL = ClockState()


class OutOfTime(ValueError):
    """The move would leave the calendar (years 1 to 9999)."""


class Clock:
    """The time of one request: the same instant however often it is asked."""

    __slots__ = ("_now", "_state")

    def __init__(self, state: ClockState | None) -> None:
        self._state = state
        self._now: datetime | None = None

    @classmethod
    async def of(cls, transaction: Transaction) -> Clock:
        """The clock of the sandbox that a transaction looks at."""
        return cls(await transaction.get(CLOCK, "clock"))

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        if self._now is None:
            state = self._state
            if state is None:
                self._now = datetime.now(UTC)
            elif state.frozen is not None:
                self._now = state.frozen
            else:
                self._now = moved(datetime.now(UTC), state.offset)
        return self._now

    @property
    def touched(self) -> bool:
        """Whether a test has set this clock."""
        return self._state is not None

    @property
    def frozen(self) -> bool:
        """Whether this clock stands still."""
        return self._state is not None and self._state.frozen is not None

    def advanced(self, seconds: float) -> ClockState:
        """The state after time has moved on; raises OutOfTime."""
        state = self._state or _REAL
        moved(self.now(), seconds)
        if state.frozen is not None:
            return msgspec.structs.replace(state, frozen=moved(state.frozen, seconds))
        return msgspec.structs.replace(state, offset=state.offset + seconds)

    def resumed(self) -> ClockState:
        """The state in which time runs on from the instant that the clock shows."""
        return ClockState(offset=(self.now() - datetime.now(UTC)).total_seconds())


def moved(instant: datetime, seconds: float) -> datetime:
    """An instant moved by seconds; raises OutOfTime where the calendar ends."""
    try:
        return instant + timedelta(seconds=seconds)
    except OverflowError as error:
        raise OutOfTime(seconds) from error
