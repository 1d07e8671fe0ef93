"""A finding is tried again before anybody hears of it: what does not come back is intermittent.

A server that fails now and then may fail twice in a row by chance, so its failures are tried once more than
anything else, and count as come back only with the same request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from contract_tests.harness.judging.finding import ContractBroken, Finding
from contract_tests.harness.network.budget import BudgetSpent
from contract_tests.harness.network.wire import BrokenAnswer, Unreachable

FLEETING = frozenset({"server error", "no complete answer"})
TRIES, TRIES_OF_FLEETING = 2, 3

Silent = Callable[[BrokenAnswer], ContractBroken]


def tries_of(finding: Finding) -> int:
    """How often a finding must show before it is certain."""
    return TRIES_OF_FLEETING if finding.causes[0][0] in FLEETING else TRIES


def confirmed(problem: Exception, again: Callable[[], object], silent: Silent) -> ContractBroken | None:
    """The findings of a test, each with how often it showed; None if the test ended in no finding.

    `again` runs the test once more, and `silent` makes a finding of an answer that never came.
    """
    first = list(_findings(problem, silent))
    if not first:
        return None
    found = {_identity(finding): finding for finding in first}
    try:
        while any(_is_open(finding) for finding in found.values()):
            shown = {_identity(finding): finding for finding in _tried(again, silent)}
            found = dict(_counted(found, shown))
    except (Unreachable, BudgetSpent):
        pass  # whoever sends the next request hears of it; what was found so far stands
    return ContractBroken(*found.values())


def _is_open(finding: Finding) -> bool:
    return finding.seen == finding.tries < tries_of(finding)


def _counted(
    found: dict[tuple[str, ...], Finding], shown: dict[tuple[str, ...], Finding]
) -> Iterator[tuple[tuple[str, ...], Finding]]:
    """Everything once more, whether it showed or not; and what showed for the first time."""
    tried = max(finding.tries for finding in found.values() if _is_open(finding))
    for key, finding in found.items():
        if _is_open(finding):
            yield key, replace(finding, tries=finding.tries + 1, seen=finding.seen + (key in shown))
        else:
            yield key, finding
    for key, finding in shown.items():
        if key not in found:
            yield key, replace(finding, seen=1, tries=tried + 1)


def _tried(again: Callable[[], object], silent: Silent) -> list[Finding]:
    try:
        again()
    except (Unreachable, BudgetSpent):
        raise
    except Exception as problem:  # noqa: BLE001  # whatever it is, the first finding did not come back
        return list(_findings(problem, silent))
    return []


def _findings(problem: BaseException, silent: Silent) -> Iterator[Finding]:
    """The findings that a test ended in; Hypothesis wraps what it could not make happen again."""
    if isinstance(problem, ContractBroken):
        yield from problem.findings
    elif isinstance(problem, BrokenAnswer):
        yield from silent(problem).findings
    elif isinstance(problem, BaseExceptionGroup):
        for inner in problem.exceptions:
            for finding in _findings(inner, silent):
                yield replace(finding, seen=1, tries=2)


def _identity(finding: Finding) -> tuple[str, ...]:
    cause = finding.causes[0]
    return (*cause, finding.step) if cause[0] in FLEETING else cause
