"""Persat's view of one request: its collections by name."""

from __future__ import annotations

from mockserver.core.collection import Collection
from mockserver.core.room import Room
from mockserver.vendors.persat import records
from mockserver.vendors.persat.records import (
    ApiKey,
    Client,
    Label,
    Setting,
    Technician,
    WebhookEndpoint,
    WorkOrder,
    WorkOrderSchema,
)


class PersatRoom(Room):
    """The room that every Persat operation is handed."""

    __slots__ = ()

    @property
    def work_orders(self) -> Collection[WorkOrder]:
        """Work orders by `_id`."""
        return self.collection(records.WORK_ORDERS)

    @property
    def repetitions(self) -> Collection[WorkOrder]:
        """Future repetitions, which lists show and nothing else."""
        return self.collection(records.REPETITIONS)

    @property
    def schemas(self) -> Collection[WorkOrderSchema]:
        """Types of work order by `wo_shema_id`."""
        return self.collection(records.SCHEMAS)

    @property
    def labels(self) -> Collection[Label]:
        """Labels of work orders by id."""
        return self.collection(records.LABELS)

    @property
    def clients(self) -> Collection[Client]:
        """Clients by `uid_client`."""
        return self.collection(records.CLIENTS)

    @property
    def technicians(self) -> Collection[Technician]:
        """Technicians by `user_id`."""
        return self.collection(records.TECHNICIANS)

    @property
    def api_keys(self) -> Collection[ApiKey]:
        """The keys that may enter."""
        return self.collection(records.API_KEYS)

    @property
    def webhook_endpoints(self) -> Collection[WebhookEndpoint]:
        """Where events are sent."""
        return self.collection(records.WEBHOOK_ENDPOINTS)

    @property
    def settings(self) -> Collection[Setting]:
        """What a test has set."""
        return self.collection(records.SETTINGS)
