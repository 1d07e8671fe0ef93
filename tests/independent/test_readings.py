"""Each rule about Prism's readings is needed: servers disagree on its example and agree on the reading.

A rule that a newer Prism no longer needs fails here and can go.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from contract_tests.harness.network.exchange import Request, base_draft, on_the_wire
from contract_tests.harness.spec.operation import Operation
from tests.independent.comparison import Comparison
from tests.independent.conftest import Served, compared
from tests.independent.quirks import READINGS, Reading, is_decided

pytestmark = pytest.mark.prism


@dataclass(frozen=True)
class Doubt:
    """An operation's base request with one thing about it in doubt."""

    vendor: str
    operation: str
    query: str = ""
    body: bytes | None = None
    media_type: str = ""


EXAMPLES = {
    "an empty parameter is an absent one": Doubt("zeev", "list_my_instances", query="startDateEnd="),
    "a number in an address is what JavaScript makes of the text": Doubt(
        "zeev", "list_my_instances", query="pageNumber=0x1"
    ),
    "1.0 is an integer": Doubt("zeev", "create_instance", body=b'{"flowId": 12.0}'),
    "half of a surrogate pair is a character": Doubt(
        "zeev", "cancel_instance", body=rb'{"reason": "\ud800"}'
    ),
    "null is no body": Doubt("huawei_osm", "update_cases", body=b"null"),
    "the suffix of a media type is left out": Doubt(
        "zeev", "cancel_instance", media_type="application/x+json"
    ),
}


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: reading.name)
def test_prism_reads_it_in_its_own_way(reading: Reading, prisms: Served) -> None:
    doubt = EXAMPLES[reading.name]
    with compared(doubt.vendor, prisms(doubt.vendor)) as comparison:
        operation = comparison.contract.operations[doubt.operation]
        request = doubtful(comparison, operation, doubt)
        assert is_decided(comparison.contract, operation, request)
        assert comparison.of_prism(request).accepted
        assert not comparison.of_double(request).accepted
        assert comparison.of_double(reading.of(comparison.contract, operation, request)).accepted


def doubtful(comparison: Comparison, operation: Operation, doubt: Doubt) -> Request:
    """The request on the wire."""
    base = on_the_wire(comparison.contract, operation, base_draft(operation), comparison.credential)
    sign = "&" if "?" in base.path else "?"
    headers = {**base.headers, **({"Content-Type": doubt.media_type} if doubt.media_type else {})}
    path = base.path + (sign + doubt.query if doubt.query else "")
    return replace(base, path=path, headers=headers, body=doubt.body or base.body)
