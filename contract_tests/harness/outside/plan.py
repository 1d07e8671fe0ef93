"""What a run would send, kind by kind, with nothing sent: for whoever answers for the server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from rich.table import Table
from rich.text import Text

from contract_tests.harness.acting.recipe import Impossible, Stage
from contract_tests.harness.network.exchange import Grounds, Request
from contract_tests.harness.network.login import GROUNDS, login_of, needs_login
from contract_tests.harness.outside.aim import MOST
from contract_tests.harness.outside.discovery import found_by
from contract_tests.harness.outside.fate import Fate
from contract_tests.harness.outside.foreign import NOWHERE
from contract_tests.harness.outside.knock import doors
from contract_tests.harness.running.run import CannotCheck, Case, Run
from contract_tests.harness.running.session import collected
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec.operation import Operation

BEFORE = "connection"
FUZZING, WALKING, LISTING = "Fuzzed", "Life", "Listed"
ENUMERATED, SAMPLED = 100, 10  # requests that a schema's own cases make, beside the random ones
TRIES_AGAIN = 3  # times that a request is sent at most when its answer is a finding
MOST_OF_A_LIST = 60  # requests that compare a list with its items and its pages

OURS = Grounds("write", "the double is ours")
OWN = Grounds("write", "only to records that the run made, or that resources of duble.toml names")
CONTROL = Grounds("read", "the double's own control API: sandboxes, and a look at what is stored")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of request."""

    vendor: str
    part: str
    """The part of the suite that would send it."""
    method: str
    path: str
    """The template of the spec, below the base URL; as it is where it belongs to no operation."""
    grounds: Grounds
    about: int
    """How many, about; a finding is tried again, so that it may be some more."""

    def as_json(self) -> dict[str, Any]:
        """The kind in JSON values."""
        return {
            "vendor": self.vendor,
            "part": self.part,
            "method": self.method,
            "path": self.path,
            "grounds": self.grounds.kind,
            "why": self.grounds.why,
            "about": self.about,
        }


def planned(run: Run) -> list[Kind]:
    """Every kind of request that a run, prepared `dry`, would send; nothing leaves for a server not ours.

    CannotCheck if the tests of the run cannot be collected.
    """
    cases = collected(run)
    kinds = [kind for subject in run.subjects for kind in _before(run, subject)]
    kinds += [kind for part, case in cases for kind in _of_case(part, case)]
    kinds += [kind for subject in run.subjects for kind in _behind(subject, len(cases))]
    if not kinds:
        raise CannotCheck("nothing to plan: no test fits the parts and operations that were asked for")
    return list(_summed(kinds))


def as_json(kinds: Sequence[Kind], named: Sequence[Fate] = ()) -> dict[str, Any]:
    """The plan in JSON values, with what may become of the records that the target names."""
    return {
        "requests": sum(kind.about for kind in kinds),
        "kinds": [kind.as_json() for kind in kinds],
        "resources": [fate.as_json() for fate in named],
    }


def as_table(kinds: Sequence[Kind]) -> Table:
    """The plan for a terminal."""
    total = sum(kind.about for kind in kinds)
    table = Table(title=f"about {total} requests; none has been sent", title_justify="left")
    for name in ("vendor", "part", "request", "about", "why it may be sent"):
        table.add_column(name, justify="right" if name == "about" else "left", overflow="fold")
    for kind in kinds:
        why = f"{kind.grounds.kind}: {kind.grounds.why}"
        line = (kind.vendor, kind.part, f"{kind.method} {kind.path}")
        table.add_row(*map(Text, line), str(kind.about), Text(why))
    return table


def as_text(named: Iterable[Fate]) -> Text:
    """What may become of the records that the target names, a line for each."""
    lines = [Text(f"{fate}\n", style="" if fate.brought_back else "yellow") for fate in named]
    return Text.assemble("records that resources of duble.toml names\n", *lines) if lines else Text()


# ------------------------------------------------------------ what comes before the tests


def _before(run: Run, subject: Subject) -> Iterator[Kind]:
    """Whether it is a double, who we are, what there is, and whether the API answers at all."""
    target = subject.target
    if target.started_here:
        return
    if target.settings is None or target.settings.kind == "double":
        grounds = Grounds("read", "asks whether the server is a double")
        yield _kind(subject, BEFORE, "GET", "/_duble/health", grounds)
    login = login_of(subject.contract)
    if login is not None and needs_login(subject.keyring):
        yield from _asked(subject, BEFORE, login.operation, GROUNDS)
    for name, way in found_by(subject.contract) if not target.double else ():
        if name not in subject.found:
            yield from _asked(subject, BEFORE, subject.contract.operations[way["operation"]])
    for operation in doors(subject):
        yield from _asked(subject, BEFORE, operation, count=2)


def _behind(subject: Subject, cases: int) -> Iterator[Kind]:
    """What the control API of a double is asked."""
    if subject.target.double:
        yield _kind(subject, "control", "*", "/_duble/*", CONTROL, 3 * cases)


# ------------------------------------------------------------ what the tests send


def _of_case(part: str, case: Case) -> Iterator[Kind]:
    subject = case.subject
    for operation in (subject.contract.operations[name] for name in case.also):
        yield from _asked(subject, part, operation)
    request = _request(case)
    if request is not None and case.operation is not None:
        yield _exactly(part, case, case.operation, request)
    elif case.operation is not None:
        yield from _asked(subject, part, case.operation, count=_count(case))
        yield from _generated(part, case, case.operation)
    else:
        yield from _life(part, case)


def _generated(part: str, case: Case, operation: Operation) -> Iterator[Kind]:
    """What the engine that generates requests sends beside those of the operation."""
    if type(case).__name__ != FUZZING:
        return
    base = case.subject.contract.base_path
    probe = Grounds("harmless", "asks whether odd characters arrive; nothing is at this address")
    yield _kind(case.subject, part, "GET", f"{base}/schemathesis-probe*", probe)
    options = Grounds("harmless", "OPTIONS only asks which methods there are")
    yield _kind(case.subject, part, "OPTIONS", base + operation.path, options)


def _request(case: Case) -> Request | None:
    """The one request that a case sends, if it is known beforehand."""
    request: Request | None = getattr(case, "request", None)
    recipe = getattr(case, "recipe", None)
    if request is not None or recipe is None or case.operation is None:
        return request
    if recipe.keys() & {"given", "state"}:
        return None
    try:
        return Stage(case.subject, case.subject.target.sandbox()).attempt(case.operation, recipe).request
    except Impossible:
        return None


def _exactly(part: str, case: Case, operation: Operation, request: Request) -> Kind:
    """The kind of a request that is known."""
    contract, guard = case.subject.contract, case.subject.target.guard
    grounds = guard.grounds(request) if guard is not None else None
    path = urlsplit(request.path).path
    inner = path.removeprefix(contract.base_path)
    if contract.serves(inner):
        path = contract.base_path + operation.path
    elif contract.serves(inner.removesuffix(NOWHERE)):
        path = contract.base_path + operation.path + NOWHERE
    found = grounds or _grounds(case.subject, operation)
    return _kind(case.subject, part, request.method, path, found)


def _life(part: str, case: Case) -> Iterator[Kind]:
    """Everything that is done to the records of an entity, at random."""
    entity = getattr(case, "entity", None)
    profile = case.subject.profile
    if not case.subject.target.double:
        profile = profile.on_a_foreign_server
    steps = profile.histories * profile.steps
    if entity is None:
        return
    moves = [*entity.operations("creates"), *entity.operations("from")]
    for operation in dict.fromkeys(moves):
        yield from _asked(case.subject, part, operation, count=steps // max(len(moves), 1))
    yield from _asked(case.subject, part, entity.observer, count=2 * steps)


def _count(case: Case) -> int:
    profile = case.subject.profile
    name = type(case).__name__
    if name == FUZZING and _is_own(case):
        return min(MOST, profile.examples)
    if name == FUZZING:
        return profile.examples + (ENUMERATED if profile.thorough else SAMPLED)
    return MOST_OF_A_LIST if name == LISTING else 1


def _is_own(case: Case) -> bool:
    """Whether it writes to records of the run's own."""
    writes = case.operation is not None and not case.operation.reads_only
    return writes and not case.subject.target.double


def _asked(
    subject: Subject, part: str, operation: Operation, grounds: Grounds | None = None, count: int = 1
) -> Iterator[Kind]:
    path = subject.contract.base_path + operation.path
    found = grounds or _grounds(subject, operation)
    yield _kind(subject, part, operation.method, path, found, count)


def _grounds(subject: Subject, operation: Operation) -> Grounds:
    """Why an operation may be asked with a request that is not known yet."""
    if operation.reads_only:
        return Grounds("read", f"x-effect of {operation.id} is read")
    return OURS if subject.target.double else OWN


def _kind(subject: Subject, part: str, method: str, path: str, grounds: Grounds, about: int = 1) -> Kind:
    vendor = subject.contract.vendor
    return Kind(vendor=vendor, part=part, method=method, path=path, grounds=grounds, about=about)


def _summed(kinds: Iterable[Kind]) -> Iterator[Kind]:
    """Each kind once, with how many requests of it there are in all."""
    counts: dict[Kind, int] = {}
    for kind in kinds:
        key = replace(kind, about=0)
        counts[key] = counts.get(key, 0) + kind.about
    for key, about in counts.items():
        yield replace(key, about=about)
