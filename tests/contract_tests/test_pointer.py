"""JSON pointers, patches and comparisons."""

from __future__ import annotations

from typing import Any

import pytest

from contract_tests.harness.spec import pointer


def test_escaped_tokens_survive_a_round_trip() -> None:
    tokens = ["paths", "/a/{b}", "x~y", "0"]
    assert pointer.join(tokens) == "/paths/~1a~1{b}/x~0y/0"
    assert pointer.split(pointer.join(tokens)) == tokens


def test_the_empty_pointer_is_the_document() -> None:
    assert pointer.find([1], "") == [1]


@pytest.mark.parametrize("at", ["/b", "/a/2", "/a/-1", "/a/x", "/a/0/c"])
def test_what_is_not_there_is_absent(at: str) -> None:
    with pytest.raises(pointer.Absent):
        pointer.find({"a": [1, 2]}, at)


@pytest.mark.parametrize(
    ("patch", "result"),
    [
        ({"op": "add", "path": "/a/0", "value": 9}, {"a": [9, 1, 2]}),
        ({"op": "add", "path": "/a/-", "value": 9}, {"a": [1, 2, 9]}),
        ({"op": "replace", "path": "/a/1", "value": 9}, {"a": [1, 9]}),
        ({"op": "remove", "path": "/a/0"}, {"a": [2]}),
        ({"op": "add", "path": "/b", "value": None}, {"a": [1, 2], "b": None}),
        ({"op": "remove", "path": "/a"}, {}),
    ],
)
def test_patches(patch: dict[str, Any], result: Any) -> None:
    document = {"a": [1, 2]}
    assert pointer.patched(document, [patch]) == result
    assert document == {"a": [1, 2]}


def test_a_patch_that_removes_nothing_does_not_fit() -> None:
    with pytest.raises(pointer.Absent):
        pointer.patched({}, [{"op": "remove", "path": "/body/cause"}])


def test_a_merge_removes_with_null_and_goes_inside() -> None:
    stored = {"a": {"b": 1, "c": 2}, "d": 3}
    assert pointer.merged(stored, {"a": {"b": None, "x": [1]}, "d": 4}) == {"a": {"c": 2, "x": [1]}, "d": 4}


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [(1, True, False), (0, False, False), (1, 1.0, True), ([1], [1, 1], False), ({"a": 1}, {"a": 1}, True)],
)
def test_equality_is_that_of_json(one: Any, other: Any, equal: bool) -> None:
    assert pointer.same(one, other) is equal


def test_differences_name_each_place() -> None:
    expected = {"a": 1, "b": [{"c": True}], "d": "x"}
    actual = {"a": 2, "b": [{"c": 1}], "e": None}
    assert pointer.differences(expected, actual) == [
        "/a is 2, not 1",
        "/b/0/c is 1, not True",
        "/d is missing",
        "/e ought not to be there",
    ]


def test_ignored_places_do_not_count_present_or_not() -> None:
    expected = {"a": {"now": 1}, "b": 2}
    assert pointer.differences(expected, {"a": {"now": 7}, "b": 2}, ["/a/now"]) == []
    assert pointer.differences(expected, {"a": {}, "b": 2}, ["/a/now"]) == []
    assert pointer.differences(expected, {"b": 2}, ["/a"]) == []
