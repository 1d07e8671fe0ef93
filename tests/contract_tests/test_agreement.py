"""The words of `x-agreement`: places of an exchange, templates, and what an answer shows otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.harness.acting.agreement import (
    Exchange,
    agreement_of,
    alike,
    contradiction,
    disagreements,
    parted,
    within,
)
from contract_tests.harness.spec import contract, pointer
from tests.contract_tests.runs import TOY
from tests.contract_tests.test_verdict import answer

OPERATIONS = contract.load("acme", TOY / "spec.yaml").operations
ASKED = {
    "path": {"wo_id": "9"},
    "query": {"limit": 50},
    "headers": {"X-Tenant": "acme"},
    "body": {"name": "Urgent", "labels": [{"id": 1}, {"id": 2}], "off": None},
}
DONE = Exchange(
    ASKED, answer(200, {"data": {"id": 7}, "list": [{"n": 1}, {"n": 2}]}), item={"id": 3}, kept={"task": 4}
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "0", "1", "true"]),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)

# ---------------------------------------------------------------- places and templates


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("path/wo_id", "9"),
        ("query/limit", 50),
        ("headers/X-Tenant", "acme"),
        ("body/name", "Urgent"),
        ("body/off", None),
        ("body/labels/1/id", 2),
        ("body/labels/*/id", [1, 2]),
        ("query", {"limit": 50}),
        ("answer/data/id", 7),
        ("answer/list/*/n", [1, 2]),
        ("item/id", 3),
        ("kept/task", 4),
    ],
)
def test_a_place_stands_for_what_was_sent_answered_or_found_out(place: str, value: Any) -> None:
    assert DONE.value(place) == value


@pytest.mark.parametrize(
    "place", ["path/other", "body/labels/2", "body/other/*", "answer/other", "kept/other"]
)
def test_a_place_with_nothing_in_it_is_absent(place: str) -> None:
    with pytest.raises(pointer.Absent):
        DONE.value(place)


@pytest.mark.parametrize("exchange", [Exchange(ASKED), Exchange(ASKED, answer(200, b"<html>"))])
def test_what_was_not_answered_is_absent(exchange: Exchange) -> None:
    with pytest.raises(pointer.Absent):
        exchange.value("answer/data/id")
    with pytest.raises(pointer.Absent):
        exchange.value("answer")


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("{query/limit}", 50),
        ("{body/labels/*/id}", [1, 2]),
        ("no {path/wo_id} of {query/limit}", "no 9 of 50"),
        ({"a": ["{item/id}", {"b": "{kept/task}"}], "c": 1}, {"a": [3, {"b": 4}], "c": 1}),
        ("{name} {other/place} {}", "{name} {other/place} {}"),  # a vendor's own braces
        (None, None),
        (True, True),
    ],
)
def test_a_template_is_filled_with_what_stands_in_its_places(template: Any, filled: Any) -> None:
    assert pointer.same(DONE.filled(template), filled)


def test_a_template_with_a_place_that_holds_nothing_is_absent() -> None:
    with pytest.raises(pointer.Absent):
        DONE.filled({"a": ["x", "with {body/other}"]})


# ---------------------------------------------------------------- what an answer shows


@pytest.mark.parametrize(
    ("shows", "shown", "lines"),
    [
        ({"/id": "{path/wo_id}"}, {"id": "9"}, []),
        ({"/id": "{path/wo_id}"}, {"id": 9}, []),  # in a path every id is a text
        ({"/id": "{path/wo_id}"}, {"id": "8"}, ["/id is '8', not '9'"]),
        ({"/id": "{path/wo_id}"}, {}, ["/id is missing, not '9'"]),
        ({"/id": "{path/wo_id}"}, None, ["/id is missing, not '9'"]),
        ({"/state": "CLOSED"}, {"state": "OPEN"}, ["/state is 'OPEN', not 'CLOSED'"]),
        ({"/off": "{body/off}"}, {"off": None}, []),
        ({"/off": "{body/off}"}, {"off": ""}, ["/off is '', not None"]),
        ({"/open": True}, {"open": 1}, ["/open is 1, not True"]),
        ({"/labels/*/id": "{body/labels/*/id}"}, {"labels": [{"id": 1}, {"id": "2"}]}, []),
        (
            {"/labels/*/id": "{body/labels/*/id}"},
            {"labels": [{"id": 1}]},
            ["/labels/*/id is [1], not [1, 2]"],
        ),
        ({"/labels/*/id": "{body/labels/*/id}"}, {"labels": []}, ["/labels/*/id is [], not [1, 2]"]),
        ({"/a": 1, "/b": 2}, {"a": 2, "b": 3}, ["/a is 2, not 1", "/b is 3, not 2"]),
        ({"": "{path/wo_id}"}, "9", []),
    ],
)
def test_each_pointer_shows_what_its_template_asks_for(
    shows: dict[str, Any], shown: Any, lines: list[str]
) -> None:
    assert list(disagreements(shows, DONE, shown)) == lines


def test_what_a_request_left_out_is_asked_of_nobody() -> None:
    shows = {"/note": "{body/note}", "/name": "{body/name}"}
    assert list(disagreements(shows, DONE, {"note": "anything", "name": "Urgent"})) == []
    assert list(disagreements(shows, DONE, {"name": "else"})) == ["/name is 'else', not 'Urgent'"]


def test_items_that_a_server_need_not_have_are_left_out() -> None:
    shows = {"/data/0/a": 1, "/data/1/a": 2, "/data/*/a": 3, "/data/0/list/0": 4, "/other/5": 5}
    shown = {"data": [{"a": 1, "list": []}], "other": {}}
    assert within(shows, shown) == {"/data/0/a": 1, "/data/*/a": 3, "/other/5": 5}


# ---------------------------------------------------------------- alike


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (7, "7", True),
        (7, 7.0, True),
        (7, "07", False),
        ("a", "A", False),
        (True, 1, False),
        (True, "True", False),
        (None, "None", False),
        (None, None, True),
        ([1, "2"], ["1", 2], True),
        ([1, 2], [2, 1], False),
        ([1], [1, 1], False),
        ({"a": 1}, {"a": 1}, True),
    ],
)
def test_an_id_is_the_same_as_a_number_and_as_a_text_and_nothing_else_is(
    one: Any, other: Any, same: bool
) -> None:
    assert alike(one, other) is same


@settings(max_examples=100)
@given(one=JSON, other=JSON)
def test_likeness_goes_both_ways_and_holds_of_the_same(one: Any, other: Any) -> None:
    assert alike(one, one)
    assert alike(one, other) is alike(other, one)
    if pointer.same(one, other):
        assert alike(one, other)


# ---------------------------------------------------------------- items


def test_items_are_parted_by_all_that_is_asked_of_them() -> None:
    items = [{"id": 1, "a": "x"}, {"id": "1", "a": "x"}, {"id": 1, "a": "y"}, {"a": "x"}]
    assert parted(items, {"/id": "1", "/a": "x"}) == (items[:2], items[2:])


def test_of_an_array_in_an_item_one_value_is_enough() -> None:
    items = [{"labels": [{"id": 1}, {"id": 2}]}, {"labels": []}]
    assert parted(items, {"/labels/*/id": 2}) == (items[:1], items[1:])


@settings(max_examples=50)
@given(values=st.lists(st.integers(0, 2), max_size=6), wanted=st.integers(0, 2))
def test_no_item_is_lost_and_each_keeps_its_turn(values: list[int], wanted: int) -> None:
    items = [{"n": value, "turn": turn} for turn, value in enumerate(values)]
    found, others = parted(items, {"/n": wanted})
    assert found == [item for item in items if item["n"] == wanted]
    assert others == [item for item in items if item["n"] != wanted]


# ---------------------------------------------------------------- where the spec says so


def test_an_operation_without_the_words_agrees_to_nothing() -> None:
    assert agreement_of(OPERATIONS["create_token"]) == {}


@pytest.mark.parametrize("said", ["repeats its own id", "get_parcel: repeats its own id"])
def test_a_contradiction_names_the_operation_and_the_place_of_the_words(said: str) -> None:
    found = contradiction(OPERATIONS["get_parcel"], "lost", said, "/id is missing", "shows")
    assert found.said == "get_parcel: repeats its own id"
    assert found.at == "/paths/~1parcels~1{parcel_id}/get/x-agreement/shows"
    assert (found.kind, found.got, found.of) == ("lost", "/id is missing", "body")
