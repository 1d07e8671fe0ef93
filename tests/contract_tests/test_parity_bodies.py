"""What two answers may differ in without being different, and what always counts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.harness.network.exchange import Answer, Request
from contract_tests.harness.parity.bodies import Bodies, Rigour
from contract_tests.harness.parity.described import Described
from contract_tests.harness.parity.exchange import Exchange
from contract_tests.harness.parity.masking import MILLISECONDS, SECONDS, Names, epoch, kind, layout, masked
from contract_tests.harness.spec import contract
from tests.contract_tests.runs import TOY

PARCELS = contract.load("acme", TOY / "spec.yaml")
SILENT = Described(PARCELS, (), "")  # nothing is said of the place: only the two sides count
LAYOUTS: dict[str, Callable[[datetime], str]] = {
    "9999-99-99T99:99:99.9Z": lambda at: at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
    "9999-99-99T99:99:99+99:99": lambda at: at.strftime("%Y-%m-%dT%H:%M:%S-03:00"),
    "9999-99-99 99:99:99": lambda at: at.strftime("%Y-%m-%d %H:%M:%S"),
    "9999-99-99": lambda at: at.strftime("%Y-%m-%d"),
    "99/99/9999": lambda at: at.strftime("%d/%m/%Y"),
    "99/99/9999 99:99": lambda at: at.strftime("%d/%m/%Y %H:%M"),
    "Aaa, 99 Aaa 9999 99:99:99 GMT": lambda at: at.strftime("%a, %d %b %Y %H:%M:%S GMT"),
}


@dataclass(frozen=True)
class Id:
    """Stands in a generated body for an id, which each side has another of."""

    number: int
    as_text: bool
    within: str


@dataclass(frozen=True)
class Moment:
    """Stands for a time: seconds after the first one, how it is written, and after what words."""

    seconds: int
    written: str | None
    within: str


words = st.text("abcdefg hij", max_size=12)
leaves = (
    st.none()
    | st.booleans()
    | st.integers(0, 300)
    | words
    | st.builds(Id, st.integers(0, 3), st.booleans(), words)
    | st.builds(Moment, st.integers(0, 10**8), st.sampled_from([None, *LAYOUTS]), words)
)
bodies = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("pqrstuvw"), inner, max_size=4)
    ),
    max_leaves=12,
)


def rendered(value: Any, ids: list[int], first: datetime) -> Any:
    """A generated body with one side's ids and clock."""
    if isinstance(value, Id):
        return f"{value.within} {ids[value.number]}" if value.as_text else ids[value.number]
    if isinstance(value, Moment):
        at = first + timedelta(seconds=value.seconds)
        if value.written is None:
            return int(at.timestamp() * 1000)
        text = LAYOUTS[value.written](at)
        return f"{value.within} {text}." if value.within and "Aaa" not in value.written else text
    if isinstance(value, list):
        return [rendered(item, ids, first) for item in value]
    return {k: rendered(v, ids, first) for k, v in value.items()} if isinstance(value, dict) else value


def said(body: Any, ids: list[int], status: int = 409) -> Exchange:
    names = Names()
    names.learn(ids)
    return Exchange(
        contract=PARCELS,
        operation=PARCELS.operations["get_parcel"],
        request=Request(method="GET", path="/parcels/1"),
        answer=Answer(httpx.Response(status, content=json.dumps(body).encode())),
        names=names,
    )


def differences(ours: Exchange, theirs: Exchange, rigour: Rigour) -> list[str]:
    return [f"{d.kind}: {d.said}, {d.got}" for d in Bodies(ours, theirs).differences(SILENT, rigour)]


id_lists = st.lists(st.integers(10**6, 10**7), min_size=4, max_size=4, unique=True)
clocks = st.datetimes(datetime(2001, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
rigours: st.SearchStrategy[Rigour] = st.sampled_from(["data", "own", "refusal"])


@given(bodies, id_lists, id_lists, clocks, clocks, rigours)
def test_other_ids_and_other_times_never_matter(
    body: Any, ours: list[int], theirs: list[int], here: datetime, there: datetime, rigour: Rigour
) -> None:
    one, other = said(rendered(body, ours, here), ours), said(rendered(body, theirs, there), theirs)
    assert differences(one, other, rigour) == []


@given(st.data(), bodies, id_lists, clocks, st.sampled_from(["own", "refusal"]))
def test_another_type_always_matters(
    data: st.DataObject, body: Any, ids: list[int], clock: datetime, rigour: Rigour
) -> None:
    ours = rendered(body, ids, clock)
    theirs, before, after = retyped(data, ours)
    assert kind(before) != kind(after)
    found = differences(said(ours, ids), said(theirs, ids), rigour)
    assert any(line.startswith("type: ") for line in found), (ours, theirs)


def retyped(data: st.DataObject, value: Any) -> tuple[Any, Any, Any]:
    """The value with something of another type at one place, and what was and is there."""
    if isinstance(value, list) and value and data.draw(st.booleans()):
        index = data.draw(st.integers(0, len(value) - 1))
        inner, before, after = retyped(data, value[index])
        return [*value[:index], inner, *value[index + 1 :]], before, after
    if isinstance(value, dict) and value and data.draw(st.booleans()):
        name = data.draw(st.sampled_from(sorted(value)))
        inner, before, after = retyped(data, value[name])
        return {**value, name: inner}, before, after
    known: list[Any] = [None, True, 17, "text", [], {}]
    others = [other for other in known if kind(other) != kind(value)]
    new = data.draw(st.sampled_from(others))
    return new, value, new


@given(st.datetimes(datetime(1900, 1, 1), datetime(2099, 12, 31)), st.sampled_from(sorted(LAYOUTS)))  # noqa: DTZ001
def test_a_time_is_known_by_how_it_is_written(at: datetime, written: str) -> None:
    assert layout(LAYOUTS[written](at)) == written


@pytest.mark.parametrize(
    "text", ["", "135", "TT202601020003", "2024-13-01", "32/01/2024", "2024-07-16x", "10:30", "1.2.3", "2024"]
)
def test_what_only_looks_like_a_time_is_none(text: str) -> None:
    assert layout(text) is None


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("2024-07-16T14:46:35.000Z", "2024-07-16T14:46:35.000+00:00"),
        ("2024-07-16T14:46:35.000Z", "2024-07-16T14:46:35Z"),
        ("2024-07-16", "16/07/2024"),
        ("27/08/2013", "08-27-2013"),
        ("2024-07-16T14:46:35.000Z", "yesterday"),
        (1377618543000, 1377618543),
    ],
)
@pytest.mark.parametrize("rigour", ["data", "own", "refusal"])
def test_times_written_otherwise_differ(ours: Any, theirs: Any, rigour: Rigour) -> None:
    (found,) = differences(said({"at": ours}, []), said({"at": theirs}, []), rigour)
    assert found.startswith("time format: /at: times as ")


def test_numbers_that_count_since_1970() -> None:
    assert [epoch(n) for n in (1377618543000, 1377618543, 135, True, 1.5)] == [
        MILLISECONDS,
        SECONDS,
        None,
        None,
        None,
    ]


def test_ids_are_masked_by_their_turn_and_only_as_whole_words() -> None:
    names = Names()
    names.learn(["12", "7", "12"])
    assert masked("order 12 of 7", names) == "order <id:1> of <id:2>"
    assert masked("order 127", names) == "order 127"
    assert masked("7", names) == "<id:2>"


@pytest.mark.parametrize(
    ("ours", "theirs", "rigour", "expected"),
    [
        ({"a": 1, "b": 2}, {"b": 9, "a": 7}, "own", []),  # order and a server's own numbers
        ({"a": "x"}, {"a": "y"}, "own", []),  # names and texts
        ({"a": "x"}, {"a": "y"}, "refusal", ["value: /a: 'x', /a: 'y'"]),
        ({"a": True}, {"a": False}, "own", ["value: /a: true, /a: false"]),
        ({"a": True}, {"a": False}, "data", []),
        ({"a": 1}, {}, "own", ["field: /a: a is there, /a: it is missing"]),
        ({"a": 1}, {"b": 1}, "own", ["field: /a: a, /a: b instead"]),
        ({}, {"b": 1}, "data", ["field: /b: no b, /b: b is there"]),
        ({"a": [1, 2]}, {"a": [1]}, "own", ["length: /a: 2 items, /a: 1 items"]),
        ({"a": [{"p": 1}]}, {"a": [{"p": 1}, {"p": 2}]}, "data", []),
        ({"a": None}, {"a": ""}, "own", ["type: /a: null, /a: string"]),
        ({"a": 409}, {"a": 400}, "refusal", ["value: /a: 409, /a: 400"]),  # the refusal's own status
        ({"a": 812}, {"a": 99}, "refusal", []),  # a number by chance
        ({"a": "3f9a77c1e0b24d58"}, {"a": "0a1b2c3d4e5f6071"}, "refusal", []),  # a token
        ({"a": 812}, {"a": "99"}, "refusal", ["type: /a: number, /a: string"]),
        # another record within: what it holds is free, how it is made is not
        ({"a": {"id": 5, "p": None}}, {"a": {"id": 6, "p": "x"}}, "own", ["type: /a/p: null, /a/p: string"]),
        ({"a": {"id": 5, "p": "x"}}, {"a": {"id": 6, "p": None}}, "own", []),
    ],
)
def test_what_counts(ours: Any, theirs: Any, rigour: Rigour, expected: list[str]) -> None:
    assert differences(said(ours, []), said(theirs, []), rigour) == expected


def test_what_was_asked_for_must_come_back() -> None:
    """Each side has its own word for the same thing; that it comes back is what counts."""

    def answered(sent: str, came: str) -> Exchange:
        exchange = said({"cause": came}, [], status=200)
        return Exchange(**{**vars_of(exchange), "parts": {"body": {"cause": sent}}})

    assert differences(answered("a", "a"), answered("b", "b"), "data") == []
    (found,) = differences(answered("a", "a"), answered("b", "other"), "data")
    assert found == "value: /cause: what the request has at /body/cause, /cause: 'other'"


def vars_of(exchange: Exchange) -> dict[str, Any]:
    return {name: getattr(exchange, name) for name in exchange.__dataclass_fields__}
