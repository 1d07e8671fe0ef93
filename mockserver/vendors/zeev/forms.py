"""Form values and messages that come along with a request or a finished task."""

from __future__ import annotations

from msgspec.structs import replace

from mockserver.core.replies import JSON
from mockserver.vendors.zeev.records import FormValue, Message


def filled(values: tuple[FormValue, ...], fields: list[JSON]) -> tuple[FormValue, ...]:
    """The values of a form after `formFields` of a body: same name and row replaces, the rest is added.

    A field without a name is found by its id; a new one without an id gets the next number.
    """
    by_place = {(value.name, value.row): value for value in values}
    names = {value.id: value.name for value in values}
    highest = max(names, default=0)
    for field in fields:
        name = field.get("name", names.get(field.get("id"), ""))
        row = int(field.get("row", 1))
        old = by_place.get((name, row))
        if old is None:
            old = FormValue(id=field.get("id", highest + 1), name=name, value="", row=row)
            highest = max(highest, old.id)
            names[old.id] = name
        by_place[name, row] = replace(old, value=field.get("value", ""), open_url=None)
    return tuple(by_place.values())


def written(bodies: list[JSON]) -> tuple[Message, ...]:
    """The `messages` of a body."""
    return tuple(
        Message(body=item.get("messageBody", ""), requester_can_see=item.get("requesterCanSee", False))
        for item in bodies
    )
