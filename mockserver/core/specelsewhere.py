"""Rules for what clients must know: `x-unknown`, `x-found`, `x-login` and `x-signature`."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.core.contract import Contract, Operation
from mockserver.core.replies import JSON
from mockserver.core.specform import Fault, Pointer


def unknown_ids(contract: Contract) -> Iterator[Fault]:
    """`x-unknown` names the record that an operation acts on, which one that creates does not have yet."""
    for operation in contract.operations.values():
        said = operation.spec.get("x-unknown")
        if said is None:
            continue
        pointer: Pointer = (*operation.pointer, "x-unknown")
        if said["place"] not in _places(contract, operation, said["place"]):
            yield Fault(pointer, f"{operation.id} names no record at {said['place']}")
        lifecycle = operation.spec.get("x-lifecycle", [])
        moves = lifecycle if isinstance(lifecycle, list) else [lifecycle]
        if any("creates" in move for move in moves):
            yield Fault(pointer, f"{operation.id} creates: there is no record yet that it could name")


def ways_in(contract: Contract) -> Iterator[Fault]:
    """`x-login` and `x-found` name operations that are there; what is looked up is only read."""
    login = contract.document.get("x-login")
    if login is not None and login["operation"] not in contract.operations:
        yield Fault(("x-login",), f"there is no operation {login['operation']!r}")
    for name, ways in contract.document.get("x-found", {}).items():
        for position, way in enumerate(ways):
            operation = contract.operations.get(way["operation"])
            if operation is None or operation.spec["x-effect"] != "read":
                problem = f"{way['operation']} is no operation that only reads"
                yield Fault(("x-found", name, position), problem)


def signatures(contract: Contract) -> Iterator[Fault]:
    """What a signature that does not fit meets is in the catalogue."""
    for name, scheme in contract.document.get("components", {}).get("securitySchemes", {}).items():
        refusal = scheme.get("x-signature", {}).get("refusal")
        if refusal is not None and refusal not in contract.catalogue:
            pointer: Pointer = ("components", "securitySchemes", name, "x-signature", "refusal")
            yield Fault(pointer, f"the catalogue has no error {refusal!r}")


def _places(contract: Contract, operation: Operation, place: str) -> set[str]:
    """Where an operation may name its record: in the path, if that has parameters, else in query or body."""
    in_path = {f"path/{one['name']}" for one in operation.parameters if one["in"] == "path"}
    if in_path:
        return in_path
    in_query = {f"query/{one['name']}" for one in operation.parameters if one["in"] == "query"}
    return in_query | ({place} if _is_in_body(contract, operation, place) else set())


def _is_in_body(contract: Contract, operation: Operation, place: str) -> bool:
    """Whether the first example of the body has something at a place."""
    content = contract.resolve(operation.spec.get("requestBody", {})).get("content", {})
    examples = [shown for media in content.values() for shown in media.get("examples", {}).values()]
    where, *names = place.split("/")
    values = [contract.resolve(example).get("value") for example in examples[:1]] if where == "body" else []
    for name in names:
        values = [inner for value in values for inner in _inside(value, name)]
    return bool(values)


def _inside(value: JSON, name: str) -> list[JSON]:
    if name == "*":
        return list(value) if isinstance(value, list) else []
    return [value[name]] if isinstance(value, dict) and name in value else []
