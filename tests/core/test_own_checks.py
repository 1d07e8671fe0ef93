"""Operations that check their requests themselves, refusals with 200, and records that have another name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockserver.app import Double, Source
from mockserver.core.errors import SpecError
from mockserver.settings import Settings
from tests.core.acme import ACME, SOURCE

IMPORTS = "/v9/imports"


def notes(acme: httpx.Client) -> list[str | None]:
    records = acme.get("/_duble/state/acme/orders").json()["records"]
    return [record["note"] for record in records]


def test_one_answer_may_hold_several_refusals_in_the_catalogues_words(acme: httpx.Client) -> None:
    before = notes(acme)

    answer = acme.post(IMPORTS, params={"limit": 1}, json=["a", "too long", 7, "b"])

    assert answer.status_code == 200
    assert answer.json()["texts"] == ["stored", "Bad note", "Bad note", "stored"]
    assert notes(acme) == [*before, "a", "b"]


@pytest.mark.parametrize(
    ("query", "seen"),
    [("limit=-1", "-1"), ("limit=x", "x"), ("limit=", ""), ("limit=1&limit=2", "2"), ("", "none")],
)
def test_such_an_operation_gets_its_parameters_as_they_were_sent(
    acme: httpx.Client, query: str, seen: str
) -> None:
    assert acme.post(f"{IMPORTS}?{query}", json=[]).json()["limit"] == seen


@pytest.mark.parametrize("body", [b"[", b"\xff", b"[" * 5000])
def test_its_body_must_still_be_json(acme: httpx.Client, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}

    answer = acme.post(IMPORTS, content=body, headers=headers)

    assert (answer.status_code, answer.json()["fault"]) == (400, "NOJSON")


def test_an_empty_body_may_have_a_refusal_of_its_own(acme: httpx.Client) -> None:
    headers = {"Content-Type": "application/json"}

    told = [acme.post(path, content=b"", headers=headers).json()["fault"] for path in (IMPORTS, "/v9/orders")]

    assert told == ["NOORDERS", "NOJSON"]


def test_whoever_wishes_for_200_wants_no_refusal(acme: httpx.Client) -> None:
    answer = acme.post(IMPORTS, json=["a"], headers={"Prefer": "code=200"})

    assert answer.json()["texts"] == ["stored"]


def test_events_may_name_a_record_by_another_attribute_and_mean_the_last(acme: httpx.Client) -> None:
    for _ in range(2):
        acme.post("/v9/orders", json={"note": "twin"})
    first, last = (
        record
        for record in acme.get("/_duble/state/acme/orders").json()["records"]
        if record["note"] == "twin"
    )

    moved = acme.post("/_duble/backstage/acme/give_up", json={"id": "twin"})

    assert (moved.json()["id"], moved.json()["state"]) == (last["id"], "CANCELLED")
    assert acme.get(f"/v9/orders/{first['id']}").json()["state"] == "OPEN"
    assert acme.post("/_duble/backstage/acme/give_up", json={"id": "twin"}).status_code == 409
    assert acme.post("/_duble/backstage/acme/give_up", json={"id": last["id"]}).status_code == 404


def test_words_for_a_wrong_content_type_are_needed_where_it_matters(tmp_path: Path) -> None:
    spec = tmp_path / "acme.yaml"
    spec.write_text(SOURCE.spec.read_text("utf-8").replace("refuses: [media-type], ", ""), "utf-8")

    def served(**changes: Any) -> Double:
        return Double([Source(replace(ACME, **changes), spec, SOURCE.seed)], Settings())

    with pytest.raises(SpecError, match="media-type"):
        served()
    assert served(any_content_type=True).services.keys() == {"acme"}
