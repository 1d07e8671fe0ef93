"""Instances: start one, read one, list one's own."""

from __future__ import annotations

from datetime import datetime

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.zeev.dates import moment
from mockserver.vendors.zeev.directory import Directory
from mockserver.vendors.zeev.errors import InvalidApplication, InvalidParameter
from mockserver.vendors.zeev.flows import open_next
from mockserver.vendors.zeev.forms import filled, written
from mockserver.vendors.zeev.read_models import Reader, View
from mockserver.vendors.zeev.records import Application, Instance
from mockserver.vendors.zeev.rights import visible
from mockserver.vendors.zeev.room import ZeevRoom


async def create_instance(room: ZeevRoom, body: JSON) -> Reply:
    """Start an instance of a flow or of a service's flow, for the token's person (ZEEV-A18)."""
    application = await _application(room, body.get("flowId"), body.get("serviceId"))
    person = room.caller
    instance = Instance(
        id=await room.ids.next("instances"),
        uid=await room.ids.uuid(),
        confirmation_code=(await room.ids.token(8)).upper(),
        state="RUNNING",
        flow_id=application.id,
        service_id=body.get("serviceId"),
        simulation=body.get("isSimulation", False),
        requester_id=person.id,
        requester_team=person.team,
        requester_position=person.position,
        start=room.present(),
        form_values=filled((), body.get("formFields", [])),
        messages=written(body.get("messages", [])),
    )
    await room.instances.put(instance)
    await open_next(room, instance, application, after=None)
    return Reply(200, {"id": instance.id})


async def _application(room: ZeevRoom, flow_id: int | None, service_id: int | None) -> Application:
    if (flow_id is None) == (service_id is None):
        raise InvalidApplication
    if flow_id is not None:
        found = await room.applications.get(flow_id)
    else:
        found = next(iter(await room.applications.find(service_id=service_id)), None)
    if found is None or not found.tasks:
        raise InvalidApplication
    return found


async def get_instance(
    room: ZeevRoom,
    *,
    instance_id: int,
    form_field_names: list[str] | None = None,
    show_pending_instance_tasks: bool = False,
    show_finished_instance_tasks: bool = False,
    show_pending_assignees: bool = False,
    select: str | None = None,
) -> Reply:
    """One instance that the caller may see ('Consultar uma solicitação'; visibility: ZEEV-A28)."""
    instance = await visible(room, instance_id)
    view = View(
        form_field_names=form_field_names,
        pending_tasks=show_pending_instance_tasks,
        finished_tasks=show_finished_instance_tasks,
        assignees=show_pending_assignees,
        select=select,
    )
    return Reply(200, await Reader(room, Directory(room), view).instance(instance))


async def list_my_instances(  # noqa: PLR0913  # the operation's parameters
    room: ZeevRoom,
    *,
    page_number: int,
    records_per_page: int,
    instance_id: int | None = None,
    form_field_names: list[str] | None = None,
    start_date_begin: str | None = None,
    start_date_end: str | None = None,
    is_active: bool | None = None,
    show_pending_instance_tasks: bool = False,
    show_finished_instance_tasks: bool = False,
    show_pending_assignees: bool = False,
    select: str | None = None,
) -> Reply:
    """A page of the caller's own requests, ascending by id."""
    begin = _moment("startDateBegin", start_date_begin)
    end = _moment("startDateEnd", start_date_end)

    def wanted(instance: Instance) -> bool:
        return (
            instance_id in (None, instance.id)
            and (begin is None or instance.start >= begin)
            and (end is None or instance.start <= end)
            and is_active in (None, instance.state == "RUNNING")
        )

    view = View(
        form_field_names=form_field_names,
        pending_tasks=show_pending_instance_tasks,
        finished_tasks=show_finished_instance_tasks,
        assignees=show_pending_assignees,
        select=select,
    )
    mine = room.caller.id
    offset = (page_number - 1) * records_per_page
    found = await room.instances.page(
        "requester_id", low=mine, high=mine, where=wanted, offset=offset, limit=records_per_page
    )
    return Reply(200, await Reader(room, Directory(room), view).instances(found))


def _moment(name: str, text: str | None) -> datetime | None:
    try:
        return None if text is None else moment(text)
    except ValueError:
        raise InvalidParameter(name=name) from None
