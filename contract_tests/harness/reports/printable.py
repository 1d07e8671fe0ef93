"""Text of a server made fit to be shown: an answer may hold anything, and must not act on who reads it."""

from __future__ import annotations

import unicodedata

_LINES = "\n\t"
# Cc acts on terminals; Cf hides and turns text round; Cs, Co and Cn are no characters that a file can hold,
# or none that anybody can read. Zl and Zp end a line where nobody expects it.
_UNFIT = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def printable(text: str) -> str:
    """The text with every character that cannot be seen written as its code point."""
    return "".join(character if _is_fit(character) else _named(character) for character in text)


def on_one_line(text: str) -> str:
    """The same without line breaks."""
    return " ".join(printable(text).split())


def shortened(text: str, longest: int) -> str:
    """The beginning of a text, with a mark where it was cut; `longest` counts characters."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _is_fit(character: str) -> bool:
    return character in _LINES or unicodedata.category(character) not in _UNFIT


def _named(character: str) -> str:
    return f"\\u{{{ord(character):x}}}"
