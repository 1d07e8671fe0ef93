"""The conformance of a store: whatever is done to it, it answers as a plain dictionary would."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from mockserver.core.memory import MemoryStore
from mockserver.core.records import ranked
from mockserver.core.store import Store, Transaction
from tests.core.acme.orders import ORDERS, Order

SEED = [Order(id=str(number), due=number % 3) for number in range(6)]
IDS = st.sampled_from(["0", "1", "2", "5", "7", "10", "b", "a"])
DUES = st.none() | st.integers(0, 4)
T = TypeVar("T")


def now(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def by_id(order: Order) -> tuple[int, Any]:
    return (0, int(order.id)) if order.id.isdigit() else (1, order.id)


class AsADictionary(RuleBasedStateMachine):
    """Puts, deletes, commits, rollbacks, resets and snapshots, against a model that copies everything."""

    snapshots = Bundle("snapshots")

    @initialize()
    def start(self) -> None:
        self.store: Store = MemoryStore({ORDERS: SEED})
        self.kept: dict[str, dict[str, Order]] = {}
        self.model = {order.id: order for order in SEED}
        self.begin()

    def begin(self) -> None:
        self.transaction: Transaction = now(self.store.begin("box"))
        self.pending = dict(self.model)

    @rule(id=IDS, due=DUES)
    def put(self, id: str, due: int | None) -> None:
        order = Order(id=id, due=due)
        now(self.transaction.put(ORDERS, order))
        self.pending[id] = order

    @rule(id=IDS)
    def delete(self, id: str) -> None:
        assert now(self.transaction.delete(ORDERS, id)) == (self.pending.pop(id, None) is not None)

    @rule()
    def commit(self) -> None:
        assert now(self.transaction.commit())
        self.model = self.pending
        self.begin()

    @rule()
    def roll_back(self) -> None:
        self.begin()

    @rule()
    def reset(self) -> None:
        now(self.store.reset("box"))
        self.model = {order.id: order for order in SEED}
        self.begin()

    @rule(target=snapshots, name=st.sampled_from(["x", "y", "z"]))
    def save(self, name: str) -> str:
        now(self.store.save("box", name))
        self.kept[name] = dict(self.model)
        self.begin()
        return name

    @rule(name=snapshots)
    def restore(self, name: str) -> None:
        assert now(self.store.restore("box", name))
        self.model = dict(self.kept[name])
        self.begin()

    @rule(low=DUES, high=DUES, down=st.booleans())
    def read_between(self, low: int | None, high: int | None, down: bool) -> None:
        bounds = (None if low is None else ranked(low), None if high is None else ranked(high))
        found = list(now(self.transaction.between(ORDERS, "due", *bounds, down)))
        expected = [
            order
            for order in self.pending.values()
            if (low is None or ranked(order.due) >= ranked(low))
            and (high is None or ranked(order.due) <= ranked(high))
        ]
        expected.sort(key=lambda order: (ranked(order.due), by_id(order)), reverse=down)
        assert found == expected

    @invariant()
    def everything_is_there_in_order(self) -> None:
        found = list(now(self.transaction.between(ORDERS, "", None, None, down=False)))
        assert found == sorted(self.pending.values(), key=by_id)
        for id in ("0", "7", "b"):
            assert now(self.transaction.get(ORDERS, id)) == self.pending.get(id)

    @invariant()
    def another_sandbox_sees_nothing_of_it(self) -> None:
        other = now(self.store.begin("other"))
        assert list(now(other.between(ORDERS, "", None, None, down=False))) == SEED


AsADictionary.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestMemoryStore = AsADictionary.TestCase
