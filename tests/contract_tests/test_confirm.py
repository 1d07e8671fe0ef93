"""A finding is tried again: what comes back is certain, what does not is intermittent, and one finding."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis.errors import FlakyFailure

from contract_tests.harness.judging.confirm import confirmed
from contract_tests.harness.judging.finding import ContractBroken, Difference, Finding
from contract_tests.harness.judging.grouping import distinct
from contract_tests.harness.network.budget import BudgetSpent
from contract_tests.harness.network.exchange import Request
from contract_tests.harness.network.wire import BrokenAnswer, Unreachable
from mockserver.server import serving
from tests.contract_tests.runs import run_toy
from tests.contract_tests.saboteur import Ask, Asked, Fault, Saboteur, Told
from tests.contract_tests.test_verdict import answer, subject
from tests.contract_tests.toy.double import Double

ACME = subject()
FIVE = ("examples", "refusals", "authentication", "conformance", "lifecycle")
GET = Request(method="GET", path="/v9/parcels/1")


def finding(name: str = "weight", request: Request = GET) -> Finding:
    """A lost field of get_parcel."""
    at = "/components/schemas/Parcel"
    lost = Difference(kind="body", said="-", got=f"no {name}", at=at, of="body", about=("lost", name))
    operation = ACME.contract.operations["get_parcel"]
    return ACME.finding("examples", operation, lost, answer(200, {"ok": True}), ["curl"], request)


def failure(request: Request = GET) -> Finding:
    """A 500 of get_parcel."""
    refused = Difference(kind="refused", said="-", got="status 500", at="/paths")
    told = answer(500, b"Oops", **{"content-type": "text/plain"})
    return ACME.finding("examples", ACME.contract.operations["get_parcel"], refused, told, ["curl"], request)


def silent(problem: BrokenAnswer) -> ContractBroken:
    gone = Difference(kind="no complete answer", said="-", got=problem.problem, at="/paths")
    return ContractBroken(ACME.finding("examples", None, gone, "-", ["curl"], problem.request))


def ending(*ends: Exception | None) -> Callable[[], None]:
    """A test that ends in one of these after the other."""
    left = iter(ends)

    def again() -> None:
        end = next(left)
        if end is not None:
            raise end

    return again


def tried(first: Exception, *ends: Exception | None) -> list[tuple[str, int, int]]:
    """What is found, how often it showed, and in how many tries."""
    broken = confirmed(first, ending(*ends), silent)
    assert broken is not None
    return [(one.got, one.seen, one.tries) for one in broken.findings]


def test_what_comes_back_is_certain() -> None:
    assert tried(ContractBroken(finding()), ContractBroken(finding())) == [("no weight", 2, 2)]


@pytest.mark.parametrize("second", [None, ValueError("something else"), ContractBroken(finding("state"))])
def test_what_does_not_come_back_is_intermittent(second: Exception | None) -> None:
    assert tried(ContractBroken(finding()), second)[0] == ("no weight", 1, 2)


def test_what_shows_only_in_the_second_try_is_intermittent_too() -> None:
    both = tried(ContractBroken(finding()), ContractBroken(finding(), finding("state")))
    assert both == [("no weight", 2, 2), ("no state", 1, 2)]


def test_a_failing_server_is_tried_once_more() -> None:
    broken = ContractBroken(failure())
    assert tried(broken, broken, broken) == [("status 500", 3, 3)]
    assert tried(broken, broken, None) == [("status 500", 2, 3)]


def test_a_failure_counts_as_come_back_only_with_the_same_request() -> None:
    elsewhere = ContractBroken(failure(replace(GET, path="/v9/parcels/2")))
    assert tried(ContractBroken(failure()), elsewhere)[0] == ("status 500", 1, 2)


def test_an_answer_that_never_comes_is_tried_again_as_well() -> None:
    gone = BrokenAnswer(GET, "peer closed connection")
    assert tried(gone, gone, gone) == [("peer closed connection", 3, 3)]
    assert tried(gone, None) == [("peer closed connection", 1, 2)]


@pytest.mark.parametrize("end", [Unreachable("nobody answers"), BudgetSpent("no requests left")])
def test_a_run_that_ends_meanwhile_keeps_what_was_found(end: Exception) -> None:
    assert tried(ContractBroken(finding()), end) == [("no weight", 1, 1)]


def test_many_failures_in_one_try_of_a_test_are_one_try() -> None:
    met = ContractBroken(*distinct([failure(), failure(), failure(), failure()]))
    assert [one.count for one in met.findings] == [4]
    assert tried(met, None) == [("status 500", 1, 2)]
    assert tried(met, met, met) == [("status 500", 3, 3)]


def test_what_hypothesis_could_not_make_happen_again_is_intermittent() -> None:
    flaky = FlakyFailure("unreliable", [ContractBroken(finding())])
    assert tried(flaky) == [("no weight", 1, 2)]


def test_a_test_without_findings_is_not_tried_again() -> None:
    assert confirmed(ValueError("a fault of ours"), ending(), silent) is None


# ---------------------------------------------------------------- whole runs


def every(number: int) -> Fault:
    count = itertools.count(1)

    async def fault(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        if asked.path.startswith("/_duble") or next(count) % number:
            return told
        return Told(500, {"content-type": "text/plain"}, b"Internal Server Error")

    return fault


def sometimes(share: float, seed: int) -> Fault:
    chance = random.Random(seed)  # noqa: S311 - a test's dice

    async def fault(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        if asked.path.startswith("/_duble") or chance.random() >= share:
            return told
        return Told(500, {"content-type": "text/plain"}, b"Internal Server Error")

    return fault


async def cancel_fails(asked: Asked, ask: Ask) -> Told:
    if asked.path.endswith("/cancel"):
        return Told(500, {"content-type": "text/plain"}, b"Internal Server Error")
    return await ask(asked)


@pytest.mark.parametrize("fault", ["every 20th", "5 percent"])
def test_a_server_that_fails_now_and_then_is_one_intermittent_finding(fault: str) -> None:
    seed = random.randrange(2**32)  # noqa: S311 - any seed will do
    with serving(Saboteur(Double(), every(20) if fault == "every 20th" else sometimes(0.05, seed))) as url:
        run = run_toy(url, seed=seed, parts=FIVE)
    assert [finding.intermittent for finding in run.findings] == [True], f"seed {seed}"
    (found,) = run.findings
    assert found.seen < found.tries
    assert len({found.operation, *found.others}) > 1
    assert run.exit_code == 1
    assert run.problems == []


def test_a_server_that_always_fails_at_one_operation_is_no_intermittent_finding() -> None:
    with serving(Saboteur(Double(), cancel_fails)) as url:
        run = run_toy(url, parts=FIVE)
    (found,) = run.findings
    assert not found.intermittent
    assert found.operation == "cancel_parcel"
    assert found.as_json()["tries"]["seen"] == found.as_json()["tries"]["of"]
