"""Instances, their tasks and assignments as clients read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mockserver.core.replies import JSON
from mockserver.vendors.zeev.dates import days_between, printed
from mockserver.vendors.zeev.directory import Directory
from mockserver.vendors.zeev.records import Application, FormValue, Instance, InstanceTask, Person, Task, Unit
from mockserver.vendors.zeev.room import ZeevRoom

_HOST = "https://exemplo.zeev.it"
_NO_TASK = Task(
    id=0,
    name="",
    type="taskinstruction",
    description="",
    alias="",
    element_id=0,
    assignee_id=0,
    results=(),
    timeout=0,
)


@dataclass(frozen=True, kw_only=True)
class View:
    """What a reader asked to see: tasks, assignees and form values come only on demand."""

    form_field_names: list[str] | None = None
    pending_tasks: bool = False
    finished_tasks: bool = False
    assignees: bool = False
    select: str | None = None
    report: bool = False
    open_urls: bool = False

    def projected(self, document: dict[str, JSON]) -> dict[str, JSON]:
        """The document's properties that `$select` names; all of them without it (ZEEV-A20)."""
        if self.select is None:
            return document
        names = {name.strip() for name in self.select.split(",")}
        return {name: value for name, value in document.items() if name in names}


class Reader:
    """Turns records into the contract's models, for one request."""

    def __init__(self, room: ZeevRoom, directory: Directory, view: View) -> None:
        self._room = room
        self._directory = directory
        self._view = view

    async def instances(self, found: list[Instance]) -> list[JSON]:
        """Several instances, in their order."""
        return [await self.instance(instance) for instance in found]

    async def instance(self, instance: Instance) -> JSON:
        """One instance: `GetInstancesModelResult`, in a report with who cancelled."""
        view, directory = self._view, self._directory
        application = await directory.application(instance.flow_id)
        document = {
            **_head(instance, application),
            "requester": _requester(await directory.person(instance.requester_id), instance),
        }
        if view.report:
            document["cancelUserId"] = instance.cancellation.person_id if instance.cancellation else None
        if view.form_field_names:
            document["formFields"] = self._form_fields(instance, set(view.form_field_names))
        if view.pending_tasks or view.finished_tasks:
            document["instanceTasks"] = await self._tasks(instance, application)
        return view.projected(document)

    def _form_fields(self, instance: Instance, names: set[str]) -> list[JSON]:
        return [self._form_field(value) for value in instance.form_values if value.name in names]

    def _form_field(self, value: FormValue) -> JSON:
        field = {"id": value.id, "name": value.name, "value": value.value, "row": value.row}
        if self._view.report:
            field["openUrl"] = value.open_url if self._view.open_urls else None
        return field

    async def _tasks(self, instance: Instance, application: Application) -> list[JSON]:
        view = self._view
        tasks = await self._room.instance_tasks.find(instance_id=instance.id)
        shown = [task for task in tasks if (view.pending_tasks if task.end is None else view.finished_tasks)]
        return [await self._task(task, application) for task in shown]

    async def _task(self, task: InstanceTask, application: Application) -> JSON:
        executor = None if task.executor_id is None else await self._directory.person(task.executor_id)
        document = _task(task, design_of(task, application), executor, self._room.clock.now())
        if self._view.assignees and task.end is None:
            document["assignees"] = [_assignee(task, await self._directory.person(task.assignee_id))]
        return document


def design_of(task: InstanceTask, application: Application) -> Task:
    """The task of the flow's design that has opened here."""
    return next((design for design in application.tasks if design.id == task.task_id), _NO_TASK)


async def assignment(room: ZeevRoom, directory: Directory, task: InstanceTask, instance: Instance) -> JSON:
    """An open task in its assignee's hands: ASSIGNMENT."""
    application = await directory.application(instance.flow_id)
    design = design_of(task, application)
    return {
        "id": task.assignment_id,
        "taskLink": f"{_HOST}/2.0/assignments/{task.assignment_id}",
        "taskName": design.name,
        # The contract describes it so, whatever its name suggests.
        "requestName": (await directory.person(instance.requester_id)).name,
        "late": room.clock.now() > task.expected_end,
        "active": task.end is None,
        "startDateTime": printed(task.start),
        "expirationDateTime": printed(task.expected_end),
        "assignee": _person(await directory.person(task.assignee_id)),
        "flow": _flow(application),
        "instance": {
            "id": instance.id,
            "uid": instance.uid,
            "masterInstanceId": instance.master_instance_id,
            "starterInstanceId": instance.starter_instance_id,
            "instanceTask": {
                "id": task.id,
                "startDateTime": printed(task.start),
                "task": {
                    "id": design.id,
                    "name": design.name,
                    "type": design.type,
                    "description": design.description,
                    "element": {"id": design.element_id, "alias": design.alias},
                },
            },
        },
        "service": _service(instance, application),
    }


def _head(instance: Instance, application: Application) -> dict[str, JSON]:
    return {
        "id": instance.id,
        "masterInstanceId": instance.master_instance_id,
        "starterInstanceId": instance.starter_instance_id,
        "requestName": f"{application.name} v{application.version}",
        "reportLink": f"{_HOST}/2.0/instances/{instance.id}",
        "confirmationCode": instance.confirmation_code,
        "uid": instance.uid,
        "simulation": instance.simulation,
        "active": instance.state == "RUNNING",
        "flowResult": instance.flow_result,
        "flowResultId": instance.flow_result_id,
        "startDateTime": printed(instance.start),
        "endDateTime": printed(instance.end),
        "lastFinishedTaskDateTime": printed(instance.last_finished_task),
        "leadTimeInDays": days_between(instance.start, instance.end),
        "flow": _flow(application),
        "service": _service(instance, application),
    }


def _task(task: InstanceTask, design: Task, executor: Person | None, now: datetime) -> dict[str, JSON]:
    return {
        "id": task.id,
        "subprocessId": None,
        "startDateTime": printed(task.start),
        "endDateTime": printed(task.end),
        "expectedEndDateTime": printed(task.expected_end),
        "leadTimeInDays": days_between(task.start, task.end),
        "onTime": (task.end or now) <= task.expected_end,
        "active": task.end is None,
        "result": task.result,
        "alias": design.alias,
        "task": {
            "id": design.id,
            "name": design.name,
            "type": design.type,
            "businessHours": design.business_hours,
            "timeout": design.timeout,
        },
        "executor": None if executor is None else {"userId": executor.id, **_named(executor)},
    }


def _assignee(task: InstanceTask, person: Person) -> JSON:
    return {
        "id": task.assignment_id,
        "userId": person.id,
        **_named(person),
        "team": _unit(person.team),
        "position": _unit(person.position),
    }


def _requester(person: Person, instance: Instance) -> JSON:
    return {
        **_person(person),
        "team": _unit(instance.requester_team),
        "position": _unit(instance.requester_position),
    }


def _person(person: Person) -> dict[str, JSON]:
    return {"id": person.id, **_named(person)}


def _named(person: Person) -> dict[str, JSON]:
    return {"name": person.name, "email": person.email, "username": person.username}


def _unit(unit: Unit | None) -> JSON:
    return None if unit is None else {"id": unit.id, "name": unit.name, "code": unit.code}


def _flow(application: Application) -> JSON:
    return {
        "id": application.id,
        "uid": application.uid,
        "name": application.name,
        "version": application.version,
    }


def _service(instance: Instance, application: Application) -> JSON:
    service = application.service
    if instance.service_id is None or service is None:
        return None
    return {"id": service.id, "uid": service.uid, "name": service.name}
