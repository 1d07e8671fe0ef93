"""The checks of one record, attribute by attribute: every error that it has (TAF-A4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, time
from typing import Any, NamedTuple

from mockserver.core.replies import JSON, VendorError
from mockserver.vendors.taf.errors import (
    FieldAbsent,
    FieldEmpty,
    FieldInvalid,
    LayoutUnknown,
    MessageUnreadable,
    PriorityUnknown,
    QueueUnknown,
    VersionUnsupported,
)
from mockserver.vendors.taf.installation import Setting
from mockserver.vendors.taf.messages import DangerousXml, NotBase64, decoded, read

ALWAYS_VALID = "T999"
_LAYOUT = re.compile(r"S-[0-9]{4}|T[0-9]{3}")
_DAY = re.compile(r"[0-9]{8}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}")
_XML = "2"
# ECMAScript's white space, which JSON Schema's patterns mean; Python's also has control characters.
_BLANKS = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)


class Attribute(NamedTuple):
    """One attribute of a record: its name, its column of TAFST2 and its width in characters."""

    name: str
    column: str
    width: int | None
    mandatory: bool = False

    @property
    def shown(self) -> dict[str, Any]:
        """How a refusal names it."""
        return {"attribute": self.name, "column": self.column}


TICKET = Attribute("ticketCode", "TAFTICKET", 36, mandatory=True)
BRANCH = Attribute("sourceBranch", "TAFFIL", None, mandatory=True)
# In the order of the page's table. No width: a text that does not fit meets a code of its own (TAF-A10).
ATTRIBUTES = (
    BRANCH,
    Attribute("messageType", "TAFCODMSG", None, mandatory=True),
    Attribute("messageSequential", "TAFSEQ", 3, mandatory=True),
    Attribute("registryType", "TAFTPREG", None, mandatory=True),
    Attribute("registryKey", "TAFKEY", 100, mandatory=True),
    Attribute("integrationMessage", "TAFMSG", None, mandatory=True),
    Attribute("integrationDate", "TAFDATA", None),
    Attribute("integrationTime", "TAFHORA", None),
    Attribute("registryPriority", "TAFPRIORIT", None),
    Attribute("integrationQueue", "TAFSTQUEUE", None),
    Attribute("erpowner", "TAFOWNER", 40),
    Attribute("registryPredecessor", "TAFREGPRED", 100),
    Attribute("transferBranch", "TAFFILTRAN", 40),
    Attribute("complement", "TAFCOMP", 100),
)


def is_blank(text: str) -> bool:
    """Whether there is nothing in a text but blanks, as the spec's pattern for it counts them."""
    return not text.strip(_BLANKS)


def form_errors(attribute: Attribute, holder: dict[str, Any]) -> list[VendorError]:
    """Whether the attribute is there, is a text and has its width: 800, 801, 802."""
    if attribute.name not in holder:
        return [FieldAbsent(**attribute.shown)] if attribute.mandatory else []
    value = holder[attribute.name]
    if value is None or (isinstance(value, str) and is_blank(value)):
        return [FieldEmpty(**attribute.shown)] if attribute.mandatory else _blank(attribute, value)
    if not isinstance(value, str) or (attribute.width is not None and len(value) > attribute.width):
        return [FieldInvalid(**attribute.shown)]
    return []


def content_errors(attribute: Attribute, record: dict[str, Any], setting: Setting) -> Iterator[VendorError]:
    """What the content of a text means: 802, 804, 805, 806, 807, 814."""
    check = _CHECKS.get(attribute.name)
    value = record.get(attribute.name)
    if check is not None and isinstance(value, str) and value:
        yield from check(attribute, record, value, setting)


def _blank(attribute: Attribute, value: str | None) -> list[VendorError]:
    """An optional attribute may be empty; blanks beyond its width are too much."""
    too_long = attribute.width is not None and value is not None and len(value) > attribute.width
    return [FieldInvalid(**attribute.shown)] if too_long else []


def _message_type(attribute: Attribute, record: JSON, value: str, setting: Setting) -> Iterator[VendorError]:
    if value not in ("1", _XML):
        yield FieldInvalid(**attribute.shown)


def _layout(attribute: Attribute, record: JSON, value: str, setting: Setting) -> Iterator[VendorError]:
    known = _LAYOUT.fullmatch(value) if setting.layouts is None else value in setting.layouts
    if not known and value != ALWAYS_VALID:
        yield LayoutUnknown(layout=value)


def _message(attribute: Attribute, record: JSON, value: str, setting: Setting) -> Iterator[VendorError]:
    try:
        raw = decoded(value)
        version_1 = record.get("messageType") == _XML and read(raw).version_1
    except (NotBase64, DangerousXml):
        yield MessageUnreadable()
        return
    if version_1 and record.get("registryType") not in setting.sesmt_events:
        yield VersionUnsupported()


def _date(attribute: Attribute, record: JSON, value: str, setting: Setting) -> Iterator[VendorError]:
    if not (_DAY.fullmatch(value) and _exists(date.fromisoformat, value)):
        yield FieldInvalid(**attribute.shown)


def _time(attribute: Attribute, record: JSON, value: str, setting: Setting) -> Iterator[VendorError]:
    if not (_TIME.fullmatch(value) and _exists(_clock_time, value)):
        yield FieldInvalid(**attribute.shown)


def _priority(attribute: Attribute, record: JSON, value: str, setting: Setting) -> Iterator[VendorError]:
    if value not in ("0", "1", "2", "3", "4", "5"):
        yield PriorityUnknown(sent=value)


def _queue(attribute: Attribute, record: JSON, value: str, setting: Setting) -> Iterator[VendorError]:
    if value not in ("0", "1"):
        yield QueueUnknown()


def _clock_time(value: str) -> time:
    hours, minutes, seconds = map(int, value.split(":"))
    return time(hours, minutes, seconds)


def _exists(parse: Callable[[str], Any], value: str) -> bool:
    try:
        parse(value)
    except ValueError:
        return False
    return True


_CHECKS: dict[str, Callable[[Attribute, JSON, str, Setting], Iterator[VendorError]]] = {
    "messageType": _message_type,
    "registryType": _layout,
    "integrationMessage": _message,
    "integrationDate": _date,
    "integrationTime": _time,
    "registryPriority": _priority,
    "integrationQueue": _queue,
}
