"""The pytest side of the suite: one test for each case, and verdicts from outcomes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from functools import partial
from typing import cast

import pytest

from contract_tests.harness.judging.confirm import confirmed
from contract_tests.harness.judging.finding import ContractBroken, Difference
from contract_tests.harness.network.budget import BudgetSpent
from contract_tests.harness.network.target import BrokenAnswer, Unreachable
from contract_tests.harness.outside.lacking import Stuck
from contract_tests.harness.running import harvest, workers
from contract_tests.harness.running.chance import by_seed_alone
from contract_tests.harness.running.harvest import Harvest
from contract_tests.harness.running.prepare import prepared, shipped
from contract_tests.harness.running.run import (
    CannotCheck,
    Case,
    Omission,
    Run,
    Verdict,
)
from contract_tests.harness.running.sampling import sampled
from contract_tests.harness.running.saved import saved_by

RUN = pytest.StashKey[Run]()
_OPEN = pytest.StashKey[ExitStack]()
_PLACE = pytest.StashKey[int]()

Cases = Callable[[Run], Iterable[Case | Omission]]


def each(cases: Cases, *, varies: bool = False) -> pytest.MarkDecorator:
    """Run the test once for each case; the module's PART says what part of the suite it is.

    `varies` marks a test that does something else with every seed, and is worth another round.
    """
    return pytest.mark.each.with_args(cases, varies)


class Given:
    """Hands a prepared run to the plugin, for callers that start pytest themselves."""

    def __init__(self, run: Run) -> None:
        self.run = run


def pytest_configure(config: pytest.Config) -> None:
    """Take the run that is given, or that another process works on, or prepare one from the options."""
    config.addinivalue_line("markers", "each(cases): one test for each case that the run yields")
    stack = config.stash[_OPEN] = ExitStack()
    try:
        stack.enter_context(by_seed_alone())
        run = config.stash[RUN] = _given(config) or stack.enter_context(_prepared(config))
    except CannotCheck as problem:
        raise pytest.UsageError(str(problem)) from problem
    if workers.is_worker(config):
        config.pluginmanager.register(workers.Worker(run))
        return
    if config.getoption("tx", None) and not workers.may_share(run):
        raise pytest.UsageError("a server that was not started here is checked by one process: leave out -n")
    config.pluginmanager.register(Harvest(run))


def _given(config: pytest.Config) -> Run | None:
    return next((p.run for p in config.pluginmanager.get_plugins() if isinstance(p, Given)), None)


def _prepared(config: pytest.Config) -> AbstractContextManager[Run]:
    if workers.is_worker(config):
        return workers.joined(config.workerinput)  # type: ignore[attr-defined]  # of xdist
    return prepared(
        [shipped(name) for name in config.getoption("--duble-vendor")],
        url=config.getoption("--duble-url"),
        profile=config.getoption("--duble-profile"),
        seed=config.getoption("--duble-seed"),
        parts=config.getoption("--duble-part"),
        operations=config.getoption("--duble-operation"),
        saved=saved_by(os.environ, replays=config.getoption("--duble-seed") is None),
    )


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the double that was started here."""
    if _OPEN in config.stash:
        config.stash[_OPEN].close()


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Targets and the seed that repeats the run."""
    run = config.stash[RUN]
    names = ", ".join(subject.contract.vendor for subject in run.subjects)
    return [f"duble: {names} at {run.subjects[0].target.url}, seed {run.seed}, {run.profile.name}"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each case; what is left out goes to the run's omissions."""
    marker = metafunc.definition.get_closest_marker("each")
    if marker is None:
        return
    run, (yielded, varies) = metafunc.config.stash[RUN], marker.args
    part: str = metafunc.module.PART
    cases = [] if run.repeats and not varies else _cases(run, part, yielded)
    names = [f"{case.subject.contract.vendor}-{case.label}" for case in cases]
    metafunc.parametrize("case", cases, ids=names)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Drop what pytest makes of a test without any case; begin with the tests that the run has in front."""
    items[:] = [
        item for item in items if case_of(item) is not None or item.get_closest_marker("each") is None
    ]
    for place, item in enumerate(items):
        item.stash[_PLACE] = place
    first = frozenset(config.stash[RUN].first)
    items.sort(key=lambda item: item.name not in first)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Leave out what is not begun in time; give the others sandboxes of their own."""
    if item.config.stash[RUN].is_over:
        return True
    case = case_of(item)
    if case is not None:
        case.subject.target.names.begin(item.name)
    if workers.is_worker(item.config):
        workers.run_test(item, nextitem)
        return True
    return None


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[None]:
    """Try again what ended in findings, before anybody hears of them."""
    case = case_of(pyfuncitem)
    try:
        return (yield)
    except Exception as problem:
        broken = None
        if case is not None:
            test, part = pyfuncitem.obj, part_of(pyfuncitem)
            broken = confirmed(problem, lambda: test(case=case), partial(_silent, case, part))
        if broken is None:
            raise
        raise broken from problem


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Findings instead of tracebacks, and a verdict for the run."""
    report: pytest.TestReport = yield  # type: ignore[assignment]  # a wrapper yields the result
    case = case_of(item)
    if case is None:
        return report  # type: ignore[return-value]  # the same
    part = part_of(item)
    problem = call.excinfo.value if call.excinfo else None
    if isinstance(problem, ContractBroken):
        report.longrepr = str(problem)
    if isinstance(problem, Stuck):
        why = case.subject.keyring.veiled(str(problem))
        omission = Omission(case.subject.contract.vendor, part, case.label, why)
        item.config.stash[RUN].omissions[omission] = None
        return report  # type: ignore[return-value]  # the same
    stopped = str(problem) if isinstance(problem, Unreachable | BudgetSpent) else None
    if call.when == "call" or report.failed:
        harvest.send(report, item.stash[_PLACE], _verdict(item, call.duration, problem), stopped)
    if stopped:
        item.session.shouldstop = stopped
    return report  # type: ignore[return-value]  # the same


def case_of(item: pytest.Item) -> Case | None:
    """What the test works on; None for a test that has no case."""
    callspec = getattr(item, "callspec", None)
    found = callspec.params.get("case") if callspec is not None else None
    return found if hasattr(found, "subject") else None


def part_of(item: pytest.Item) -> str:
    """The part of the suite that the test belongs to."""
    part: str = cast("pytest.Function", item).module.PART
    return part


def _cases(run: Run, part: str, yielded: Cases) -> list[Case]:
    """The cases that the run wants; what it cannot check goes to its omissions."""
    if part not in run.parts:
        return []
    found: list[Case] = []
    for case in yielded(run):
        if isinstance(case, Omission):
            run.omissions[_veiled(run, case)] = None
        elif case.subject.contract.vendor in run.barred:
            vendor = case.subject.contract.vendor
            run.omissions[Omission(vendor, part, "all of it", f"connection: {run.barred[vendor]}")] = None
        elif run.wants(case.operation) or run.operations & frozenset(case.also):
            found.append(case)
    if run.profile.thorough:
        return found
    chosen = sampled(found)
    run.left_out += len(found) - len(chosen)
    return chosen


def _veiled(run: Run, omission: Omission) -> Omission:
    """The omission without secrets, which a server may have given as ids and states."""
    keyring = next(one.keyring for one in run.subjects if one.contract.vendor == omission.vendor)
    return replace(omission, why=keyring.veiled(omission.why))


def _silent(case: Case, part: str, problem: BrokenAnswer) -> ContractBroken:
    """An answer that never came, or not to its end, as a finding."""
    subject = case.subject
    difference = Difference(
        kind="no complete answer",
        said="every request is answered",
        got=problem.problem,
        at=case.operation.pointer if case.operation else "/paths",
    )
    curls = subject.curls([problem.request])
    return ContractBroken(subject.finding(part, case.operation, difference, "-", curls, problem.request))


def _verdict(item: pytest.Item, seconds: float, problem: BaseException | None) -> Verdict:
    case = cast("Case", case_of(item))
    findings = problem.findings if isinstance(problem, ContractBroken) else ()
    undecided = problem is not None and not findings
    return Verdict(
        vendor=case.subject.contract.vendor,
        part=part_of(item),
        operation=case.operation.id if case.operation else "-",
        label=case.label,
        test=item.name,
        seconds=seconds,
        findings=findings,
        problem=case.subject.keyring.veiled(f"{type(problem).__name__}: {problem}") if undecided else None,
    )
