"""A spec may leave out only answers that it documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver.app import spec_path
from mockserver.core.contract import Contract
from mockserver.core.specrules import unserved
from tests.yaml_file import written


def faults(folder: Path, statuses: dict[str, list[str]]) -> list[Any]:
    spec = written(spec_path("taf"))
    spec["x-unserved"]["statuses"] = statuses
    path = folder / "spec.yaml"
    path.write_text(yaml.safe_dump(spec), encoding="utf-8")
    return list(unserved(Contract(path)))


@pytest.mark.parametrize(
    ("statuses", "problems"),
    [
        ({"submit_batch": ["201"]}, []),
        ({"submit_batch": ["201", "202"]}, ["submit_batch documents no 202"]),
        ({"submit": ["201"]}, ["submit documents no 201"]),
    ],
)
def test_only_documented_answers_can_be_left_out(
    statuses: dict[str, list[str]], problems: list[str], tmp_path: Path
) -> None:
    assert [fault.problem for fault in faults(tmp_path, statuses)] == problems
