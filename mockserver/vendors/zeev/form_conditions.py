"""`formFieldsFilter`: conditions on form values (ZEEV-A31)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mockserver.vendors.zeev.criteria import FieldCondition
from mockserver.vendors.zeev.records import FormValue


def matches(values: Iterable[FormValue], conditions: Iterable[FieldCondition]) -> bool:
    """Whether every condition is met by at least one value of its field."""
    kept = tuple(values)
    return all(any(_meets(value, condition) for value in kept) for condition in conditions)


def _meets(value: FormValue, condition: FieldCondition) -> bool:
    return (
        condition.id in (None, value.id)
        and condition.name in (None, value.name)
        and _OPERATORS[condition.operator](value.value, condition.value or "")
    )


def _like(left: str, right: str) -> bool:
    return right.strip("%").casefold() in left.casefold()


def _less(left: str, right: str) -> bool:
    one, other = _number(left), _number(right)
    return left < right if one is None or other is None else one < other


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    "like": _like,
    "not like": lambda left, right: not _like(left, right),
    "<": _less,
    ">": lambda left, right: _less(right, left),
}
