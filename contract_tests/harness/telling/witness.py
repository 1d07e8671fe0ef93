"""Who listens in on a run: what of a vendor's contract the answers have shown."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from contract_tests.harness.judging.judgement import Judgement
from contract_tests.harness.network.exchange import Answer, Request
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import outcome, pointer, wording
from contract_tests.harness.spec.operation import CatalogueError, Operation

_UNASKED = ("HEAD", "OPTIONS")  # answered for every path, documented for none


@dataclass
class Witness:
    """What the answers to one vendor's requests have shown so far.

    Listens to a wire. What has been shown once is not looked at again, so that listening costs little.
    """

    subject: Subject
    successes: set[str] = field(default_factory=set)
    """Operations that have succeeded, as a client sees it, with a documented answer."""
    statuses: set[tuple[str, str]] = field(default_factory=set)
    """Operation and documented status, of answers that are documented ones."""
    refusals: set[tuple[str | None, str]] = field(default_factory=set)
    """Operation, None off the map, and catalogue id, of answers with its status, code and wording."""
    problem: str | None = None
    """Why an answer could not be made sense of, if that happened."""

    def __call__(self, request: Request, answer: Answer) -> None:
        """Take one exchange in; those of other vendors, and faults of the double itself, show nothing."""
        try:
            self.hears(request.method, request.path.partition("?")[0], answer)
        except Exception as problem:  # noqa: BLE001  # told to whoever asks; the run is not to suffer
            self.problem = self.problem or f"{request.line}: {problem!r}"

    def hears(self, method: str, path: str, answer: Answer) -> None:
        """The same for a method and a path without sandbox and query; raises what goes wrong."""
        if method in _UNASKED or not self._is_ours(path) or answer.header("x-duble-bug"):
            return
        known = next((known for pattern, known in self._addresses if pattern.fullmatch(path)), None)
        if known is None:
            self._note_refusals(None, answer)
        elif method in known:
            self._note(known[method], answer)
        else:  # a wrong method concerns every operation of the path
            for operation in known.values():
                self._note(operation, answer, stranger=True)

    def as_json(self) -> dict[str, Any]:
        """What was shown, in JSON values: for a witness in another process to absorb."""
        return {
            "successes": sorted(self.successes),
            "statuses": sorted(self.statuses),
            "refusals": sorted(self.refusals, key=lambda key: (key[0] or "", key[1])),
            "problem": self.problem,
        }

    def absorb(self, told: Mapping[str, Any]) -> None:
        """Take in what another witness of the same vendor tells (see as_json)."""
        self.successes.update(told["successes"])
        self.statuses.update((operation, status) for operation, status in told["statuses"])
        self.refusals.update((operation, error) for operation, error in told["refusals"])
        self.problem = self.problem or told["problem"]

    # ------------------------------------------------------------ whom an exchange is about

    @cached_property
    def _addresses(self) -> list[tuple[re.Pattern[str], dict[str, Operation]]]:
        """Path templates, those without parameters first, each with its operations by method."""
        contract = self.subject.contract
        unserved = contract.document.get("x-unserved", {}).get("operations", ())
        paths: dict[str, dict[str, Operation]] = {said["path"]: {} for said in unserved}
        for operation in self._operations:
            paths.setdefault(operation.path, {})[operation.method] = operation
        ordered = sorted(paths.items(), key=lambda item: item[0].count("{"))
        return [(_pattern(contract.base_path + path), known) for path, known in ordered]

    @property
    def _operations(self) -> Collection[Operation]:
        return self.subject.contract.operations.values()

    def _is_ours(self, path: str) -> bool:
        return path.startswith(f"{self.subject.contract.base_path}/") and not path.startswith("/_duble")

    # ------------------------------------------------------------ what it shows

    def _note(self, operation: Operation, answer: Answer, *, stranger: bool = False) -> None:
        succeeded = not stranger and outcome.succeeded(self.subject.contract, answer)
        self._note_status(operation, answer, succeeded=succeeded, stranger=stranger)
        if not succeeded:
            self._note_refusals(operation, answer)

    def _note_status(self, operation: Operation, answer: Answer, *, succeeded: bool, stranger: bool) -> None:
        responses = self.subject.responses
        at = responses.place(operation, answer.status)
        if at is None:
            return
        key = (operation.id, pointer.split(at)[-1])
        if key in self.statuses and (operation.id in self.successes or not succeeded):
            return
        judge = responses.difference_of_stranger if stranger else responses.difference
        if judge(operation, answer) is None:
            self.statuses.add(key)
            self.successes.update([operation.id] if succeeded else [])

    def _note_refusals(self, operation: Operation | None, answer: Answer) -> None:
        where = None if operation is None else operation.id
        candidates = self._candidates(operation, answer.status)
        unheard = [error for error in candidates if (where, error.id) not in self.refusals]
        judgement = Judgement(self.subject, operation or next(iter(self._operations)), answer)
        if any(map(judgement.is_refusal, unheard)):
            found = [error for error in candidates if judgement.is_refusal(error)]
            self.refusals.update((where, error.id) for error in _most_literal(found))

    def _candidates(self, operation: Operation | None, status: int) -> Sequence[CatalogueError]:
        """Refusals with this status that the operation, or any operation, may give."""
        key = (None if operation is None else operation.id, status)
        if key not in self._by_status:
            listed = [own.error for own in operation.errors] if operation else []
            known = {error.id: error for error in (*listed, *self._anywhere) if error.status == status}
            self._by_status[key] = tuple(known.values())
        return self._by_status[key]

    @cached_property
    def _by_status(self) -> dict[tuple[str | None, int], Sequence[CatalogueError]]:
        return {}

    @cached_property
    def _anywhere(self) -> list[CatalogueError]:
        """Refusals that any operation may give: each that no operation's list claims for itself alone."""
        own = {listed.error.id for operation in self._operations for listed in operation.errors}
        catalogue = self.subject.contract.errors.values()
        return [error for error in catalogue if error.refuses or error.environment or error.id not in own]


def witnesses(subjects: Iterable[Subject]) -> dict[str, Witness]:
    """A witness for each vendor, listening to the wire of its target from now on."""
    found = {subject.contract.vendor: Witness(subject) for subject in subjects}
    for witness in found.values():
        witness.subject.target.wire.listeners.append(witness)
    return found


def _most_literal(found: Sequence[CatalogueError]) -> Iterator[CatalogueError]:
    """Of several refusals with one code whose wording fits, those with the most fixed text."""
    for one in found:
        rivals = [error for error in found if pointer.same(error.code, one.code)]
        if wording.fixed_length(one.message) == max(wording.fixed_length(rival.message) for rival in rivals):
            yield one


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[^}]*\})", template)
    return re.compile("".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts))
