"""Assignments: a person's open tasks, and finishing one."""

from __future__ import annotations

from msgspec.structs import replace

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.zeev.directory import Directory
from mockserver.vendors.zeev.errors import (
    AssignmentNotFound,
    AssignmentNotPending,
    InvalidResult,
    PermissionDenied,
)
from mockserver.vendors.zeev.flows import open_next
from mockserver.vendors.zeev.forms import filled, written
from mockserver.vendors.zeev.read_models import assignment, design_of
from mockserver.vendors.zeev.records import Application, Instance, InstanceTask, Result
from mockserver.vendors.zeev.room import ZeevRoom


async def list_my_assignments(
    room: ZeevRoom,
    page_number: int,
    records_per_page: int,
    flow_id: int | None = None,
    service_id: int | None = None,
    app_code: str | None = None,
    mobile_enabled_only: bool = False,
) -> Reply:
    """A page of the caller's open tasks, ascending by id."""

    def wanted(instance: Instance, application: Application) -> bool:
        return (
            flow_id in (None, instance.flow_id)
            and service_id in (None, instance.service_id)
            and app_code in (None, application.code)
            and (application.mobile_enabled or not mobile_enabled_only)
        )

    directory = Directory(room)
    first = (page_number - 1) * records_per_page
    found: list[tuple[InstanceTask, Instance]] = []
    for task, instance in await _pending(room):
        if wanted(instance, await directory.application(instance.flow_id)):
            found.append((task, instance))
        if len(found) == first + records_per_page:
            break
    return Reply(200, [await assignment(room, directory, *pair) for pair in found[first:]])


async def _pending(room: ZeevRoom) -> list[tuple[InstanceTask, Instance]]:
    tasks = await room.instance_tasks.find(pending_assignee_id=room.caller.id)
    pairs = [(task, await room.instances.get(task.instance_id)) for task in tasks]
    running = [(task, found) for task, found in pairs if found is not None and found.state == "RUNNING"]
    return sorted(running, key=lambda pair: pair[0].assignment_id)


async def finish_assignment(room: ZeevRoom, assignment_id: int, body: JSON) -> Reply:
    """Finish the caller's open task; the last one ends the instance (ZEEV-A19, ZEEV-A30)."""
    task, instance = await _assigned(room, assignment_id)
    if task.end is not None or instance.state != "RUNNING":
        raise AssignmentNotPending(assignmentId=assignment_id)
    application = await Directory(room).application(instance.flow_id)
    result = _offered(task, application, body.get("result"))
    now = room.present()
    finished = replace(task, end=now, result=result.text, executor_id=room.caller.id)
    await room.instance_tasks.put(finished)
    instance = replace(
        instance,
        last_finished_task=now,
        form_values=filled(instance.form_values, body.get("formFields", [])),
        messages=instance.messages + written(body.get("messages", [])),
    )
    if not await open_next(room, instance, application, after=task.task_id):
        instance = replace(
            instance, state="FINISHED", end=now, flow_result=result.text, flow_result_id=result.id
        )
    await room.instances.put(instance)
    return Reply(200, {"success": True})


async def _assigned(room: ZeevRoom, assignment_id: int) -> tuple[InstanceTask, Instance]:
    """The caller's task and its instance; raises AssignmentNotFound, PermissionDenied."""
    task = next(iter(await room.instance_tasks.find(assignment_id=assignment_id)), None)
    instance = None if task is None else await room.instances.get(task.instance_id)
    if task is None or instance is None:
        raise AssignmentNotFound(assignmentId=assignment_id)
    if task.assignee_id != room.caller.id:
        raise PermissionDenied
    return task, instance


def _offered(task: InstanceTask, application: Application, text: str | None) -> Result:
    for result in design_of(task, application).results:
        if result.text == text:
            return result
    raise InvalidResult
