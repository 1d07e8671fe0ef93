"""What the service remembers, in the vendor's own field names where it has them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from mockserver.core.records import Record, Table

Status = Literal[0, 1, 2, 3, 4, 5, 12, 13, 17]
VISIBLE: tuple[Status, ...] = (0, 1, 2, 3, 4, 5, 12, 17)
DELETED = 13

Role = Literal["Ticket Administrator", "Ticket Group Operator"]
Instant = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z\Z")]
Moment = Annotated[datetime, Meta(tz=True)]
Text32 = Annotated[str, Meta(max_length=32)]
Text64 = Annotated[str, Meta(max_length=64)]
Text256 = Annotated[str, Meta(max_length=256)]
Text400 = Annotated[str, Meta(max_length=400)]
Text2000 = Annotated[str, Meta(max_length=2000)]
TenYears = Annotated[int, Meta(ge=0, le=315_360_000)]


# ---------------------------------------------------------------- who may enter


class Project(Record, frozen=True):
    """A project of an account."""

    id: str
    name: str


class Account(Record, frozen=True):
    """An IAM account ("domain"): the customer."""

    id: Text64
    name: str
    projects: tuple[Project, ...] = ()


class User(Record, frozen=True):
    """An IAM user; without a role, one who may do nothing here."""

    user_id: Text64
    user_name: Text256
    account_id: str
    password: str | None = None
    role: Role | None = None


class Token(Record, frozen=True):
    """A token; without an end it holds for ever."""

    token: str
    user_id: str
    expires_at: Moment | None = None


class AccessKey(Record, frozen=True):
    """A pair of access key and secret key; a temporary one also demands a security token."""

    access_key: str
    secret_key: str
    user_id: str
    security_token: str | None = None


# ---------------------------------------------------------------- tickets


class Satisfaction(Record, frozen=True):
    """One rating, as it was sent (IncidentSatisfactionV2Do)."""

    satisfaction_id: int
    satisfaction_value: int
    value: int | UnsetType = UNSET
    satisfaction_name: str | UnsetType = UNSET
    per_value: int | UnsetType = UNSET
    sat_category_id: str | UnsetType = UNSET
    sat_category_name: str | UnsetType = UNSET


class ExtInfo(Record, frozen=True):
    """How to reach the customer about a ticket."""

    area_code: str | UnsetType = UNSET
    remind_mobile: str | UnsetType = UNSET
    remind_mail: str | UnsetType = UNSET
    contact_type: str | UnsetType = UNSET
    remind_time: str | UnsetType = UNSET
    cc_email: str | UnsetType = UNSET
    commodity_id: str | UnsetType = UNSET


class Case(Record, frozen=True):
    """A ticket. What stands below `ext_info` is set by engineers and tests only (HUAWEI-A38)."""

    incident_id: Text64
    status: Status
    create_time: Instant
    simple_description: Text2000
    business_type_id: str
    source_id: Text64
    customer_id: str
    xcustomer_id: Text64
    xcustomer_name: Text256
    incident_sub_type_id: str = ""
    product_category_id: str | None = None
    region_id: str = ""
    severity_id: str | None = None
    project_id: str | None = None
    judgement: Text400 = ""
    incident_satisfaction: tuple[Satisfaction, ...] = ()
    pressed_at: Moment | None = None
    ext_info: ExtInfo | UnsetType = UNSET
    confirmed_time: Instant | UnsetType = UNSET
    root_cause: str | UnsetType = UNSET
    resolution: str | UnsetType = UNSET
    incident_service_type: str | UnsetType = UNSET
    severity_name: str | UnsetType = UNSET
    business_ownership: int | UnsetType = UNSET
    resolve_time: int | UnsetType = UNSET

    @property
    def listed(self) -> str | None:
        """Index of all tickets that lists show, by time."""
        return None if self.status == DELETED else self.create_time

    @property
    def listed_status(self) -> str | None:
        """Index of the same by state, then by time."""
        return None if self.status == DELETED else f"{self.status}/{self.create_time}"


class Message(Record, frozen=True):
    """One message of a ticket; `type` is 0 for the customer, 1 for an engineer."""

    message_id: int
    case_id: str
    type: Literal[0, 1]
    replier: str
    replier_name: str
    content: str
    create_time: Instant
    is_first_message: Literal[0, 1] = 0
    accessory_ids: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Index of a ticket's messages, the oldest first."""
        return place_in_case(self.case_id, self.message_id)


class OperateLog(Record, frozen=True):
    """One thing that was done to a ticket; numbers of types are ours (HUAWEI-A26)."""

    incident_log_id: int
    incident_id: str
    operate_type: int
    operator_type: int
    operator_id: str
    operator_name: str
    operate_desc: str
    operate_time: Instant

    @property
    def place(self) -> str:
        """Index of a ticket's log, the oldest first."""
        return place_in_case(self.incident_id, self.incident_log_id)


class Accessory(Record, frozen=True):
    """What a test says of an attachment (HUAWEI-A17)."""

    accessory_id: str
    file_actual_name: str | None = None
    valid: bool = True


class Label(Record, frozen=True):
    """A label."""

    label_id: int
    name: str
    color: str


class CaseLabel(Record, frozen=True):
    """A label on a ticket; the id is ticket and label with a space between."""

    id: str
    case_id: str
    label_id: int


# ---------------------------------------------------------------- where ids come from


class ProblemType(Record, frozen=True):
    """A problem type; without products it belongs to all of them."""

    business_type_id: str
    business_type_name: str
    case_type: str
    can_use_support_plan: bool = False
    product_category_ids: tuple[str, ...] = ()


class Product(Record, frozen=True):
    """A product."""

    incident_product_category_id: str
    incident_product_category_name: str
    incident_product_category_desc: str = ""
    incident_product_category_acronym: str = ""
    can_use_support_plan: bool = False


class SubType(Record, frozen=True):
    """A sub-type of tickets, with its products."""

    incident_sub_type_id: str
    incident_sub_type_name: str
    product_category_ids: tuple[str, ...] = ()


class Severity(Record, frozen=True):
    """A severity."""

    severity_id: str
    severity_name: str
    language: str


class Region(Record, frozen=True):
    """A region; type 0 is mainland China, 1 international."""

    region_id: str
    region_name: str
    type: int
    is_sensitive: int = 0


class SatisfactionDimension(Record, frozen=True):
    """A dimension of ratings; `value` is its full score."""

    satisfaction_id: int
    satisfaction_name: str
    satisfaction_desc: str
    value: int
    per_value: int
    sat_category_id: str


class Setting(Record, frozen=True):
    """Where no document decides, and a test may."""

    id: str
    press_window_seconds: TenYears = 600
    fresh_seconds: TenYears = 0
    state_refusal: Literal["OSM.0003", "OSM.01010014"] = "OSM.0003"
    empty_object_as_list: bool = False
    deleted_visible: bool = False


def place_in_case(case_id: str, number: int) -> str:
    """An index value that keeps what belongs to one ticket together, in order of number."""
    return f"{len(case_id)}:{case_id}:{number:018}"


def places_in_case(case_id: str) -> tuple[str, str]:
    """The lowest and the highest index value of one ticket."""
    return place_in_case(case_id, 0), place_in_case(case_id, 10**18 - 1)


ACCOUNTS = Table("accounts", Account, indexes=("name",))
USERS = Table("users", User, key="user_id", indexes=("user_name",))
TOKENS = Table("tokens", Token, key="token")
ACCESS_KEYS = Table("access_keys", AccessKey, key="access_key")
CASES = Table("cases", Case, key="incident_id", indexes=("listed", "listed_status"))
MESSAGES = Table("messages", Message, key="message_id", indexes=("place",))
OPERATE_LOGS = Table("operate_logs", OperateLog, key="incident_log_id", indexes=("place",))
ACCESSORIES = Table("accessories", Accessory, key="accessory_id")
LABELS = Table("labels", Label, key="label_id")
CASE_LABELS = Table("case_labels", CaseLabel, indexes=("case_id", "label_id"))
PROBLEM_TYPES = Table("problem_types", ProblemType, key="business_type_id")
PRODUCTS = Table("products", Product, key="incident_product_category_id")
SUB_TYPES = Table("sub_types", SubType, key="incident_sub_type_id")
SEVERITIES = Table("severities", Severity, key="severity_id")
REGIONS = Table("regions", Region, key="region_id")
SATISFACTION_DIMENSIONS = Table("satisfaction_dimensions", SatisfactionDimension, key="satisfaction_id")
SETTINGS = Table("settings", Setting)

TABLES = (
    ACCOUNTS,
    USERS,
    TOKENS,
    ACCESS_KEYS,
    CASES,
    MESSAGES,
    OPERATE_LOGS,
    ACCESSORIES,
    LABELS,
    CASE_LABELS,
    PROBLEM_TYPES,
    PRODUCTS,
    SUB_TYPES,
    SEVERITIES,
    REGIONS,
    SATISFACTION_DIMENSIONS,
    SETTINGS,
)
