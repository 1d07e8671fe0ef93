"""The records that a fresh sandbox starts with, read strictly from `fixtures/<vendor>/seed.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from mockserver.core.documents import place_in, read_yaml
from mockserver.core.errors import SeedError
from mockserver.core.records import Record, Table
from mockserver.core.replies import JSON
from mockserver.core.vendor import Vendor

_PLACE = re.compile(r"at `\$((?:\.|\[)[^`]*)`")
Credential = Mapping[str, Any]


@dataclass(frozen=True)
class VendorSeed:
    """One vendor's seed: records by table, and credentials by name, the banner's first."""

    records: dict[Table[Any], list[Record]]
    credentials: dict[str, Credential]


def read_seed(path: Path, vendor: Vendor) -> VendorSeed:
    """The seed in a file; raises SeedError that names file, line and remedy."""
    content = read_yaml(path, SeedError)
    unknown = set(content) - {"credentials", "records"}
    if unknown:
        raise SeedError(
            place_in(path, (min(unknown),)), f"unknown key {min(unknown)!r}", "Known: credentials, records"
        )
    tables = {table.name: table for table in vendor.tables}
    given = content.get("records") or {}
    for name in given:
        if name not in tables:
            place = place_in(path, ("records", name))
            raise SeedError(place, f"{vendor.name} has no collection {name!r}", f"Known: {', '.join(tables)}")
    records = {table: _records(path, table, given.get(name) or []) for name, table in tables.items()}
    return VendorSeed(records, content.get("credentials") or {})


def _records(path: Path, table: Table[Any], items: list[JSON]) -> list[Record]:
    made: dict[str, Record] = {}
    for position, item in enumerate(items):
        try:
            record = msgspec.convert(item, table.type)
        except msgspec.ValidationError as error:
            place = ("records", table.name, position, *_inside(str(error)))
            problem = str(error).replace("Object", "the record").partition(" - at ")[0]
            raise SeedError(place_in(path, place), problem, "Correct the record") from None
        key = table.id_of(record)
        if key in made:
            raise SeedError(
                place_in(path, ("records", table.name, position)),
                f"the id {key!r} stands twice",
                "Ids are unique",
            )
        made[key] = record
    return list(made.values())


def _inside(message: str) -> tuple[str | int, ...]:
    """The place inside a record that msgspec's message names (`$.a[0].b`), and an unknown field's name."""
    found = _PLACE.search(message)
    steps = re.findall(r"[^.\[\]]+", found.group(1)) if found else []
    field = re.search(r"unknown field `([^`]+)`", message)
    return tuple(int(s) if s.isdigit() else s for s in [*steps, *([field.group(1)] if field else [])])
