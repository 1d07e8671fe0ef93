"""A vendor's spec, read once at start, in the shape in which the double uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mockserver.core.documents import place_in, read_yaml
from mockserver.core.errors import SpecError
from mockserver.core.replies import JSON
from mockserver.core.schemas import json_schema_components

METHODS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True)
class Operation:
    """One operation: its place in the spec and its object, references at the top resolved."""

    id: str
    method: str
    path: str
    spec: JSON
    parameters: list[JSON]
    secured: bool
    credential_in_body: bool
    """Secured without `security`: OpenAPI has no scheme for a credential inside the body."""

    @property
    def pointer(self) -> tuple[str, ...]:
        """Where the operation stands in the document."""
        return ("paths", self.path, self.method)


@dataclass(frozen=True)
class CatalogueEntry:
    """One refusal of the catalogue (`x-errors` at the root)."""

    id: str
    status: int
    message: str
    code: str | int | None = None
    vars: tuple[str, ...] = ()
    headers: JSON = field(default_factory=dict)
    refuses: tuple[str, ...] = ()
    environment: bool = False


class Contract:
    """One spec file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.document = read_yaml(path, SpecError)
        for key in ("openapi", "paths", "info"):
            if key not in self.document:
                raise SpecError(str(path), f"has no {key!r}", "An OpenAPI 3.0.3 document is expected")
        self.components = json_schema_components(self.document)

    @cached_property
    def server_url(self) -> str:
        """The genuine base URL: the first server, its variables at their defaults."""
        servers = self.document.get("servers") or [{"url": "/"}]
        url: str = servers[0]["url"]
        for name, variable in servers[0].get("variables", {}).items():
            url = url.replace(f"{{{name}}}", str(variable["default"]))
        return url

    @cached_property
    def base_path(self) -> str:
        """The path of the genuine base URL, without a slash at its end."""
        return urlsplit(self.server_url).path.rstrip("/")

    @cached_property
    def catalogue(self) -> dict[str, CatalogueEntry]:
        """The refusals by catalogue id, in the order of the spec."""
        return {str(id): _entry(str(id), entry) for id, entry in self.document.get("x-errors", {}).items()}

    @cached_property
    def operations(self) -> dict[str, Operation]:
        """The operations by id."""
        found: dict[str, Operation] = {}
        for operation in self._operations():
            if operation.id in found:
                raise self.error(operation.pointer, f"the operationId {operation.id!r} stands twice")
            found[operation.id] = operation
        return found

    @cached_property
    def paths(self) -> list[str]:
        """Path templates, those without parameters before those with, as OpenAPI matches them."""
        return sorted(self.document["paths"], key=lambda path: re.sub(r"\{[^}]*\}", "\uffff", path))

    @cached_property
    def lifecycles(self) -> dict[str, JSON]:
        """`x-lifecycle` of the root, by entity."""
        return dict(self.document.get("x-lifecycle", {}))

    def resolve(self, value: JSON) -> JSON:
        """What a reference points at, or the value itself; references are local."""
        for _ in range(32):
            if not isinstance(value, dict) or "$ref" not in value:
                return value
            value = self._at(str(value["$ref"]))
        raise self.error((), f"{value['$ref']} goes round in a circle")

    def error(
        self, pointer: tuple[str | int, ...], problem: str, remedy: str = "Correct the spec"
    ) -> SpecError:
        """A SpecError that names the file, line and place."""
        return SpecError(place_in(self.path, pointer), problem, remedy)

    def _at(self, reference: str) -> JSON:
        value: JSON = self.document
        for escaped in reference.removeprefix("#/").split("/"):
            step = escaped.replace("~1", "/").replace("~0", "~")
            if not reference.startswith("#/") or not isinstance(value, dict) or step not in value:
                raise self.error((), f"the reference {reference!r} leads nowhere")
            value = value[step]
        return value

    def _operations(self) -> Iterator[Operation]:
        default_security = bool(self.document.get("security"))
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method not in item:
                    continue
                spec = item[method]
                if "operationId" not in spec:
                    raise self.error(("paths", path, method), "the operation has no operationId")
                secured = bool(spec["security"]) if "security" in spec else default_security
                in_body = not secured and _refuses_credential(spec)
                parameters = self._parameters(item.get("parameters", []), spec.get("parameters", []))
                yield Operation(
                    spec["operationId"], method, path, spec, parameters, secured or in_body, in_body
                )

    def _parameters(self, shared: list[Any], own: list[Any]) -> list[JSON]:
        merged = {}
        for parameter in (self.resolve(parameter) for parameter in [*shared, *own]):
            merged[parameter["in"], parameter["name"]] = parameter
        return list(merged.values())


def _refuses_credential(operation: JSON) -> bool:
    return any("credential" in rule.get("refuses", ()) for rule in operation.get("x-errors", []))


def _entry(id: str, entry: JSON) -> CatalogueEntry:
    return CatalogueEntry(
        id=id,
        status=entry["status"],
        message=entry["message"],
        code=entry.get("code"),
        vars=tuple(entry.get("vars", ())),
        headers=entry.get("headers", {}),
        refuses=tuple(entry.get("refuses", ())),
        environment=entry.get("environment", False),
    )
