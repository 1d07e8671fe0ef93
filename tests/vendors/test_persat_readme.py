"""Persat's README: its lists of what is and what is not modelled, held against the spec and the double."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from tests.yaml_file import written

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "mockserver/vendors/persat/README.md").read_text("utf-8")
SPEC = written(ROOT / "specs/persat.yaml")

Rows = set[tuple[str, str, str]]


def rows(heading: str) -> Rows:
    """Operation, method and path of each row of the table below a heading."""
    section = README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `(\w+)` \| `([A-Z]+) (/\S+)` \|$", section, re.MULTILINE))


def test_the_modelled_operations_are_those_of_the_spec() -> None:
    promised = {
        (operation["operationId"], method.upper(), path)
        for path, item in SPEC["paths"].items()
        for method, operation in item.items()
    }

    assert rows("Modelled") == promised


def test_no_operation_is_both_modelled_and_not() -> None:
    missing = rows("Not modelled")

    assert len(missing) == 44
    assert not {path for _, method, path in missing} & SPEC["paths"].keys() - {"/clients/{uid_client}"}


@pytest.mark.parametrize(("operation", "method", "path"), sorted(rows("Not modelled")))
def test_what_is_not_modelled_is_refused(
    double: httpx.Client, operation: str, method: str, path: str
) -> None:
    headers = {"Authorization": "Bearer duble-key"}

    answer = double.request(method, f"/v1{re.sub(r'{[^}]*}', '1', path)}", headers=headers)

    # Of the clients one method is modelled, so that the path is known.
    assert answer.status_code == (405 if path == "/clients/{uid_client}" else 404)


def test_every_assumption_that_it_cites_is_registered() -> None:
    cited = set(re.findall(r"PERSAT-A\d+", README))

    assert cited <= SPEC["x-assumptions"].keys()
