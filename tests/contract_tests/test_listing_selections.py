"""What a list promises of its selections: which items each keeps, and which values are tried."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.harness.acting.listing import Selection
from tests.contract_tests.test_listing import NUMBERS, chance, listing, weighing

# ---------------------------------------------------------------- selections


def test_a_selection_compares_by_equality_unless_the_spec_says_how() -> None:
    said = {"query/state": {"by": "/state"}, "query/from": {"by": "/date", "how": "from"}}
    assert listing(selects=said).selections == [
        Selection("query/state", "/state", "equal"),
        Selection("query/from", "/date", "from"),
    ]
    assert listing().selections == []


@pytest.mark.parametrize(
    ("how", "sent", "kept"),
    [
        ("equal", 2, [2]),
        ("equal", "2", [2]),  # in a query every value is a text
        ("any_of", [1, "3"], [1, 3]),
        ("from", 2, [2, 3]),
        ("until", 2, [1, 2]),
        ("above", 2, [3]),
        ("below", 2, [1]),
    ],
)
def test_each_way_to_compare_keeps_what_it_says(how: str, sent: Any, kept: list[int]) -> None:
    selection = Selection("query/x", "/n", how)
    assert [n for n in (1, 2, 3) if selection.keeps({"n": n}, sent)] == kept


@pytest.mark.parametrize(
    ("sent", "kept"), [("rio", ["Rio", "Barrio"]), ("BAR", ["Barrio"]), ("", ["Rio", "Barrio", "Ibiza"])]
)
def test_contains_looks_inside_texts_in_any_case(sent: str, kept: list[str]) -> None:
    selection = Selection("query/q", "/name", "contains")
    assert [name for name in ("Rio", "Barrio", "Ibiza") if selection.keeps({"name": name}, sent)] == kept


def test_of_several_values_one_is_enough_and_none_is_never_selected() -> None:
    by_label = Selection("query/label", "/labels/*/id")
    assert by_label.keeps({"labels": [{"id": 1}, {"id": 2}]}, 2)
    assert not by_label.keeps({"labels": [{"id": 1}]}, 2)
    assert not by_label.keeps({"labels": []}, 2)
    assert not Selection("query/a", "/a").keeps({"a": None}, None)
    assert not Selection("query/a", "/a").keeps({}, None)


def test_a_truth_is_no_number() -> None:
    selection = Selection("query/a", "/a")
    assert [sent for sent in (1, "true", True) if selection.keeps({"a": True}, sent)] == [True]
    assert not selection.keeps({"a": 1}, sent=True)


@pytest.mark.parametrize("how", ["from", "until", "above", "below"])
def test_a_text_beside_a_number_is_left_to_the_schemas(how: str) -> None:
    assert not Selection("query/a", "/a", how).keeps({"a": "2024"}, 2024)


def test_one_of_several_is_sent_as_a_list() -> None:
    assert Selection("query/a", "/a", "any_of").sent("x") == ["x"]
    assert Selection("query/a", "/a").sent("x") == "x"


@settings(max_examples=50)
@given(weights=NUMBERS, limit=st.integers(-3, 3))
def test_from_and_below_part_a_list_and_until_and_above_do_too(weights: list[int], limit: int) -> None:
    items = weighing(weights)
    for inside, outside in (("from", "below"), ("until", "above")):
        one, other = (Selection("query/x", "/weight", how) for how in (inside, outside))
        assert [one.keeps(item, limit) for item in items] == [not other.keeps(item, limit) for item in items]
        assert one.keeps({"weight": limit}, limit)


def test_several_values_of_one_place_are_sent_together_and_beside_one_of_nobodys() -> None:
    any_of = Selection("query/a", "/a", "any_of", unknown="none")
    assert list(any_of.tried(["x", "y", "z"])) == [["x"], ["y"], ["z"], ["none"], ["x", "y"], ["none", "x"]]
    assert list(Selection("query/a", "/a", "any_of").tried(["x"])) == [["x"]]
    assert list(Selection("query/a", "/a", unknown=7).tried([1, 2])) == [1, 2, 7]
    assert list(any_of.tried([])) == [["none"]]


@pytest.mark.parametrize(
    ("value", "part"),
    [("Uma impressora", "mpressor"), ("to go", "to"), ("seven", "seven"), (1234567, "23456")],
)
def test_a_part_of_a_text_is_looked_for_as_well(value: Any, part: str) -> None:
    contains = Selection("query/q", "/q", "contains")
    assert list(contains.tried([value, "other"])) == [value, "other", part]
    assert contains.keeps({"q": value}, part)


BY_KIND, FROM_SIZE = {"query/kind": {"by": "/kind"}}, {"query/from": {"by": "/size", "how": "from"}}


def test_two_selections_take_their_values_from_one_item() -> None:
    items = [{"kind": "a"}, {"size": 3}, {"kind": "b", "size": 2}, {"kind": "", "size": 5}]
    by_two = listing(selects={**BY_KIND, **FROM_SIZE})
    assert [values for _, values in by_two.pairs(items, chance())] == [["b", 2]]
    assert by_two.pairs(items[:2], chance()) == []


@settings(max_examples=30)
@given(seed=st.integers(0, 99))
def test_of_all_items_one_is_taken_that_tells_two_selections_apart(seed: int) -> None:
    plain = [{"kind": "a", "size": 1}, {"kind": "b", "size": 1}]
    # Only with this one each selection alone keeps something that the two together do not.
    telling = {"kind": "a", "size": 2}
    items = [*plain, telling, {"kind": "c", "size": 3}]
    found = listing(selects={**BY_KIND, **FROM_SIZE}).pairs(items, chance(seed))
    assert [values for _, values in found] == [["a", 2]]


@settings(max_examples=30)
@given(seed=st.integers(0, 99))
def test_of_many_pairs_a_few_are_tried_and_every_place_is_in_one(seed: int) -> None:
    names = "abcdefghij"
    items = [{name: number % (2 + place) for place, name in enumerate(names)} for number in range(12)]
    found = listing(selects={f"query/{name}": {"by": f"/{name}"} for name in names}).pairs(
        items, chance(seed)
    )
    assert len(found) == 6
    assert len({frozenset(one.place for one in pair) for pair, _ in found}) == 6
    assert {one.place for pair, _ in found for one in pair} == {f"query/{name}" for name in names}


def test_two_places_that_ask_the_same_are_no_pair() -> None:
    twice = {"query/state": {"by": "/state"}, "query/status": {"by": "/state"}}
    assert listing(selects=twice).pairs([{"state": 1}, {"state": 2}], chance()) == []


# ---------------------------------------------------------------- values that are tried


@settings(max_examples=50)
@given(weights=NUMBERS, seed=st.integers(0, 99))
def test_a_few_values_are_tried_and_each_once(weights: list[int], seed: int) -> None:
    found = listing().values(weighing(weights), "/weight", chance(seed))
    assert len(found) == min(3, len(set(weights)))
    assert len(set(found)) == len(found)
    assert set(found) <= set(weights)
    assert found == listing().values(weighing(weights), "/weight", chance(seed))


def test_chance_decides_which_values_are_tried() -> None:
    items = weighing(list(range(20)))
    assert len({tuple(listing().values(items, "/weight", chance(seed))) for seed in range(9)}) > 1


def test_nothing_and_the_empty_text_are_no_values_and_false_and_zero_are() -> None:
    items = [{"a": None}, {"a": ""}, {}, {"a": False}, {"a": 0}]
    found = listing().values(items, "/a", chance())
    assert sorted(map(repr, found)) == ["0", "False"]


def test_values_are_found_in_every_item_of_an_array() -> None:
    items = [{"labels": [{"id": 1}, {"id": 2}]}, {"labels": [{"id": 2}]}]
    assert sorted(listing().values(items, "/labels/*/id", chance())) == [1, 2]
