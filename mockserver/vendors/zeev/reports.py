"""Reports over all requests of the system, by query and by body."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.zeev.criteria import BadMoment, Criteria, Intervals
from mockserver.vendors.zeev.directory import Directory
from mockserver.vendors.zeev.errors import InvalidBody, InvalidParameter, MissingFilter
from mockserver.vendors.zeev.filters import Test, instance_filter
from mockserver.vendors.zeev.read_models import Reader
from mockserver.vendors.zeev.records import Instance
from mockserver.vendors.zeev.rights import visibility
from mockserver.vendors.zeev.room import ZeevRoom

# An interval that takes in more than one instance of so many is no help: a page fills soon without it.
_MANY = 4


async def report_instances(  # noqa: PLR0913  # the operation's parameters
    room: ZeevRoom,
    *,
    page_number: int,
    records_per_page: int,
    instance_id: int | None = None,
    start_date_interval_begin: str | None = None,
    start_date_interval_end: str | None = None,
    end_date_interval_begin: str | None = None,
    end_date_interval_end: str | None = None,
    last_task_end_date_interval_begin: str | None = None,
    last_task_end_date_interval_end: str | None = None,
    simulation: bool | None = None,
    active: bool | None = None,
    flow_id: int | None = None,
    flow_uid: str | None = None,
    service_id: int | None = None,
    service_uid: str | None = None,
    allow_open_urls_for_files_in_form: bool = False,
    requester_username: str | None = None,
    form_field_names: list[str] | None = None,
    show_pending_instance_tasks: bool = False,
    show_finished_instance_tasks: bool = False,
    show_pending_assignees: bool = False,
    task_id: int | None = None,
    task_status: str | None = None,
    requester_team_id: int | None = None,
    current_requester_team_id: int | None = None,
    responsible_app_team_id: int | None = None,
    select: str | None = None,
) -> Reply:
    """A page of the report, its filters in the query ('Listar todas as solicitações do sistema')."""
    given = dict(locals())  # the parameters are the criteria, name by name
    del given["room"]
    criteria = Criteria(**given)
    try:
        return await _report(room, criteria, Intervals.of(criteria))
    except BadMoment as error:
        raise InvalidParameter(name=error.name) from None


async def query_instances_report(room: ZeevRoom, body: JSON) -> Reply:
    """A page of the report, its filters in the body, and conditions on form values besides."""
    criteria = msgspec.convert(body, Criteria)
    conditions = criteria.form_fields_filter
    incomplete = [position for position, condition in enumerate(conditions) if not condition.complete]
    if incomplete:
        raise InvalidBody(details=[f"formFieldsFilter.{position}" for position in incomplete])
    try:
        return await _report(room, criteria, Intervals.of(criteria))
    except BadMoment as error:
        raise InvalidBody(details=[error.name]) from None


async def _report(room: ZeevRoom, criteria: Criteria, intervals: Intervals) -> Reply:
    if criteria.instance_id is None and intervals.none:
        raise MissingFilter
    visible = await visibility(room)
    wanted = await instance_filter(room, criteria, intervals)
    found = await _page(room, criteria, intervals, lambda instance: visible(instance) and wanted(instance))
    reader = Reader(room, Directory(room), criteria.view())
    return Reply(200, await reader.instances(found))


async def _page(room: ZeevRoom, criteria: Criteria, intervals: Intervals, passes: Test) -> list[Instance]:
    """The instances of the page, in order of id.

    A narrow interval is read whole from its index: in order of id, its few instances may lie far apart.
    """
    offset, limit = (criteria.page_number - 1) * criteria.records_per_page, criteria.records_per_page
    narrow = None if criteria.instance_id is not None else await _narrow(room, intervals)
    if narrow is None:
        one = criteria.instance_id
        return await room.instances.page(low=one, high=one, where=passes, offset=offset, limit=limit)
    found = await room.instances.page(narrow.by, low=narrow.begin, high=narrow.end, where=passes)
    found.sort(key=lambda instance: instance.id)
    return found[offset : offset + limit]


class _Stretch(NamedTuple):
    """What an interval takes in, as its index has it."""

    by: str
    begin: datetime
    end: datetime
    holds: int


async def _narrow(room: ZeevRoom, intervals: Intervals) -> _Stretch | None:
    """The interval that takes in the fewest instances, if those are few; nothing is read for it."""
    given = {"start": intervals.start, "end": intervals.end, "last_finished_task": intervals.last_task_end}
    stretches = [
        _Stretch(by, one.begin, one.end, await room.instances.count(by, low=one.begin, high=one.end))
        for by, one in given.items()
        if one is not None
    ]
    narrowest = min(stretches, key=lambda stretch: stretch.holds, default=None)
    if narrowest is None or narrowest.holds * _MANY > await room.instances.count():
        return None
    return narrowest
