"""One operation of a contract: its parameters, its refusals, and the moves it makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from contract_tests.harness.spec import pointer


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter of an operation; `place` is where it travels: path, query or header."""

    name: str
    place: str
    required: bool
    schema: Mapping[str, Any]
    definition: Mapping[str, Any] = field(repr=False)

    @property
    def has_example(self) -> bool:
        """Whether the spec shows a value that works."""
        return "example" in self.definition or bool(self.definition.get("examples"))

    @property
    def example(self) -> Any:
        """The value of the base request; None if the spec shows none."""
        if "example" in self.definition:
            return self.definition["example"]
        for shown in self.definition.get("examples", {}).values():
            return shown["value"]
        return None


@dataclass(frozen=True, kw_only=True)
class CatalogueError:
    """One refusal of the vendor: status, code and message template as the spec has them."""

    id: str
    status: int
    code: str | int | None
    message: str
    headers: Mapping[str, str]
    refuses: tuple[str, ...]
    provoke: Any
    pointer: str

    @property
    def environment(self) -> bool:
        """Whether no request can cause it, so that a fault must inject it."""
        return bool(self.provoke == "environment")


@dataclass(frozen=True, kw_only=True)
class ListedError:
    """A refusal as one operation lists it, with its own recipes and places."""

    error: CatalogueError
    refuses: tuple[str, ...]
    provoke: Any
    pointer: str


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation; `path` is the template, without the base path."""

    id: str
    method: str
    path: str
    pointer: str
    effect: str
    secured: bool
    parameters: tuple[Parameter, ...]
    media_types: tuple[str, ...]
    body_required: bool
    bodies: Mapping[str, Any]
    errors: tuple[ListedError, ...]
    lifecycle: Mapping[str, Any] | None
    """What it does to a record; of several moves the first (see `moves`)."""
    definition: Mapping[str, Any] = field(repr=False)

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def moves(self) -> Iterator[Operation]:
        """Itself, or itself once for each of several moves, with the request that asks for that move."""
        for move in moves_of(self.definition):
            asked = move.get("request", {})
            parameters = tuple(_asking(parameter, asked) for parameter in self.parameters)
            bodies = {name: self.bodies[name] for name in move.get("bodies", self.bodies)}
            yield replace(self, lifecycle=move, parameters=parameters, bodies=bodies)

    @property
    def reads_only(self) -> bool:
        """Whether it may run against a server that is not ours."""
        return self.effect == "read"


def informed(operation: Operation, known: Mapping[str, Any]) -> Operation:
    """The operation with other examples: values by place, such as path/wo_id or body/contractID."""
    if not known:
        return operation
    parameters = tuple(
        _showing(parameter, known[f"{parameter.place}/{parameter.name}"])
        if f"{parameter.place}/{parameter.name}" in known
        else parameter
        for parameter in operation.parameters
    )
    inside = {at.removeprefix("body"): value for at, value in known.items() if at.startswith("body/")}
    bodies = {name: _with_values(body, inside) for name, body in operation.bodies.items()}
    return replace(operation, parameters=parameters, bodies=bodies)


def _showing(parameter: Parameter, value: Any) -> Parameter:
    definition = {key: said for key, said in parameter.definition.items() if key != "examples"}
    return replace(parameter, definition={**definition, "example": value})


def _with_values(body: Any, values: Mapping[str, Any]) -> Any:
    """The body with other values where it has any."""
    changes = [
        {"op": "replace", "path": at, "value": value}
        for at, value in values.items()
        if pointer.exists(body, at)
    ]
    return pointer.patched(body, changes)


def moves_of(definition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What an operation's definition says of the life of records: nothing, one move or several."""
    said = definition.get("x-lifecycle", [])
    yield from said if isinstance(said, list) else [said]


def _asking(parameter: Parameter, asked: Mapping[str, Any]) -> Parameter:
    """The parameter with the value that a move asks for, if it asks for one."""
    values = asked.get("headers" if parameter.place == "header" else parameter.place, {})
    if parameter.name not in values:
        return parameter
    shown = {"example": values[parameter.name], "x-base": True}
    return replace(parameter, definition={**parameter.definition, **shown})
