"""What a double has of its vendor's spec: handlers, refusals that something raises, moves."""

from __future__ import annotations

from collections.abc import Iterator

from contract_tests.harness.spec.facts import Part
from mockserver.app import VENDORS, spec_path
from mockserver.core.contract import Contract
from mockserver.core.replies import VendorError
from mockserver.core.vendor import Vendor


def parts_of(name: str) -> frozenset[Part]:
    """Operations with a handler, refusals that something can raise, and events that something causes."""
    vendor, contract = VENDORS[name], Contract(spec_path(name))
    return frozenset(
        [
            *(("operation", id) for id in contract.operations if _handled(vendor, id)),
            *(("error", id) for id in (*_raised(vendor), *_compiled(contract))),
            *(("event", event) for event in (*vendor.events, *_timed(contract))),
        ]
    )


def _handled(vendor: Vendor, operation: str) -> bool:
    return any(hasattr(module, operation) for module in vendor.modules)


def _raised(vendor: Vendor) -> Iterator[str]:
    """Refusals that the room has an exception for."""
    (package,) = {module.__name__.rpartition(".")[0] for module in vendor.modules}
    for kind in _kinds_of(VendorError):
        if kind.__module__.startswith(f"{package}.") and hasattr(kind, "catalogue_id"):
            yield kind.catalogue_id


def _kinds_of(kind: type[VendorError]) -> Iterator[type[VendorError]]:
    for one in kind.__subclasses__():
        yield one
        yield from _kinds_of(one)


def _compiled(contract: Contract) -> Iterator[str]:
    """Refusals that the core gives by itself: breaches of the contract, and faults."""
    for entry in contract.catalogue.values():
        if entry.refuses or contract.document["x-errors"][entry.id].get("environment"):
            yield entry.id
    for operation in contract.operations.values():
        for listed in operation.spec.get("x-errors", ()):
            if listed.get("refuses") or listed.get("provoke") == "environment":
                yield listed["error"]


def _timed(contract: Contract) -> Iterator[str]:
    """Events that the room computes from the clock."""
    for entity in contract.document.get("x-lifecycle", {}).values():
        for event, said in entity.get("events", {}).items():
            if said.get("by_clock"):
                yield event
