"""Clock: the sandbox's time, moved, frozen, let go."""

from __future__ import annotations

from datetime import UTC, datetime

from mockserver.control.errors import ClockDoesNotFit
from mockserver.control.room import ControlRoom
from mockserver.core.clock import CLOCK, Clock, ClockState, OutOfTime
from mockserver.core.replies import JSON, Reply


async def get_clock(room: ControlRoom) -> Reply:
    """What the sandbox's clock shows."""
    return Reply(200, _shown(room.clock))


async def set_clock(room: ControlRoom, body: JSON) -> Reply:
    """Advance by seconds, freeze at an instant, or resume."""
    try:
        state = _wanted(room.clock, body)
        clock = Clock(state)
        shown = _shown(clock)
    except OutOfTime:
        raise ClockDoesNotFit(problem="the calendar ends before that (years 1 to 9999)") from None
    await room.collection(CLOCK).put(state)
    return Reply(200, shown)


def _wanted(clock: Clock, body: JSON) -> ClockState:
    if "advance" in body:
        return clock.advanced(body["advance"])
    if "freeze" in body:
        return ClockState(frozen=_instant(body["freeze"]))
    return clock.resumed()


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ClockDoesNotFit(
            problem=f"{text!r} is no ISO 8601 instant such as 2026-01-02T03:04:05Z"
        ) from None


def _shown(clock: Clock) -> JSON:
    now = clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"now": now, "frozen": clock.frozen, "touched": clock.touched}
