"""The form of a spec: OpenAPI's schema and that of our extensions, with the place of each fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from mockserver.core.contract import Contract
from mockserver.core.documents import place_in
from mockserver.core.errors import SpecError
from mockserver.core.replies import JSON

Pointer = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a spec, and where."""

    pointer: Pointer
    problem: str

    def at(self, path: Path) -> str:
        """`file:line (place): problem`."""
        return f"{place_in(path, self.pointer)}: {self.problem}"


def openapi_schema(contract: Contract) -> Iterator[Fault]:
    """OpenAPI 3.0's own schema."""
    version = str(contract.document["openapi"])
    if not version.startswith("3.0."):
        yield Fault(("openapi",), f"OpenAPI {version} is not served; 3.0.3 is")
        return
    yield from _schema_faults(_openapi(), contract.document)


def extensions_schema(path: Path) -> Callable[[Contract], Iterator[Fault]]:
    """The schema of our extensions, as a rule; `path` is its file."""

    def extensions(contract: Contract) -> Iterator[Fault]:
        yield from _schema_faults(_draft7(path), contract.document)
        yield from _nested_sources(contract.document, _draft7(path, "source"), ())

    return extensions


def _nested_sources(value: JSON, validator: Any, pointer: Pointer) -> Iterator[Fault]:
    """`x-source` may stand anywhere; the schema of the extensions reaches only the usual places."""
    for key, child in children(value):
        if key in ("example", "examples", "value") or (key == "x-source" and not pointer):
            continue
        if key == "x-source":
            yield from (
                Fault((*pointer, key, *f.pointer), f.problem) for f in _schema_faults(validator, child)
            )
        else:
            yield from _nested_sources(child, validator, (*pointer, key))


def children(value: JSON) -> Iterator[tuple[str | int, JSON]]:
    """Members of an object or items of an array, each with its step; nothing of a scalar."""
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _schema_faults(validator: Any, value: JSON) -> Iterator[Fault]:
    for error in validator.iter_errors(value):
        yield Fault(tuple(error.instance_path), error.message)


@cache
def _openapi() -> Any:
    # Only the file is wanted: importing the package would double the time of a start.
    package = find_spec("openapi_spec_validator")
    if package is None or package.origin is None:
        raise SpecError("openapi-spec-validator", "is not installed", "Install duble with its dependencies")
    schema = Path(package.origin).parent / "resources" / "schemas" / "v3.0" / "schema.json"
    return jsonschema_rs.Draft4Validator(orjson.loads(schema.read_bytes()), mask="this value")


@cache
def _draft7(path: Path, definition: str | None = None) -> Any:
    try:
        schema = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise SpecError(str(path), f"cannot be read ({error})", "Restore the file") from None
    if definition is not None:
        schema = {"$ref": f"#/definitions/{definition}", "definitions": schema["definitions"]}
    return jsonschema_rs.Draft7Validator(schema, mask="this value")
