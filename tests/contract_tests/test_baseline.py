"""Known findings: read strictly, counted until their last day, and written so that they can be read again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from contract_tests.harness.judging import baseline
from contract_tests.harness.judging.baseline import Baseline, UnreadableBaseline
from contract_tests.harness.judging.finding import Known
from contract_tests.harness.running.run import Run
from mockserver.server import serving
from tests.contract_tests.runs import run_toy
from tests.contract_tests.saboteur import Ask, Asked, Saboteur, Told
from tests.contract_tests.toy.double import Double

TODAY = date(2026, 6, 15)
ENTRY = """
[[known]]
fingerprint = "0123456789abcdef"
vendor = "acme"
operation = "get_parcel"
what = "body: no weight"
owner = "Ana"
reason = "the vendor mends it in July"
expires = 2026-06-15
"""
KNOWN = Known(
    fingerprint="0123456789abcdef",
    vendor="acme",
    operation="get_parcel",
    what="body: no weight",
    owner="Ana",
    reason="the vendor mends it in July",
    expires=TODAY,
)


async def lost_weight(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    if asked.method != "GET" or "weight" not in str(told.json):
        return told
    data = {name: value for name, value in told.json["data"].items() if name != "weight"}
    return told.having({**told.json, "data": data})


@pytest.fixture(scope="module")
def broken_run() -> Iterator[Run]:
    """Runs that met a lost field in one operation."""
    with serving(Saboteur(Double(), lost_weight)) as url:
        yield run_toy(url, operations=["get_parcel"], parts=["examples"])


def written(folder: Path, text: str) -> Path:
    path = folder / "duble-baseline.toml"
    path.write_text(text, encoding="utf-8")
    return path


def held_to(run: Run, *entries: Known, today: date = TODAY) -> Run:
    return replace(run, baseline=Baseline(Path("b.toml"), entries, today))


def covering(run: Run, expires: date = TODAY) -> Known:
    (finding,) = replace(run, baseline=None).findings
    return structs.replace(KNOWN, fingerprint=finding.fingerprint, expires=expires)


def test_an_entry_is_read(tmp_path: Path) -> None:
    assert baseline.load(written(tmp_path, ENTRY)).entries == (KNOWN,)


def test_an_empty_file_knows_nothing(tmp_path: Path) -> None:
    assert baseline.load(written(tmp_path, "")).entries == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[known]\n", "line 1"),
        ('known = "all"', "`$.known`"),
        (ENTRY.replace('owner = "Ana"\n', ""), "missing required field `owner` - at `$.known[0]`"),
        (ENTRY + ENTRY.replace("2026-06-15", '"soon"').replace("0123", "4567"), "`$.known[1].expires`"),
        (ENTRY + 'severity = "low"\n', "unknown field `severity` - at `$.known[0]`"),
        ('note = "x"\n' + ENTRY, "unknown field `note`"),
        (ENTRY.replace('"the vendor mends it in July"', '""'), "known[0]`: reason must not be empty"),
        (ENTRY.replace('"Ana"', '"  "'), "known[0]`: owner must not be empty"),
        (ENTRY + ENTRY, "known[1]`: 0123456789abcdef is there twice"),
    ],
)
def test_what_cannot_be_read_is_refused_with_file_and_place(tmp_path: Path, text: str, told: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(UnreadableBaseline) as refused:
        baseline.load(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableBaseline, match="No such file"):
        baseline.load(tmp_path / "none.toml")
    (tmp_path / "raw.toml").write_bytes(b'x = "\xff"')
    with pytest.raises(UnreadableBaseline, match=r"raw\.toml: "):
        baseline.load(tmp_path / "raw.toml")


def test_a_known_finding_is_shown_and_does_not_fail_the_run(broken_run: Run) -> None:
    run = held_to(broken_run, covering(broken_run))
    (finding,) = run.findings
    assert finding.known == covering(broken_run)
    assert finding.as_json()["known"] == {
        "owner": "Ana",
        "reason": "the vendor mends it in July",
        "expires": "2026-06-15",
    }
    assert run.exit_code == 0


def test_another_finding_fails_as_ever(broken_run: Run) -> None:
    run = held_to(broken_run, KNOWN)
    assert [finding.known for finding in run.findings] == [None]
    assert run.exit_code == 1


def test_the_day_after_the_last_the_finding_fails_again(broken_run: Run) -> None:
    entry = covering(broken_run, expires=date(2026, 6, 14))
    run = held_to(broken_run, entry)
    assert [finding.known for finding in run.findings] == [None]
    assert run.expired == [entry]
    assert run.exit_code == 1
    (note,) = run.notes
    assert "expired on 2026-06-14" in note
    assert "Ana" in note


def test_an_expired_entry_fails_even_where_nothing_is_found(toy_url: str) -> None:
    run = run_toy(toy_url, operations=["get_parcel"], parts=["examples"])
    assert run.exit_code == 0
    assert held_to(run, KNOWN).exit_code == 0
    assert held_to(run, KNOWN, today=date(2026, 6, 16)).exit_code == 1
    stranger = structs.replace(KNOWN, vendor="other")
    assert held_to(run, stranger, today=date(2026, 6, 16)).exit_code == 0


def test_what_is_no_longer_found_is_told_where_the_run_has_looked(toy_url: str) -> None:
    run = run_toy(toy_url, operations=["get_parcel"], parts=["examples"])
    elsewhere = structs.replace(KNOWN, fingerprint="f" * 16, operation="cancel_parcel")
    held = held_to(run, KNOWN, elsewhere)
    assert held.no_longer_found == [KNOWN]
    assert held.exit_code == 0
    (note,) = held.notes
    assert "no longer found" in note
    assert "remove it" in note


def test_what_is_still_found_is_not_told_to_be_gone(broken_run: Run) -> None:
    run = held_to(broken_run, covering(broken_run))
    assert run.no_longer_found == []
    assert run.notes == []


def test_a_run_that_stopped_tells_nothing_to_be_gone(toy_url: str) -> None:
    run = run_toy(toy_url, operations=["get_parcel"], parts=["examples"])
    assert held_to(replace(run, stopped="interrupted"), KNOWN).no_longer_found == []


def test_a_baseline_made_of_a_run_covers_it(broken_run: Run, tmp_path: Path) -> None:
    path = tmp_path / "duble-baseline.toml"
    baseline.write(broken_run, path, owner="Ana", reason="July", expires=date(2027, 1, 31))
    read = baseline.load(path, TODAY)
    (entry,) = read.entries
    assert (entry.vendor, entry.operation, entry.what) == ("acme", "get_parcel", "body: no weight")
    assert replace(broken_run, baseline=read).exit_code == 0


def test_a_baseline_is_extended_and_keeps_the_words_of_others(broken_run: Run, tmp_path: Path) -> None:
    path = written(tmp_path, ENTRY)
    baseline.write(broken_run, path, owner="Rui", reason="August", expires=date(2027, 1, 31))
    entries = baseline.load(path).entries
    assert KNOWN in entries
    assert {entry.owner for entry in entries} == {"Ana", "Rui"}


def test_what_has_expired_gets_a_new_owner_and_day(broken_run: Run, tmp_path: Path) -> None:
    path = tmp_path / "duble-baseline.toml"
    baseline.write(broken_run, path, owner="Ana", reason="July", expires=date(2026, 1, 1))
    baseline.write(broken_run, path, owner="Rui", reason="August", expires=date(2027, 1, 31))
    (entry,) = baseline.load(path).entries
    assert (entry.owner, entry.expires) == ("Rui", date(2027, 1, 31))


@given(
    st.builds(
        Known,
        fingerprint=st.text("0123456789abcdef", min_size=1),
        vendor=st.sampled_from(["acme", "zeev"]),
        operation=st.text(min_size=1).filter(str.strip),
        what=st.text(min_size=1).filter(str.strip),
        owner=st.text(min_size=1).filter(str.strip),
        reason=st.text(min_size=1).filter(str.strip),
        expires=st.dates(),
    )
)
def test_whatever_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, entry: Known) -> None:
    path = tmp_path_factory.mktemp("baseline") / "b.toml"
    path.write_text(baseline.as_toml([entry]), encoding="utf-8", newline="")
    assert baseline.load(path).entries == (entry,)
