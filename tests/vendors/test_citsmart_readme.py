"""CITSmart's README: its lists held against the spec, the seed records and the double."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.yaml_file import written

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "mockserver/vendors/citsmart/README.md").read_text("utf-8")
SPEC = written(ROOT / "specs/citsmart.yaml")
SEED = written(ROOT / "fixtures/citsmart/seed.yaml")
EXAMPLES = sorted((ROOT / "fixtures/citsmart/examples").glob("*.yaml"))


def test_the_modelled_operations_are_those_of_the_spec() -> None:
    listed = set(re.findall(r"^\| `(\w+)` \| `POST (/\w+)` \|$", README, re.MULTILINE))

    assert listed == {(item["post"]["operationId"], path) for path, item in SPEC["paths"].items()}
    assert len(listed) == 20


def test_every_assumption_that_it_cites_is_registered() -> None:
    assert set(re.findall(r"CITSMART-A\d+", README)) <= SPEC["x-assumptions"].keys()


def test_the_collections_are_those_of_the_double(double: httpx.Client) -> None:
    sentence = README.partition("Collections: ")[2].partition(".")[0]

    known = double.get("/_duble/state/citsmart").json()["collections"]

    assert re.findall(r"`(\w+)`", sentence) == known


def marks(source: Any) -> set[str]:
    """On whose word it is: one mark, or several for its aspects."""
    return {one["mark"] for one in (source if isinstance(source, list) else [source])}


def test_every_printed_exchange_is_repeated() -> None:
    """One documented example for each operation at least."""
    printed = {
        example["operation"]
        for example in (written(path) for path in EXAMPLES)
        if "documented" in marks(example["x-source"])
    }

    assert printed == {item["post"]["operationId"] for item in SPEC["paths"].values()}


@pytest.mark.parametrize("name", SEED["credentials"])
def test_a_credential_of_the_seed_opens_a_session_and_names_one(double: httpx.Client, name: str) -> None:
    known = SEED["credentials"][name]
    body = {"userName": known["login"], "password": known["password"], "token": "t", "platform": "ios"}

    opened = double.post("/services/v2/login", json=body)
    standing = double.post("/services/v2/getReasons", json={"sessionID": known["sessionID"], "taskId": 1})

    assert opened.status_code == 200
    assert standing.json()["error"]["code"] == ("PERMISSION" if name == "unprivileged" else "INPUT")
