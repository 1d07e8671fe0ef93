"""Ends what a run made on a server that is not ours: after the run, or from its ledger after a crash."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contract_tests.harness.acting.recipe import typed_as
from contract_tests.harness.judging.judgement import Judgement
from contract_tests.harness.network.access import Access
from contract_tests.harness.network.budget import BudgetSpent
from contract_tests.harness.network.exchange import base_draft
from contract_tests.harness.network.target import BrokenAnswer, Unreachable
from contract_tests.harness.outside.kinds import Kind
from contract_tests.harness.outside.lacking import Stuck
from contract_tests.harness.outside.ledger import Entries, read
from contract_tests.harness.outside.marked import NotFound, resolve
from contract_tests.harness.outside.own import Own
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import outcome, pointer

if TYPE_CHECKING:
    from contract_tests.harness.running.run import Run


@dataclass(frozen=True)
class Leftover:
    """Something that the run leaves behind on the server, and why."""

    vendor: str
    kind: str
    id: str | None
    """None where nobody has heard of the id."""
    why: str

    def __str__(self) -> str:
        return " ".join(filter(None, [self.vendor, self.kind, self.id])) + f": {self.why}"


@dataclass
class Cleanup:
    """What came of a cleanup."""

    ended: int = 0
    left: list[Leftover] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 where nothing is left, 1 where something is."""
        return 1 if self.left else 0


def from_ledger(path: Path, access: Access | None = None) -> Cleanup:
    """Clean up after a run that could not do so itself; asks nobody where nothing is left to do.

    UnreadableLedger if the file is none, CannotCheck if the server cannot be asked. `access` tells how to
    reach it where the URL in the ledger is not enough.
    """
    # These read this module.
    from contract_tests.harness.running.prepare import prepared, shipped
    from contract_tests.harness.running.run import CannotCheck

    entries = read(path)
    if not _has_work(entries):
        return Cleanup()
    way = replace(access or Access(url=entries.url), writes="sandbox", ledger=path)
    with prepared([shipped(name) for name in entries.vendors], access=way) as run:
        if run.subjects[0].target.writing is None:
            raise CannotCheck(f"{entries.url} is a double by now: what its ledger is about is not there")
        return clean_up(run.subjects)


@contextmanager
def cleaned(run: Run) -> Iterator[None]:
    """End what a run makes, however it ends: by itself, with an exception, with SIGINT or SIGTERM."""
    writing = run.subjects[0].target.writing
    if writing is None:
        yield
        return
    with _interrupted_by(signal.SIGTERM):
        try:
            yield
        finally:
            run.cleanup = clean_up(run.subjects)
            left = [f"left behind: {one}" for one in run.cleanup.left]
            ledger = writing.belongings[0].ledger.path
            run.warnings += [*left, *([f"try again: duble check --cleanup {ledger}"] if left else [])]


def clean_up(subjects: Iterable[Subject]) -> Cleanup:
    """End whatever the ledger of the subjects' target has and nobody has ended yet."""
    done = Cleanup()
    for subject in subjects:
        if subject.target.writing is not None:
            budget = subject.target.wire.budget
            budget.requests, budget.seconds, budget.lost = None, None, 0.0  # what was begun is ended
            before = len(done.left)
            _clean(subject, done)
            done.left[before:] = [_veiled(one, subject) for one in done.left[before:]]
    return done


def _veiled(one: Leftover, subject: Subject) -> Leftover:
    """The same without secrets: a server may call a record by what it was told."""
    veiled = subject.keyring.veiled
    return replace(one, id=one.id and veiled(one.id), why=veiled(one.why))


@contextmanager
def _interrupted_by(number: signal.Signals) -> Iterator[None]:
    """Let a signal end a run as Ctrl-C does; only the main thread may say so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(number, before)


def _has_work(entries: Entries) -> bool:
    return bool(entries.remaining or entries.unknown or entries.borrowed)


def _clean(subject: Subject, done: Cleanup) -> None:
    with subject.target.sandbox() as sandbox:
        own = Own(subject, sandbox)
        vendor = subject.contract.vendor
        for intent in own.belongings.unresolved:
            with _noting(done, Leftover(vendor, str(intent.kind), None, f"made by {intent.request}")):
                resolve(own.stage, own.belongings, intent)
        for kind, record_id in own.belongings.remaining:
            with _noting(done, Leftover(vendor, kind, record_id, "")):
                how = _ended(own, own.belongings.kinds[kind], record_id)
                own.belongings.ledger.end((vendor, kind, record_id), how)
                done.ended += 1
        for (whose, kind, record_id), state in own.belongings.ledger.entries.borrowed.items():
            if whose == vendor:
                with _noting(done, Leftover(vendor, kind, record_id, f"was in state {state} before the run")):
                    how = " ".join(own.bring(own.belongings.kinds[kind], record_id, [state]))
                    own.belongings.ledger.end((vendor, kind, record_id), f"brought back: {how}")


@contextmanager
def _noting(done: Cleanup, one: Leftover) -> Iterator[None]:
    """Note what cannot be ended, and go on with the others."""
    try:
        yield
    except (Stuck, NotFound, pointer.Absent, BrokenAnswer, Unreachable, BudgetSpent) as problem:
        done.left.append(replace(one, why="; ".join(filter(None, [one.why, str(problem)]))))
    except KeyboardInterrupt:
        done.left.append(replace(one, why="; ".join(filter(None, [one.why, "interrupted"]))))


def _ended(own: Own, kind: Kind, record_id: str) -> str:
    """End one record; the operations that did it. Stuck."""
    if "remains" in kind.said:
        raise Stuck(kind.said["remains"])
    if kind.ended:
        return " ".join(own.bring(kind, record_id, kind.ended))
    kept: dict[str, Any] = {"id": record_id}
    for step in kind.said["end"]:
        if not _step(own, kind, step, kept):
            break
    return " ".join(step["call"] for step in kind.said["end"])


def _step(own: Own, kind: Kind, step: Mapping[str, Any], kept: dict[str, Any]) -> bool:
    """One step of an end; whether anything is left to be ended."""
    stage = own.stage
    stage.kept |= kept
    contract = own.subject.contract
    operation = contract.operations[step["call"]]
    base = base_draft(operation).parts
    parts = typed_as(base, stage.filled(pointer.merged(base, step.get("request", {}))))
    answer = stage.call(operation, parts)
    if not outcome.succeeded(contract, answer):
        gone = kind.said.get("gone")
        if gone and Judgement(own.subject, operation, answer).is_refusal(contract.errors[gone]):
            return False
        raise Stuck(f"{operation.id} answered {answer.summary}")
    for name, at in step.get("keep", {}).items():
        kept[name] = pointer.find(answer.json, at)
        own.belongings.alias(kind.name, kept["id"], _place_of(step, name, kind), kept[name])
    return True


def _place_of(step: Mapping[str, Any], name: str, kind: Kind) -> str:
    """Where a later step names the record by what this step keeps."""
    return next(
        (place for place, said in kind.said.get("known_as", {}).items() if said["id"] == step["keep"][name]),
        "",
    )
