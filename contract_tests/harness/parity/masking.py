"""What in an answer is chance, and what remains of it: ids by their turn, times by how they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

_DAY = r"(?:0[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0[1-9]|1[0-2])"
_YEAR = r"(?:19|20)\d\d"
_HOUR = r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?"
_ZONE = r"(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?"
_DATES = rf"(?:{_YEAR}([-/]){_MONTH}\1{_DAY}|{_DAY}([-/.]){_MONTH}\2{_YEAR}|{_MONTH}([-/]){_DAY}\3{_YEAR})"
_TIME = re.compile(rf"{_DATES}(?:[T ]{_HOUR}{_ZONE})?")
_WITHIN = re.compile(rf"(?<![\w./-]){_TIME.pattern}(?![\w/-])")
_HTTP_TIME = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")
_LONG_NUMBER = re.compile(r"[.,]\d+")
_OPAQUE = re.compile(r"(?=.*\d)[A-Za-z0-9_\-+/=.~]{16,}")

MILLISECONDS, SECONDS = "milliseconds since 1970", "seconds since 1970"
_EPOCHS = {MILLISECONDS: (946_684_800_000, 4_102_444_800_000), SECONDS: (946_684_800, 4_102_444_800)}


def kind(value: Any) -> str:
    """The JSON type of a value; there is one for all numbers."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    kinds = ((int | float, "number"), (str, "string"), (list, "array"), (dict, "object"))
    return next(name for type_, name in kinds if isinstance(value, type_))


def layout(text: str) -> str | None:
    """How a text writes a time, such as 9999-99-99T99:99:99.9Z; None if it is no time.

    Of the fraction of a second only that there is one counts, and of a zone its form: -03:00 is +99:99.
    """
    if _HTTP_TIME.fullmatch(text):
        return "Aaa, 99 Aaa 9999 99:99:99 GMT"
    if not _TIME.fullmatch(text):
        return None
    head, blank, tail = text[:10], text[10:11], text[11:]
    tail = _LONG_NUMBER.sub(".9", re.sub(r"[+-](?=\d\d:?\d\d$)", "+", tail))
    return re.sub(r"\d", "9", head + blank + tail)


def epoch(value: Any) -> str | None:
    """Whether a number counts the milliseconds or the seconds since 1970, for a time of this century."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return next((name for name, (first, last) in _EPOCHS.items() if first <= value < last), None)


def is_opaque(text: str) -> bool:
    """Whether a text is a token, a hash or the like, which no two servers share."""
    return _OPAQUE.fullmatch(text) is not None


@dataclass
class Names:
    """The ids that one side has for what a scenario is about, in the order in which they came up.

    The other side has others, for the same things in the same order.
    """

    _known: dict[str, str] = field(default_factory=dict)

    def learn(self, ids: Iterable[Any]) -> None:
        """Note ids, those that are new after those that are known."""
        for value in map(str, ids):
            if value and value not in self._known:
                self._known[value] = f"<id:{len(self._known) + 1}>"

    def knows(self, value: Any) -> bool:
        """Whether a value is one of the ids, as a text or as a number."""
        return isinstance(value, str | int) and not isinstance(value, bool) and str(value) in self._known

    def masked(self, text: str) -> str:
        """The text with every id in it replaced by its turn."""
        if not self._known:
            return text
        longest = sorted(self._known, key=len, reverse=True)
        pattern = rf"(?<![\w-])({'|'.join(map(re.escape, longest))})(?![\w-])"
        return re.sub(pattern, lambda found: self._known[found[1]], text)


def masked(value: Any, names: Names) -> Any:
    """A scalar without chance: ids by their turn and times by how they are written, also within a text."""
    if not isinstance(value, str):
        return names.masked(str(value)) if names.knows(value) else value
    return _WITHIN.sub(lambda found: f"<time:{layout(found[0])}>", names.masked(value))
