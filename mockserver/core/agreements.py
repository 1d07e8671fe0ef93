"""What must hold of `x-agreement`: the operations, parameters and examples that it names are there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mockserver.core.contract import Contract, Operation
from mockserver.core.replies import JSON
from mockserver.core.specform import Fault, Pointer, children

_PLACE = re.compile(r"\{(?:path|query)/[^{}/]+\}")


def agreements(contract: Contract) -> Iterator[Fault]:
    """Every name in every `x-agreement`, each fault with its place."""
    for operation in contract.operations.values():
        said = operation.spec.get("x-agreement", {})
        pointer: Pointer = (*operation.pointer, "x-agreement")
        yield from _templates(operation, pointer, said)
        for position, read in enumerate(said.get("reads", [])):
            yield from _read(contract, operation, (*pointer, "reads", position), read)
        yield from _kept(operation, pointer, said)
        if "list" in said:
            yield from _list(contract, operation, (*pointer, "list"), said["list"])
        for position, change in enumerate(said.get("matters", [])):
            yield from _request(operation, (*pointer, "matters", position), change)
            yield from _request(operation, (*pointer, "matters", position, "than"), change.get("than", {}))
        for place in said.get("projects", {}):
            yield from _parameter(operation, (*pointer, "projects", place), place)


def _read(contract: Contract, operation: Operation, pointer: Pointer, read: JSON) -> Iterator[Fault]:
    yield from _call(contract, pointer, read)
    if "find" in read:
        yield from _call(contract, (*pointer, "find"), read["find"])
    body = contract.resolve(operation.spec.get("requestBody", {})).get("content", {})
    shown = {name for media in body.values() for name in media.get("examples", {})}
    for name in sorted(set(read.get("bodies", ())) - shown):
        yield Fault((*pointer, "bodies"), f"the request body of {operation.id} has no example {name!r}")


def _kept(operation: Operation, pointer: Pointer, said: JSON) -> Iterator[Fault]:
    """What stays as it is must be something that a client sees."""
    repeated = [said.get("shows", {}), *(read.get("shows", {}) for read in said.get("reads", []))]
    shown = {template for shows in repeated for template in shows.values() if isinstance(template, str)}
    for position, place in enumerate(said.get("keeps", {}).get("places", [])):
        if f"{{{place}}}" not in shown:
            yield Fault((*pointer, "keeps", "places", position), f"nothing shows {place} of {operation.id}")


def _list(contract: Contract, operation: Operation, pointer: Pointer, said: JSON) -> Iterator[Fault]:
    yield from _request(operation, (*pointer, "whole"), said.get("whole", {}))
    for position, window in enumerate(said.get("also", [])):
        yield from _request(operation, (*pointer, "also", position), window)
    for place in said.get("selects", {}):
        yield from _parameter(operation, (*pointer, "selects", place), place)
    for key, place in said.get("pages", {}).items():
        if key != "first":
            yield from _parameter(operation, (*pointer, "pages", key), place)
    if "alone" in said:
        yield from _call(contract, (*pointer, "alone"), said["alone"])


def _call(contract: Contract, pointer: Pointer, said: JSON) -> Iterator[Fault]:
    reader = contract.operations.get(said["operation"])
    if reader is None:
        yield Fault((*pointer, "operation"), f"there is no operation {said['operation']!r}")
    elif reader.spec["x-effect"] != "read":
        yield Fault((*pointer, "operation"), f"{reader.id} is no read")
    else:
        yield from _request(reader, (*pointer, "request"), said.get("request", {}))


def _request(operation: Operation, pointer: Pointer, said: JSON) -> Iterator[Fault]:
    for where in ("path", "query"):
        for name in said.get(where, {}):
            yield from _parameter(operation, (*pointer, where, name), f"{where}/{name}")


def _parameter(operation: Operation, pointer: Pointer, place: str) -> Iterator[Fault]:
    known = {f"{parameter['in']}/{parameter['name']}" for parameter in operation.parameters}
    if place.partition("/")[0] in ("path", "query") and place not in known:
        yield Fault(pointer, f"{operation.id} has no parameter {place!r}")


def _templates(operation: Operation, pointer: Pointer, value: JSON) -> Iterator[Fault]:
    """Places in braces are the operation's own, wherever they stand."""
    if isinstance(value, str):
        for found in _PLACE.findall(value):
            yield from _parameter(operation, pointer, found[1:-1])
    for step, child in children(value):
        yield from _templates(operation, (*pointer, step), child)
