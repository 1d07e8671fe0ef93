"""Persat's histories: any sequence of moves, held against the table of states that the documents give."""

from __future__ import annotations

from itertools import count
from typing import Any

import httpx
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

CANCELLABLE = ("PENDIENTE", "PROYECTADA", "ASIGNADA")
EVENTS = {
    "report": ("ASIGNADA", "INFORME"),
    "close_ok": ("INFORME", "CERRADA_OK"),
    "close_with_deviation": ("INFORME", "CERRADA_CON_DESVIO"),
    "close_not_done": ("INFORME", "CERRADA_NO_CUMPLIDA"),
}
DAY = "2031-03-10"
PLANS: dict[str, dict[str, Any]] = {
    "PENDIENTE": {},
    "PROYECTADA": {"date": DAY, "starts_min": 480},
    "ASIGNADA": {"date": DAY, "starts_min": 480, "responsibles_required": 1, "responsibles": [7]},
}
_NUMBERS = count(1)
causes = st.text("aé👷 \n", min_size=1, max_size=20).filter(str.strip)
labels = st.lists(st.integers(0, 20), max_size=4)


class Histories(RuleBasedStateMachine):
    """A model of state, labels and cause of each order beside the double."""

    url = ""
    orders: Bundle[str] = Bundle("orders")

    @initialize()
    def begin(self) -> None:
        """Each history has a sandbox of its own, without the seed's dated orders on DAY."""
        key = {"Authorization": "Bearer duble-key"}
        base = f"{self.url}/~history-{next(_NUMBERS)}"
        self.persat = httpx.Client(base_url=base, headers=key, timeout=30, trust_env=False)
        self.model: dict[str, tuple[str, list[int], str | None]] = {}

    @rule(target=orders, state=st.sampled_from(sorted(PLANS)), ids=labels)
    def create(self, state: str, ids: list[int]) -> str:
        """A new order in one of the three states that clients can create."""
        work = {"schema_id": 13, "service_time": 45, "instructions": {"formvalues": {}}}
        body = {
            "uid_client": "AABC9098",
            "wo_data": work,
            "labels_ids": ids,
            "assignation_info": PLANS[state],
        }
        made: str = self.persat.post("/v1/work-orders", json=body).json()["data"]["_id"]
        assert made not in self.model
        self.model[made] = (state, ids, None)
        return made

    @rule(wo_id=orders, cause=causes, ids=st.none() | labels)
    def cancel(self, wo_id: str, cause: str, ids: list[int] | None) -> None:
        """A cancellation: it succeeds in three states and changes nothing in the others."""
        body: dict[str, Any] = {"cause": cause} if ids is None else {"cause": cause, "labels_ids": ids}
        state, before, _ = self.model[wo_id]

        answer = self.persat.post(f"/v1/work-orders/{wo_id}/cancel", json=body)

        if state in CANCELLABLE:
            assert answer.json() == {"success": True, "data": {"wo_id": wo_id}}
            self.model[wo_id] = ("CERRADA_NO_CUMPLIDA", before if ids is None else ids, cause)
        else:
            assert answer.status_code == 409
            assert answer.json()["error"]["userMessage"].endswith(f"'{state}'")

    @rule(wo_id=orders, ids=labels)
    def label(self, wo_id: str, ids: list[int]) -> None:
        """New labels, whatever the state."""
        assert self.persat.put(f"/v1/work-orders/{wo_id}", json={"labels_ids": ids}).status_code == 200
        state, _, cause = self.model[wo_id]
        self.model[wo_id] = (state, ids, cause)

    @rule(wo_id=orders, event=st.sampled_from(sorted(EVENTS)))
    def move(self, wo_id: str, event: str) -> None:
        """A move of a technician or coordinator, from its own state only."""
        start, end = EVENTS[event]
        state, ids, cause = self.model[wo_id]

        answer = self.persat.post(f"/_duble/backstage/persat/{event}", json={"id": wo_id})

        assert answer.status_code == (200 if state == start else 409)
        if state == start:
            self.model[wo_id] = (end, ids, "" if event.startswith("close") else cause)

    @rule(wo_id=orders)
    def refused_cancellation(self, wo_id: str) -> None:
        """A cancellation without a cause never changes anything."""
        answer = self.persat.post(f"/v1/work-orders/{wo_id}/cancel", json={"labels_ids": [1]})
        assert answer.status_code == 400

    @invariant()
    def every_order_reads_as_the_model_says(self) -> None:
        """Reading one and listing all show the same, and what the model expects."""
        query = {"from": DAY, "to": DAY}
        listed = {one["_id"]: one for one in self.persat.get("/v1/work-orders", params=query).json()["data"]}
        for wo_id, expected in self.model.items():
            order = self.persat.get(f"/v1/work-orders/{wo_id}").json()["data"]
            closing = order["wo_data"].get("results", {}).get("closing_info", {})
            assert (order["state"], order["labels_ids"], closing.get("cause")) == expected
            if order["assignation_info"]["date"] is not None:
                assert listed[wo_id] == order
        assert listed.keys() <= self.model.keys()

    def teardown(self) -> None:
        """Drop the sandbox."""
        self.persat.delete(f"/_duble/sandboxes/{self.persat.base_url.path.strip('/~')}")
        self.persat.close()


def test_any_history_agrees_with_the_documents(double_url: str) -> None:
    class Here(Histories):
        url = double_url

    few = settings(
        max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    run_state_machine_as_test(Here, settings=few)
