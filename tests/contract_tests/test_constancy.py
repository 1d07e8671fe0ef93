"""What stays from read to read: what the spec declares to vary apart, and on a server that others use."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contract_tests.harness.acting.constancy import changed, keyed, steady
from contract_tests.harness.spec import contract
from contract_tests.harness.spec.operation import Operation
from tests.contract_tests.runs import TOY

ACME = contract.load("acme", TOY / "spec.yaml")
LIST_PARCELS = ACME.operations["list_parcels"]


def saying(**said: Any) -> Operation:
    """The list of the invented vendor with these words of x-agreement."""
    return replace(LIST_PARCELS, definition={**LIST_PARCELS.definition, "x-agreement": said})


@pytest.mark.parametrize(
    ("varies", "left"),
    [
        (["/at"], {"data": [{"id": 1, "age": 5}, {"id": 2}]}),
        (["/data/*/age"], {"at": 9, "data": [{"id": 1}, {"id": 2}]}),
        (["/at", "/data"], {}),
        (["/data/*"], {"at": 9, "data": []}),
        (["/nowhere/deep", "/at/deep"], {"at": 9, "data": [{"id": 1, "age": 5}, {"id": 2}]}),
    ],
)
def test_what_the_spec_declares_to_vary_is_left_out_of_a_copy(varies: list[str], left: Any) -> None:
    body = {"at": 9, "data": [{"id": 1, "age": 5}, {"id": 2}]}
    assert steady(ACME, saying(varies=varies), body) == left
    assert body == {"at": 9, "data": [{"id": 1, "age": 5}, {"id": 2}]}


def test_what_varies_everywhere_is_left_out_of_every_operation() -> None:
    everywhere = replace(ACME, document={**ACME.document, "x-agreement": {"varies": ["/number"]}})
    assert steady(everywhere, saying(varies=["/at"]), {"number": 1, "at": 2, "data": 3}) == {"data": 3}


@pytest.mark.parametrize(
    ("at", "body", "found"),
    [
        (
            "/data",
            {"data": [{"id": 2}, {"id": 1, "a": 0}]},
            {"data": {"1": {"id": 1, "a": 0}, "2": {"id": 2}}},
        ),
        ("", [{"id": 2}], {"2": {"id": 2}}),
        ("/data", {"data": None}, {"data": None}),
        ("/data", {"data": [{}]}, {"data": [{}]}),
    ],
)
def test_items_go_by_their_ids_and_not_by_their_turn(at: str, body: Any, found: Any) -> None:
    assert keyed(saying(list={"items": at, "id": "/id"}), body) == found


def test_without_a_list_a_body_stays_as_it_is() -> None:
    assert keyed(saying(varies=["/at"]), [3, 1]) == [3, 1]


@pytest.mark.parametrize(
    ("bodies", "lines"),
    [
        ([{"a": 1}, {"a": 1.0}], []),
        ([{"a": 1}, {"a": True}], ["/a is 1, and then True"]),
        ([{"a": [1, {"b": "x"}]}, {"a": [1, {"b": "y"}]}], ["/a/1/b is 'x', and then 'y'"]),
        ([[1], [1, 2]], ["the body is [1], and then [1, 2]"]),
        ([{"a": 1}, {}], ["/a is in one answer, and not in the next"]),
        # Somebody else may change a thing once while it is read three times.
        ([{"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 2, "b": 1}], []),
        ([{"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 3, "b": 2}], ["/a is 1, and then 2"]),
        # Nobody changes a thing and changes it back that fast: two servers take turns.
        ([{"a": 1}, {"a": 2}, {"a": 1}], ["/a is 1, and then 2"]),
    ],
)
def test_only_what_is_another_in_each_answer_than_in_the_one_before_has_changed(
    bodies: list[Any], lines: list[str]
) -> None:
    assert list(changed(bodies)) == lines


def test_what_somebody_else_may_have_added_is_no_change() -> None:
    assert list(changed([{"a": 1}, {"a": 1, "b": 2}], whole=False)) == []
    assert list(changed([{"a": 1}, {"a": 2, "b": 2}], whole=False)) == ["/a is 1, and then 2"]
