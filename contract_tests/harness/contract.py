"""A vendor's spec as the suite reads it: operations, refusals and lifecycles, each with its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from contract_tests.harness import pointer
from contract_tests.harness.lined import read_with_lines

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
WRITES = ("write", "destroy")


class UnreadableSpec(Exception):
    """The spec cannot be used; `str()` is one line that names the file and what is wrong."""


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
        for move in _moves(self.definition):
            asked = move.get("request", {})
            parameters = tuple(_asking(parameter, asked) for parameter in self.parameters)
            bodies = {name: self.bodies[name] for name in move.get("bodies", self.bodies)}
            yield replace(self, lifecycle=move, parameters=parameters, bodies=bodies)

    @property
    def reads_only(self) -> bool:
        """Whether it may run against a server that is not ours."""
        return self.effect == "read"


@dataclass(frozen=True)
class Contract:
    """One vendor's promise."""

    vendor: str
    path: Path
    document: Mapping[str, Any] = field(repr=False)
    lines: Mapping[str, int] = field(repr=False)

    @cached_property
    def base_path(self) -> str:
        """The path of the first server, without a slash at its end."""
        servers = self.document.get("servers") or [{"url": ""}]
        server = servers[0]
        url = server["url"]
        for name, variable in server.get("variables", {}).items():
            url = url.replace("{" + name + "}", variable["default"])
        return str(urlsplit(url).path).rstrip("/")

    @cached_property
    def errors(self) -> Mapping[str, CatalogueError]:
        """The catalogue by id."""
        return {
            name: CatalogueError(
                id=name,
                status=said["status"],
                code=said.get("code"),
                message=said["message"],
                headers=said.get("headers", {}),
                refuses=tuple(said.get("refuses", ())),
                provoke="environment" if said.get("environment") else said.get("provoke"),
                pointer=pointer.join(["x-errors", name]),
            )
            for name, said in self.document["x-errors"].items()
        }

    @cached_property
    def operations(self) -> Mapping[str, Operation]:
        """Every operation by its operationId, in the spec's order."""
        found = (
            self._operation(path, method, item)
            for path, item in self.document["paths"].items()
            for method in METHODS
            if method in item
        )
        return {operation.id: operation for operation in found}

    @property
    def lifecycles(self) -> Mapping[str, Any]:
        """The entities that have a life, by name."""
        lifecycles: Mapping[str, Any] = self.document.get("x-lifecycle", {})
        return lifecycles

    def methods_at(self, path: str) -> frozenset[str]:
        """The methods that the path template documents, in capitals."""
        return frozenset(method.upper() for method in METHODS if method in self.document["paths"][path])

    def serves(self, path: str) -> bool:
        """Whether some template of the spec matches this concrete path (without the base path)."""
        return any(
            re.fullmatch(re.sub(r"\\\{[^/]*?\\\}", "[^/]+", re.escape(template)), path)
            for template in self.document["paths"]
        )

    def root_error(self, place: str) -> CatalogueError | None:
        """The refusal that every operation gives for a violation at this place."""
        return next((error for error in self.errors.values() if place in error.refuses), None)

    def refusal_at(self, operation: Operation, place: str) -> CatalogueError | None:
        """The refusal for a violation at this place or below: the operation's own entries come first."""
        for listed in operation.errors:
            if covers(listed.refuses, place):
                return listed.error
        return next((error for error in self.errors.values() if covers(error.refuses, place)), None)

    # ------------------------------------------------------------ places in the spec

    def canonical(self, at: str) -> str:
        """The pointer with every `$ref` on its way followed; Absent if nothing is there."""
        here = ""
        for token in pointer.split(at):
            here = self._deref(here) + pointer.join([token])
            pointer.find(self.document, here)
        return self._deref(here)

    def at(self, here: str) -> Any:
        """The value at a pointer, `$ref`s followed."""
        return pointer.find(self.document, self.canonical(here))

    def line(self, here: str) -> int:
        """The line, counted from 1, of a pointer or of the nearest thing around it that has one."""
        tokens = pointer.split(here)
        while pointer.join(tokens) not in self.lines:
            tokens.pop()
        return self.lines[pointer.join(tokens)]

    def sources(self, here: str, of: str | None = None) -> list[Mapping[str, Any]]:
        """The `x-source` marks of the nearest thing around the pointer that has any.

        `of` asks for one aspect (status, code, message, body, …); marks of other aspects are left out.
        """
        tokens = pointer.split(here)
        while tokens:  # the root's own x-source lists documents, it marks nothing
            try:
                node = pointer.find(self.document, pointer.join(tokens))
            except pointer.Absent:
                node = None
            if isinstance(node, Mapping) and "x-source" in node:
                return _of(node["x-source"], of)
            tokens.pop()
        return []

    def _deref(self, here: str) -> str:
        node = pointer.find(self.document, here)
        while isinstance(node, Mapping) and isinstance(node.get("$ref"), str):
            here = node["$ref"].removeprefix("#")
            node = pointer.find(self.document, here)
        return here

    # ------------------------------------------------------------ reading one operation

    def _operation(self, path: str, method: str, item: Mapping[str, Any]) -> Operation:
        said = item[method]
        here = pointer.join(["paths", path, method])
        body = self.at(here + "/requestBody") if "requestBody" in said else {}
        content = body.get("content", {})
        return Operation(
            id=said["operationId"],
            method=method.upper(),
            path=path,
            pointer=here,
            effect=said["x-effect"],
            secured=any(said.get("security", self.document.get("security", []))) or self._guarded(said),
            parameters=tuple(self._parameters(path, method)),
            media_types=tuple(content),
            body_required=body.get("required", False),
            bodies=_bodies(next(iter(content.values()), {})),
            errors=tuple(self._listed(said, here)),
            lifecycle=next(_moves(said), None),
            definition=said,
        )

    def _guarded(self, said: Mapping[str, Any]) -> bool:
        """Whether it asks for the common credential in its body, which no security scheme can express."""
        door = self.root_error("credential")
        guards = (entry["error"] for entry in said["x-errors"] if "credential" in entry.get("refuses", ()))
        return door is not None and door.id in guards

    def _parameters(self, path: str, method: str) -> Iterator[Parameter]:
        found: dict[tuple[str, str], Parameter] = {}
        for holder in (pointer.join(["paths", path]), pointer.join(["paths", path, method])):
            listed = pointer.find(self.document, holder).get("parameters", [])
            for index in range(len(listed)):
                said = self.at(f"{holder}/parameters/{index}")
                found[said["in"], said["name"]] = Parameter(
                    name=said["name"],
                    place=said["in"],
                    required=said.get("required", False),
                    schema=self.at(f"{self.canonical(f'{holder}/parameters/{index}')}/schema"),
                    definition=said,
                )
        yield from found.values()

    def _listed(self, said: Mapping[str, Any], here: str) -> Iterator[ListedError]:
        for index, entry in enumerate(said["x-errors"]):
            error = self.errors[entry["error"]]
            yield ListedError(
                error=error,
                refuses=tuple(entry.get("refuses", ())),
                provoke=entry.get("provoke", error.provoke),
                pointer=f"{here}/x-errors/{index}",
            )


def covers(refuses: Iterable[str], place: str) -> bool:
    """Whether one of the places of `refuses` is this place or lies above it.

    A place of `refuses` that ends in a keyword of the schema covers only places that end in it too.
    """
    where, _, keyword = place.partition(":")
    told = (said.partition(":") for said in refuses)
    return any(by in ("", keyword) and (where == at or where.startswith(f"{at}/")) for at, _, by in told)


def load(vendor: str, path: Path) -> Contract:
    """Read a spec; UnreadableSpec says what is wrong with it, in one line."""
    try:
        document, lines = read_with_lines(path)
    except OSError as problem:
        raise UnreadableSpec(f"{path}: {problem.strerror or problem}") from problem
    except yaml.YAMLError as problem:
        raise UnreadableSpec(f"{path}: not YAML: {' '.join(str(problem).split())}") from problem
    if not isinstance(document, dict):
        raise UnreadableSpec(f"{path}: not an OpenAPI document")
    contract = Contract(vendor, path, document, lines)
    try:
        _touch(contract)
    except (LookupError, TypeError, AttributeError) as problem:
        raise UnreadableSpec(f"{path}: {type(problem).__name__}: {problem}") from problem
    return contract


def _touch(contract: Contract) -> None:
    """Read everything once, so that a broken spec shows before the first request."""
    if not contract.operations:
        raise LookupError("no operations")
    _ = contract.base_path, contract.lifecycles, contract.document["x-outcome"]


def _moves(definition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    said = definition.get("x-lifecycle", [])
    yield from said if isinstance(said, list) else [said]


def _asking(parameter: Parameter, asked: Mapping[str, Any]) -> Parameter:
    """The parameter with the value that a move asks for, if it asks for one."""
    values = asked.get("headers" if parameter.place == "header" else parameter.place, {})
    if parameter.name not in values:
        return parameter
    shown = {"example": values[parameter.name], "x-base": True}
    return replace(parameter, definition={**parameter.definition, **shown})


def _bodies(content: Mapping[str, Any]) -> Mapping[str, Any]:
    if "example" in content:
        return {"example": content["example"]}
    return {name: shown["value"] for name, shown in content.get("examples", {}).items()}


def _of(said: Any, of: str | None) -> list[Mapping[str, Any]]:
    marks = said if isinstance(said, list) else [said]
    if of is None:
        return marks
    exact = [mark for mark in marks if mark.get("of") == of]
    return exact or [mark for mark in marks if "of" not in mark] or marks
