"""What the README promises, read from it and tried."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from mockserver.app import VENDORS, spec_path
from mockserver.core.contract import Contract
from mockserver.settings import Settings, from_environment

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
FENCES = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)


def test_the_pasted_curl_gives_the_printed_answers(double_url: str) -> None:
    curl = next(text for language, text in FENCES if text.startswith("curl"))
    answers = [json.loads(text) for language, text in FENCES if language == "json"][:2]
    here = curl.replace("http://127.0.0.1:8080", f"{double_url}/~readme")
    for expected in answers:
        result = subprocess.run(["/bin/sh", "-c", here], capture_output=True, check=True, timeout=30)
        assert json.loads(result.stdout) == expected


def test_the_settings_table_is_complete_and_true() -> None:
    rows = dict(re.findall(r"^\| `DUBLE_(\w+)` \|[^|]*\|([^|]*)\|", README, re.MULTILINE))
    defaults = {
        field.name.upper(): "" if field.default is None else str(field.default) for field in fields(Settings)
    }
    assert {name: text.strip(" `") for name, text in rows.items()} == defaults


@pytest.mark.parametrize(
    "name", [field.name for field in fields(Settings) if field.name not in ("store", "data")]
)
def test_every_setting_can_come_from_the_environment(name: str) -> None:
    assert getattr(from_environment({f"DUBLE_{name.upper()}": "1"}), name) in (1, "1")


def test_every_vendor_has_its_row_with_the_base_path() -> None:
    rows = re.findall(r"^\| [^|]+ \| `(/[^`]*)` \|", README, re.MULTILINE)
    assert len(rows) == len(VENDORS)
    for path in rows:
        homes = [
            name
            for name, vendor in VENDORS.items()
            for home in (*vendor.mounts, Contract(spec_path(name)).base_path)
            if home and path.startswith(home)
        ]
        assert len(set(homes)) == 1, path


def test_the_control_calls_of_the_table_exist() -> None:
    paths = Contract(spec_path("control")).document["paths"]
    templates = [re.compile(re.sub(r"\{[^}]*\}", "[^/]+", path)) for path in paths]
    for call in re.findall(r"/_duble(/[a-z_/0-9]+)", README):
        assert any(template.fullmatch(call.rstrip("/")) for template in templates), call


def test_files_that_the_readme_names_are_there() -> None:
    for name in re.findall(
        r"`([\w/]+\.(?:md|yaml))`", README + (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    ):
        found = [ROOT / name, *ROOT.glob(f"fixtures/*/{name}")]
        assert any(path.exists() for path in found), name
