"""What a contract says of one place in a body, through every schema that it is composed of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.contract import Contract

_COMPOSED = ("allOf", "oneOf", "anyOf")


@dataclass(frozen=True)
class Described:
    """The schemas of one place; none where the contract is silent, as in an open object."""

    contract: Contract
    roots: tuple[str, ...]
    """Canonical pointers of the schemas that describe the place, one for each alternative around it."""
    nearest: str
    """Where to look in the spec: the place itself, or what surrounds it."""

    @classmethod
    def of_body(cls, contract: Contract, response: str, media_type: str) -> Described:
        """The body of a documented response, `response` being its pointer."""
        content: Mapping[str, Any] = contract.at(response).get("content", {})
        kind = next((k for k in content if k.partition(";")[0] == media_type), next(iter(content), None))
        here = contract.canonical(response)
        if kind is None or "schema" not in content[kind]:
            return cls(contract, (), here)
        root = contract.canonical(here + pointer.join(["content", kind, "schema"]))
        return cls(contract, (root,), root)

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Every schema that may speak, compositions spread out."""
        return tuple(dict.fromkeys(p for root in self.roots for p in _spread(self.contract, root)))

    def item(self) -> Described:
        """Any item of the array."""
        return self._inner(f"{place}/items" for place in self.places if "items" in self._at(place))

    def field(self, name: str) -> Described:
        """A property of the object; where none is called so, what holds for further ones."""
        named = pointer.join(["properties", name])
        own = [place + named for place in self.places if name in self._at(place).get("properties", {})]
        more = [
            f"{place}/additionalProperties"
            for place in self.places
            if isinstance(self._at(place).get("additionalProperties"), Mapping)
        ]
        return self._inner(own or more)

    @property
    def known(self) -> bool:
        """Whether the contract says anything here."""
        return bool(self.roots)

    @cached_property
    def names(self) -> frozenset[str]:
        """The properties that an object here is documented to have."""
        return frozenset(name for place in self.places for name in self._at(place).get("properties", {}))

    @cached_property
    def is_map(self) -> bool:
        """Whether property names are data here: an object of which none is documented."""
        return not self.names

    @cached_property
    def required(self) -> frozenset[str]:
        """The properties that every alternative demands."""
        ways = [_required(self.contract, root) for root in self.roots]
        return frozenset.intersection(*ways) if ways else frozenset()

    def allows(self, kind: str) -> bool:
        """Whether a value of this JSON type may stand here."""
        return any(kind in _kinds(self._at(place)) for place in self.places if self._speaks(place))

    @cached_property
    def values(self) -> tuple[Any, ...]:
        """The values that the contract lists for the place; none where it leaves them open."""
        listed = [_values(self.contract, root) for root in self.roots]
        known = [values for values in listed if values]
        return tuple(value for values in known for value in values) if len(known) == len(listed) else ()

    def _at(self, place: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.contract.at(place)
        return found

    def _speaks(self, place: str) -> bool:
        """Whether the schema itself says of what type a value is, not only what it is composed of."""
        schema = self._at(place)
        return bool(schema.keys() & {"type", "enum", "properties", "items"}) or not any(
            name in schema for name in _COMPOSED
        )

    def _inner(self, pointers: Iterable[str]) -> Described:
        roots = tuple(dict.fromkeys(self.contract.canonical(here) for here in pointers))
        return Described(self.contract, roots, roots[0] if roots else self.nearest)


def _spread(contract: Contract, here: str) -> Iterator[str]:
    """A schema, and those that it is composed of."""
    yield here
    for keyword in _COMPOSED:
        for index in range(len(contract.at(here).get(keyword, ()))):
            yield from _spread(contract, contract.canonical(f"{here}/{keyword}/{index}"))


def _required(contract: Contract, here: str) -> frozenset[str]:
    schema = contract.at(here)
    found = frozenset(schema.get("required", ()))
    for index in range(len(schema.get("allOf", ()))):
        found |= _required(contract, contract.canonical(f"{here}/allOf/{index}"))
    for keyword in ("oneOf", "anyOf"):
        if keyword in schema:
            ways = (contract.canonical(f"{here}/{keyword}/{n}") for n in range(len(schema[keyword])))
            found |= frozenset.intersection(*(_required(contract, way) for way in ways))
    return found


def _values(contract: Contract, here: str) -> tuple[Any, ...] | None:
    """The values that a schema lists; None if it leaves them open."""
    schema = contract.at(here)
    if "enum" in schema:
        return tuple(schema["enum"])
    for index in range(len(schema.get("allOf", ()))):
        own = _values(contract, contract.canonical(f"{here}/allOf/{index}"))
        if own is not None:
            return own
    for keyword in ("oneOf", "anyOf"):
        ways = [contract.canonical(f"{here}/{keyword}/{n}") for n in range(len(schema.get(keyword, ())))]
        found = [values for way in ways if (values := _values(contract, way))]
        if ways and len(found) == len(ways):
            return tuple(value for values in found for value in values)
    return None


def _kinds(schema: Mapping[str, Any]) -> frozenset[str]:
    every = frozenset({"boolean", "number", "string", "array", "object"})
    said = schema.get("type")
    if said is None and "properties" in schema:
        said = "object"
    found = every if said is None else frozenset({"number" if said == "integer" else said})
    return found | {"null"} if schema.get("nullable") or said is None else found
