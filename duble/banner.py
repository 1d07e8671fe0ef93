"""What a person sees when a double starts: addresses, a credential, and a call that works when pasted."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

import orjson

from mockserver.core.contract import Contract, Operation
from mockserver.core.specrules import moves

# A line longer than this is no line that anybody pastes.
_LONGEST_BODY = 300


def vendor_lines(contract: Contract, title: str, credentials: Mapping[str, Any], url: str) -> list[str]:
    """The lines of one vendor: title, base URL, credential, curl."""
    credential = next(iter(credentials.values()))
    return [
        f"  {title}",
        f"    base URL    {url}{contract.base_path}",
        f"    credential  {shown(credential)}",
        f"    try         {curl(contract, credential, url)}",
        "",
    ]


def shown(credential: Mapping[str, Any]) -> str:
    """A credential of the fixtures for a person."""
    if "bearer" in credential:
        return str(credential["bearer"])
    if "header" in credential:
        return ", ".join(f"{name}: {value}" for name, value in credential["header"].items())
    if "login" in credential:
        return f"{credential['login']} / {credential['password']}"
    return ", ".join(str(value) for name, value in credential.items() if name != "note")


def curl(contract: Contract, credential: Mapping[str, Any], url: str) -> str:
    """A curl line for an operation that shows what the double is about, from the spec's own examples."""
    operation = telling(contract)
    parts = ["curl", "-s"]
    if operation.method != "get":
        parts += ["-X", operation.method.upper()]
    parts.append(f"{url}{contract.base_path}{_path(operation)}")
    parts += presented(contract, operation, credential)
    body = _body(contract, operation)
    if body is not None:
        parts += ["-H", "Content-Type: application/json", "-d", body]
    return shlex.join(parts)


def telling(contract: Contract) -> Operation:
    """The first operation that moves a record; the first that reads, where the moving ones take too much."""
    operations = list(contract.operations.values())
    moving = [op for op in operations if any("to" in move for _, move in moves(op))]
    reading = [op for op in operations if op.spec["x-effect"] == "read"]
    short = [op for op in (*moving, *reading) if len(_body(contract, op) or "") <= _LONGEST_BODY]
    return (short or operations)[0]


def presented(contract: Contract, operation: Operation, credential: Mapping[str, Any]) -> list[str]:
    """The arguments of curl that present a credential of the fixtures."""
    if not operation.secured:
        return []
    if "bearer" in credential:
        return ["-H", f"Authorization: Bearer {credential['bearer']}"]
    schemes = contract.document.get("components", {}).get("securitySchemes", {}).values()
    if "login" in credential and any(scheme.get("scheme") == "basic" for scheme in schemes):
        return ["-u", f"{credential['login']}:{credential['password']}"]
    headers = credential.get("header", {}).items()
    return [word for name, value in headers for word in ("-H", f"{name}: {value}")]


def _path(operation: Operation) -> str:
    path = operation.path
    query = []
    for parameter in operation.parameters:
        example = str(parameter.get("example", ""))
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", example)
        elif parameter["in"] == "query" and (parameter.get("required") or parameter.get("x-base")):
            query.append(f"{parameter['name']}={example}")
    return f"{path}?{'&'.join(query)}" if query else path


def _body(contract: Contract, operation: Operation) -> str | None:
    body = contract.resolve(operation.spec.get("requestBody", {}))
    media = body.get("content", {}).get("application/json")
    if media is None:
        return None
    example = next(iter(media["examples"].values())) if "examples" in media else {"value": media["example"]}
    return orjson.dumps(contract.resolve(example)["value"]).decode()
