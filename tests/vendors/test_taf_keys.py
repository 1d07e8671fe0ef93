"""TAF: a key is refused while it waits, unless it is another part of its message."""

from __future__ import annotations

import pytest

from tests.vendors.taf_sender import Sender, record


def test_a_key_is_refused_while_it_waits(taf: Sender) -> None:
    taf.send(record("A"))

    [refused] = taf.post(record("A"))["registryKey"]

    text = "O TAFKEY A já existe na TAFST2 e encontra-se pendente de processamento ou em processamento."
    assert refused["error"] == [{"coderr": 813, "description": text}]
    assert len(taf.items(registryKey="A")) == 1


def test_a_key_is_refused_in_another_ticket_and_as_another_part_of_it(taf: Sender) -> None:
    taf.send(record("A"))

    again = taf.post(record("A", messageSequential="002"), record("A", messageType="1"), ticket="other")

    assert [one["error"][0]["coderr"] for one in again["registryKey"]] == [813, 813]


def test_a_key_is_refused_twice_in_one_batch(taf: Sender) -> None:
    assert taf.errors(record("A"), record("A"), record("A", registryPriority="8")) == [[], [813], [813, 805]]


def test_a_key_is_refused_while_it_is_in_process(taf: Sender) -> None:
    taf.send(record("A"))
    taf.backstage("take_up", "A")
    taf.run_job2()

    assert taf.errors(record("A")) == [[813]]


def test_a_key_waits_for_one_branch_and_event_only(taf: Sender) -> None:
    taf.send(record("A"))

    sent = [record("A", sourceBranch="0200"), record("A", registryType="S-1020"), record("B")]
    assert taf.errors(*sent) == [[], [], []]


@pytest.mark.parametrize("outcome", ["integrate", "find_inconsistent"])
def test_a_key_can_be_sent_again_once_it_was_handled(taf: Sender, outcome: str) -> None:
    taf.send(record("A"))
    taf.backstage(outcome, "A")

    taf.send(record("A"))

    assert [item["proccessed"] for item in taf.items(registryKey="A")] == [outcome == "integrate", False]


def test_a_refused_record_does_not_occupy_its_key(taf: Sender) -> None:
    assert taf.errors(record("A", registryPriority="8"), record("A")) == [[805], []]


def test_a_message_may_come_in_parts(taf: Sender) -> None:
    taf.send(record("A", messageSequential="001"), record("A", messageSequential="002"))
    taf.send(record("A", messageSequential="003"))

    assert taf.errors(record("A", messageSequential="002"), record("A", messageSequential="004")) == [
        [813],
        [],
    ]
    assert len(taf.items(registryKey="A")) == 4


def test_a_part_is_refused_twice_in_one_batch(taf: Sender) -> None:
    taf.send(record("A", messageSequential="001"))

    again = record("A", messageSequential="002")
    assert taf.errors(again, again, record("A", messageSequential="001")) == [[], [813], [813]]


def test_parts_are_told_from_repetitions_beyond_any_number(taf: Sender) -> None:
    parts = [record("A", messageSequential=f"{number:03d}") for number in range(200)]
    taf.send(*parts[:100])
    taf.send(*parts[100:])

    assert taf.errors(*parts, record("A", messageSequential="200")) == [[813]] * 200 + [[]]
