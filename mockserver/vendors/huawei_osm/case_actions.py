"""The four actions on a ticket: press, cancel, close, delete."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.huawei_osm.cases import check_state, existing_case
from mockserver.vendors.huawei_osm.errors import OnlyJustCreated, PressedTooSoon
from mockserver.vendors.huawei_osm.operate_logs import OperateType, log
from mockserver.vendors.huawei_osm.records import Case, Satisfaction
from mockserver.vendors.huawei_osm.roles import check_role
from mockserver.vendors.huawei_osm.room import OsmRoom
from mockserver.vendors.huawei_osm.times import printed

Effect = Callable[[OsmRoom, Case, JSON], Awaitable[Case]]
_RATING_FIELDS = frozenset(Satisfaction.__struct_fields__)


class Action(NamedTuple):
    """What an action demands and does (HUAWEI-A2, HUAWEI-A3)."""

    from_states: frozenset[int]
    log_as: OperateType
    effect: Effect


async def update_cases(room: OsmRoom, case_id: str, action_id: str, body: JSON) -> Reply:
    """Act on a ticket; a refused action leaves no trace."""
    said = body or {}
    case = await existing_case(room, case_id)
    check_role(room)
    action = _ACTIONS[action_id]
    await check_state(room, case, action.from_states)
    await room.cases.put(await action.effect(room, case, said))
    await log(room, case_id, action.log_as, said.get("operate_desc", ""))
    return Reply(200, {})


def ratings(said: JSON) -> tuple[Satisfaction, ...]:
    """The ratings of a body, as far as the vendor knows their fields."""
    return tuple(
        Satisfaction(**{name: value for name, value in one.items() if name in _RATING_FIELDS})
        for one in said.get("incident_satisfaction_list", ())
    )


def completed(room: OsmRoom, case: Case) -> Case:
    """The ticket in state 3, its solution dated (HUAWEI-A39)."""
    return replace(case, status=3, confirmed_time=printed(room.clock.now()))


async def _press(room: OsmRoom, case: Case, said: JSON) -> Case:
    """Urge: too soon after the creation (HUAWEI-A6) or after the last time (HUAWEI-A5) it is refused."""
    now, setting = room.clock.now(), await room.setting()
    if _is_recent(datetime.fromisoformat(case.create_time), now, setting.fresh_seconds):
        raise OnlyJustCreated
    if case.pressed_at is not None and _is_recent(case.pressed_at, now, setting.press_window_seconds):
        raise PressedTooSoon
    return replace(case, pressed_at=now)


def _is_recent(then: datetime, now: datetime, seconds: int) -> bool:
    """Whether less than this has passed; a test may have moved the clock to before it."""
    return timedelta(0) <= now - then < timedelta(seconds=seconds)


async def _cancel(room: OsmRoom, case: Case, said: JSON) -> Case:
    return replace(case, status=4)


async def _close(room: OsmRoom, case: Case, said: JSON) -> Case:
    """The customer agrees that it is solved, and may rate (HUAWEI-A12)."""
    rated = replace(case, judgement=said.get("judgement", ""), incident_satisfaction=ratings(said))
    return completed(room, rated)


async def _delete(room: OsmRoom, case: Case, said: JSON) -> Case:
    return replace(case, status=13)


_ACTIONS = {
    "press": Action(frozenset({0, 1, 5}), OperateType.PRESS, _press),
    "cancel": Action(frozenset({0}), OperateType.CANCEL, _cancel),
    "close": Action(frozenset({1, 2, 17}), OperateType.CLOSE, _close),
    "delete": Action(frozenset({3, 4, 12}), OperateType.DELETE, _delete),
}
