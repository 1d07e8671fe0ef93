"""TAF's README: the operations, events, settings and collections that it names, held against the double."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from tests.vendors.taf_sender import Sender
from tests.yaml_file import written

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "mockserver/vendors/taf/README.md").read_text("utf-8")
SPEC = written(ROOT / "specs/taf.yaml")


def section(heading: str) -> str:
    return README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_the_modelled_operations_are_those_of_the_spec() -> None:
    promised = {operation["operationId"] for operation in SPEC["paths"]["/wstafst2"].values()}

    assert set(re.findall(r"^\| `(\w+)` \|", section("Modelled"), re.MULTILINE)) == promised


def test_every_file_that_it_names_is_there_and_every_file_is_named() -> None:
    named = set(re.findall(r"`(\w+\.py)`", README))
    files = {path.name for path in (ROOT / "mockserver/vendors/taf").glob("*.py")} - {"__init__.py"}

    assert named == files


def test_it_names_every_backstage_event() -> None:
    events = {name for entity in SPEC["x-lifecycle"].values() for name in entity["events"]}
    stage = section("How to set a stage")

    assert {name for name in events if not re.search(rf"\b{name}\b", stage)} == set()


def test_its_settings_and_collections_are_the_doubles(taf: Sender) -> None:
    stage = section("How to set a stage")
    settings = re.search(r"`settings/service`: (.*?)\nCollections: (.*?)\. ", stage, re.DOTALL)
    assert settings is not None
    named = set(re.findall(r"`(\w+)`", settings[1]))

    assert named == taf.control("GET", "state/taf/settings/service").keys() - {"id"}
    collections = taf.control("GET", "state/taf")["collections"]
    assert set(re.findall(r"`(\w+)`", settings[2])) == set(collections)


def test_the_requests_that_it_shows_are_accepted(taf: Sender) -> None:
    shown = re.findall(r"`(POST|PUT) /_duble/(\S+) (\{.*?\})`", section("How to set a stage"))
    assert len(shown) >= 6

    for method, place, body in shown:
        taf.control("POST", "reset", {})
        taf.control(method, place, yaml.safe_load(body.replace("KEY", "DUBLE-WAITING")))


def test_every_assumption_that_it_cites_is_registered() -> None:
    assert set(re.findall(r"TAF-A\d+", README)) <= SPEC["x-assumptions"].keys()
