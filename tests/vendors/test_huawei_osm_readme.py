"""Huawei's README, held against the spec and the double: what is modelled, what is not, and how."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from mockserver.vendors.huawei_osm.records import TABLES, Setting
from tests.yaml_file import written

ROOT = Path(__file__).parents[2]
ROOM = ROOT / "mockserver/vendors/huawei_osm"
README = (ROOM / "README.md").read_text("utf-8")
SPEC = written(ROOT / "specs/huawei_osm.yaml")
SEED = written(ROOT / "fixtures/huawei_osm/seed.yaml")


def section(heading: str) -> str:
    return README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def rows(heading: str) -> set[tuple[str, str, str]]:
    """Operation, method and path of each row of the table below a heading."""
    found = re.findall(r"^\| `(\w+)` \| `([A-Z]+) (/\S+)` \|", section(heading), re.MULTILINE)
    return {(operation, method, path) for operation, method, path in found}


def test_the_modelled_operations_are_those_of_the_spec() -> None:
    assert rows("Modelled") == {
        (operation["operationId"], method.upper(), path)
        for path, item in SPEC["paths"].items()
        for method, operation in item.items()
    }


def test_each_operation_is_where_the_table_says() -> None:
    for operation, file in re.findall(
        r"^\| `(\w+)` \|.*\| `(\w+\.py)` \|$", section("Modelled"), re.MULTILINE
    ):
        assert f"\nasync def {operation}(" in (ROOM / file).read_text("utf-8"), operation


def test_every_file_of_the_room_is_named() -> None:
    named = set(re.findall(r"`(\w+\.py)`", README))

    assert named == {file.name for file in ROOM.glob("*.py")} - {"__init__.py"}


def test_what_is_not_modelled_is_what_the_spec_does_not_serve() -> None:
    assert rows("Not modelled") == {
        (entry["operationId"], entry["method"], entry["path"].removeprefix("/v2/servicerequest"))
        for entry in SPEC["x-unserved"]["operations"]
    }


def test_every_assumption_that_it_cites_is_registered() -> None:
    assert set(re.findall(r"HUAWEI-A\d+", README)) <= SPEC["x-assumptions"].keys()


def test_every_event_setting_collection_and_credential_is_named() -> None:
    stage = section("How to set a stage")

    names = [
        *SPEC["x-lifecycle"]["case"]["events"],
        *Setting.__struct_fields__[1:],
        *(t.name for t in TABLES),
    ]
    assert [name for name in names if f"`{name}`" not in stage and f"`{name}:" not in stage] == []
    tokens = [one["token"] for one in SEED["records"]["tokens"]]
    keys = [key for one in SEED["records"]["access_keys"] for key in (one["access_key"], one["secret_key"])]
    assert [one for one in (*tokens, *keys) if f"`{one}`" not in stage] == []


@pytest.mark.parametrize("state", SPEC["x-lifecycle"]["case"]["states"])
def test_the_seed_has_a_ticket_in_each_state(double: httpx.Client, state: str) -> None:
    cases = double.get("/_duble/state/huawei_osm/cases").json()["records"]

    assert state in {str(case["status"]) for case in cases}
