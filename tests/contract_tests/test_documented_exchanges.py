"""Documented exchanges: what comes before them, what they show, and what is told where they do not repeat."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from contract_tests.harness.acting.recipe import written_out
from contract_tests.harness.spec.fixtures import unlike_documented
from tests.contract_tests.runs import ACME, TOY, run_toy

SEED = (TOY / "fixtures" / "seed.yaml").read_text(encoding="utf-8")
REFUSED = """
  - {call: cancel_parcel, request: {path: {parcel_id: "2"}}, refused: true}
"""
TOKENS = """
  - {call: create_token, keep: {older: /data/token}}
  - {call: create_token, keep: {newer: /data/token}}
"""
AT_THE_HOUR = f"{TOKENS}  - {{clock: {{advance: 3600}}}}\n"
BEYOND = f"{TOKENS}  - {{clock: {{advance: 3601}}}}\n"


@pytest.mark.parametrize(
    ("response", "unlike"),
    [
        ({}, []),
        ({"shows": {"/a": 1, "/list/*/n": [1, 2], "/list/1/n": 2}}, []),
        ({"shows": {"/a": True}}, ["/a is 1, not True"]),
        ({"shows": {"/b": None}}, ["/b is missing"]),
        ({"shows": {"/list/*/n": [2, 1]}}, ["/list/*/n is [1, 2], not [2, 1]"]),
        ({"shows": {"/list/*/n": [1]}}, ["/list/*/n is [1, 2], not [1]"]),
        ({"shows": {"/b/*/n": [1]}}, ["/b/*/n is [], not [1]"]),
        ({"body": {"a": 2, "list": []}, "shows": {"/a": 1}}, ["/a is 1, not 2"]),
    ],
)
def test_a_body_is_held_to_all_that_is_documented_of_it(response: dict[str, Any], unlike: list[str]) -> None:
    body = {"a": 1, "list": [{"n": 1}, {"n": 2}]}

    assert unlike_documented(response, body, ["/list"]) == unlike


def test_what_was_kept_is_counted_on() -> None:
    assert written_out({"/number": {"$sum": ["{first}", 2]}}, {"first": 40}) == {"/number": 42}


@pytest.mark.parametrize(
    ("given", "credential", "response", "said"),
    [
        (REFUSED, "default", "{status: 200, shows: {/data/state: TRAVELLING}}", None),
        (REFUSED, "default", "{status: 200, shows: {/data/state: CANCELLED}}", "documented body"),
        (REFUSED.replace('"2"', '"1"'), "default", "{status: 200}", "documented situation"),
        (REFUSED.replace(", refused: true", ""), "default", "{status: 200}", "refused"),
        (TOKENS, "{older}", "{status: 200}", None),
        (AT_THE_HOUR, "{newer}", "{status: 200}", None),
        (BEYOND, "{newer}", "{status: 401}", None),
        (BEYOND, "{newer}", "{status: 200}", "documented status"),
        (TOKENS.replace("/data/token", "header/Content-Type"), "default", "{status: 200}", None),
        (TOKENS.replace("/data/token", "header/X-Token"), "default", "{status: 200}", "documented situation"),
    ],
)
def test_an_exchange_repeats_or_is_told(
    toy_url: str, tmp_path: Path, given: str, credential: str, response: str, said: str | None
) -> None:
    (tmp_path / "examples").mkdir()
    (tmp_path / "seed.yaml").write_text(SEED, encoding="utf-8")
    exchange = f'name: one\noperation: get_parcel\ngiven:{given}credential: "{credential}"\n'
    exchange += f'request: {{path: {{parcel_id: "2"}}}}\nresponse: {response}\n'
    (tmp_path / "examples" / "one.yaml").write_text(exchange, encoding="utf-8")
    acme = replace(ACME, fixtures=tmp_path)

    run = run_toy(toy_url, acme, operations=["get_parcel"], parts=["examples"])

    assert [finding.kind for finding in run.findings] == ([] if said is None else [said])
