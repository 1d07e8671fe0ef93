"""Findings of one cause as one.

Each finding names the causes that may lie behind it, the nearest first. A wider one is taken for the true one
where at least three nearer ones point to it: three operations that answer HTML are one broken server, and two
may be two mistakes. A read that shows nothing of two writes is one that is behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from contract_tests.harness.judging.cause import ANOTHER_DOOR, DOOR, OTHER_WORDS, UNREAD, UNREAD_IN
from contract_tests.harness.judging.finding import Cause, Finding, Known, fingerprint
from contract_tests.harness.spec import pointer

MANY = 3  # nearer causes that make a wider one likely
MANY_TEXTS = 5  # refusals, each with a text of its own, that make a server in another language likely
MANY_WRITES = 2  # that one read does not show: the read is behind, and not each of them lost
INTERMITTENT = "intermittent"
# What a client sees when something that it did before has left no trace.
_OF_MEMORY = frozenset(
    {"documented body", "documented status", "not refused", "refused", "other refusal", UNREAD}
)
_LOST = "state"
_UNLIKE = "list and item disagree"
# What a read shows wrong by itself, with no write before it: then it is no witness against a write.
_OF_READS = frozenset({"documented body", "item missing", "item twice", "changes by itself", _UNLIKE})

_POINTER = re.compile(r"(?<!\S)/\S+")

_Key = tuple[str, Cause]
_Wrongs = dict[tuple[str, str], list[tuple[set[str], Cause]]]


def distinct(findings: Iterable[Finding]) -> list[Finding]:
    """One finding for each nearest cause that one try of a test met, in order of first appearance.

    However many requests of the try met it, it has shown in one try.
    """
    by_cause: dict[_Key, list[Finding]] = {}
    for finding in findings:
        by_cause.setdefault((finding.vendor, finding.causes[0]), []).append(finding)
    return [replace(_joined(same), seen=1, tries=1) for same in by_cause.values()]


def grouped(findings: Iterable[Finding], entries: Mapping[str, Known] | None = None) -> list[Finding]:
    """One finding for each cause, in order of first appearance, with its other operations.

    `entries` are those of a baseline, by fingerprint: what they cover stays apart from what is new. A wrong
    read or a lost write that is known explains nothing more: what seems to come of it is known by itself.
    """
    known_prints = frozenset(entries or ())
    testified = [_testified(finding, known_prints) for finding in findings]
    all_of_them = _without_chance([_blurred(finding) for finding in testified])
    taken = _taken(all_of_them)
    lost = {
        (finding.vendor, finding.operation): _cause(finding, taken)
        for finding in all_of_them
        if finding.causes[0][0] == _LOST
    }
    reads = _wrong_reads(all_of_them, taken)
    doors = {finding.vendor: finding.causes[0] for finding in all_of_them if finding.causes[0][0] == DOOR}
    by_cause: dict[tuple[str, Cause, Known | None], list[Finding]] = {}
    for finding in all_of_them:
        door = doors.get(finding.vendor) if finding.causes[0][0] == ANOTHER_DOOR else None
        behind = (
            _of_memory(finding, lost) or _of_reads(finding, reads) or _of_unread(finding, all_of_them, taken)
        )
        if behind is not None and fingerprint(finding.vendor, behind) in known_prints:
            behind = None
        cause = door or behind or _cause(finding, taken)
        known = _entry(finding, cause, entries or {})
        by_cause.setdefault((finding.vendor, cause, known), []).append(finding)
    return [
        replace(_joined(same), causes=(cause, *_wider(same, cause)), known=known)
        for (_, cause, known), same in by_cause.items()
    ]


def _testified(finding: Finding, known: frozenset[str]) -> Finding:
    """The finding with the causes of what is wrong with its witness, unless these are known."""
    prints = {fingerprint(finding.vendor, cause) for cause in finding.witness}
    return replace(finding, causes=finding.witness) if prints and prints.isdisjoint(known) else finding


def _blurred(finding: Finding) -> Finding:
    """What comes and goes has its widest cause: chance decides which operation meets it."""
    if not finding.intermittent or finding.causes[0][0] == INTERMITTENT:
        return finding
    return replace(finding, causes=((INTERMITTENT, *finding.causes[-1]),))


def _without_chance(findings: Sequence[Finding]) -> list[Finding]:
    """Trouble that comes and goes elsewhere, and met one test of an operation twice, is no other trouble."""
    fleeting = {(f.vendor, f.causes[0]) for f in findings if f.causes[0][0] == INTERMITTENT}
    tests: dict[tuple[str, Cause], int] = {}
    for finding in findings:
        key = (finding.vendor, finding.causes[0])
        tests[key] = tests.get(key, 0) + 1
    return [
        replace(finding, causes=((INTERMITTENT, *finding.causes[-1]),))
        if len(finding.causes) > 1
        and (finding.vendor, (INTERMITTENT, *finding.causes[-1])) in fleeting
        and tests[finding.vendor, finding.causes[0]] == 1
        else finding
        for finding in findings
    ]


def _taken(findings: Sequence[Finding]) -> set[_Key]:
    """The wider causes that stand for many nearer ones."""
    nearer: dict[_Key, set[Cause]] = {}
    for finding in findings:
        for near, wide in zip(finding.causes, finding.causes[1:], strict=False):
            nearer.setdefault((finding.vendor, wide), set()).add(near)
    nearest = {(finding.vendor, finding.causes[0]) for finding in findings}
    taken: set[_Key] = set()
    for _ in range(max((len(finding.causes) for finding in findings), default=1)):
        solid = nearest | taken
        taken |= {
            (vendor, wide)
            for (vendor, wide), near in nearer.items()
            if sum((vendor, one) in solid for one in near) >= (MANY_WRITES if wide[0] == UNREAD_IN else MANY)
            or (wide == OTHER_WORDS and len(near) >= MANY_TEXTS)
        }
    return taken


def _cause(finding: Finding, taken: set[_Key]) -> Cause:
    """The widest cause that was taken, else the nearest."""
    wide = (cause for cause in reversed(finding.causes) if (finding.vendor, cause) in taken)
    return next(wide, finding.causes[0])


def _of_memory(finding: Finding, lost: Mapping[tuple[str, str], Cause]) -> Cause | None:
    """The cause of something that was called before and left no trace, where that explains the finding."""
    if finding.causes[0][0] not in _OF_MEMORY:
        return None
    writers = (*finding.before, *([finding.operation] if finding.causes[0][0] == UNREAD else []))
    return next((lost[key] for name in writers if (key := (finding.vendor, name)) in lost), None)


def _wrong_reads(findings: Sequence[Finding], taken: set[_Key]) -> _Wrongs:
    """By vendor and operation, what a read shows wrong by itself, and why.

    Where a list and its items disagree, either may be wrong: what is known of one of them explains it.
    """
    alone = [f for f in findings if f.causes[0][0] in _OF_READS and {*f.before} <= {f.operation, f.seen_in}]
    found: _Wrongs = {}
    for finding in sorted(alone, key=lambda finding: finding.causes[0][0] == _UNLIKE):
        cause = _explained(finding, found) or _cause(finding, taken)
        for name in {finding.seen_in, finding.operation}:
            found.setdefault((finding.vendor, name), []).append((_fields(finding), cause))
    return found


def _of_reads(finding: Finding, reads: _Wrongs) -> Cause | None:
    """The cause of what a read shows wrong by itself, where it alone speaks against a write or a list."""
    return _explained(finding, reads) if finding.causes[0][0] in (UNREAD, _UNLIKE) else None


def _explained(finding: Finding, wrongs: _Wrongs) -> Cause | None:
    """Why a read shows the very fields wrong that a finding is about, or whole records."""
    fields = _fields(finding)
    for name in (finding.seen_in, finding.operation):
        for wrong, cause in wrongs.get((finding.vendor, name), ()):
            if fields & wrong or not (fields or wrong):
                return cause
    return None


def _of_unread(finding: Finding, findings: Sequence[Finding], taken: set[_Key]) -> Cause | None:
    """The cause of a field that a write did not change, where an exchange after that write shows it."""
    if finding.causes[0][0] != "documented body":
        return None
    unread = (one for one in findings if one.causes[0][0] == UNREAD and one.operation in finding.before)
    same = (one for one in unread if one.vendor == finding.vendor and _fields(one) & _fields(finding))
    return next((_cause(one, taken) for one in same), None)


def _fields(finding: Finding) -> set[str]:
    """The names of the fields that it says are wrong."""
    return {pointer.split(at)[-1] for at in _POINTER.findall(finding.got)}


def _entry(finding: Finding, cause: Cause, entries: Mapping[str, Known]) -> Known | None:
    """The entry for the cause that was found, or for any that may lie behind it."""
    own = replace(finding, causes=(cause, *finding.causes))
    return next((entries[print_] for print_ in own.fingerprints if print_ in entries), None)


def _wider(same: Sequence[Finding], cause: Cause) -> tuple[Cause, ...]:
    causes = same[0].causes
    return causes[causes.index(cause) + 1 :] if cause in causes else ()


def _joined(same: Sequence[Finding]) -> Finding:
    shortest = min(same, key=_plainness)
    names = dict.fromkeys(name for finding in same for name in (finding.operation, *finding.others))
    return replace(
        shortest,
        others=tuple(name for name in names if name != shortest.operation),
        before=tuple(dict.fromkeys(name for finding in same for name in finding.before)),
        parts=tuple(dict.fromkeys(part for one in same for part in one.parts or (one.part,))),
        count=sum(one.count for one in same),
        seen=sum(one.seen for one in same),
        tries=sum(one.tries for one in same),
    )


def _plainness(finding: Finding) -> tuple[bool, int, int]:
    """Low for what an operation's own answer shows, in few requests: so a wrong read is told as that."""
    by_another = finding.seen_in not in ("", finding.operation)
    return by_another, len(finding.curl), sum(map(len, finding.curl))
