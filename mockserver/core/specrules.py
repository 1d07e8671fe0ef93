"""What must hold of a spec beyond the OpenAPI schema: the rules of `specs/README.md`, each with its place."""

from __future__ import annotations

import string
from collections.abc import Iterator
from pathlib import Path

from mockserver.core.agreements import agreements
from mockserver.core.contract import Contract, Operation
from mockserver.core.replies import JSON
from mockserver.core.schemas import Validator
from mockserver.core.specelsewhere import signatures, unknown_ids, ways_in
from mockserver.core.specform import Fault, Pointer, children, extensions_schema, openapi_schema

_REFUSED_BY_ALL = ("route", "method")
# Whether the content type matters is up to the vendor: service.py demands words for it where it does.
_REFUSED_WITH_BODY = ("syntax", "size")


def check_at_start(contract: Contract, extensions: Path) -> None:
    """The rules without which a double cannot serve; raises SpecError for the first that is broken."""
    for rule in (openapi_schema, extensions_schema(extensions), errors_exist, root_refusals):
        for fault in rule(contract):
            raise contract.error(fault.pointer, fault.problem)


def all_faults(contract: Contract, extensions: Path) -> Iterator[Fault]:
    """Everything wrong with a spec, the whole of `specs/README.md` considered."""
    # Each of these lets the later rules take something for granted.
    for first in (openapi_schema, extensions_schema(extensions), errors_exist):
        found = list(first(contract))
        if found:
            yield from found
            return
    rules = (
        root_refusals,
        statuses,
        assumptions,
        sources,
        examples,
        base_requests,
        lifecycles,
        cleanup,
        places,
        unknown_ids,
        ways_in,
        signatures,
        unserved,
        agreements,
    )
    for rule in rules:
        yield from rule(contract)


def _unserved(contract: Contract) -> list[JSON]:
    found: list[JSON] = contract.document.get("x-unserved", {}).get("operations", [])
    return found


def unserved(contract: Contract) -> Iterator[Fault]:
    """What is listed as not served is not served, and its errors exist."""
    served = {(operation.method.upper(), operation.path) for operation in contract.operations.values()}
    for position, entry in enumerate(_unserved(contract)):
        pointer: Pointer = ("x-unserved", "operations", position)
        if (entry["method"], entry["path"]) in served or entry["operationId"] in contract.operations:
            yield Fault(pointer, f"{entry['operationId']} is served")
        for id in entry.get("errors", []):
            if id not in contract.catalogue:
                yield Fault(pointer, f"the catalogue has no error {id!r}")
    for id, statuses in contract.document.get("x-unserved", {}).get("statuses", {}).items():
        operation = contract.operations.get(id)
        documented = operation.spec["responses"] if operation else {}
        for status in statuses:
            if status not in documented:
                yield Fault(("x-unserved", "statuses", id), f"{id} documents no {status}")


def errors_exist(contract: Contract) -> Iterator[Fault]:
    """Every refusal that an operation names is in the catalogue."""
    for operation in contract.operations.values():
        for position, rule in enumerate(operation.spec.get("x-errors", [])):
            if str(rule["error"]) not in contract.catalogue:
                pointer: Pointer = (*operation.pointer, "x-errors", position)
                yield Fault(pointer, f"the catalogue has no error {rule['error']!r}")
        for pointer, move in moves(operation):
            for key in ("otherwise", "missing"):
                id = move.get(key)
                if id is not None and id not in contract.catalogue:
                    yield Fault((*pointer, key), f"the catalogue has no error {id!r}")


def root_refusals(contract: Contract) -> Iterator[Fault]:
    """What every request can run into has a refusal in the root's catalogue."""
    covered = {place for entry in contract.catalogue.values() for place in entry.refuses}
    bodies = any("requestBody" in operation.spec for operation in contract.operations.values())
    for place in (*_REFUSED_BY_ALL, *(_REFUSED_WITH_BODY if bodies else ())):
        if place not in covered:
            yield Fault(("x-errors",), f"no entry refuses {place!r}; a double would have no words for it")


def statuses(contract: Contract) -> Iterator[Fault]:
    """Every error that an operation names has a status that it documents, and every entry is used."""
    used = {id for id, entry in contract.catalogue.items() if entry.refuses or entry.environment}
    for operation in contract.operations.values():
        for position, rule in enumerate(operation.spec["x-errors"]):
            entry = contract.catalogue[str(rule["error"])]
            used.add(entry.id)
            if str(entry.status) not in operation.spec["responses"]:
                pointer: Pointer = (*operation.pointer, "x-errors", position)
                yield Fault(
                    pointer, f"{entry.id} has status {entry.status}, which {operation.id} does not document"
                )
        for entry in contract.catalogue.values():
            if entry.environment and str(entry.status) not in operation.spec["responses"]:
                yield Fault(
                    operation.pointer, f"{operation.id} does not document {entry.status} ({entry.id})"
                )
    used |= {id for entry in _unserved(contract) for id in entry.get("errors", [])}
    for id in contract.catalogue.keys() - used:
        yield Fault(("x-errors", id), f"no operation names {id}, and it refuses nothing")


def assumptions(contract: Contract) -> Iterator[Fault]:
    """Every assumption that is named is registered; every registered one is named."""
    registered = set(contract.document["x-assumptions"])
    named: set[str] = set()
    for pointer, source in _sources(contract.document, ()):
        id = source.get("assumption")
        if id is not None:
            named.add(id)
            if id not in registered:
                yield Fault(pointer, f"the assumption {id} is not registered in x-assumptions")
    for id in sorted(registered - named):
        yield Fault(("x-assumptions", id), f"nothing in the spec rests on {id}")


def sources(contract: Contract) -> Iterator[Fault]:
    """Every document that is named is in the root's list."""
    documents = contract.document["x-source"]["documents"]
    for pointer, source in _sources(contract.document, ()):
        if "document" in source and source["document"] not in documents:
            yield Fault(pointer, f"the root's x-source has no document {source['document']!r}")


def examples(contract: Contract) -> Iterator[Fault]:
    """Every example fits its own schema."""
    for pointer, holder in _walk(contract.document, ()):
        schema = holder.get("schema")
        if not isinstance(schema, dict):
            continue
        validator = Validator(schema, contract.components)
        for inside, value in _examples(contract, holder):
            for violation in validator.violations(value)[:1]:
                place = "/".join(map(str, violation.path))
                yield Fault(
                    (*pointer, *inside), f"the example breaks its schema at /{place}: {violation.message}"
                )


def base_requests(contract: Contract) -> Iterator[Fault]:
    """Every operation can be called from its own examples."""
    for operation in contract.operations.values():
        for parameter in operation.parameters:
            if parameter.get("required") and "example" not in parameter:
                yield Fault(operation.pointer, f"the required parameter {parameter['name']!r} has no example")
        body = contract.resolve(operation.spec.get("requestBody", {}))
        for media in body.get("content", {}).values():
            if body.get("required") and "examples" not in media and "example" not in media:
                yield Fault((*operation.pointer, "requestBody"), "a required body has no example")


def lifecycles(contract: Contract) -> Iterator[Fault]:
    """States, entities, operations and examples that lifecycles name exist."""
    for entity, lifecycle in contract.lifecycles.items():
        known = set(lifecycle["states"])
        if lifecycle["observe"]["operation"] not in contract.operations:
            yield Fault(("x-lifecycle", entity, "observe"), "it names an operation that is not there")
        for name, event in lifecycle.get("events", {}).items():
            for state in {*event["from"], event["to"]} - known:
                yield Fault(("x-lifecycle", entity, "events", name), f"there is no state {state!r}")
    for operation in contract.operations.values():
        for pointer, move in moves(operation):
            yield from _move(contract, operation, pointer, move)


def moves(operation: Operation) -> Iterator[tuple[Pointer, JSON]]:
    """The moves of an operation's `x-lifecycle`, each with its place: none, one, or a list of them."""
    said = operation.spec.get("x-lifecycle")
    pointer: Pointer = (*operation.pointer, "x-lifecycle")
    if isinstance(said, list):
        for position, move in enumerate(said):
            yield (*pointer, position), move
    elif said is not None:
        yield pointer, said


def _move(contract: Contract, operation: Operation, pointer: Pointer, move: JSON) -> Iterator[Fault]:
    if move["entity"] not in contract.lifecycles:
        yield Fault(pointer, f"there is no lifecycle of {move['entity']!r}")
        return
    targets = move.get("to", [])
    if isinstance(targets, dict):
        targets = [*targets, *targets.values()]
    named = {*move.get("from", []), *([targets] if isinstance(targets, str) else targets)}
    named |= set(move.get("creates", {}).get("states", {}).values())
    for state in sorted(named - set(contract.lifecycles[move["entity"]]["states"])):
        yield Fault(pointer, f"there is no state {state!r}")
    body = contract.resolve(operation.spec.get("requestBody", {})).get("content", {})
    shown = {name for media in body.values() for name in media.get("examples", {})}
    for name in sorted({*move.get("creates", {}).get("states", {}), *move.get("bodies", [])} - shown):
        yield Fault(pointer, f"the request body has no example {name!r}")


def cleanup(contract: Contract) -> Iterator[Fault]:
    """Whatever a client can make is in `x-cleanup`, whose operations, states and errors exist."""
    said = contract.document.get("x-cleanup", {})
    for operation in contract.operations.values():
        for pointer, move in moves(operation):
            if "creates" in move and move["entity"] not in said:
                yield Fault(pointer, f"x-cleanup does not say how a {move['entity']} is ended")
    for kind, entry in said.items():
        pointer = ("x-cleanup", kind)
        steps = [step["call"] for step in entry.get("end", ())]
        finders = [
            one["operation"] for one in (entry.get("find"), *entry.get("known_as", {}).values()) if one
        ]
        for id in (*entry.get("creates", {}), *entry.get("names", {}), *steps, *finders):
            if id not in contract.operations:
                yield Fault(pointer, f"there is no operation {id!r}")
        states = contract.lifecycles.get(kind, {}).get("states", {})
        for state in (*entry.get("ended", ()), *filter(None, [entry.get("absent")])):
            if state not in states:
                yield Fault(pointer, f"there is no state {state!r}")
        if "gone" in entry and entry["gone"] not in contract.catalogue:
            yield Fault(pointer, f"the catalogue has no error {entry['gone']!r}")


def places(contract: Contract) -> Iterator[Fault]:
    """`refuses` names parameters that are there; placeholders are known to whoever fills them."""
    for operation in contract.operations.values():
        known = {f"{parameter['in']}/{parameter['name']}" for parameter in operation.parameters}
        for position, rule in enumerate(operation.spec["x-errors"]):
            for place in (name.partition(":")[0] for name in rule.get("refuses", [])):
                if place.partition("/")[0] in ("path", "query") and "/" in place and place not in known:
                    yield Fault(
                        (*operation.pointer, "x-errors", position),
                        f"{operation.id} has no parameter {place!r}",
                    )
    for id, entry in contract.catalogue.items():
        fields = {name for _, name, _, _ in string.Formatter().parse(entry.message) if name}
        if entry.refuses and not fields <= {"name", "field", "path", "method"}:
            yield Fault(("x-errors", id), f"nobody fills {', '.join(sorted(fields))} when a place is refused")


def _examples(contract: Contract, holder: JSON) -> Iterator[tuple[Pointer, JSON]]:
    if "example" in holder:
        yield ("example",), holder["example"]
    for name, example in holder.get("examples", {}).items():
        yield ("examples", name), contract.resolve(example).get("value")


def _walk(value: JSON, pointer: Pointer) -> Iterator[tuple[Pointer, JSON]]:
    if isinstance(value, dict):
        yield pointer, value
    for key, child in children(value):
        if key not in ("example", "examples"):
            yield from _walk(child, (*pointer, key))


def _sources(document: JSON, pointer: Pointer) -> Iterator[tuple[Pointer, JSON]]:
    for place, value in _walk(document, pointer):
        if place and "x-source" in value:
            marks = value["x-source"]
            source: Pointer = (*place, "x-source")
            for mark in marks if isinstance(marks, list) else [marks]:
                yield source, mark
