"""Which instances a report finds: every filter given must match."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from mockserver.vendors.zeev.criteria import Criteria, Intervals, holds
from mockserver.vendors.zeev.form_conditions import matches
from mockserver.vendors.zeev.records import Application, Instance, Unit
from mockserver.vendors.zeev.room import ZeevRoom
from mockserver.vendors.zeev.task_filters import task_filter

Test = Callable[[Instance], bool]


@dataclass(frozen=True)
class Applications:
    """Applications by flow, for filters on what an instance was started from."""

    by_flow: dict[int, Application]

    def having(self, test: Callable[[Application], bool]) -> Test:
        """Instances of applications that pass a test."""
        flows = {flow_id for flow_id, application in self.by_flow.items() if test(application)}
        return lambda instance: instance.flow_id in flows


async def instance_filter(room: ZeevRoom, criteria: Criteria, intervals: Intervals) -> Test:
    """One test made of all filters of a report, except instanceId and visibility."""
    applications = Applications({known.id: known for known in await room.applications.find()})
    tests = [
        *_own(criteria, intervals),
        *_of_application(criteria, applications),
        *await _of_requester(room, criteria),
    ]
    if criteria.task_id is not None or criteria.task_status is not None:
        tests.append(await task_filter(room, criteria.task_id, criteria.task_status, applications.by_flow))
    return lambda instance: all(test(instance) for test in tests)


def _own(criteria: Criteria, intervals: Intervals) -> list[Test]:
    conditions, team = criteria.form_fields_filter, criteria.requester_team_id
    given: list[tuple[object, Test]] = [
        (intervals.start, lambda instance: holds(intervals.start, instance.start)),
        (intervals.end, lambda instance: holds(intervals.end, instance.end)),
        (
            intervals.last_task_end,
            lambda instance: holds(intervals.last_task_end, instance.last_finished_task),
        ),
        (criteria.simulation, lambda instance: instance.simulation == criteria.simulation),
        (criteria.active, lambda instance: (instance.state == "RUNNING") == criteria.active),
        (criteria.flow_id, lambda instance: instance.flow_id == criteria.flow_id),
        (criteria.service_id, lambda instance: instance.service_id == criteria.service_id),
        (team, lambda instance: _is(instance.requester_team, team)),
        (conditions or None, lambda instance: matches(instance.form_values, conditions)),
    ]
    return [test for value, test in given if value is not None]


def _of_application(criteria: Criteria, applications: Applications) -> list[Test]:
    tests: list[Test] = []
    if criteria.flow_uid is not None:
        flow_uid = criteria.flow_uid.lower()
        tests.append(applications.having(lambda application: application.uid.lower() == flow_uid))
    if criteria.service_uid is not None:
        service_uid = criteria.service_uid.lower()
        tests.append(lambda instance: instance.service_id is not None)
        tests.append(applications.having(lambda application: _service_uid(application) == service_uid))
    if criteria.mobile_enabled_only:
        tests.append(applications.having(lambda application: application.mobile_enabled))
    if criteria.responsible_app_team_id is not None:
        team = criteria.responsible_app_team_id
        tests.append(applications.having(lambda application: application.responsible_team_id == team))
    return tests


async def _of_requester(room: ZeevRoom, criteria: Criteria) -> list[Test]:
    tests: list[Test] = []
    if criteria.requester_username is not None:
        named = await room.people.find(username=criteria.requester_username)
        tests.append(_requested_by({person.id for person in named}))
    if criteria.current_requester_team_id is not None:
        team = criteria.current_requester_team_id
        members = await room.people.find(lambda person: _is(person.team, team))
        tests.append(_requested_by({person.id for person in members}))
    return tests


def _requested_by(people: Collection[int]) -> Test:
    return lambda instance: instance.requester_id in people


def _is(unit: Unit | None, id: int | None) -> bool:
    return unit is not None and unit.id == id


def _service_uid(application: Application) -> str | None:
    return None if application.service is None else application.service.uid.lower()
