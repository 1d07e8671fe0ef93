"""Every refusal of the catalogue, in the vendor's own words, and nothing changed by it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from contract_tests.harness.acting.recipe import base_request, named_at, starting
from contract_tests.harness.acting.refusing import Injected, Malformed, Provoked, inject, provoke, refuse
from contract_tests.harness.network.exchange import Draft, Request, base_draft, drafted, on_the_wire
from contract_tests.harness.outside import foreign
from contract_tests.harness.running.plugin import each
from contract_tests.harness.running.run import Omission, Run
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.limits import required_properties
from contract_tests.harness.spec.operation import CatalogueError, Operation

PART = "refusals"
OF_BODIES = ("media-type", "syntax", "size")
NOWHERE = "/duble-knows-no-such-place"
DEPTH = 100_000
OVERSIZE = 4 * 2**20
TOO_LARGE = 413
OTHER_TYPES = ("application/xml", "text/json", "application/vnd.api+json", "application/jsonx")
MIGHT_HURT = "a server that is not ours is not put to the test of its limits"


def provoked(run: Run) -> Iterator[Provoked | Omission]:
    """Every recipe of every operation's own list."""
    for subject in run.subjects:
        for operation in subject.contract.operations.values():
            for listed in operation.errors:
                error, recipes = listed.error, listed.provoke
                if recipes == "environment":
                    continue
                if not recipes:
                    what, why = f"{operation.id} {error.id}", "the spec has no recipe for it"
                    yield Omission(subject.contract.vendor, PART, what, why)
                elif subject.target.double:
                    yield from _numbered(subject, operation, error, recipes)
                else:
                    yield from _abroad(subject, operation, error, recipes)


def common(run: Run) -> Iterator[Provoked | Omission]:
    """The recipes of refusals that every operation with a body gives."""
    for subject in run.subjects:
        for operation in _with_body(subject):
            own = {listed.error.id for listed in operation.errors}
            for place in OF_BODIES:
                error = subject.contract.root_error(place)
                if error is None or not error.provoke or error.id in own:
                    continue
                if subject.contract.refusal_at(operation, place) is not error:
                    continue
                if subject.target.double:
                    yield from _numbered(subject, operation, error, error.provoke)
                else:
                    yield from _abroad(subject, operation, error, error.provoke)


def injected(run: Run) -> Iterator[Injected | Omission]:
    """Every refusal that only the vendor's own trouble can cause, on every operation."""
    for subject in run.subjects:
        everywhere = [error for error in subject.contract.errors.values() if error.environment]
        if everywhere and not subject.target.double:
            why = "only a double can be told to fail"
            yield Omission(subject.contract.vendor, PART, "faults", why)
            continue
        for operation in subject.contract.operations.values():
            listed = [own.error for own in operation.errors if own.provoke == "environment"]
            for error in {error.id: error for error in (*everywhere, *listed)}.values():
                yield Injected(subject, operation, error, f"{operation.id}-{error.id}")


def malformed(run: Run) -> Iterator[Malformed | Omission]:
    """Requests that no operation could mean; of a server that is not ours only those that cannot act."""
    for subject in run.subjects:
        if not subject.target.double:
            yield from _malformed_abroad(subject)
            continue
        for operation in subject.contract.operations.values():
            if subject.target.double:
                for place, name, request in (
                    *_nonsense(subject, operation),
                    *_incomplete(subject, operation),
                ):
                    error = subject.contract.refusal_at(operation, place)
                    if error is not None:
                        label = f"{operation.id}-{name}"
                        values = named_at(place)
                        yield Malformed(subject, operation, error, request, label, values=values, place=place)


@each(provoked)
def test_a_recipe_meets_its_refusal(case: Provoked) -> None:
    """Status, code, envelope and wording are those of the catalogue."""
    provoke(PART, case)


@each(common)
def test_a_common_refusal_is_the_same_everywhere(case: Provoked) -> None:
    """What holds for every body holds for this operation's."""
    provoke(PART, case)


@each(injected)
def test_trouble_reads_as_the_vendor_has_it(case: Injected) -> None:
    """Injected faults leave in the vendor's envelope."""
    inject(PART, case)


@each(malformed)
def test_nonsense_is_refused_in_the_vendors_words(case: Malformed) -> None:
    """Lost addresses, wrong methods, and bodies that are none."""
    refuse(PART, case)


def _numbered(
    subject: Subject, operation: Operation, error: CatalogueError, recipes: list[Mapping[str, Any]]
) -> Iterator[Provoked]:
    for number, recipe in enumerate(recipes):
        label = f"{operation.id}-{error.id}-{number}"
        yield Provoked(subject, operation, error, recipe, label)


def _with_body(subject: Subject) -> Iterator[Operation]:
    for operation in subject.contract.operations.values():
        if operation.media_types:
            yield operation


def _abroad(
    subject: Subject, operation: Operation, error: CatalogueError, recipes: list[Mapping[str, Any]]
) -> Iterator[Provoked | Omission]:
    """The recipes that lead to the refusal on any server, and cannot act there."""
    what = f"{operation.id} {error.id}"
    hurts = {"size"} & {*error.refuses} or error.status == TOO_LARGE
    carried = [recipe for recipe in recipes if foreign.portable(subject, operation, recipe) and not hurts]
    sent = [recipe for recipe in carried if foreign.is_harmless(subject, operation, recipe)]
    instead = foreign.may_come_instead(subject, operation)
    for case in _numbered(subject, operation, error, sent):
        yield replace(case, instead=() if _is_about_credentials(subject, error) else instead)
    if not sent:
        why = MIGHT_HURT if hurts else foreign.MIGHT_ACT if carried else foreign.NEEDS_A_DOUBLE
        yield Omission(subject.contract.vendor, PART, what, why)


def _is_about_credentials(subject: Subject, error: CatalogueError) -> bool:
    door = subject.contract.root_error("credential")
    return (
        door is not None
        and error.status == door.status
        and (error is door or any("credential" in recipe for recipe in error.provoke or ()))
    )


def _malformed_abroad(subject: Subject) -> Iterator[Malformed | Omission]:
    yield Omission(subject.contract.vendor, PART, "oversize and deeply nested bodies", MIGHT_HURT)
    route = subject.contract.root_error("route")
    for method, operation, request in foreign.lost(subject) if route else ():
        assert route is not None
        yield Malformed(subject, operation, route, request, f"unknown path-{method}")
    for operation in subject.contract.operations.values():
        yield from _nonsense_abroad(subject, operation)


def _nonsense_abroad(subject: Subject, operation: Operation) -> Iterator[Malformed | Omission]:
    kept = []
    instead = foreign.may_come_instead(subject, operation)
    incomplete = (((place,), name, request) for place, name, request in _incomplete(subject, operation))
    for places, name, request in (*foreign.nonsense(subject, operation), *incomplete):
        errors = [e for place in places if (e := subject.contract.refusal_at(operation, place))]
        if places == ("route",) and _is_known(subject, request):
            continue
        if errors and not foreign.may_be_sent(subject, request):
            kept.append(name)
        elif errors:
            also = () if places[0] in ("route", "method") else instead
            label = f"{operation.id}-{name}"
            yield Malformed(
                subject,
                operation,
                errors[0],
                request,
                label,
                values=named_at(places[0]),
                instead=(*errors[1:], *also),
            )
    if kept:
        yield Omission(subject.contract.vendor, PART, f"{operation.id}: {', '.join(kept)}", foreign.MIGHT_ACT)


def _nonsense(subject: Subject, operation: Operation) -> Iterator[tuple[str, str, Request]]:
    base = base_request(subject, operation)
    lost = _elsewhere(base, operation.method)
    if not _is_known(subject, lost):
        yield "route", "unknown path", lost
    documented = subject.contract.methods_at(operation.path)
    for method in ("GET", "PUT", "POST", "DELETE", "PATCH"):
        if method not in documented:
            yield "method", f"method {method}", _with(base, method=method)
    if operation.media_types:
        for name, body in _unreadable(operation):
            yield "syntax", name, _with(base, body=body)
        if operation.body_required:
            told_apart = subject.contract.refusal_at(operation, "empty") is not None
            yield "empty" if told_apart else "syntax", "empty body", _with(base, body=b"")
        for media_type in OTHER_TYPES:
            name = "wrong content type" if media_type == OTHER_TYPES[0] else media_type
            yield "media-type", name, _with(base, media_type=media_type)
    size = subject.contract.refusal_at(operation, "size")
    if size is not None and _may_be_too_large(operation, size):
        yield "size", "oversize body", _with(base, body=(base.body or b"") + b" " * OVERSIZE)


def _may_be_too_large(operation: Operation, size: CatalogueError) -> bool:
    """Where there is a body, unless a recipe of the spec knows the limit; else where it is documented."""
    if operation.media_types:
        return not size.provoke
    return str(size.status) in operation.definition["responses"]


def _incomplete(subject: Subject, operation: Operation) -> Iterator[tuple[str, str, Request]]:
    """Every required parameter and property of the body left out, one at a time."""
    required = [
        ("headers" if p.place == "header" else p.place, p.place, p.name)
        for p in operation.parameters
        if p.required and p.place != "path"
    ]
    if operation.media_types:
        required += [("body", "body", name) for name in required_properties(subject.contract, operation)]
    whole = starting(subject, operation)
    for part, place, name in required:
        change = {"op": "remove", "path": pointer.join([part, name])}
        lacking = drafted(Draft(), pointer.patched(whole, [change]))
        headers = subject.keyring.headers(operation)
        request = on_the_wire(subject.contract, operation, lacking, headers)
        yield f"{place}/{name}:required", f"without {place} {name}", request


def _unreadable(operation: Operation) -> Iterator[tuple[str, bytes]]:
    whole = json.dumps(base_draft(operation).body).encode()
    yield "cut body", whole[:-1]
    yield "comma before the end", whole[:-1] + b"," + whole[-1:]
    yield "comment", whole + b" // whole"
    yield "single quotes", whole.replace(b'"', b"'")
    yield "body and more", whole + b"}"
    yield "not UTF-8", b'{"\xff\xfe": "\xc3\x28"}'
    yield "deeply nested arrays", b"[" * DEPTH + b"]" * DEPTH
    yield "deeply nested objects", b'{"a":' * DEPTH + b"1" + b"}" * DEPTH
    yield "NaN", b'{"a": NaN}'


def _with(
    base: Request,
    *,
    method: str | None = None,
    body: bytes | None = None,
    media_type: str | None = None,
) -> Request:
    headers = dict(base.headers)
    if media_type is not None:
        headers["Content-Type"] = media_type
    return Request(
        method=method or base.method,
        path=base.path,
        headers=headers,
        body=base.body if body is None else body,
    )


def _elsewhere(base: Request, method: str) -> Request:
    path = base.path.partition("?")[0] + NOWHERE
    return Request(method=method, path=path, headers=base.headers, body=base.body)


def _is_known(subject: Subject, request: Request) -> bool:
    return subject.contract.serves(request.path.removeprefix(subject.contract.base_path))
