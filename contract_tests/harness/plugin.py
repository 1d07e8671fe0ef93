"""The pytest side of the suite: options, one test for each case, and verdicts from outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack

import pytest

from contract_tests.harness.exchange import curl
from contract_tests.harness.finding import ContractBroken, Difference
from contract_tests.harness.profiles import PROFILES
from contract_tests.harness.run import (
    PARTS,
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


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the suite."""
    group = parser.getgroup("duble", "contract suite")
    group.addoption("--duble-vendor", action="append", default=[], help="vendor to check (repeat)")
    group.addoption("--duble-url", help="base URL; without one the double is started")
    group.addoption("--duble-profile", choices=sorted(PROFILES), default="standard")
    group.addoption("--duble-seed", type=int, help="seed of an earlier run")
    group.addoption("--duble-part", action="append", default=[], choices=PARTS)
    group.addoption("--duble-operation", action="append", default=[], help="operationId (repeat)")


def pytest_configure(config: pytest.Config) -> None:
    """Take the run that is given, or prepare one from the options."""
    config.addinivalue_line("markers", "each(cases): one test for each case that the run yields")
    for plugin in config.pluginmanager.get_plugins():
        if isinstance(plugin, Given):
            config.stash[RUN] = plugin.run
            return
    names = config.getoption("--duble-vendor")
    if not names:
        return
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
    run = config.stash.get(RUN, None)
    if run is None:
        return ["duble: no --duble-vendor, nothing to check"]
    names = ", ".join(subject.contract.vendor for subject in run.subjects)
    return [f"duble: {names} at {run.subjects[0].target.url}, seed {run.seed}, {run.profile.name}"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each case; what is left out goes to the run's omissions."""
    marker = metafunc.definition.get_closest_marker("each")
    if marker is None:
        return
    part: str = metafunc.module.PART
    cases = list(_cases(metafunc.config.stash.get(RUN, None), part, marker.args[0]))
    names = [f"{case.subject.contract.vendor}-{case.label}" for case in cases]
    metafunc.parametrize("case", cases, ids=names)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Findings instead of tracebacks, and a verdict for the run."""
    report: pytest.TestReport = yield  # type: ignore[assignment]  # a wrapper yields the result
    broken = call.excinfo.value if call.excinfo else None
    if isinstance(broken, BrokenAnswer) and isinstance(item, pytest.Function):
        broken = _silent(item, broken)
    if isinstance(broken, ContractBroken):
        report.longrepr = str(broken)
    run = item.config.stash.get(RUN, None)
    if run is not None and isinstance(item, pytest.Function) and "case" in item.callspec.params:
        if call.when == "call" or report.failed:
            run.verdicts.append(_verdict(item, call, broken))
        if isinstance(broken, Unreachable):
            run.stopped = str(broken)
            item.session.shouldstop = str(broken)
    return report  # type: ignore[return-value]  # the same


def _cases(run: Run | None, part: str, yielded: Cases) -> Iterator[Case]:
    if run is None or part not in run.parts:
        return
    for case in yielded(run):
        if isinstance(case, Omission):
            run.omissions[case] = None
        elif run.wants(case.operation) or run.operations & frozenset(case.also):
            yield case


def _silent(item: pytest.Function, problem: BrokenAnswer) -> ContractBroken:
    """An answer that never came, or not to its end, as a finding."""
    case: Case = item.callspec.params["case"]  # type: ignore[assignment]  # parametrised by us
    subject = case.subject
    line = curl(problem.request, subject.target.shown, subject.keyring.veil)
    difference = Difference(
        kind="no complete answer",
        said="every request is answered",
        got=problem.problem,
        at=case.operation.pointer if case.operation else "/paths",
    )
    finding = subject.finding(item.module.PART, case.operation, difference, "-", [line])
    return ContractBroken(finding)


def _verdict(item: pytest.Function, call: pytest.CallInfo[None], broken: BaseException | None) -> Verdict:
    case: Case = item.callspec.params["case"]  # type: ignore[assignment]  # parametrised by us
    findings = broken.findings if isinstance(broken, ContractBroken) else ()
    problem = None
    if broken is not None and not findings:
        problem = f"{type(broken).__name__}: {broken}"
    return Verdict(
        vendor=case.subject.contract.vendor,
        part=item.module.PART,
        operation=case.operation.id if case.operation else "-",
        label=case.label,
        seconds=call.duration,
        findings=findings,
        problem=problem,
    )
