"""Every scenario on both sides, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from contract_tests.harness.network import credentials
from contract_tests.harness.network.budget import BudgetSpent
from contract_tests.harness.network.wire import Unreachable
from contract_tests.harness.outside.cleanup import cleaned
from contract_tests.harness.parity.lives import lives
from contract_tests.harness.parity.play import play
from contract_tests.harness.parity.reads import reads
from contract_tests.harness.parity.refusals import refusals
from contract_tests.harness.parity.result import Disparity, Parity, grouped
from contract_tests.harness.parity.scenario import Scenario
from contract_tests.harness.running.run import Omission, Run
from contract_tests.harness.running.session import Progress
from contract_tests.harness.running.subject import Subject

NEEDS_WRITES = "--writes sandbox lets it make records of its own there"


def scenarios(theirs: Subject) -> Iterator[Scenario | Omission]:
    """What a target may be taken through."""
    yield from reads(theirs.contract, theirs.fixtures)
    yield from refusals(theirs.contract)
    if theirs.target.writes == "none":
        for name in theirs.contract.lifecycles:
            yield Omission(theirs.contract.vendor, "lifecycle", name, NEEDS_WRITES)
    else:
        yield from lives(theirs)


def compare(
    ours: Subject,
    target: Run,
    result: Parity,
    progress: Progress,
    operations: frozenset[str] = frozenset(),
) -> None:
    """Play every scenario, those that differ twice; what came of it is in the result afterwards.

    `operations`, if there are any, choose those scenarios that call one of them. What is made at the target
    is ended there before this returns, however it ends.
    """
    with cleaned(target):
        _played(ours, target.subjects[0], result, progress, operations)
    for renewal in target.subjects[0].target.renewals:
        renewal.tell(target)
    touched = [f"{result.vendor} {one}, and no state tells whether it is as before" for one in result.touched]
    result.warnings = [*target.warnings, *sorted(touched)]
    result.requests = target.subjects[0].target.wire.sent


def _played(
    ours: Subject, theirs: Subject, result: Parity, progress: Progress, operations: frozenset[str]
) -> None:
    listed = list(scenarios(theirs))
    result.omissions.update({one: None for one in listed if isinstance(one, Omission)})
    chosen = [one for one in listed if isinstance(one, Scenario) and one.calls(operations)]
    result.scenarios = len(chosen)
    progress.begins(len(chosen))
    found: list[Disparity] = []
    try:
        for scenario in chosen:
            if scenario.borrows and scenario.kind in result.made:
                result.scenarios -= 1
            else:
                found += _take(result, scenario, ours, theirs)
            progress.advances(scenario.name)
    except (BudgetSpent, Unreachable) as problem:
        result.stopped = str(problem)
    except KeyboardInterrupt:
        result.stopped = "interrupted"
    result.disparities = grouped(found)


def at_home(double: Subject) -> Subject:
    """A double with the credentials of its fixtures, whatever the environment holds for the target."""
    keyring = credentials.keyring(double.contract, double.fixtures, is_double=True, environment={})
    return replace(double, keyring=keyring)


def _take(result: Parity, scenario: Scenario, ours: Subject, theirs: Subject) -> list[Disparity]:
    """Play one scenario; what it showed otherwise must show again, or is marked as passing."""
    seen = play(scenario, ours, theirs, result.touched)
    while not seen.compared and scenario.otherwise is not None:
        scenario = scenario.otherwise
        seen = play(scenario, ours, theirs, result.touched)
    result.shown |= seen.shown
    result.doubted |= seen.doubted
    result.compared += bool(seen.compared)
    if seen.made and scenario.kind is not None:
        result.made.add(scenario.kind)
    if seen.left_out is not None:
        result.omissions[Omission(result.vendor, scenario.part, scenario.name, seen.left_out)] = None
    if not seen.disparities:
        return []
    again = play(scenario, ours, theirs, result.touched)
    causes = {one.cause for one in again.disparities}
    lost = scenario.borrows and (again.began != seen.began or again.left_out is not None)
    return [
        replace(one, repeated=one.cause in causes, used_up=lost and one.cause not in causes)
        for one in seen.disparities
    ]
