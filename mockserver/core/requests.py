"""What an operation takes: media type, JSON and parameters, checked against the spec."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import orjson

from mockserver.core.call import Call
from mockserver.core.contract import Contract, Operation
from mockserver.core.parameters import Parameter, Unfit, parameters
from mockserver.core.refusals import Breach, Place
from mockserver.core.replies import JSON
from mockserver.core.schemas import Validator
from mockserver.core.vendor import Vendor

# What was taken in must go out again: orjson reads 1,024 levels of nesting and writes 254.
_DEEPEST = 128


class Requests:
    """Compiled from the spec: turns a call into the handler's arguments, or raises Breach."""

    def __init__(
        self, contract: Contract, operation: Operation, vendor: Vendor, handler: Callable[..., Any]
    ) -> None:
        named = inspect.signature(handler).parameters
        self._parameters = parameters(contract, operation, vendor.array_forms)
        self._wanted = {parameter.argument for parameter in self._parameters} & set(named)
        self._takes_body = "body" in named
        self._unchecked = operation.id in vendor.checks_itself
        body = contract.resolve(operation.spec.get("requestBody"))
        self._body = None if body is None else Body(contract, body, vendor)
        self._check_handler(contract, operation, named)

    def read(self, call: Call) -> None:
        """Parse the body, if the operation takes one, into `call.json`; raises Breach."""
        if self._body is not None:
            self._body.read(call)

    def arguments(self, call: Call) -> dict[str, Any]:
        """The handler's arguments; raises Breach with every place that breaks the contract."""
        self.read(call)
        if self._unchecked:
            return self._as_sent(call)
        arguments, breaches = self._read_parameters(call)
        if self._body is not None:
            breaches += self._body.breaches(call)
            if self._takes_body:
                arguments["body"] = call.json
        if breaches:
            raise Breach(*breaches)
        return arguments

    def _as_sent(self, call: Call) -> dict[str, Any]:
        """Parameters as texts and the parsed body, for behaviour that does its own checking."""
        sent = {parameter.argument: parameter.text(call) for parameter in self._parameters}
        arguments: dict[str, Any] = {name: sent[name] for name in self._wanted if sent[name] is not None}
        if self._takes_body:
            arguments["body"] = call.json
        return arguments

    def _read_parameters(self, call: Call) -> tuple[dict[str, Any], list[str]]:
        arguments: dict[str, Any] = {}
        breaches: list[str] = []
        for parameter in self._parameters:
            try:
                value = parameter.value(call)
            except Unfit as unfit:
                breaches += [Place(parameter.place, keyword) for keyword in unfit.keywords]
                continue
            if value is None:
                if parameter.required:
                    breaches.append(Place(parameter.place, "required"))
            elif parameter.argument in self._wanted:
                arguments[parameter.argument] = value
        return arguments, breaches

    def _check_handler(self, contract: Contract, operation: Operation, named: Any) -> None:
        """Every argument of the handler must come from the spec: found at start, not on a request."""
        known = {parameter.argument for parameter in self._parameters} | {"body"}
        for name, parameter in list(named.items())[1:]:
            if name not in known:
                raise contract.error(
                    operation.pointer, f"the handler's argument {name!r} is no parameter of it"
                )
            may_lack = name != "body" and not self._required(name)
            if may_lack and parameter.default is inspect.Parameter.empty:
                raise contract.error(
                    operation.pointer, f"the optional parameter {name!r} has no default in the handler"
                )

    def _required(self, argument: str) -> bool:
        found: Parameter = next(p for p in self._parameters if p.argument == argument)
        return found.required or found.default is not None


class Body:
    """The JSON body of an operation."""

    def __init__(self, contract: Contract, spec: JSON, vendor: Vendor) -> None:
        content = spec["content"]
        self._media_types = frozenset(content)
        self._required = spec.get("required", False)
        self._content_type_required = vendor.content_type_required
        self._any_content_type = vendor.any_content_type
        schema = next(iter(content.values())).get("schema", {})
        self._validator = Validator(schema, contract.components)

    def read(self, call: Call) -> None:
        """Parse the body into `call.json`; raises Breach for a wrong media type, no body or no JSON."""
        if not self._any_content_type:
            self._check_media_type(call)
        if not call.body and not self._required:
            return
        if not call.body:
            raise Breach("empty", "syntax")
        try:
            call.json = orjson.loads(call.body)
        except orjson.JSONDecodeError:
            raise Breach("syntax") from None
        if call.body.count(b"[") + call.body.count(b"{") > _DEEPEST and _too_deep(call.json):
            raise Breach("syntax")

    def _check_media_type(self, call: Call) -> None:
        header = call.headers.get("content-type")
        if header is None:
            if self._content_type_required and (call.body or self._required):
                raise Breach("media-type")
        elif header.partition(";")[0].strip().lower() not in self._media_types:
            raise Breach("media-type")

    def breaches(self, call: Call) -> list[str]:
        """Places of the body that break its schema; a body that may be missing may also be empty."""
        if not call.body and not self._required:
            return []
        if self._validator.is_valid(call.json):
            return []
        found = self._validator.violations(call.json)
        return [Place("/".join(("body", *map(str, one.path))), one.keyword) for one in found]


def _too_deep(value: JSON) -> bool:
    """Whether arrays and objects lie in each other deeper than we can answer them."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [inner for outer in level for inner in _values(outer) if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def _values(outer: JSON) -> Iterable[JSON]:
    if isinstance(outer, dict):
        return outer.values()
    return outer if isinstance(outer, list) else ()
