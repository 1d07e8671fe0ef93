"""What may be sent to a server that is not ours: the rules, and the guard before the wire.

A request is harmless if nothing can come of it even on a server that lacks the very check that it is to
test. The rules look at the request alone, as it would leave, and take nobody's word for anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from contract_tests.harness.network.exchange import Grounds, Request
from contract_tests.harness.outside.unknown import Unknown
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import Operation

_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")  # RFC 9110, 9.2.1
# A body of which nothing can be read, however leniently: an opening bracket, at most one name, and no value.
_UNREADABLE = re.compile(rb'\s*[{\[]\s*(?:"[^"\\]*(?:"\s*(?::\s*[{\[]?\s*)?)?)?')
# Frameworks let these turn a read into something else.
_OVERRIDES = ("x-http-method-override", "x-http-method", "x-method-override")


class Unsafe(Exception):
    """A request that must not leave, and has not left; the fault is ours."""


@dataclass(frozen=True)
class _Aim:
    """One reading of a request's address: a path template, and the values of its parameters."""

    contract: Contract
    template: str
    values: Mapping[str, str]

    @cached_property
    def operations(self) -> list[Operation]:
        """Everything that is documented at the template."""
        known = self.contract.operations.values()
        return [operation for operation in known if operation.path == self.template]

    def operation(self, method: str) -> Operation | None:
        """What is documented for a method."""
        return next((known for known in self.operations if known.method == method), None)


@dataclass(frozen=True)
class Guard:
    """Decides what may leave for a server that is not ours."""

    contracts: Sequence[Contract]
    writes: Literal["none", "sandbox"] = "none"
    permits: Callable[[Request], Grounds | None] | None = field(default=None, repr=False)
    """Tells why a write may be sent that is not harmless; None where none may happen."""

    def demand(self, request: Request) -> None:
        """Unsafe unless there are grounds to send the request."""
        if self.grounds(request) is None:
            raise Unsafe(f"{request.line} was not sent: it might change something there")

    def grounds(self, request: Request) -> Grounds | None:
        """Why the request may be sent; None if it must not."""
        if self._is_disguised(request):
            return None
        aims = list(self._aims(request))
        if not aims:
            return self._beside(request)
        # Where an address fits several templates, servers choose one that knows the method.
        meant = [aim for aim in aims if aim.operation(request.method) is not None] or aims
        found = [self._at(aim, request) for aim in meant]
        if all(found):
            return found[0]
        return self.permits(request) if self.permits is not None and len(meant) == 1 else None

    # ------------------------------------------------------------ where a request goes

    def _aims(self, request: Request) -> Iterator[_Aim]:
        path = urlsplit(request.path).path
        for contract in self.contracts:
            for template, pattern in _patterns(contract):
                found = pattern.fullmatch(path)
                if found:
                    values = {name: unquote(value) for name, value in found.groupdict().items()}
                    names = re.findall(r"\{([^}]*)\}", template)
                    yield _Aim(contract, template, dict(zip(names, values.values(), strict=True)))

    def _is_disguised(self, request: Request) -> bool:
        """Whether it is for our control API, or may be routed as something else than it looks like."""
        path = unquote(urlsplit(request.path).path)
        dotted = not {".", ".."}.isdisjoint(path.split("/")) and request.method not in _SAFE
        overridden = not {name.lower() for name in request.headers}.isdisjoint(_OVERRIDES)
        return path.startswith("/_duble") or dotted or overridden

    def _beside(self, request: Request) -> Grounds | None:
        """Nothing is documented at the address."""
        if request.method in _SAFE:
            return Grounds("harmless", f"{request.method} changes nothing, and nothing is at this address")
        if all(_is_elsewhere(contract, request) for contract in self.contracts):
            return Grounds("harmless", "no address of the contract begins like this one")
        return None

    def _at(self, aim: _Aim, request: Request) -> Grounds | None:
        """Something is documented at the address."""
        meant = aim.operation(request.method)
        if meant is not None:
            return self._meant(aim, meant, request)
        if request.method == "OPTIONS":
            return Grounds("harmless", "OPTIONS only asks which methods there are")
        if request.method in _SAFE and all(operation.reads_only for operation in aim.operations):
            return Grounds("harmless", f"{request.method} changes nothing where there are only reads")
        if any(_nothing_named(aim, operation, request, "path/") for operation in aim.operations):
            return Grounds("harmless", "no method acts on a record that does not exist")
        return None

    def _meant(self, aim: _Aim, operation: Operation, request: Request) -> Grounds | None:
        """A documented operation is asked for."""
        if operation.reads_only:
            return Grounds("read", f"x-effect of {operation.id} is read")
        if request.grounds and request.grounds.kind == "login" and _is_login(aim.contract, operation):
            return request.grounds
        place = _nothing_named(aim, operation, request)
        if place is not None:
            return Grounds("harmless", f"{place} names a record that does not exist")
        if operation.body_required and "{" not in operation.path and is_unreadable(request.body):
            return Grounds("harmless", "the body holds no value that a server could act on")
        return None


def _nothing_named(aim: _Aim, operation: Operation, request: Request, within: str = "") -> str | None:
    """The place at which it names the record to act on, if no such record exists."""
    unknown = Unknown.of(operation)
    if unknown is None or not unknown.place.startswith(within):
        return None
    parts = {"path": aim.values, "query": _query(request), "body": _body(request)}
    return unknown.place if unknown.names_nothing(parts) else None


def is_unreadable(body: bytes | None) -> bool:
    """Whether no parser finds a value in a body, not even one that repairs what is cut off."""
    return body is not None and _UNREADABLE.fullmatch(body) is not None


def _patterns(contract: Contract) -> Iterator[tuple[str, re.Pattern[str]]]:
    for template in contract.document["paths"]:
        parts = re.split(r"\{[^}]*\}", template)
        inner = "".join(
            re.escape(part) + (f"(?P<p{number}>[^/]*)" if number < len(parts) - 1 else "")
            for number, part in enumerate(parts)
        )
        # Servers differ in whether letters' case and a slash at the end matter.
        yield template, re.compile(re.escape(contract.base_path) + inner + "/?", re.IGNORECASE)


def _is_elsewhere(contract: Contract, request: Request) -> bool:
    """Whether the path leaves every template before that ends, so that no router can be lenient."""
    path = unquote(urlsplit(request.path).path).casefold()
    base = contract.base_path.casefold()
    if not path.startswith(f"{base}/"):
        return True
    left = [template.casefold().strip("/").split("/") for template in contract.document["paths"]]
    for depth, part in enumerate(path.removeprefix(base).strip("/").split("/")):
        if any(len(template) == depth for template in left):
            return False
        left = [one for one in left if one[depth].startswith("{") or part.startswith(one[depth])]
        if not left:
            return bool(part)
    return False


def _is_login(contract: Contract, operation: Operation) -> bool:
    return bool(contract.document.get("x-login", {}).get("operation") == operation.id)


def _query(request: Request) -> dict[str, Any]:
    """Parameters of the query by name; one that is sent twice names more than one thing."""
    found = parse_qs(urlsplit(request.path).query, keep_blank_values=True)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _body(request: Request) -> Any:
    try:
        return json.loads(request.body or b"")
    except (ValueError, RecursionError):
        return None
