"""What a double that keeps its contract answers: the ground on which deviations are planted."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from contract_tests.harness.acting.agreement import Exchange, agreement_of
from contract_tests.harness.acting.recipe import Impossible, Stage
from contract_tests.harness.network.exchange import Answer, base_draft
from contract_tests.harness.running.prepare import prepared, shipped
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import CatalogueError, Operation
from tests.contract_tests.deviations.address import Addresses
from tests.contract_tests.deviations.deviation import is_refusal, succeeded
from tests.contract_tests.saboteur import Told

Parts = Mapping[str, Any]


@dataclass(frozen=True)
class Seen:
    """One success of the double, and the parts of the request that met it."""

    operation: Operation
    example: str | None
    parts: Parts
    told: Told


@dataclass(frozen=True)
class Refused:
    """One refusal of the double, and the recipe that led to it."""

    operation: Operation
    error: CatalogueError
    recipe: Mapping[str, Any]
    told: Told


@dataclass(frozen=True)
class Survey:
    """One vendor's double, asked everything that its spec shows."""

    subject: Subject

    @property
    def contract(self) -> Contract:
        """The vendor's promise."""
        return self.subject.contract

    @cached_property
    def addresses(self) -> Addresses:
        """Where its operations are."""
        return Addresses(self.contract)

    def chance(self, seed: int, *names: str) -> random.Random:
        """Chance of its own for each kind and vendor."""
        return random.Random("/".join([str(seed), self.contract.vendor, *names]))  # noqa: S311 - which ones, not secrets

    @cached_property
    def successes(self) -> list[Seen]:
        """The base request of every operation with each of its bodies, as far as it succeeds."""
        return list(self._successes())

    @cached_property
    def refusals(self) -> list[Refused]:
        """Every refusal that a recipe of the operation itself leads to."""
        return list(self._refusals())

    def seen(self, operation: Operation) -> Seen | None:
        """The first success of an operation."""
        return next((one for one in self.successes if one.operation is operation), None)

    def refusal(self, operation: Operation, *statuses: int) -> Told | None:
        """A refusal of the operation, of one of these statuses if any are named."""
        doors = {401, 403, 404, 405, 413, 415}
        found = [one for one in self.refusals if one.operation is operation]
        fitting = (one for one in found if one.told.status in statuses or not statuses)
        ordered = sorted(fitting, key=lambda one: (one.told.status in doors, "state" in one.recipe))
        return ordered[0].told if ordered else None

    def ask(self, operation: Operation, parts: Parts, *before: tuple[Operation, Parts]) -> Told:
        """The answer to one request in a fresh sandbox, after others."""
        with self.subject.target.sandbox() as sandbox:
            stage = Stage(self.subject, sandbox)
            for earlier, said in before:
                stage.call(earlier, said)
            return told_by(stage.call(operation, parts))

    def leaves_a_trace(self, operation: Operation, parts: Parts) -> bool:
        """Whether the double stores anything of the request."""
        with self.subject.target.sandbox() as sandbox:
            Stage(self.subject, sandbox).call(operation, parts)
            return bool(self.subject.changes(sandbox))

    def shown_after(self, operation: Operation, parts: Parts) -> list[Any]:
        """What clients can read once the request was answered, as far as it is the same every time."""
        with self.subject.target.sandbox() as sandbox:
            sandbox.control("POST", "clock", {"freeze": self._now})
            stage = Stage(self.subject, sandbox)
            exchange = Exchange(parts, stage.call(operation, parts))
            return [
                self.steady(read, told_by(stage.call(read, asked))) for read, asked in self._reads(exchange)
            ]

    @cached_property
    def _now(self) -> str:
        return datetime.now(UTC).isoformat()

    def _reads(self, exchange: Exchange) -> Iterator[tuple[Operation, Parts]]:
        """Everything that reads, of the base request and of what an exchange names."""
        named = [*exchange.parts["path"].values(), *_ids(exchange.answer)]
        for seen in self.successes:
            if seen.operation.reads_only:
                yield seen.operation, seen.parts
                for parameter, value in itertools.product(seen.parts["path"], named):
                    yield seen.operation, {**seen.parts, "path": {parameter: value}}
        for said in (agreement_of(writer) for writer in self.contract.operations.values()):
            for read in said.get("reads", ()):
                operation = self.contract.operations[read["operation"]]
                with suppress(pointer.Absent):
                    asked = exchange.filled(read.get("request", {}))
                    yield operation, pointer.merged(base_draft(operation).parts, asked)

    def steady(self, operation: Operation, told: Told) -> Any:
        """The body without what differs from one answer to the next anyway, such as the time."""
        body = told.json
        for at in self._restless(operation):
            with suppress(pointer.Absent):
                body = pointer.patched(body, [{"op": "remove", "path": at}])
        return body

    @cached_property
    def _times(self) -> dict[str, list[str]]:
        return {}

    def _restless(self, operation: Operation) -> list[str]:
        if operation.id not in self._times:
            seen = self.seen(operation)
            again = self._later(operation, seen.parts) if seen else None
            differences = pointer.differences(seen.told.json, again.json) if seen and again else []
            self._times[operation.id] = [line.partition(" ")[0] for line in differences]
        return self._times[operation.id]

    def _later(self, operation: Operation, parts: Parts) -> Told:
        with self.subject.target.sandbox() as sandbox:
            sandbox.control("POST", "clock", {"advance": 5})
            stage = Stage(self.subject, sandbox)
            stage.call(operation, parts)  # some answers are counted
            return told_by(stage.call(operation, parts))

    def same(self, operation: Operation, one: Told, other: Told) -> bool:
        """Whether two answers of an operation say the same, the time apart."""
        return pointer.same(self.steady(operation, one), self.steady(operation, other))

    def accepts(self, operation: Operation, parts: Parts) -> bool:
        """Whether the request succeeds in a fresh sandbox."""
        return succeeded(self.contract, self.ask(operation, parts))

    def others(self, operation: Operation, parameter: str) -> list[str]:
        """Ids other than the base request's that name something of the same sort."""
        named = str(base_draft(operation).path.get(parameter))
        for records in self._stored:
            ids = _named_like(records, named)
            if ids:
                return ids
        return []

    @cached_property
    def _stored(self) -> list[Mapping[str, Mapping[str, Any]]]:
        """The seed's records, by collection."""
        vendor = self.contract.vendor
        with self.subject.target.sandbox() as sandbox:
            known = sandbox.control("GET", f"state/{vendor}", look=True)["collections"]
            return [{str(one["id"]): one for one in sandbox.records(vendor, name)} for name in known]

    def _successes(self) -> Iterator[Seen]:
        for operation in self.contract.operations.values():
            for example in operation.bodies or [None]:
                parts = base_draft(operation, example).parts
                told = self.ask(operation, parts)
                if succeeded(self.contract, told):
                    yield Seen(operation, example, parts, told)

    def _refusals(self) -> Iterator[Refused]:
        for operation in self.contract.operations.values():
            for listed in operation.errors:
                for recipe in listed.provoke if isinstance(listed.provoke, list) else []:
                    told = self._provoked(operation, recipe)
                    if told is not None and is_refusal(self.contract, told, listed.error):
                        yield Refused(operation, listed.error, recipe, told)

    def _provoked(self, operation: Operation, recipe: Mapping[str, Any]) -> Told | None:
        with self.subject.target.sandbox() as sandbox:
            try:
                attempt = Stage(self.subject, sandbox).attempt(operation, recipe)
            except Impossible:
                return None
            return told_by(sandbox.send(attempt.request))


@contextmanager
def surveyed(vendor: str, url: str) -> Iterator[Survey]:
    """A survey of the honest double behind a URL."""
    with prepared([shipped(vendor)], url=url, profile="smoke", seed=0) as run:
        yield Survey(run.subjects[0])


def told_by(answer: Answer) -> Told:
    """An answer as the saboteur has it."""
    kept = {"content-type": answer.header("content-type")} if answer.header("content-type") else {}
    return Told(answer.status, {**kept, "content-length": str(len(answer.body))}, answer.body)


def _ids(answer: Answer | None) -> list[Any]:
    """Whatever an answer may name by its fields called id."""
    if answer is None or not answer.is_json:
        return []
    return [
        value
        for at in ("/id", "/data/id", "/data/_id", "/incident_id", "/number")
        for value in pointer.every(answer.json, at)
    ]


def _named_like(records: Mapping[str, Mapping[str, Any]], named: str) -> list[str]:
    """The other names in a collection, by its id or by another field that holds the name."""
    if named in records:
        return [name for name in records if name != named]
    for record in records.values():
        for field, value in record.items():
            if isinstance(value, str | int) and str(value) == named:
                found = (pointer.every(other, f"/{field}") for other in records.values())
                return [str(values[0]) for values in found if values and str(values[0]) != named]
    return []
