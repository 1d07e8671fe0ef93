"""A vendor's spec as the suite reads it: operations, refusals and lifecycles, each with its line."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.document import Document
from contract_tests.harness.spec.lined import UnreadableFile, read_mapping
from contract_tests.harness.spec.operation import (
    CatalogueError,
    ListedError,
    Operation,
    Parameter,
    informed,
    moves_of,
)

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True)
class Contract(Document):
    """One vendor's promise."""

    vendor: str
    known: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    """By operation and place, such as path/wo_id: what stands for the spec's example on one server."""

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
        return {operation.id: informed(operation, self.known.get(operation.id, {})) for operation in found}

    def knowing(self, values: Mapping[str, Mapping[str, Any]]) -> Self:
        """The same promise with other values, by operation and place, in its base requests."""
        names = {*self.known, *values}
        return replace(
            self, known={name: {**self.known.get(name, {}), **values.get(name, {})} for name in names}
        )

    def illustrated(self) -> dict[str, Any]:
        """A copy of the document in which every example is the one of the base request."""
        document = copy.deepcopy(dict(self.document))
        for operation in (self.operations[name] for name, values in self.known.items() if values):
            said = pointer.find(document, operation.pointer)
            said["parameters"] = [copy.deepcopy(dict(known.definition)) for known in operation.parameters]
            if operation.bodies:
                body = said["requestBody"] = copy.deepcopy(self.at(f"{operation.pointer}/requestBody"))
                media = next(iter(body["content"].values()))
                media.pop("example", None)
                media["examples"] = {name: {"value": value} for name, value in operation.bodies.items()}
        return document

    @property
    def lifecycles(self) -> Mapping[str, Any]:
        """The entities that have a life, by name."""
        lifecycles: Mapping[str, Any] = self.document.get("x-lifecycle", {})
        return lifecycles

    def methods_at(self, path: str) -> frozenset[str]:
        """The methods that the path template documents, in capitals."""
        return frozenset(method.upper() for method in METHODS if method in self.document["paths"][path])

    def media_types_of(self, operation: Operation, status: int) -> tuple[str, ...]:
        """The media types that an operation documents for a status, or else for any."""
        responses = operation.definition["responses"]
        exact = [key for key in responses if key == str(status)]
        found = [self.at(f"{operation.pointer}/responses/{key}") for key in exact or responses]
        return tuple(dict.fromkeys(name for said in found for name in said.get("content", {})))

    def serves(self, path: str) -> bool:
        """Whether some template of the spec matches this concrete path (without the base path)."""
        return any(_fits(template, path) for template in self.document["paths"])

    def is_at(self, operation: Operation, path: str) -> bool:
        """Whether a path, as it is sent with base path and query, is this operation's and no other's."""
        concrete = path.partition("?")[0].removeprefix(self.base_path)
        fitting = [template for template in self.document["paths"] if _fits(template, concrete)]
        return operation.path == min(fitting, key=lambda template: template.count("{"), default=None)

    def asked(self, method: str, path: str) -> Operation | None:
        """The operation that a request asks for; None where the spec has no such address or method."""
        operations = (one for one in self.operations.values() if one.method == method)
        return next((one for one in operations if self.is_at(one, path)), None)

    def root_error(self, place: str) -> CatalogueError | None:
        """The refusal that every operation gives for a violation at this place."""
        return next((error for error in self.errors.values() if place in error.refuses), None)

    def refusal_at(self, operation: Operation, place: str) -> CatalogueError | None:
        """The refusal for a violation at this place or below: the operation's own entries come first."""
        for listed in operation.errors:
            if covers(listed.refuses, place):
                return listed.error
        return next((error for error in self.errors.values() if covers(error.refuses, place)), None)

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
            lifecycle=next(moves_of(said), None),
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


def _fits(template: str, path: str) -> bool:
    """Whether a concrete path is one of a template's."""
    pattern = re.sub(r"\\\{[^/]*?\\\}", "[^/]+", re.escape(template))
    return re.fullmatch(pattern, path) is not None


def covers(refuses: Iterable[str], place: str) -> bool:
    """Whether one of the places of `refuses` is this place or lies above it.

    A place of `refuses` that ends in a keyword of the schema covers only places that end in it too.
    """
    where, _, keyword = place.partition(":")
    told = (said.partition(":") for said in refuses)
    return any(by in ("", keyword) and (where == at or where.startswith(f"{at}/")) for at, _, by in told)


def load(vendor: str, path: Path) -> Contract:
    """Read a spec; UnreadableFile says what is wrong with it, in one line."""
    document, lines = read_mapping(path, "an OpenAPI document")
    contract = Contract(path, document, lines, vendor)
    try:
        _touch(contract)
    except (LookupError, TypeError, AttributeError) as problem:
        raise UnreadableFile(f"{path}: {type(problem).__name__}: {problem}") from problem
    return contract


def _touch(contract: Contract) -> None:
    """Read everything once, so that a broken spec shows before the first request."""
    if not contract.operations:
        raise LookupError("no operations")
    _ = contract.base_path, contract.lifecycles, contract.document["x-outcome"]


def _bodies(content: Mapping[str, Any]) -> Mapping[str, Any]:
    if "example" in content:
        return {"example": content["example"]}
    return {name: shown["value"] for name, shown in content.get("examples", {}).items()}
