"""A vendor's fixtures: credentials, the seed's collections, and the documented exchanges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from contract_tests.harness.spec.lined import read_with_lines


class UnreadableFixture(Exception):
    """A fixture cannot be used; `str()` is one line that names the file and what is wrong."""


@dataclass(frozen=True)
class Example:
    """One documented exchange, and the file that holds it."""

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
    """Read `seed.yaml` and `examples/*.yaml`; UnreadableFixture names the file that is wrong."""
    seed = _read(folder / "seed.yaml")
    examples = [_example(path) for path in sorted((folder / "examples").glob("*.yaml"))]
    return Fixtures(
        credentials=seed.get("credentials", {}),
        collections=tuple(seed.get("records", {})),
        examples=tuple(examples),
    )


def _example(path: Path) -> Example:
    said = _read(path)
    missing = {"name", "operation", "request", "response"} - said.keys()
    if missing:
        raise UnreadableFixture(f"{path}: {', '.join(sorted(missing))} is missing")
    return Example(said["name"], said["operation"], path, said)


def _read(path: Path) -> dict[str, Any]:
    try:
        document, _ = read_with_lines(path)
    except OSError as problem:
        raise UnreadableFixture(f"{path}: {problem.strerror or problem}") from problem
    except yaml.YAMLError as problem:
        raise UnreadableFixture(f"{path}: not YAML: {' '.join(str(problem).split())}") from problem
    if not isinstance(document, dict):
        raise UnreadableFixture(f"{path}: not a mapping")
    return document
