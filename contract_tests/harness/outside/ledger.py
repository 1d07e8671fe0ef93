"""What a run writes to a server that is not ours, on disk before the server hears of it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

VERSION = 1
_FROM_OUTSIDE = ("id", "state", "request", "how")  # parts of an entry in which a server's words may stand
FOLDER = Path(".duble")

Named = tuple[str, str, str]
"""Something on the server: vendor, kind, id."""


class UnreadableLedger(Exception):
    """The file is no ledger; `str()` is one line: file, line, what is wrong."""


@dataclass(frozen=True, kw_only=True)
class Intent:
    """A request that was about to leave, and what is known to have come of it."""

    number: int
    at: str
    """When it was about to leave: UTC, ISO 8601."""
    vendor: str
    operation: str
    request: str
    """Method and path; secrets are veiled."""
    kind: str | None = None
    """What it brings into being where it succeeds; None for an operation that makes nothing."""
    marker: str | None = None
    """A text in the request that no other request has."""
    answered: bool = False


@dataclass
class Entries:
    """What a ledger says, read from its beginning to its end."""

    url: str = ""
    vendors: tuple[str, ...] = ()
    intents: dict[int, Intent] = field(default_factory=dict)
    owned: dict[Named, None] = field(default_factory=dict)
    """Everything that was brought into being, in order."""
    ended: set[Named] = field(default_factory=set)
    settled: set[int] = field(default_factory=set)
    """Intents without an answer of which is known by now what they left."""
    found: dict[Named, str] = field(default_factory=dict)
    """Records that were there before, and the state in which the run found them."""

    @property
    def remaining(self) -> list[Named]:
        """What was brought into being and not ended yet, the youngest first."""
        return [named for named in reversed(self.owned) if named not in self.ended]

    @property
    def borrowed(self) -> dict[Named, str]:
        """Records that were there before and are not back in their state yet, with that state."""
        return {named: state for named, state in self.found.items() if named not in self.ended}

    @property
    def unknown(self) -> list[Intent]:
        """Intents that may have brought something into being of which nobody has heard."""
        return [
            intent
            for intent in self.intents.values()
            if intent.kind and not intent.answered and intent.number not in self.settled
        ]


class Ledger:
    """An append-only file of JSON lines; every line is on the disk when the call that writes it returns."""

    def __init__(self, path: Path | None) -> None:
        """Open it, or begin it together with its folder; OSError if that is impossible.

        Without a path nothing is kept, for a run that sends nothing.
        """
        self.path = path
        self.entries = Entries()
        self.veils: dict[str, Callable[[str], str]] = {}
        """By vendor, what hides a secret in a text: a server may call a record by what it was told."""
        self._file: TextIO | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.entries = read(path) if path.exists() else Entries()
            _mend(path)
            self._file = path.open("a", encoding="utf-8")

    def begin(self, *, url: str, vendors: Iterable[str]) -> None:
        """Say where everything in it happened."""
        self._write({"step": "begin", "ledger": VERSION, "url": url, "vendors": [*vendors]})

    def intend(
        self, *, vendor: str, operation: str, request: str, kind: str | None, marker: str | None
    ) -> int:
        """Note a request that is about to leave; its number."""
        number = max(self.entries.intents, default=0) + 1
        said = {"vendor": vendor, "operation": operation, "request": request, "kind": kind, "marker": marker}
        self._write({"step": "intend", "number": number, "at": datetime.now(UTC).isoformat(), **said})
        return number

    def answered(self, number: int, status: int) -> None:
        """Note that the request was answered."""
        self._write({"step": "answered", "number": number, "status": status})

    def own(self, named: Named) -> None:
        """Note something that the run brought into being."""
        if named not in self.entries.owned:
            self._write({"step": "own", **_as_json(named)})

    def find(self, named: Named, state: str) -> None:
        """Note the state of a record that was there before."""
        if named not in self.entries.found:
            self._write({"step": "found", **_as_json(named), "state": state})

    def end(self, named: Named, how: str) -> None:
        """Note that there is nothing left of something."""
        if named not in self.entries.ended:
            self._write({"step": "ended", **_as_json(named), "how": how})

    def settle(self, number: int) -> None:
        """Note that it is known by now what an unanswered request left behind."""
        self._write({"step": "settled", "number": number})

    def close(self) -> None:
        """Close the file; one in which nothing was written down but its beginning is taken away."""
        if self._file is None or self.path is None:
            return
        self._file.close()
        if not self.entries.intents and not self.entries.owned:
            self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, entry: Mapping[str, Any]) -> None:
        if self._file is not None:
            self._file.write(json.dumps(self._veiled(entry), ensure_ascii=False) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        _take(self.entries, entry)

    def _veiled(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """The entry as it may be written down; what the run itself knows stays as it is."""
        veiled = self.veils.get(entry.get("vendor", ""), str)
        return {name: veiled(said) if name in _FROM_OUTSIDE else said for name, said in entry.items()}


def _mend(path: Path) -> None:
    """Cut off a last line that a crash left unfinished."""
    raw = path.read_bytes() if path.exists() else b""
    whole = raw[: raw.rfind(b"\n") + 1]
    if whole != raw:
        with path.open("r+b") as file:
            file.truncate(len(whole))


def read(path: Path) -> Entries:
    """What a ledger says, but for a last line that a crash cut short; UnreadableLedger if it is none."""
    entries = Entries()
    for number, entry in _lines(path):
        try:
            _take(entries, entry)
        except (KeyError, TypeError, ValueError) as problem:
            raise UnreadableLedger(f"{path}:{number}: no entry of a ledger ({problem!r})") from problem
    if not entries.url:
        raise UnreadableLedger(f"{path}: not a ledger: it does not say which server it is about")
    return entries


def _lines(path: Path) -> Iterator[tuple[int, Any]]:
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as problem:
        raise UnreadableLedger(f"{path}: {problem.strerror or problem}") from problem
    for number, line in enumerate(lines[:-1], 1):
        try:
            yield number, json.loads(line)
        except ValueError as problem:
            raise UnreadableLedger(f"{path}:{number}: not JSON: {problem}") from problem


def _take(entries: Entries, entry: Mapping[str, Any]) -> None:
    """Let one line change what is known."""
    match entry["step"]:
        case "begin":
            if entry["ledger"] != VERSION:
                raise ValueError(f"version {entry['ledger']}")
            entries.url, entries.vendors = entry["url"], tuple(entry["vendors"])
        case "intend":
            said = {name: value for name, value in entry.items() if name != "step"}
            entries.intents[entry["number"]] = Intent(**said)
        case "answered":
            intent = entries.intents[entry["number"]]
            entries.intents[intent.number] = Intent(**{**vars(intent), "answered": True})
        case "own":
            entries.owned[_named(entry)] = None
        case "found":
            entries.found.setdefault(_named(entry), entry["state"])
        case "ended":
            entries.ended.add(_named(entry))
        case "settled":
            entries.settled.add(entry["number"])
        case unknown:
            raise ValueError(f"step {unknown!r}")


def _named(entry: Mapping[str, Any]) -> Named:
    return entry["vendor"], entry["kind"], entry["id"]


def _as_json(named: Named) -> dict[str, str]:
    vendor, kind, found = named
    return {"vendor": vendor, "kind": kind, "id": found}
