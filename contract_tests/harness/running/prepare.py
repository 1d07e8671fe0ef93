"""From names and options to a run that can begin: specs read, server reached, credentials found."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from contract_tests.harness.network import credentials
from contract_tests.harness.network.access import Access, Forbidden, root_of
from contract_tests.harness.network.admission import LoginRefused, logged_in
from contract_tests.harness.network.budget import Budget, BudgetSpent
from contract_tests.harness.network.credentials import MissingCredential
from contract_tests.harness.network.target import Target, connected
from contract_tests.harness.network.wire import Unreachable
from contract_tests.harness.outside.belongings import Belongings, Writing
from contract_tests.harness.outside.discovery import explored, informed
from contract_tests.harness.outside.knock import knock
from contract_tests.harness.outside.ledger import FOLDER, Ledger, UnreadableLedger
from contract_tests.harness.running.profiles import PROFILES, Profile
from contract_tests.harness.running.run import PARTS, CannotCheck, Run, Vendor
from contract_tests.harness.running.saved import Saved
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import contract, fixtures
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.lined import UnreadableFile
from contract_tests.harness.telling.witness import witnesses

OWN = "check"  # begins the names of sandboxes on a double that nobody else knows


def shipped(name: str) -> Vendor:
    """A vendor that ships with the product; CannotCheck names the known ones."""
    from mockserver.app import VENDORS, fixtures_path, spec_path

    if name not in VENDORS:
        raise CannotCheck(f"{name}: no such vendor. Known: {', '.join(VENDORS)}")
    return Vendor(name, spec_path(name), fixtures_path(name))


@contextmanager
def prepared(  # noqa: PLR0913  # one for each thing that makes a run what it is
    vendors: Sequence[Vendor],
    *,
    url: str | None = None,
    access: Access | None = None,
    profile: str | Profile = "standard",
    seed: int | None = None,
    parts: Iterable[str] = (),
    operations: Iterable[str] = (),
    dry: bool = False,
    saved: Saved | None = None,
) -> Iterator[Run]:
    """A run against a server, or against doubles started here; CannotCheck if it cannot begin.

    `access` says more than a URL does: a target of duble.toml, writes, budgets. A `dry` run sends
    nothing to a server that was not started here, and takes it for one that is not ours. What failed is
    kept in `saved`; left out, it is not.
    """
    chosen = secrets.randbits(32) if seed is None else seed
    wanted = frozenset(operations)
    tries = PROFILES[profile] if isinstance(profile, str) else profile
    way = access or Access(url=url)
    with ExitStack() as stack:
        try:
            way.demand_allowed()
            promises = [(contract.load(v.name, v.spec), fixtures.load(v.fixtures)) for v in vendors]
            _demand_known(wanted, [promise for promise, _ in promises])
            tag = f"check-{chosen:x}-{secrets.token_hex(3)}"
            target = _reached(stack, way, vendors, [promise for promise, _ in promises], tag, dry=dry)
            if target.writes == "sandbox":
                target = _writing(stack, target, [promise for promise, _ in promises], way, dry=dry)
            subjects = [
                Subject(
                    promise,
                    seeded,
                    target,
                    credentials.keyring(
                        promise,
                        seeded,
                        is_double=target.double,
                        variables=way.settings.credential if way.settings else {},
                    ),
                    tries,
                    chosen,
                    saved=saved or Saved(),
                )
                for promise, seeded in promises
            ]
            # Whoever cannot log in, or is not there, is told so before anything else is tried.
            subjects = [informed(one) if dry else explored(logged_in(one)) for one in subjects]
            _keep_secrets(subjects)
        except (
            Forbidden,
            UnreadableFile,
            LoginRefused,
            MissingCredential,
            Unreachable,
        ) as problem:
            raise CannotCheck(str(problem)) from problem
        run = Run(
            subjects,
            tries,
            chosen,
            tuple(parts) or PARTS,
            wanted,
            shown=witnesses(subjects),
            vendors=tuple(vendors),
            max_time=way.budget().seconds or tries.seconds,
        )
        if not (dry or target.started_here):
            _knock(run)
            run.requests = target.wire.sent
        yield run


def _knock(run: Run) -> None:
    try:
        knock(run)
    except Unreachable as problem:
        raise CannotCheck(str(problem)) from problem
    except BudgetSpent as problem:
        run.stopped = str(problem)


def _demand_known(wanted: frozenset[str], promises: Iterable[Contract]) -> None:
    known = {name for promise in promises for name in promise.operations}
    for name in sorted(wanted - known):
        raise CannotCheck(f"{name}: no such operation. Known: {', '.join(sorted(known))}")


def _reached(
    stack: ExitStack,
    way: Access,
    vendors: Sequence[Vendor],
    promises: Sequence[Contract],
    tag: str,
    *,
    dry: bool,
) -> Target:
    """The server that the run goes to; the credential is asked for before anything is sent."""
    url = way.base_url
    if url is None:
        return stack.enter_context(
            connected(_started(stack, vendors), tag=OWN, started_here=True, budget=_untimed(way))
        )
    if way.started_here:
        return stack.enter_context(connected(url, tag=OWN, started_here=True, budget=_untimed(way)))
    root = root_of(url, [promise.base_path for promise in promises])
    return stack.enter_context(
        connected(
            root,
            tag=tag,
            settings=way.settings,
            writes=way.writes,
            budget=way.budget(),
            ask=not dry,
            contracts=promises,
        )
    )


def _untimed(way: Access) -> Budget:
    """What may be spent on a double of the run's own: its time is the run's, which ends between two tests."""
    return replace(way.budget(), seconds=None)


def _writing(
    stack: ExitStack, target: Target, promises: Sequence[Contract], way: Access, *, dry: bool
) -> Target:
    """The target with a ledger, without which nothing is written to it; Forbidden if there can be none."""
    path = None if dry else way.ledger or FOLDER / f"ledger-{target.tag}.jsonl"
    try:
        ledger = stack.enter_context(Ledger(path))
    except (OSError, UnreadableLedger) as problem:
        raise Forbidden(f"no writes without a ledger: {problem}") from problem
    if not ledger.entries.url:
        ledger.begin(url=target.url, vendors=[promise.vendor for promise in promises])
    elif ledger.entries.url != target.url:
        raise Forbidden(f"{path}: this ledger is about {ledger.entries.url}, not about {target.url}")
    resources = way.settings.resources if way.settings else {}
    writing = Writing([Belongings(promise, ledger, resources, dry=dry) for promise in promises])
    assert target.guard is not None  # noqa: S101 - it has one where it may not be written to at will
    return replace(target, guard=replace(target.guard, permits=writing.grounds), writing=writing)


def _keep_secrets(subjects: Iterable[Subject]) -> None:
    """Let no credential into the ledger, whatever words of the server's are written down there."""
    for subject in subjects:
        if subject.target.writing is not None:
            vendor = subject.contract.vendor
            subject.target.writing.of(vendor).ledger.veils[vendor] = subject.keyring.veiled


def _started(stack: ExitStack, vendors: Sequence[Vendor]) -> str:
    from mockserver.server import running

    try:
        return stack.enter_context(running([vendor.name for vendor in vendors]))
    except Exception as problem:
        raise CannotCheck(f"the double does not start: {problem}") from problem
