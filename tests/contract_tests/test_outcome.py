"""Success, failure, and answers that hold several refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.harness.network.exchange import Answer
from contract_tests.harness.spec import outcome, pointer
from contract_tests.harness.spec.contract import Contract

SAID = {
    "success": {"status": "2XX", "absent": ["/coderr", "/keys/*/error"]},
    "failure": [
        {"code": "/coderr", "message": "/text"},
        {"code": "/keys/*/error/*/coderr", "message": "/keys/*/error/*/text"},
    ],
}
CONTRACT = Contract(path=Path("acme.yaml"), vendor="acme", document={"x-outcome": SAID}, lines={})


def answer(body: Any, status: int = 200) -> Answer:
    return Answer(httpx.Response(status, json=body))


@pytest.mark.parametrize(
    ("at", "found"),
    [
        ("/keys/*/error/*/coderr", [1, 2, 3]),
        ("/keys/*/name", ["a", "c"]),
        ("/keys/1/error/*/coderr", [1, 2]),
        ("/keys/*/error/2/coderr", []),
        ("/nothing/*", []),
        ("/keys/0/*", []),
        (
            "/keys/*",
            [
                {"name": "a"},
                {"error": [{"coderr": 1}, {"coderr": 2}]},
                {"name": "c", "error": [{"coderr": 3}]},
            ],
        ),
    ],
)
def test_a_star_stands_for_any_item(at: str, found: list[Any]) -> None:
    keys = [{"name": "a"}, {"error": [{"coderr": 1}, {"coderr": 2}]}, {"name": "c", "error": [{"coderr": 3}]}]

    assert pointer.every({"keys": keys}, at) == found
    assert pointer.exists({"keys": keys}, at) is bool(found)


@pytest.mark.parametrize(
    ("body", "succeeded", "failed"),
    [
        ({"keys": [{}, {}]}, True, False),
        ({"keys": []}, True, False),
        ({"keys": [{}, {"error": [{"coderr": 1, "text": "x"}]}]}, False, True),
        ({"coderr": 1, "text": "x"}, False, True),
    ],
)
def test_one_refused_item_is_a_failure(body: Any, succeeded: bool, failed: bool) -> None:
    assert outcome.succeeded(CONTRACT, answer(body)) is succeeded
    assert outcome.failed(CONTRACT, answer(body)) is failed


def test_everything_that_is_refused_is_told() -> None:
    errors = [[{"coderr": 1, "text": "x"}, {"coderr": 2, "text": "y"}], [{"coderr": 1, "text": "z"}]]
    body = {"keys": [{}, *({"error": said} for said in errors)]}

    assert outcome.told(CONTRACT, answer(body)) == [(1, "x"), (2, "y"), (1, "z")]
    assert outcome.told(CONTRACT, answer({"coderr": 9, "text": "all"})) == [(9, "all")]
    assert outcome.told(CONTRACT, answer({"else": 1})) == [(None, None)]
