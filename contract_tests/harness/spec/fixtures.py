"""A vendor's fixtures: credentials, the seed's collections, and the documented exchanges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.lined import UnreadableFile, read_mapping


@dataclass(frozen=True)
class Example:
    """One documented exchange, and the file that holds it.

    `said` has the `request`, the steps `given` before it, the `credential`, and the `response`: its status,
    `headers`, and either the whole `body`, but for the pointers of `ignore`, or what it `shows`, by JSON
    pointer; a `*` in one stands for every item, and the value is the list of theirs.
    """

    name: str
    operation: str
    path: Path
    said: Mapping[str, Any]


@dataclass(frozen=True)
class Fixtures:
    """What a fresh double starts with."""

    credentials: Mapping[str, Mapping[str, Any]]
    collections: tuple[str, ...]
    examples: tuple[Example, ...]


def load(folder: Path) -> Fixtures:
    """Read `seed.yaml` and `examples/*.yaml`; UnreadableFile names the file that is wrong."""
    seed, _ = read_mapping(folder / "seed.yaml")
    examples = [_example(path) for path in sorted((folder / "examples").glob("*.yaml"))]
    return Fixtures(
        credentials=seed.get("credentials", {}),
        collections=tuple(seed.get("records", {})),
        examples=tuple(examples),
    )


def unlike_documented(response: Mapping[str, Any], sent: Any, ignore: Sequence[str] = ()) -> list[str]:
    """One line for each place where a body is not what a documented response says of it."""
    whole = pointer.differences(response["body"], sent, ignore) if "body" in response else []
    return [*whole, *_not_shown(response.get("shows", {}), sent)]


def _not_shown(shows: Mapping[str, Any], sent: Any) -> Iterator[str]:
    for at, value in shows.items():
        found = pointer.every(sent, at)
        if "*" in pointer.split(at):
            if not pointer.same(found, value):
                yield f"{at} is {found!r}, not {value!r}"
        elif not found:
            yield f"{at} is missing"
        elif not pointer.same(found[0], value):
            yield f"{at} is {found[0]!r}, not {value!r}"


def _example(path: Path) -> Example:
    said, _ = read_mapping(path)
    missing = {"name", "operation", "request", "response"} - said.keys()
    if missing:
        raise UnreadableFile(f"{path}: {', '.join(sorted(missing))} is missing")
    return Example(said["name"], said["operation"], path, said)
