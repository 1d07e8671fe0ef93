"""The pytest side of the suite: one test for each case, and verdicts from outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import cast

import pytest

from contract_tests.harness.exchange import curl
from contract_tests.harness.finding import ContractBroken, Difference
from contract_tests.harness.run import (
    CannotCheck,
    Case,
    Omission,
    Run,
    Verdict,
    prepared,
    shipped,
)
from contract_tests.harness.target import BrokenAnswer, Unreachable

RUN = pytest.StashKey[Run]()
_OPEN = pytest.StashKey[ExitStack]()

Cases = Callable[[Run], Iterable[Case | Omission]]


def each(cases: Cases) -> pytest.MarkDecorator:
    """Run the test once for each case; the module's PART says what part of the suite it is."""
    return pytest.mark.each.with_args(cases)


class Given:
    """Hands a prepared run to the plugin, for callers that start pytest themselves."""

    def __init__(self, run: Run) -> None:
        self.run = run


def pytest_configure(config: pytest.Config) -> None:
    """Take the run that is given, or prepare one from the options."""
    config.addinivalue_line("markers", "each(cases): one test for each case that the run yields")
    for plugin in config.pluginmanager.get_plugins():
        if isinstance(plugin, Given):
            config.stash[RUN] = plugin.run
            return
    names = config.getoption("--duble-vendor")
    stack = config.stash[_OPEN] = ExitStack()
    try:
        config.stash[RUN] = stack.enter_context(
            prepared(
                [shipped(name) for name in names],
                url=config.getoption("--duble-url"),
                profile=config.getoption("--duble-profile"),
                seed=config.getoption("--duble-seed"),
                parts=config.getoption("--duble-part"),
                operations=config.getoption("--duble-operation"),
            )
        )
    except CannotCheck as problem:
        raise pytest.UsageError(str(problem)) from problem


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
    part: str = metafunc.module.PART
    cases = list(_cases(metafunc.config.stash[RUN], part, marker.args[0]))
    names = [f"{case.subject.contract.vendor}-{case.label}" for case in cases]
    metafunc.parametrize("case", cases, ids=names)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Drop what pytest makes of a test without any case."""
    items[:] = [item for item in items if _case(item) is not None or item.get_closest_marker("each") is None]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run that decided nothing is no success."""
    if not session.config.stash[RUN].verdicts and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Findings instead of tracebacks, and a verdict for the run."""
    report: pytest.TestReport = yield  # type: ignore[assignment]  # a wrapper yields the result
    case = _case(item)
    if case is None:
        return report  # type: ignore[return-value]  # the same
    run, part = item.config.stash[RUN], _part(item)
    problem = call.excinfo.value if call.excinfo else None
    if isinstance(problem, BrokenAnswer):
        problem = _silent(case, part, problem)
    if isinstance(problem, ContractBroken):
        report.longrepr = str(problem)
    if call.when == "call" or report.failed:
        run.verdicts.append(_verdict(case, part, call.duration, problem))
    if isinstance(problem, Unreachable):
        run.stopped = str(problem)
        item.session.shouldstop = str(problem)
    return report  # type: ignore[return-value]  # the same


def _case(item: pytest.Item) -> Case | None:
    """What the test works on; None for a test that has no case."""
    callspec = getattr(item, "callspec", None)
    found = callspec.params.get("case") if callspec is not None else None
    return found if hasattr(found, "subject") else None


def _part(item: pytest.Item) -> str:
    part: str = cast("pytest.Function", item).module.PART
    return part


def _cases(run: Run, part: str, yielded: Cases) -> Iterator[Case]:
    if part not in run.parts:
        return
    for case in yielded(run):
        if isinstance(case, Omission):
            run.omissions[case] = None
        elif run.wants(case.operation) or run.operations & frozenset(case.also):
            yield case


def _silent(case: Case, part: str, problem: BrokenAnswer) -> ContractBroken:
    """An answer that never came, or not to its end, as a finding."""
    subject = case.subject
    line = curl(problem.request, subject.target.shown, subject.keyring.veil)
    difference = Difference(
        kind="no complete answer",
        said="every request is answered",
        got=problem.problem,
        at=case.operation.pointer if case.operation else "/paths",
    )
    return ContractBroken(subject.finding(part, case.operation, difference, "-", [line]))


def _verdict(case: Case, part: str, seconds: float, problem: BaseException | None) -> Verdict:
    findings = problem.findings if isinstance(problem, ContractBroken) else ()
    undecided = problem is not None and not findings
    return Verdict(
        vendor=case.subject.contract.vendor,
        part=part,
        operation=case.operation.id if case.operation else "-",
        label=case.label,
        seconds=seconds,
        findings=findings,
        problem=case.subject.keyring.veiled(f"{type(problem).__name__}: {problem}") if undecided else None,
    )
