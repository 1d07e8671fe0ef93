"""Volume limits: calls per second, minute, hour and day, counted per person by the sandbox's clock."""

from __future__ import annotations

import math

import msgspec
from limits import (
    RateLimitItem,
    RateLimitItemPerDay,
    RateLimitItemPerHour,
    RateLimitItemPerMinute,
    RateLimitItemPerSecond,
)
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from mockserver.core.call import Call
from mockserver.vendors.zeev.errors import TooManyRequests
from mockserver.vendors.zeev.records import Limits, Volume, Window
from mockserver.vendors.zeev.room import ZeevRoom


async def limit(room: ZeevRoom, call: Call) -> None:
    """Count the caller's call, or raise TooManyRequests, which is not counted (ZEEV-A13)."""
    limits = await room.limits.get("default")
    if limits is None or room.caller is None:
        return
    volume = await room.volumes.get(room.caller.id)
    storage = SandboxStorage(volume.windows if volume else {}, room.clock.now().timestamp())
    limiter = FixedWindowRateLimiter(storage)
    items = _maxima(limits)
    full = [item for item in items if not limiter.test(item)]
    if full:
        raise TooManyRequests(retry_after=max(storage.seconds_left(item.key_for()) for item in full))
    for item in items:
        limiter.hit(item)
    await room.volumes.put(Volume(person_id=room.caller.id, windows=storage.windows))


def _maxima(limits: Limits) -> list[RateLimitItem]:
    figures = {
        RateLimitItemPerSecond: limits.second,
        RateLimitItemPerMinute: limits.minute,
        RateLimitItemPerHour: limits.hour,
        RateLimitItemPerDay: limits.day,
    }
    return [item(amount) for item, amount in figures.items() if amount] or [RateLimitItemPerSecond(1)]


class SandboxStorage(Storage):
    """The open windows of one person, handed in and taken back with each request.

    The library's own storages read the machine's clock and outlive a sandbox; this one reads the time
    it is given, and its windows are a record like any other: reset, snapshots and isolation hold.
    """

    STORAGE_SCHEME = None

    def __init__(self, windows: dict[str, Window], now: float) -> None:
        super().__init__()
        self._now = now
        # A window that opens later than now is left over from before a test turned the clock back.
        self.windows = {key: window for key, window in windows.items() if window.opens <= now < window.closes}

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """A dictionary has no outages of its own."""
        return ()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count; the first call opens the window, which closes after `expiry` seconds."""
        window = self.windows.get(key) or Window(count=0, opens=self._now, closes=self._now + expiry)
        self.windows[key] = msgspec.structs.replace(window, count=window.count + amount)
        return self.windows[key].count

    def get(self, key: str) -> int:
        """Calls counted in the open window."""
        window = self.windows.get(key)
        return 0 if window is None else window.count

    def get_expiry(self, key: str) -> float:
        """When the window closes; the present if none is open."""
        window = self.windows.get(key)
        return self._now if window is None else window.closes

    def seconds_left(self, key: str) -> int:
        """Whole seconds until the window closes, at least 1."""
        return max(1, math.ceil(self.get_expiry(key) - self._now))

    def check(self) -> bool:
        """Always there."""
        return True

    def clear(self, key: str) -> None:
        """Forget one window."""
        self.windows.pop(key, None)

    def reset(self) -> int:
        """Forget every window; how many there were."""
        count = len(self.windows)
        self.windows.clear()
        return count
