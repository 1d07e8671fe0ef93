"""The ledger of writes: on disk before anything leaves, and readable after any crash."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contract_tests.harness.outside.ledger import Ledger, UnreadableLedger, read

URL = "https://sandbox.example"
BEGIN = '{"step": "begin", "ledger": 1, "url": "u", "vendors": []}\n'


def opened(path: Path) -> Ledger:
    ledger = Ledger(path)
    ledger.begin(url=URL, vendors=["acme"])
    return ledger


def intended(ledger: Ledger, kind: str | None = "parcel") -> int:
    return ledger.intend(
        vendor="acme", operation="create_parcel", request="POST /v9/parcels", kind=kind, marker="duble-1"
    )


def test_an_intent_is_on_disk_when_the_call_returns(tmp_path: Path) -> None:
    ledger = opened(tmp_path / "deep" / "ledger.jsonl")
    number = intended(ledger)
    found = read(tmp_path / "deep" / "ledger.jsonl")
    assert found.url == URL
    assert found.vendors == ("acme",)
    assert found.intents[number].request == "POST /v9/parcels"
    assert found.unknown == [found.intents[number]]
    ledger.close()


def test_what_was_made_remains_until_it_is_ended_the_youngest_first(tmp_path: Path) -> None:
    with opened(tmp_path / "ledger.jsonl") as ledger:
        for name in ("1", "2", "3"):
            ledger.answered(intended(ledger), 201)
            ledger.own(("acme", "parcel", name))
        ledger.end(("acme", "parcel", "2"), "cancel_parcel")
    found = read(tmp_path / "ledger.jsonl")
    assert found.remaining == [("acme", "parcel", "3"), ("acme", "parcel", "1")]
    assert found.unknown == []


@pytest.mark.parametrize("kind", ["parcel", None])
def test_only_an_unanswered_request_that_makes_something_is_unknown(tmp_path: Path, kind: str | None) -> None:
    with opened(tmp_path / "ledger.jsonl") as ledger:
        number = intended(ledger, kind)
        assert [intent.number for intent in ledger.entries.unknown] == ([number] if kind else [])
        ledger.settle(number)
    assert read(tmp_path / "ledger.jsonl").unknown == []


def test_a_line_that_a_crash_cut_short_is_passed_over_and_written_over(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger = opened(path)
    intended(ledger)
    ledger.close()
    with path.open("ab") as file:
        file.write(b'{"step": "own", "vendor": "ac')
    assert read(path).owned == {}
    with Ledger(path) as again:
        again.own(("acme", "parcel", "7"))
        assert intended(again) == 2
    assert read(path).remaining == [("acme", "parcel", "7")]
    assert all(json.loads(line) for line in path.read_text("utf-8").splitlines())


def test_a_run_that_wrote_nothing_leaves_no_file(tmp_path: Path) -> None:
    opened(tmp_path / "ledger.jsonl").close()
    assert not (tmp_path / "ledger.jsonl").exists()


def test_what_is_veiled_is_not_on_disk_and_still_known_to_the_run(tmp_path: Path) -> None:
    """A server may call a record by the very token that it was shown; what the vendor is called stays."""
    path = tmp_path / "ledger.jsonl"
    with opened(path) as ledger:
        ledger.veils["acme"] = lambda text: text.replace("acme", "$TOKEN")
        request = "PUT /v9/parcels/acme"
        ledger.intend(vendor="acme", operation="change", request=request, kind=None, marker=None)
        ledger.own(("acme", "parcel", "acme"))
        ledger.find(("acme", "parcel", "7"), "acme")
        ledger.end(("acme", "parcel", "acme"), "acme")
        assert list(ledger.entries.owned) == [("acme", "parcel", "acme")]
        assert ledger.entries.remaining == []
    _, *entries = map(json.loads, path.read_text("utf-8").splitlines())
    assert [entry["vendor"] for entry in entries] == ["acme"] * 4
    told = [entry.get(name) for entry in entries for name in ("request", "id", "state", "how")]
    assert [text for text in told if text] == [
        "PUT /v9/parcels/$TOKEN",
        "$TOKEN",
        "7",
        "$TOKEN",
        "$TOKEN",
        "$TOKEN",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not a ledger: it does not say which server"),
        ("hello\n", ":1: not JSON"),
        (
            '{"step": "begin", "ledger": 2, "url": "u", "vendors": []}\n',
            ":1: no entry of a ledger .*version 2",
        ),
        (BEGIN + '{"step": "fly"}\n', ":2: .*step 'fly'"),
        (
            '{"step": "begin", "ledger": 1, "url": "u", "vendors": []}\n{"step": "answered", "number": 9}\n',
            ":2: ",
        ),
        ("[]\n", ":1: no entry of a ledger"),
    ],
)
def test_a_file_that_is_no_ledger_is_told_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableLedger, match=problem):
        read(path)


def test_a_ledger_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableLedger, match="No such file"):
        read(tmp_path / "ledger.jsonl")
