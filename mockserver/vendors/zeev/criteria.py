"""What a report asks for, by query or by body, in the names of the contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from mockserver.vendors.zeev.dates import moment
from mockserver.vendors.zeev.read_models import View


class FieldCondition(msgspec.Struct, frozen=True):
    """One entry of `formFieldsFilter`."""

    id: int | None = None
    name: str | None = None
    operator: str = "="
    value: str | None = None

    @property
    def complete(self) -> bool:
        """Whether it names a field and a value (ZEEV-A31)."""
        return (self.id is not None or self.name is not None) and self.value is not None


class Criteria(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Every filter and wish of the two reports; the spec has checked shapes and limits."""

    page_number: int = 1
    records_per_page: int = 30
    instance_id: int | None = None
    start_date_interval_begin: str | None = None
    start_date_interval_end: str | None = None
    end_date_interval_begin: str | None = None
    end_date_interval_end: str | None = None
    last_task_end_date_interval_begin: str | None = None
    last_task_end_date_interval_end: str | None = None
    simulation: bool | None = None
    active: bool | None = None
    flow_id: int | None = None
    flow_uid: str | None = None
    service_id: int | None = None
    service_uid: str | None = None
    mobile_enabled_only: bool = False
    allow_open_urls_for_files_in_form: bool = False
    requester_username: str | None = None
    form_field_names: list[str] | None = None
    form_fields_filter: list[FieldCondition] = []
    show_pending_instance_tasks: bool = False
    show_finished_instance_tasks: bool = False
    show_pending_assignees: bool = False
    task_id: int | None = None
    task_status: str | None = None
    requester_team_id: int | None = None
    current_requester_team_id: int | None = None
    responsible_app_team_id: int | None = None
    select: str | None = None

    def view(self) -> View:
        """What the reader is to see of each instance."""
        return View(
            form_field_names=self.form_field_names,
            pending_tasks=self.show_pending_instance_tasks,
            finished_tasks=self.show_finished_instance_tasks,
            assignees=self.show_pending_assignees,
            select=self.select,
            report=True,
            open_urls=self.allow_open_urls_for_files_in_form,
        )


class BadMoment(ValueError):
    """A date that no calendar has; `name` is the filter's."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True)
class Interval:
    """A complete pair of dates, both ends included."""

    begin: datetime
    end: datetime


def holds(interval: Interval | None, instant: datetime | None) -> bool:
    """Whether the instant lies in the interval, if there is one; what has not happened does not."""
    return interval is None or (instant is not None and interval.begin <= instant <= interval.end)


@dataclass(frozen=True)
class Intervals:
    """The three pairs; half a pair counts as none (ZEEV-A16)."""

    start: Interval | None
    end: Interval | None
    last_task_end: Interval | None

    @classmethod
    def of(cls, criteria: Criteria) -> Intervals:
        """The pairs of some criteria; raises BadMoment, also for a half that will not count."""
        return cls(*(_interval(criteria, name) for name in ("start_date", "end_date", "last_task_end_date")))

    @property
    def none(self) -> bool:
        """Whether no pair is complete."""
        return self.start is None and self.end is None and self.last_task_end is None


def _interval(criteria: Criteria, name: str) -> Interval | None:
    begin, end = (_moment(criteria, f"{name}_interval_{edge}") for edge in ("begin", "end"))
    return None if begin is None or end is None else Interval(begin, end)


def _moment(criteria: Criteria, field: str) -> datetime | None:
    text = getattr(criteria, field)
    try:
        return None if text is None else moment(text)
    except ValueError:
        names = dict(zip(criteria.__struct_fields__, criteria.__struct_encode_fields__, strict=True))
        raise BadMoment(names[field]) from None
