"""An OpenAPI document with the line of everything in it: places, references and sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contract_tests.harness.spec import pointer


@dataclass(frozen=True)
class Document:
    """A spec as it is written."""

    path: Path
    document: Mapping[str, Any] = field(repr=False)
    lines: Mapping[str, int] = field(repr=False)

    def canonical(self, at: str) -> str:
        """The pointer with every `$ref` on its way followed; Absent if nothing is there."""
        here = ""
        for token in pointer.split(at):
            here = self._deref(here) + pointer.join([token])
            pointer.find(self.document, here)
        return self._deref(here)

    def at(self, here: str) -> Any:
        """The value at a pointer, `$ref`s followed."""
        return pointer.find(self.document, self.canonical(here))

    def line(self, here: str) -> int:
        """The line, counted from 1, of a pointer or of the nearest thing around it that has one."""
        tokens = pointer.split(here)
        while pointer.join(tokens) not in self.lines:
            tokens.pop()
        return self.lines[pointer.join(tokens)]

    def sources(self, here: str, of: str | None = None) -> list[Mapping[str, Any]]:
        """The `x-source` marks of the nearest thing around the pointer that has any.

        `of` asks for one aspect (status, code, message, body, …); marks of other aspects are left out.
        """
        tokens = pointer.split(here)
        while tokens:  # the root's own x-source lists documents, it marks nothing
            try:
                node = pointer.find(self.document, pointer.join(tokens))
            except pointer.Absent:
                node = None
            if isinstance(node, Mapping) and "x-source" in node:
                return _of(node["x-source"], of)
            tokens.pop()
        return []

    def _deref(self, here: str) -> str:
        node = pointer.find(self.document, here)
        while isinstance(node, Mapping) and isinstance(node.get("$ref"), str):
            here = node["$ref"].removeprefix("#")
            node = pointer.find(self.document, here)
        return here


def _of(said: Any, of: str | None) -> list[Mapping[str, Any]]:
    marks = said if isinstance(said, list) else [said]
    if of is None:
        return marks
    exact = [mark for mark in marks if mark.get("of") == of]
    return exact or [mark for mark in marks if "of" not in mark] or marks
