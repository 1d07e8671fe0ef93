"""What Persat remembers, in the vendor's own field names where it has them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from mockserver.core.records import Record, Table
from mockserver.vendors.persat.expiry import expired_by_now

State = Literal[
    "PENDIENTE",
    "PROYECTADA",
    "ASIGNADA",
    "INFORME",
    "VENCIDA",
    "CERRADA_OK",
    "CERRADA_CON_DESVIO",
    "CERRADA_NO_CUMPLIDA",
]
Number = int | float
Instant = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z\Z")]
Minutes = Annotated[int, Meta(ge=0)] | Annotated[float, Meta(ge=0)]
StartOfDay = Annotated[int, Meta(ge=0, le=1439)] | Annotated[float, Meta(ge=0, le=1439)]
AtLeastOne = Annotated[int, Meta(ge=1)] | Annotated[float, Meta(ge=1)]
WebAddress = Annotated[
    str, Meta(pattern=r"^https?://([A-Za-z0-9._-]+|\[::1\])(:\d{1,5})?([/?][^\s#]*)?\Z", max_length=2000)
]
LabelName = Annotated[str, Meta(max_length=20)]

BY_API = "Creado por Api"
BY_API_ID = -1


class ClosingInfo(Record, frozen=True):
    """Why a work order was closed as it was."""

    cause: str


class Results(Record, frozen=True):
    """What technicians reported and how the order was closed; parts that do not exist are unset."""

    last_updated: Instant | UnsetType = UNSET
    formvalues: dict[str, Any] | UnsetType = UNSET
    closing_info: ClosingInfo | UnsetType = UNSET


class WorkOrder(Record, frozen=True):
    """One work order. Client, schema and technicians are referred to by id, labels weakly."""

    id: str
    note_id: int
    state: State
    created: Instant
    uid_client: str
    schema_id: Number
    service_time: Minutes
    created_by_user_name: str = BY_API
    created_by_user_id: Number = BY_API_ID
    labels_ids: tuple[Number, ...] = ()
    wo_instance: Any = None
    wo_rule_id: Any = None
    formvalues: dict[str, Any] = {}  # noqa: RUF012  # msgspec copies an empty default for each record
    results: Results | None = None
    date: dt.date | None = None
    starts_min: StartOfDay | None = None
    responsibles_required: AtLeastOne = 1
    responsibles: tuple[int, ...] = ()


class Widget(Record, frozen=True):
    """One field of a form."""

    id: str
    title: str
    subtitle: str
    widget_type: str
    description: str | UnsetType = UNSET


class FormDescription(Record, frozen=True):
    """The fields of a form."""

    widgets: tuple[Widget, ...] = ()


class WorkOrderSchema(Record, frozen=True):
    """A type of work order; the misspelt id is the vendor's."""

    wo_shema_id: int
    wo_group: int
    production: bool
    version: int
    draft: bool
    name: str
    default_service_time: Minutes
    instructions_description: FormDescription
    labels_ids: tuple[Number, ...] = ()
    results_description: FormDescription | UnsetType = UNSET


class Label(Record, frozen=True):
    """A label of work orders."""

    id: int
    name: LabelName
    color: str


class CustomField(Record, frozen=True):
    """A field that the customer has added to the clients."""

    name: str
    value: Any = None


class Client(Record, frozen=True):
    """A client of the customer. `client_id` is the number that work orders show beside `uid_client`."""

    uid_client: str
    client_id: int
    company_name: str
    last_updated: Instant
    company_description: str = ""
    type_id: int | None = None
    group_id: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    service_time: Minutes | UnsetType = UNSET
    wt: tuple[Number, Number] | UnsetType = UNSET
    street: str = ""
    street_nbr: str = ""
    neighborhood: str = ""
    city: str = ""
    country: str = ""
    custom_fields: dict[str, CustomField] = {}  # noqa: RUF012  # msgspec copies an empty default for each record


class Technician(Record, frozen=True):
    """A user who does the work in the field."""

    user_id: int
    user_name: str


class ApiKey(Record, frozen=True):
    """A key that may enter; every key sees the whole account (PERSAT-A41)."""

    key: str


class WebhookEndpoint(Record, frozen=True):
    """Where events go; no event means all of them. Attempts and backoff (seconds) are ours (PERSAT-A37)."""

    id: str
    url: WebAddress
    events: tuple[str, ...] = ()
    attempts: Annotated[int, Meta(ge=1, le=10)] = 1
    backoff: Annotated[float, Meta(ge=0, le=60)] = 0.0


class Setting(Record, frozen=True):
    """What a test may set about a sandbox; the record `work_orders` says when orders expire."""

    id: str
    overdue_hours: Annotated[float, Meta(ge=0)] = 48.0


WORK_ORDERS = Table("work_orders", WorkOrder, indexes=("date",), settle=expired_by_now)
# Future repetitions of a rule: listed with the id -1, and not found under any id (PERSAT-A25).
REPETITIONS = Table("work_order_repetitions", WorkOrder, indexes=("date",))
SCHEMAS = Table("work_order_schemas", WorkOrderSchema, key="wo_shema_id")
LABELS = Table("work_order_labels", Label)
CLIENTS = Table("clients", Client, key="uid_client")
TECHNICIANS = Table("technicians", Technician, key="user_id")
API_KEYS = Table("api_keys", ApiKey, key="key")
WEBHOOK_ENDPOINTS = Table("webhook_endpoints", WebhookEndpoint)
SETTINGS = Table("settings", Setting)

TABLES: tuple[Table[Any], ...] = (
    WORK_ORDERS,
    REPETITIONS,
    SCHEMAS,
    LABELS,
    CLIENTS,
    TECHNICIANS,
    API_KEYS,
    WEBHOOK_ENDPOINTS,
    SETTINGS,
)
