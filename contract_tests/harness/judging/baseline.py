"""Known findings: a TOML file that gives each an owner, a reason and the last day on which it may stay."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from contract_tests.harness.judging.finding import Finding, Known

if TYPE_CHECKING:
    from contract_tests.harness.running.run import Run

HEAD = "# Known findings of `duble check`: each may stay until its last day, and somebody answers for it."
KEYS = Known.__struct_fields__


class UnreadableBaseline(Exception):
    """The file cannot be used; `str()` is one line: file, place, and what is wrong."""


class _File(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    known: tuple[Known, ...] = ()


@dataclass(frozen=True)
class Baseline:
    """The entries of one file, and the day on which they are looked at."""

    path: Path
    entries: tuple[Known, ...] = ()
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    @property
    def valid(self) -> Mapping[str, Known]:
        """The entries that may still stay, by fingerprint."""
        return {entry.fingerprint: entry for entry in self.entries if not self._has_expired(entry)}

    @property
    def expired(self) -> list[Known]:
        """Entries whose last day has passed: somebody must mend the cause or answer for it again."""
        return [entry for entry in self.entries if self._has_expired(entry)]

    def _has_expired(self, entry: Known) -> bool:
        return entry.expires < self.today

    def no_longer_found(
        self, findings: Iterable[Finding], looked_at: Iterable[tuple[str, str]]
    ) -> list[Known]:
        """Valid entries that nothing fits any more, of vendors and operations that a run has looked at."""
        fitting = {finding.known.fingerprint for finding in findings if finding.known is not None}
        checked = set(looked_at)
        return [
            entry
            for entry in self.valid.values()
            if entry.fingerprint not in fitting and (entry.vendor, entry.operation) in checked
        ]


def load(path: Path, today: date | None = None) -> Baseline:
    """Read a baseline; UnreadableBaseline says what is wrong with it, in one line."""
    try:
        said = msgspec.toml.decode(path.read_bytes(), type=_File)
    except OSError as problem:
        raise UnreadableBaseline(f"{path}: {problem.strerror or problem}") from problem
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise UnreadableBaseline(f"{path}: {' '.join(str(problem).split())}") from problem
    _demand_sense(path, said.known)
    baseline = Baseline(path, said.known)
    return baseline if today is None else replace(baseline, today=today)


def write(run: Run, path: Path, *, owner: str, reason: str, expires: date) -> None:
    """Write the findings of a run into a baseline that is new or is there; raises OSError.

    Entries that are there keep their words, but for those that cover a finding and have expired. Raises
    UnreadableBaseline where the file that is there cannot be used.
    """
    before = load(path) if path.exists() else Baseline(path)
    entries = {entry.fingerprint: entry for entry in before.entries}
    valid = before.valid.keys()
    written: set[str] = set()
    # What a read seems to show is told by itself only once the read is known to be wrong.
    while fresh := _unknown(run, path, entries, written | valid):
        for finding in fresh:
            written.add(finding.fingerprint)
            entries[finding.fingerprint] = Known(
                fingerprint=finding.fingerprint,
                vendor=finding.vendor,
                operation=finding.operation,
                what=f"{finding.kind}: {finding.got}",
                owner=owner,
                reason=reason,
                expires=expires,
            )
    path.write_text(as_toml(entries.values()), encoding="utf-8", newline="")


def _unknown(run: Run, path: Path, entries: Mapping[str, Known], written: Collection[str]) -> list[Finding]:
    """The findings of the run that no entry covers, and none that was written."""
    now = replace(run, baseline=Baseline(path, tuple(entries.values())))
    return [f for f in now.findings if f.known is None and f.fingerprints.isdisjoint(written)]


def as_toml(entries: Iterable[Known]) -> str:
    """The text of a baseline, in an order that does not change from run to run."""
    ordered = sorted(entries, key=lambda entry: (entry.vendor, entry.operation, entry.fingerprint))
    return "\n".join([HEAD, *map(_text, ordered)])


def _demand_sense(path: Path, entries: Sequence[Known]) -> None:
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        place = f"{path}: `known[{number}]`"
        empty = [key for key in KEYS if not str(getattr(entry, key)).strip()]
        if empty:
            raise UnreadableBaseline(f"{place}: {', '.join(empty)} must not be empty")
        if entry.fingerprint in seen:
            raise UnreadableBaseline(f"{place}: {entry.fingerprint} is there twice")
        seen.add(entry.fingerprint)


def _text(entry: Known) -> str:
    lines = [f"{key} = {_toml(getattr(entry, key))}" for key in KEYS]
    return "\n".join(["", "[[known]]", *lines, ""])


def _toml(value: Any) -> str:
    """A date, or a basic string: TOML escapes as JSON does, and DEL as well; lone surrogates it has none."""
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).encode("utf-8", "replace").decode("utf-8")
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
