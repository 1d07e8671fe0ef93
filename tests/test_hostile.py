"""Whatever a stranger sends: a refusal or a success, never a fault of ours, and refused means unchanged."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duble.banner import presented
from mockserver.app import VENDORS, fixtures_path, spec_path
from mockserver.core.contract import Contract, Operation
from mockserver.core.seeds import read_seed

CONTRACTS = {name: Contract(spec_path(name)) for name in VENDORS}
OPERATIONS = [(name, id) for name, contract in CONTRACTS.items() for id in contract.operations]

# What tends to break servers, beside what chance brings.
ODD_TEXTS = [
    *(
        "",
        " ",
        "\x00",
        "\ufeff",
        "\U0001f4a9",
        "null",
        "-1",
        "0",
        "1e999",
        "NaN",
        "9" * 40,
        "../..",
        "%00",
        "{id}",
        "a" * 5000,
    ),
    *(
        "0001-01-01",
        "9999-12-31T23:59:59.999999+23:59",
        "0001-01-01T00:00:00-23:59",
        "2026-02-30",
        "2026-W01-1",
        "T",
    ),
    *("true", "[]", "[1", "{}", "';--", "${7*7}", "\u202e", "\n", "٣", "1_000"),
]
TEXTS = st.sampled_from(ODD_TEXTS) | st.text(max_size=20)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def client(double_url: str) -> Iterator[httpx.Client]:
    """One client for the whole module; every operation works in a sandbox of its own."""
    with httpx.Client(base_url=double_url, timeout=30, trust_env=False) as client:
        yield client


def base_body(contract: Contract, operation: Operation) -> Any:
    media = (
        contract.resolve(operation.spec.get("requestBody", {})).get("content", {}).get("application/json", {})
    )
    for example in media.get("examples", {}).values():
        return contract.resolve(example)["value"]
    return media.get("example", {})


@st.composite
def requests(draw: st.DrawFn, contract: Contract, operation: Operation) -> dict[str, Any]:
    """A request that is like the operation's own example in some places, and anything in the others."""
    path = contract.base_path + operation.path
    query: list[tuple[str, str]] = []
    for parameter in operation.parameters:
        name, odd = parameter["name"], draw(st.booleans())
        if parameter["in"] == "path":
            value = draw(TEXTS) if odd else str(parameter.get("example", "1"))
            path = path.replace(f"{{{name}}}", quote(value, safe="") or "x")
        elif parameter["in"] == "query" and (odd or parameter.get("required")):
            query.append((name, draw(TEXTS) if odd else str(parameter.get("example", ""))))
    body = base_body(contract, operation)
    if draw(st.booleans()) and isinstance(body, dict):
        body = {**body, draw(st.sampled_from([*body, "extra"])): draw(VALUES)}
    elif draw(st.booleans()):
        body = draw(VALUES)
    return {"path": path, "query": query, "body": body}


def credential(vendor: str, operation: Operation) -> dict[str, str]:
    """Headers that let a request in, the way `duble serve` shows it."""
    seed = read_seed(fixtures_path(vendor) / "seed.yaml", VENDORS[vendor])
    words = presented(CONTRACTS[vendor], operation, next(iter(seed.credentials.values())))
    if words[:1] == ["-u"]:
        return {"Authorization": "Basic " + base64.b64encode(words[1].encode()).decode()}
    return dict(word.split(": ", 1) for word in words[1::2])


def changes(client: httpx.Client, vendor: str, box: str) -> Any:
    """Every record of the sandbox that is not as the seed has it."""
    return client.get(f"/~{box}/_duble/changes/{vendor}").raise_for_status().json()


@pytest.mark.parametrize(("vendor", "id"), OPERATIONS)
def test_anything_is_answered_and_a_refusal_changes_nothing(
    client: httpx.Client, vendor: str, id: str
) -> None:
    contract = CONTRACTS[vendor]
    operation = contract.operations[id]
    box = f"hostile-{id.replace('_', '-')}"[:60]
    headers = credential(vendor, operation)
    client.post(f"/~{box}/_duble/clock", json={"freeze": "2026-03-20T12:00:00Z"})

    stored = [changes(client, vendor, box)]

    # TAF refuses with 500 what others refuse with 400; what is neither is a fault of ours.
    refusing = {entry.status for entry in contract.catalogue.values() if not entry.environment}

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(requests(contract, operation))
    def check(request: dict[str, Any]) -> None:
        answer = client.request(
            operation.method.upper(),
            f"/~{box}{request['path']}",
            params=request["query"],
            content=json.dumps(request["body"]).encode(),
            headers={**headers, "Content-Type": "application/json"},
        )
        assert "X-Duble-Bug" not in answer.headers, answer.text
        assert answer.status_code < 500 or answer.status_code in refusing, answer.text
        after = changes(client, vendor, box)
        if answer.status_code >= 400:
            assert after == stored[-1]
        stored[:] = [after]

    check()
