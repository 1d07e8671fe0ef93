"""Path, query and header parameters: parsers compiled once from the spec."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable
from typing import Any

import orjson

from mockserver.core.call import Call
from mockserver.core.contract import Contract, Operation
from mockserver.core.replies import JSON
from mockserver.core.schemas import Validator

# int() and float() are bounded by the length of what they are given.
_INTEGER = re.compile(r"[+-]?[0-9]{1,300}\Z")
_NUMBER = re.compile(r"[+-]?([0-9]{1,30}(\.[0-9]{0,30})?|\.[0-9]{1,30})([eE][+-]?[0-9]{1,3})?\Z")
_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")
# OpenAPI: header parameters of these names are ignored; they belong to content and security.
_NOT_PARAMETERS = frozenset({"accept", "content-type", "authorization"})


class Unreadable(ValueError):
    """A parameter's text is not of its type."""


class Unfit(ValueError):
    """A parameter breaks its schema; `keywords` says how: `type` where its text cannot be read."""

    def __init__(self, *keywords: str) -> None:
        super().__init__(*keywords)
        self.keywords = keywords


def python_name(name: str) -> str:
    """The spec's parameter name as a Python argument: `instanceId` -> `instance_id`, `from` -> `from_`."""
    plain = re.sub(r"\W", "", _HUMP.sub(r"_\1", name.replace("-", "_"))).lower()
    return f"{plain}_" if keyword.iskeyword(plain) else plain


class Parameter:
    """One parameter of one operation."""

    __slots__ = ("_read", "argument", "default", "name", "place", "required", "source", "validator")

    def __init__(self, spec: JSON, contract: Contract, lenient_array: bool) -> None:
        schema = contract.resolve(spec.get("schema", {}))
        self.name: str = spec["name"]
        self.source: str = spec["in"]
        self.place = f"{self.source}/{self.name}"
        self.argument = python_name(self.name)
        self.required: bool = spec.get("required", False)
        self.default = schema.get("default")
        self.validator = Validator(schema, contract.components)
        self._read = _reader(spec, schema, contract, lenient_array)

    def value(self, call: Call) -> Any:
        """The parsed value, or None when the request does not carry it; raises Unfit."""
        texts = self._texts(call)
        if not texts:
            return self.default
        try:
            value = self._read(texts)
        except Unreadable:
            raise Unfit("type") from None
        if not self.validator.is_valid(value):
            raise Unfit(*(violation.keyword for violation in self.validator.violations(value)))
        return value

    def text(self, call: Call) -> str | None:
        """The parameter as it was sent, the last one if there are several; None where there is none."""
        texts = self._texts(call)
        return texts[-1] if texts else None

    def _texts(self, call: Call) -> list[str]:
        if self.source == "path":
            return [call.path_params[self.name]]
        if self.source == "query":
            return call.query.get(self.name.lower() if call.any_case else self.name, [])
        text = call.headers.get(self.name.lower())
        return [] if text is None else [text]


def parameters(contract: Contract, operation: Operation, array_forms: tuple[str, ...]) -> list[Parameter]:
    """The parameters of an operation that behaviour may see."""
    return [
        Parameter(spec, contract, f"{operation.id}.{spec['name']}" in array_forms)
        for spec in operation.parameters
        if spec["in"] in ("path", "query")
        or (spec["in"] == "header" and spec["name"].lower() not in _NOT_PARAMETERS)
    ]


def _reader(spec: JSON, schema: JSON, contract: Contract, lenient: bool) -> Callable[[list[str]], Any]:
    if schema.get("type") != "array":
        scalar = _SCALARS.get(schema.get("type", "string"), _text)
        return lambda texts: scalar(texts[-1])
    item = _SCALARS.get(contract.resolve(schema.get("items", {})).get("type", "string"), _text)
    explode = spec.get("explode", spec.get("style", "form") == "form")
    if lenient:
        return lambda texts: [item(text) for text in _spread(texts)]
    if explode:
        return lambda texts: [item(text) for text in texts]
    return lambda texts: [item(text) for text in texts[-1].split(",")]


def _spread(texts: list[str]) -> list[str]:
    """Repeated keys, comma-separated text or a JSON array: whichever the client chose."""
    if len(texts) > 1:
        return texts
    text = texts[0]
    if text.startswith("["):
        try:
            items = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise Unreadable(text) from None
        return [item if isinstance(item, str) else orjson.dumps(item).decode() for item in items]
    return text.split(",")


def _text(text: str) -> str:
    return text


def _integer(text: str) -> int:
    if not _INTEGER.match(text):
        raise Unreadable(text)
    return int(text)


def _number(text: str) -> int | float:
    if _INTEGER.match(text):
        return int(text)
    if not _NUMBER.match(text):
        raise Unreadable(text)
    return float(text)


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise Unreadable(text)
    return text == "true"


_SCALARS: dict[str, Callable[[str], Any]] = {
    "string": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}
