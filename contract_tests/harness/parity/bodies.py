"""Two bodies compared place by place, as closely as what they hold can be compared."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from contract_tests.harness.judging.finding import Difference
from contract_tests.harness.parity.described import Described
from contract_tests.harness.parity.exchange import Exchange
from contract_tests.harness.parity.masking import epoch, is_opaque, kind, layout, masked
from contract_tests.harness.spec import pointer

Rigour = Literal["data", "own", "refusal"]
"""How much two bodies must have in common.

`data`     whatever each server happens to hold: types and fields as far as the contract fixes them, no field
           that it does not know, times written alike; values only where the request named them
`own`      what the scenario itself has brought about on both sides: besides, the same fields, the same nulls,
           flags and listed values; not the names and numbers that a server gives, nor other records within
`refusal`  every text and flag, ids, times and tokens apart; numbers where catalogue or request have them
"""

_SHOWN = 80  # characters of a value in a sentence
_ANY = "*"  # any item of an array
_IDENTITIES = ("id", "uid", "uuid")


@dataclass(frozen=True)
class Bodies:
    """The bodies of one step on both sides."""

    ours: Exchange
    theirs: Exchange
    skipped: frozenset[str] = frozenset()
    """Pointers, `*` for any item, that are compared elsewhere."""

    def differences(self, described: Described, rigour: Rigour) -> list[Difference]:
        """Every place in which the target's body is not what the double's is."""
        top = _Place((), described, rigour)
        return list(self._at(top, [self.ours.answer.json], [self.theirs.answer.json]))

    # ------------------------------------------------------------ from the outside in

    def _at(self, place: _Place, ours: Sequence[Any], theirs: Sequence[Any]) -> Iterator[Difference]:
        """Compare what the sides have at a place; several values each where it is an item of an array."""
        if not ours or not theirs or place.at in self.skipped:
            return
        strange = list(self._kinds(place, ours, theirs))
        yield from strange
        if strange:
            return
        objects = _only(dict, ours), _only(dict, theirs)
        if all(objects):
            yield from self._objects(place, *objects)
        arrays = _only(list, ours), _only(list, theirs)
        if all(arrays):
            yield from self._arrays(place, *arrays)
        yield from self._scalars(place, ours, theirs)

    def _kinds(self, place: _Place, ours: Sequence[Any], theirs: Sequence[Any]) -> Iterator[Difference]:
        here, there = {kind(value) for value in ours}, {kind(value) for value in theirs}
        if place.rigour == "data":
            new = {found for found in there - here if not place.may_be(found)}
            unlike = bool(new)
        else:
            unlike = here != there
        if unlike:
            yield place.difference("type", _listed(here), _listed(there), "type")

    def _objects(
        self, place: _Place, ours: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]]
    ) -> Iterator[Difference]:
        if place.rigour == "own" and place.path and self._is_another(ours, theirs):
            place = replace(place, rigour="data")
        yield from self._fields(place, ours, theirs)
        for name in dict.fromkeys(name for one in ours for name in one):
            inner = [one[name] for one in ours if name in one], [one[name] for one in theirs if name in one]
            yield from self._at(place.field(name), *inner)

    def _fields(
        self, place: _Place, ours: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]]
    ) -> Iterator[Difference]:
        """Fields that only one side has."""
        if place.described.is_map and place.described.known:
            return
        here, there = {name for one in ours for name in one}, {name for one in theirs for name in one}
        always = {name for name in here if all(name in one for one in ours)}
        lost = [name for name in always if any(name not in one for one in theirs) and place.demands(name)]
        new = [name for name in there - here if not place.may_have(name)]
        if len(lost) == len(new) == 1:
            yield place.field(lost[0]).difference("field", lost[0], f"{new[0]} instead", "renamed", new[0])
            return
        for name in sorted(lost):
            yield place.field(name).difference("field", f"{name} is there", "it is missing", "lost")
        for name in sorted(new):
            yield place.field(name).difference("field", f"no {name}", f"{name} is there", "new")

    def _is_another(self, *sides: Sequence[Mapping[str, Any]]) -> bool:
        """Whether objects are records with ids of their own that the scenario did not bring about."""
        known = (self.ours.names, self.theirs.names)
        return any(
            name.lower().strip("_") in _IDENTITIES and not names.knows(value)
            for side, names in zip(sides, known, strict=True)
            for one in side
            for name, value in one.items()
        )

    def _arrays(
        self, place: _Place, ours: Sequence[list[Any]], theirs: Sequence[list[Any]]
    ) -> Iterator[Difference]:
        here, there = [item for one in ours for item in one], [item for one in theirs for item in one]
        item = place.item()
        if place.rigour == "data" or (place.rigour == "own" and self._are_others(here, there)):
            yield from self._at(replace(item, rigour="data"), here, there)
        elif len(here) != len(there):
            yield place.difference("length", f"{len(here)} items", f"{len(there)} items", "length")
        else:
            for one, other in zip(here, there, strict=True):
                yield from self._at(item, [one], [other])

    def _are_others(self, *sides: Sequence[Any]) -> bool:
        return self._is_another(*([item for item in side if isinstance(item, dict)] for side in sides))

    # ------------------------------------------------------------ what a value says

    def _scalars(self, place: _Place, ours: Sequence[Any], theirs: Sequence[Any]) -> Iterator[Difference]:
        yield from self._times(place, ours, theirs)
        if place.rigour == "refusal":
            yield from self._told(place, ours[0], theirs[0])
            return
        listed = place.described.values
        for value in theirs:
            if listed and isinstance(value, str | int) and not any(pointer.same(value, v) for v in listed):
                yield place.difference("value", f"one of {_listed(map(str, listed))}", _short(value), "enum")
                return
        if len(ours) == len(theirs) == 1:
            yield from self._same(place, ours[0], theirs[0])

    def _times(self, place: _Place, ours: Sequence[Any], theirs: Sequence[Any]) -> Iterator[Difference]:
        """Times written otherwise than the double writes them, where it writes nothing but times."""
        here, there = _writings(ours), _writings(theirs)
        written = {found for found in here.values() if found is not None}
        if not written or None in here.values():
            return
        strange = next((value for value, found in there.items() if found not in written), None)
        if strange is not None:
            yield place.difference("time format", f"times as {_listed(written)}", _short(strange), "layout")

    def _same(self, place: _Place, one: Any, other: Any) -> Iterator[Difference]:
        """What the request named comes back on both sides; in own records, flags and listed values agree."""
        here, there = self.ours.echo(place.name, one), self.theirs.echo(place.name, other)
        if here != there and (here or there) and not place.in_array:
            yield place.difference("value", _as_sent(one, here), _as_sent(other, there), "sent")
        elif place.rigour == "own" and (isinstance(one, bool) or place.described.values):
            yield from self._equal(place, one, other)

    def _told(self, place: _Place, one: Any, other: Any) -> Iterator[Difference]:
        if isinstance(one, dict | list) or one is None:
            return
        if isinstance(one, int | float) and not isinstance(one, bool):
            if not self._is_fixed(one):
                return
        elif isinstance(one, str) and (layout(one) or is_opaque(one)):
            return
        yield from self._equal(place, one, other)

    def _is_fixed(self, number: float) -> bool:
        """Whether a number in a refusal is not chance: its status, or what the request named."""
        return number == self.ours.answer.status or self.ours.names.knows(number)

    def _equal(self, place: _Place, one: Any, other: Any) -> Iterator[Difference]:
        here, there = masked(one, self.ours.names), masked(other, self.theirs.names)
        if not pointer.same(here, there):
            yield place.difference("value", _short(here), _short(there), "value")


@dataclass(frozen=True)
class _Place:
    """A place in both bodies, and what the contract says of it."""

    path: tuple[str, ...]
    described: Described
    rigour: Rigour

    @property
    def at(self) -> str:
        return pointer.join(self.path)

    @property
    def name(self) -> str:
        """The innermost name."""
        return next((step for step in reversed(self.path) if step != _ANY), "")

    @property
    def in_array(self) -> bool:
        return _ANY in self.path

    def field(self, name: str) -> _Place:
        return _Place((*self.path, name), self.described.field(name), self.rigour)

    def item(self) -> _Place:
        return _Place((*self.path, _ANY), self.described.item(), self.rigour)

    def may_be(self, found: str) -> bool:
        """Whether free data may be of a type that the double has not shown."""
        return self.described.allows(found) if self.described.known else found == "null"

    def demands(self, name: str) -> bool:
        """Whether a field that the double sends may not be missing."""
        return self.rigour != "data" or name in self.described.required

    def may_have(self, name: str) -> bool:
        """Whether a field that the double does not send may be there."""
        return self.rigour == "data" and name in self.described.names

    def difference(self, what: str, ours: str, theirs: str, *about: str) -> Difference:
        where = self.at or "the body"
        return Difference(
            kind=what,
            said=f"{where}: {ours}",
            got=f"{where}: {theirs}",
            at=self.described.nearest,
            of="body",
            about=(self.name, *about),
        )


def _only(type_: type, values: Sequence[Any]) -> list[Any]:
    return [value for value in values if isinstance(value, type_)]


def _writings(values: Sequence[Any]) -> dict[Any, str | None]:
    """How each text or number writes a time; None for one that is none. Empty texts stand for no value."""
    written = {value: layout(value) for value in values if isinstance(value, str) and value}
    numbers = {value: epoch(value) for value in values if epoch(value)}
    return {**written, **numbers}


def _listed(words: Any) -> str:
    return " or ".join(sorted(set(words)))


def _as_sent(value: Any, at: frozenset[str]) -> str:
    return f"what the request has at {min(at)}" if at else _short(value)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…") if isinstance(value, str) else text
