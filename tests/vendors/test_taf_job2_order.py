"""TAF: when job 2 runs, and in which order it takes the records."""

from __future__ import annotations

import pytest

from tests.vendors.taf_sender import TICKET, UNKNOWN, Sender, record, rubric

# ------------------------------------------------------------ the order of a run


def test_the_lower_priority_number_goes_first(taf: Sender) -> None:
    late = record("A", rubric("inclusao", "7"), registryPriority="5")
    early = record("B", rubric("alteracao", "7"), registryPriority="0")

    assert taf.outcome(late, early) == ["", "000007"]


def test_with_equal_priority_the_lower_rec_no_goes_first(taf: Sender) -> None:
    first = record("A", rubric("inclusao", "7"), registryPriority="2")
    second = record("B", rubric("alteracao", "7"), registryPriority="2")

    assert taf.outcome(first, second) == ["", ""]


def test_a_predecessor_goes_before_its_successor(taf: Sender) -> None:
    late = record("A", rubric("inclusao", "7"), registryPriority="5")
    early = record("B", rubric("alteracao", "7"), registryPriority="0", registryPredecessor="A")

    assert taf.outcome(late, early) == ["", ""]


@pytest.mark.parametrize("queue", ["0", "1"])
def test_an_inconsistent_predecessor_lets_its_successor_pass(taf: Sender, queue: str) -> None:
    wrong = record("A", rubric("alteracao", UNKNOWN))
    successor = record("B", registryPredecessor="A", integrationQueue=queue)

    assert taf.outcome(wrong, successor) == ["000007", ""]


def test_an_unknown_predecessor_stops_a_record_outside_the_queue(taf: Sender) -> None:
    assert taf.outcome(record("A", registryPredecessor="nobody")) == ["000030"]


def test_an_unknown_predecessor_sends_a_record_back_into_the_queue(taf: Sender) -> None:
    assert taf.outcome(record("A", registryPredecessor="later", integrationQueue="1")) == ["…"]
    assert taf.item("A")["integrationQueue"] == "F"

    taf.run_job2()
    assert taf.code("A") == "…"
    assert taf.outcome(record("later")) == [""]
    assert taf.code("A") == ""


def test_a_rejected_record_of_the_queue_is_marked(taf: Sender) -> None:
    taf.send(record("A", rubric("alteracao", UNKNOWN), integrationQueue="1"))
    taf.run_job2()

    assert taf.item("A")["integrationQueue"] == "R"


def test_a_predecessor_held_in_process_holds_its_successor(taf: Sender) -> None:
    taf.send(record("A"))
    taf.backstage("take_up", "A")

    assert taf.outcome(record("B", registryPredecessor="A", integrationQueue="1")) == ["…"]
    assert taf.outcome(record("C", registryPredecessor="A")) == ["000030"]
    taf.backstage("put_back", "A")
    taf.run_job2()
    assert [taf.code(key) for key in "AB"] == ["", ""]


@pytest.mark.parametrize(("queue", "expected"), [("0", ["", "000030"]), ("1", ["…", "…"])])
def test_a_circle_of_predecessors_ends(taf: Sender, queue: str, expected: list[str]) -> None:
    circle = [
        record("A", registryPredecessor="B", integrationQueue=queue),
        record("B", registryPredecessor="A", integrationQueue=queue),
    ]

    assert taf.outcome(*circle) == expected


def test_a_record_may_name_itself(taf: Sender) -> None:
    assert taf.outcome(record("A", registryPredecessor="A")) == ["000030"]


def test_a_long_chain_of_predecessors_is_followed_to_its_end(taf: Sender) -> None:
    chain = [record(f"K{n}", registryPredecessor=f"K{n + 1}") for n in range(1500)]

    taf.send(*chain, record("K1500"))
    taf.run_job2()

    assert {item["proccessed"] for item in taf.items(ticketCode=TICKET, lotQuantity=2000)} == {True}


# ------------------------------------------------------------ when it runs


def test_nothing_is_handled_by_itself(taf: Sender) -> None:
    taf.send(record("A"))
    taf.advance(86_400 * 365)

    assert taf.code("A") == "…"


def test_with_a_delay_it_runs_by_the_clock(taf: Sender) -> None:
    taf.control("PUT", "state/taf/jobs/2", {"delay": 60})
    taf.freeze("2026-01-02T03:04:05Z")
    taf.send(record("A"))

    taf.advance(59.999)
    assert taf.code("A") == "…"
    assert taf.errors(record("A")) == [[813]]
    taf.advance(0.001)
    assert taf.code("A") == ""
    taf.send(record("A"))


def test_the_control_api_sees_what_the_clock_has_done(taf: Sender) -> None:
    taf.control("PUT", "state/taf/jobs/2", {"delay": 60})
    taf.send(record("A"))
    taf.advance(61)

    assert taf.control("GET", "state/taf/records/80")["state"] == "INTEGRATED"
    listed = taf.control("GET", "state/taf/records")["records"]
    assert {one["recno"]: one["state"] for one in listed}[80] == "INTEGRATED"


def test_without_any_delay_a_record_is_handled_before_the_next_request(taf: Sender) -> None:
    taf.control("PUT", "state/taf/jobs/2", {"delay": 0})

    assert taf.errors(record("A"), record("A")) == [[], [813]]
    assert taf.code("A") == ""


def test_what_became_due_earlier_is_handled_first(taf: Sender) -> None:
    taf.control("PUT", "state/taf/jobs/2", {"delay": 60})
    taf.send(record("A", rubric("inclusao", "7"), registryPriority="5"))
    taf.advance(10)
    taf.send(record("B", rubric("inclusao", "7"), registryPriority="0"))
    taf.advance(100)

    assert [taf.code(key) for key in "AB"] == ["", "000008"]


def test_parts_that_arrived_in_time_are_handled_with_the_first(taf: Sender) -> None:
    taf.control("PUT", "state/taf/jobs/2", {"delay": 60})
    taf.send(record("A", "<eSocial>", messageSequential="001"))
    taf.advance(30)
    taf.send(record("A", "</eSocial>", messageSequential="002"))
    taf.advance(31)

    assert [item["proccessed"] for item in taf.items(registryKey="A")] == [True, True]


def test_a_record_back_in_the_queue_is_released_by_its_predecessor(taf: Sender) -> None:
    taf.control("PUT", "state/taf/jobs/2", {"delay": 60})
    taf.send(record("A", registryPredecessor="later", integrationQueue="1"))
    taf.advance(61)
    assert taf.code("A") == "…"
    taf.send(record("later"))
    taf.advance(61)

    assert [taf.code(key) for key in ("A", "later")] == ["", ""]


@pytest.mark.parametrize("outcome", ["integrate", "find_inconsistent"])
def test_it_is_released_by_a_forced_outcome_too(taf: Sender, outcome: str) -> None:
    taf.control("PUT", "state/taf/jobs/2", {"delay": 60})
    taf.send(record("A", registryPredecessor="later", integrationQueue="1"))
    taf.advance(61)
    assert taf.code("A") == "…"
    taf.send(record("later"))

    taf.backstage(outcome, "later")

    assert taf.code("A") == ""


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_ends_of_the_calendar_stop_nobody(taf: Sender, instant: str) -> None:
    taf.control("PUT", "state/taf/jobs/2", {"delay": 60})
    taf.freeze(instant)
    taf.send(record("A"))

    assert taf.code("A") == "…"
    taf.run_job2()
    assert taf.code("A") == ""
