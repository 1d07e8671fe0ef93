"""What of the suite holds on a server that is not ours: recipes without a seed, requests that cannot act."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from contract_tests.harness.acting.recipe import Impossible, Stage, base_request, starting, written_out
from contract_tests.harness.judging.validity import fits
from contract_tests.harness.network.credentials import NONE, WRONG
from contract_tests.harness.network.exchange import Request
from contract_tests.harness.outside.discovery import found_by, places_of
from contract_tests.harness.outside.safety import Guard
from contract_tests.harness.outside.unknown import Unknown, refusals_of_unknown
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import CatalogueError, Operation

NOWHERE = "/duble-knows-no-such-place"
NEEDS_A_DOUBLE = "it rests on records, persons or a clock that only a double has"
MIGHT_ACT = (
    "no request for it is harmless on a server that lacks the check: "
    "--writes sandbox, and resources in duble.toml, allow more"
)
NEEDS_IDS = "nobody told, or found, what it is to be asked for: give resources or values in duble.toml"
UNREADABLE = "{"
"""A body in which even the most lenient parser finds nothing to act on."""
_SHORTEST = 6  # characters by which a value of the fixtures is known again
_ANYWHERE = frozenset({"patch", "raw", "media_type", "credential", "vars"})


def portable(subject: Subject, operation: Operation, recipe: Mapping[str, Any]) -> bool:
    """Whether a recipe leads to its refusal on any server, whatever that holds.

    It breaks the contract, names what nobody has, or is about the credential; not so if it needs a
    record in a state, something done before, or what the fixtures hold.
    """
    if not recipe.keys() <= _ANYWHERE or recipe.get("credential", NONE) not in (NONE, WRONG):
        return False
    if _is_of_the_fixtures(subject, recipe):
        return False
    if recipe.keys() & {"raw", "media_type", "credential"}:
        return True
    try:
        parts = pointer.patched(starting(subject, operation), written_out(recipe.get("patch", []), {}))
    except pointer.Absent:
        return False
    unknown = Unknown.of(operation)
    named = unknown is not None and unknown.names_nothing(parts) and _patches(recipe, unknown.place)
    return named or not fits(subject.responses, operation, parts)


def is_harmless(subject: Subject, operation: Operation, recipe: Mapping[str, Any]) -> bool:
    """Whether the request of a recipe without steps before it may be sent."""
    try:
        attempt = Stage(subject, subject.target.sandbox()).attempt(operation, recipe)
    except Impossible:
        return False
    return may_be_sent(subject, attempt.request)


def may_be_sent(subject: Subject, request: Request) -> bool:
    """Whether the guard lets a request out."""
    guard: Guard | None = subject.target.guard
    return guard is None or guard.grounds(request) is not None


def may_come_instead(subject: Subject, operation: Operation) -> tuple[CatalogueError, ...]:
    """Refusals that a broken request may meet as well: for naming a record that is not there.

    None comes instead where the request names one that exists: then only the breach is wrong with it.
    """
    if subject.target.double or (operation.reads_only and not lacking(subject, operation)):
        return ()
    return tuple(refusals_of_unknown(operation))


def lacking(subject: Subject, operation: Operation) -> list[str]:
    """Names of ids that the base request needs, and nobody has told or found."""
    known = subject.contract.known.get(operation.id, {})
    return [
        name
        for name in _names_of_ids(subject.contract, operation)
        if any(place not in known for place in places_of(operation, name))
    ]


def names_what_it_is_told(subject: Subject, read: Mapping[str, Any]) -> bool:
    """Whether a read of x-agreement takes every id from what was written, and none from the fixtures."""
    operation = subject.contract.operations[read["operation"]]
    ids = _names_of_ids(subject.contract, operation)
    said = [value for where in read.get("request", {}).values() for value in where.items()]
    written = [value for name, value in said if name in ids] + [
        *read.get("item", {}).get("where", {}).values()
    ]
    return all(isinstance(value, str) and "{" in value for value in written)


def _names_of_ids(contract: Contract, operation: Operation) -> list[str]:
    names = [name for name, _ in found_by(contract)]
    unknown = Unknown.of(operation)
    names += [unknown.place.rpartition("/")[2]] if unknown is not None else []
    names += [said["observe"]["id"].rpartition("/")[2] for said in contract.lifecycles.values()]
    return list(dict.fromkeys(names))


def may_be_asked(subject: Subject, operation: Operation) -> bool:
    """Whether the base request means the same wherever it is sent: on a double, or a read that finds it."""
    return subject.target.double or (operation.reads_only and not lacking(subject, operation))


def nonsense(subject: Subject, operation: Operation) -> Iterator[tuple[tuple[str, ...], str, Request]]:
    """Requests that no operation could mean: the places that they violate, a name, and the request."""
    base = base_request(subject, operation)
    if operation.method == "GET":
        yield ("route",), "unknown path", replace(base, path=base.path.partition("?")[0] + NOWHERE)
    yield from _other_methods(subject, operation)
    if not operation.media_types:
        return
    for name, body in _unreadable(subject, operation, base):
        yield ("syntax",), name, replace(base, body=body)
    if operation.body_required:
        told_apart = subject.contract.refusal_at(operation, "empty") is not None
        yield ("empty" if told_apart else "syntax",), "empty body", replace(base, body=b"")
    headers = {**base.headers, "Content-Type": "application/xml"}
    xml = replace(base, headers=headers)
    if may_be_sent(subject, xml):
        yield ("media-type",), "wrong content type", xml
    else:
        yield ("media-type", "syntax"), "wrong content type", replace(xml, body=b"{")


def lost(subject: Subject) -> Iterator[tuple[str, Operation, Request]]:
    """One request for each method to an address that no router can take for a documented one."""
    methods: dict[str, Operation] = {}
    for operation in subject.contract.operations.values():
        methods.setdefault(operation.method, operation)
    for method, operation in methods.items():
        headers = subject.keyring.headers(operation)
        for path in _beside(subject.contract.base_path, operation.path):
            request = Request(method=method, path=path, headers=headers)
            known = subject.contract.serves(path.removeprefix(subject.contract.base_path))
            if not known and may_be_sent(subject, request):
                yield method, operation, request
                break


def _beside(base: str, template: str) -> Iterator[str]:
    """Addresses that share ever less of a template's beginning."""
    parts = template.strip("/").partition("{")[0].strip("/").split("/")
    for shared in range(len(parts), -1, -1):
        yield "/".join([base, *parts[:shared]]) + NOWHERE


def _other_methods(subject: Subject, operation: Operation) -> Iterator[tuple[tuple[str, ...], str, Request]]:
    unknown = Unknown.of(operation)
    aimed = unknown is not None and unknown.place.startswith("path/")
    base = base_request(subject, operation, aimed=aimed)
    documented = subject.contract.methods_at(operation.path)
    for method in ("GET", "PUT", "POST", "DELETE", "PATCH"):
        if method not in documented:
            yield ("method",), f"method {method}", replace(base, method=method)


def _unreadable(subject: Subject, operation: Operation, base: Request) -> Iterator[tuple[str, bytes]]:
    """Bodies that are no JSON; those that a lenient parser could read only where that does no harm."""
    whole = base.body or b"{}"
    yield "open bracket", b"{"
    yield "name without value", _cut_after_name(whole)
    if may_be_sent(subject, base):
        yield "cut body", whole[:-1]
        yield "body and more", whole + b"}"
        yield "not UTF-8", b'{"\xff\xfe": "\xc3\x28"}'
        yield "NaN", b'{"a": NaN}'


def _cut_after_name(body: bytes) -> bytes:
    names = list(json.loads(body)) if body.startswith(b"{") else []
    return b'{"%s": ' % (names[0].encode() if names else b"a")


def _is_of_the_fixtures(subject: Subject, recipe: Mapping[str, Any]) -> bool:
    """Whether the recipe shows a credential that only a double knows."""
    written = json.dumps(recipe, ensure_ascii=False)
    return any(value in written for value in _texts(subject.fixtures.credentials))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(inner) if name != "note" else ()
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str) and len(value) >= _SHORTEST:
        yield value


def _patches(recipe: Mapping[str, Any], place: str) -> bool:
    return any(change["path"] == f"/{place}" for change in recipe.get("patch", ()))
