"""What one list promises, in the words of `x-agreement`: order, selections, pages, totals and ids."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.harness.acting.listing import Listing
from contract_tests.harness.spec import contract, pointer
from tests.contract_tests.runs import TOY
from tests.contract_tests.test_verdict import answer

LIST_PARCELS = contract.load("acme", TOY / "spec.yaml").operations["list_parcels"]
NUMBERS = st.lists(st.integers(-3, 3), max_size=8)


def listing(**said: Any) -> Listing:
    """The list of the invented vendor with these words, whatever its spec says."""
    return Listing(LIST_PARCELS, {"items": "/data", "id": "/id", **said})


def chance(seed: int = 1) -> Random:
    return Random(seed)  # noqa: S311 - which values, not secrets


def weighing(weights: list[int]) -> list[dict[str, Any]]:
    """Items with these weights, and ids by their place."""
    return [{"id": str(place), "weight": weight} for place, weight in enumerate(weights)]


# ---------------------------------------------------------------- what an answer shows


@pytest.mark.parametrize(
    ("at", "body"), [("/data", {"data": [1, 2]}), ("", [1, 2]), ("/a/b", {"a": {"b": [1, 2]}})]
)
def test_items_stand_where_the_spec_says(at: str, body: Any) -> None:
    assert listing(items=at).items(body) == [1, 2]


def test_an_answer_without_the_list_has_no_items() -> None:
    with pytest.raises(pointer.Absent):
        listing().items({"datos": []})


def test_ids_keep_their_type_and_their_turn() -> None:
    assert listing(id="/key/no").ids([{"key": {"no": 7}}, {"key": {"no": "3"}}]) == [7, "3"]


def test_a_total_is_asked_for_only_where_the_spec_has_one() -> None:
    assert listing().total({"total_count": 9}) is None
    assert listing(total="/total_count").total({"total_count": 9}) == 9
    with pytest.raises(pointer.Absent):
        listing(total="/total_count").total({"data": []})


@pytest.mark.parametrize(
    ("said", "asked", "body", "cut"),
    [
        ({}, {"limit": 1}, {"data": [1]}, False),  # it knows no pages
        ({"most": 2}, {}, {"data": [1, 2]}, True),
        ({"most": 2}, {}, {"data": [1]}, False),
        ({"pages": {"size": "query/limit"}}, {"limit": 1}, {"data": [1]}, True),
        ({"pages": {"size": "query/limit"}}, {"limit": "2"}, {"data": [1]}, False),
        ({"pages": {"size": "query/limit"}}, {}, {"data": [1]}, True),  # the server knows how many it shows
        ({"pages": {"size": "query/limit"}, "total": "/n"}, {"limit": 1}, {"data": [1], "n": 1}, False),
        ({"pages": {"size": "query/limit"}, "total": "/n"}, {"limit": 1}, {"data": [1], "n": 2}, True),
        ({"pages": {"size": "query/limit"}, "total": "/n"}, {"limit": 1}, {"data": [1], "n": None}, True),
    ],
)
def test_a_full_page_may_be_followed_by_another(
    said: dict[str, Any], asked: dict[str, Any], body: Any, cut: bool
) -> None:
    assert listing(**said).is_cut({"query": asked}, answer(200, body)) is cut


# ---------------------------------------------------------------- what is asked


def test_the_whole_is_merged_into_the_base_request() -> None:
    plain, whole = listing(), listing(whole={"query": {"limit": 50}})
    assert whole.whole == {**plain.whole, "query": {**plain.whole["query"], "limit": 50}}


def test_null_takes_out_of_the_base_request() -> None:
    assert listing(whole={"query": None, "body": {"a": 1}}).whole == {
        "path": {},
        "headers": {},
        "body": {"a": 1},
    }


def test_a_place_gets_another_value_and_the_rest_stays() -> None:
    whole = listing(whole={"query": {"limit": 50}, "body": {"pager": {"size": 5}}})
    assert whole.at("body/pager/size", 7) == {**whole.whole, "body": {"pager": {"size": 7}}}
    assert whole.at("query/state", ["A"])["query"] == {**whole.whole["query"], "state": ["A"]}
    assert whole.whole["body"] == {"pager": {"size": 5}}


@pytest.mark.parametrize(
    ("pages", "asked"),
    [
        ({"offset": "query/offset"}, [("offset", 0), ("offset", 2), ("offset", 4), ("offset", 6)]),
        ({"number": "query/page"}, [("page", 1), ("page", 2), ("page", 3), ("page", 4)]),
        ({"number": "query/page", "first": 0}, [("page", 0), ("page", 1), ("page", 2), ("page", 3)]),
    ],
)
def test_every_page_is_asked_for_and_one_behind_the_last(
    pages: dict[str, Any], asked: list[tuple[str, int]]
) -> None:
    found = [parts["query"] for parts in listing(pages={"size": "query/limit", **pages}).pages(2, 5)]
    assert [query["limit"] for query in found] == [2, 2, 2, 2]
    assert [(name, query[name]) for (name, _), query in zip(asked, found, strict=True)] == asked


def test_a_full_last_page_is_followed_by_one_request_only() -> None:
    pages = {"size": "query/limit", "offset": "query/offset"}
    assert [parts["query"]["offset"] for parts in listing(pages=pages).pages(2, 4)] == [0, 2, 4]
    assert [parts["query"]["offset"] for parts in listing(pages=pages).pages(2, 0)] == [0]


@settings(max_examples=50)
@given(count=st.integers(0, 12), size=st.integers(1, 5), first=st.integers(0, 1))
def test_the_pages_of_an_honest_server_make_up_the_whole(count: int, size: int, first: int) -> None:
    everything = list(range(count))
    by_offset = listing(pages={"size": "query/limit", "offset": "query/offset"}).pages(size, count)
    by_number = listing(
        pages={"size": "body/pager/size", "number": "body/pager/page", "first": first},
        whole={"body": {"pager": {}}},
    ).pages(size, count)
    offsets = [(parts["query"]["offset"], parts["query"]["limit"]) for parts in by_offset]
    numbers = [parts["body"]["pager"] for parts in by_number]
    starts = [((one["page"] - first) * one["size"], one["size"]) for one in numbers]
    assert starts == offsets
    pages = [everything[start : start + length] for start, length in offsets]
    assert [item for page in pages for item in page] == everything
    assert pages[-1] == []


def test_a_window_asks_for_something_else_and_holds_no_collection() -> None:
    said = {"whole": {"query": {"limit": 50}}, "also": [{"query": {"from": "2024-07-01"}}]}
    window = listing(**said, holds={"collection": "parcels"}).through(0)
    assert window.whole["query"]["limit"] == 50
    assert window.whole["query"]["from"] == "2024-07-01"
    assert "holds" not in window.said


# ---------------------------------------------------------------- order


@pytest.mark.parametrize(
    ("order", "items", "disorder"),
    [
        ([{"by": "/a"}], [{"a": 1}, {"a": 1}, {"a": 2}], None),
        ([{"by": "/a"}], [{"a": 1}, {"a": 3}, {"a": 2}], "3 stands before 2"),
        ([{"by": "/a", "descending": True}], [{"a": 2}, {"a": 1}], None),
        ([{"by": "/a", "descending": True}], [{"a": "1"}, {"a": "2"}], "'1' stands before '2'"),
        ([{"by": "/a"}, {"by": "/b"}], [{"a": 1, "b": 9}, {"a": 2, "b": 0}], None),
        ([{"by": "/a"}, {"by": "/b"}], [{"a": 1, "b": 9}, {"a": 1, "b": 0}], "1, 9 stands before 1, 0"),
        ([{"by": "/a"}, {"by": "/b", "descending": True}], [{"a": 1, "b": 9}, {"a": 1, "b": 0}], None),
        ([{"by": "/a/b"}], [{"a": {"b": 2}}, {"a": {"b": 1}}], "2 stands before 1"),
        # Schemas speak about these, not the order.
        ([{"by": "/a"}], [{"a": 2}, {}, {"a": 1}], None),
        ([{"by": "/a"}], [{"a": None}, {"a": None}], None),
        ([{"by": "/a"}], [{"a": 2}, {"a": "1"}], None),
        ([], [{"a": 2}, {"a": 1}], None),
    ],
)
def test_neighbours_stand_in_the_documented_order(
    order: list[dict[str, Any]], items: list[Any], disorder: str | None
) -> None:
    assert listing(order=order).disorder(items) == disorder


@settings(max_examples=100)
@given(weights=NUMBERS, descending=st.booleans())
def test_a_list_is_in_order_if_sorting_it_changes_nothing(weights: list[int], descending: bool) -> None:
    by_weight = listing(order=[{"by": "/weight", "descending": descending}])
    items = weighing(weights)
    expected = sorted(items, key=lambda item: item["weight"], reverse=descending)
    assert by_weight.ordered(items) == expected
    assert (by_weight.disorder(items) is None) is (weights == sorted(weights, reverse=descending))


def test_without_a_documented_order_items_stay_as_they_are() -> None:
    assert listing().ordered([3, 1, 2]) == [3, 1, 2]
