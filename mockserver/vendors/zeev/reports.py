"""Reports over all requests of the system, by query and by body."""

from __future__ import annotations

import msgspec

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.zeev.criteria import BadMoment, Criteria, Intervals
from mockserver.vendors.zeev.directory import Directory
from mockserver.vendors.zeev.errors import InvalidBody, InvalidParameter, MissingFilter
from mockserver.vendors.zeev.filters import instance_filter
from mockserver.vendors.zeev.read_models import Reader
from mockserver.vendors.zeev.rights import visibility
from mockserver.vendors.zeev.room import ZeevRoom


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
    found = await room.instances.page(
        low=criteria.instance_id,
        high=criteria.instance_id,
        where=lambda instance: visible(instance) and wanted(instance),
        offset=(criteria.page_number - 1) * criteria.records_per_page,
        limit=criteria.records_per_page,
    )
    reader = Reader(room, Directory(room), criteria.view())
    return Reply(200, await reader.instances(found))
