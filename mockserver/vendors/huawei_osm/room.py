"""The service's view of one request: its collections by name."""

from __future__ import annotations

from mockserver.core.collection import Collection
from mockserver.core.room import Room
from mockserver.vendors.huawei_osm import records
from mockserver.vendors.huawei_osm.records import (
    AccessKey,
    Accessory,
    Account,
    Case,
    CaseLabel,
    Label,
    Message,
    OperateLog,
    ProblemType,
    Product,
    Region,
    SatisfactionDimension,
    Setting,
    Severity,
    SubType,
    Token,
    User,
)


class OsmRoom(Room):
    """The room that every operation is handed; `caller` is a User."""

    __slots__ = ()

    @property
    def accounts(self) -> Collection[Account]:
        """IAM accounts."""
        return self.collection(records.ACCOUNTS)

    @property
    def users(self) -> Collection[User]:
        """IAM users."""
        return self.collection(records.USERS)

    @property
    def tokens(self) -> Collection[Token]:
        """Tokens that have been issued."""
        return self.collection(records.TOKENS)

    @property
    def access_keys(self) -> Collection[AccessKey]:
        """Keys that sign."""
        return self.collection(records.ACCESS_KEYS)

    @property
    def cases(self) -> Collection[Case]:
        """Tickets, deleted ones included."""
        return self.collection(records.CASES)

    @property
    def messages(self) -> Collection[Message]:
        """Messages of all tickets."""
        return self.collection(records.MESSAGES)

    @property
    def operate_logs(self) -> Collection[OperateLog]:
        """Log entries of all tickets."""
        return self.collection(records.OPERATE_LOGS)

    @property
    def accessories(self) -> Collection[Accessory]:
        """What a test says of attachments."""
        return self.collection(records.ACCESSORIES)

    @property
    def labels(self) -> Collection[Label]:
        """Labels."""
        return self.collection(records.LABELS)

    @property
    def case_labels(self) -> Collection[CaseLabel]:
        """Which label is on which ticket."""
        return self.collection(records.CASE_LABELS)

    @property
    def problem_types(self) -> Collection[ProblemType]:
        """Problem types."""
        return self.collection(records.PROBLEM_TYPES)

    @property
    def products(self) -> Collection[Product]:
        """Products."""
        return self.collection(records.PRODUCTS)

    @property
    def sub_types(self) -> Collection[SubType]:
        """Sub-types."""
        return self.collection(records.SUB_TYPES)

    @property
    def severities(self) -> Collection[Severity]:
        """Severities."""
        return self.collection(records.SEVERITIES)

    @property
    def regions(self) -> Collection[Region]:
        """Regions."""
        return self.collection(records.REGIONS)

    @property
    def satisfaction_dimensions(self) -> Collection[SatisfactionDimension]:
        """Dimensions of ratings."""
        return self.collection(records.SATISFACTION_DIMENSIONS)

    async def setting(self) -> Setting:
        """What a test has set, or the defaults."""
        return await self.collection(records.SETTINGS).get("default") or Setting(id="default")
