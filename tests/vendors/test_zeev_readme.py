"""Zeev: what the room's README promises is what the spec says."""

from __future__ import annotations

import re
from pathlib import Path

import mockserver.vendors.zeev as room
from mockserver.app import spec_path
from tests.yaml_file import written

README = Path(room.__file__).with_name("README.md").read_text("utf-8")
SPEC = written(spec_path("zeev"))


def section(title: str) -> str:
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def served() -> set[str]:
    return {operation["operationId"] for item in SPEC["paths"].values() for operation in item.values()}


def test_the_operations_called_modelled_are_those_of_the_spec() -> None:
    table = "\n".join(
        line.split("|")[1] for line in section("Modelled").splitlines() if line.startswith("| `")
    )

    assert set(re.findall(r"`(\w+)`", table)) == served()


def test_every_other_operation_of_the_public_api_is_called_not_modelled() -> None:
    listed = re.findall(r"^- `(\w+)` · ([A-Z]+) (\S+)$", section("Not modelled"), re.MULTILINE)

    names = {name for name, _, _ in listed}
    assert len(names) == len(listed) == 87
    assert not names & served()
    promised = {
        (method.upper(), re.sub(r"\{.*?\}", "{}", path))
        for path, item in SPEC["paths"].items()
        for method in item
    }
    assert not promised & {(method, re.sub(r"\{.*?\}", "{}", path)) for _, method, path in listed}


def test_every_assumption_the_readme_leans_on_is_registered() -> None:
    assert set(re.findall(r"ZEEV-A\d+", README)) <= set(SPEC["x-assumptions"])


def test_every_file_of_the_room_is_named() -> None:
    files = {path.name for path in Path(room.__file__).parent.glob("*.py")} - {"__init__.py"}

    assert files == set(re.findall(r"`(\w+\.py)`", section("Modelled")))
