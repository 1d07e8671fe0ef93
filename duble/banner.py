"""What a person sees when a double starts: addresses, a credential, and a call that works when pasted."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Mapping
from typing import Any

import orjson

from mockserver.core.contract import Contract, Operation


def vendor_lines(contract: Contract, title: str, credentials: Mapping[str, Any], url: str) -> list[str]:
    """The lines of one vendor: title, base URL, credential, curl."""
    name, credential = next(iter(credentials.items()))
    shown = next(value for key, value in credential.items() if key != "note")
    return [
        f"  {title}",
        f"    base URL    {url}{contract.base_path}",
        f"    credential  {shown}  ({name})",
        f"    try         {curl(contract, credential, url)}",
        "",
    ]


def curl(contract: Contract, credential: Mapping[str, Any], url: str) -> str:
    """A curl line for the first operation that moves a record, from the spec's own examples."""
    moving = (op for op in contract.operations.values() if "to" in op.spec.get("x-lifecycle", {}))
    operation = next(moving, next(iter(contract.operations.values())))
    parts = ["curl", "-s"]
    if operation.method != "get":
        parts += ["-X", operation.method.upper()]
    parts.append(f"{url}{contract.base_path}{_path(operation)}")
    for header in headers(credential):
        parts += ["-H", header]
    body = _body(contract, operation)
    if body is not None:
        parts += ["-H", "Content-Type: application/json", "-d", body]
    return shlex.join(parts)


def headers(credential: Mapping[str, Any]) -> list[str]:
    """The header lines that present a credential of the fixtures."""
    if "bearer" in credential:
        return [f"Authorization: Bearer {credential['bearer']}"]
    if "basic" in credential:
        return ["Authorization: Basic " + base64.b64encode(":".join(credential["basic"]).encode()).decode()]
    return [f"{name}: {value}" for name, value in credential.get("header", {}).items()]


def _path(operation: Operation) -> str:
    path = operation.path
    for parameter in operation.parameters:
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", str(parameter["example"]))
    return path


def _body(contract: Contract, operation: Operation) -> str | None:
    media = contract.resolve(operation.spec.get("requestBody", {})).get("content", {}).get("application/json")
    if media is None:
        return None
    example = next(iter(media["examples"].values())) if "examples" in media else {"value": media["example"]}
    return orjson.dumps(contract.resolve(example)["value"]).decode()
