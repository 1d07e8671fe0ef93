"""`python -m mockserver.speccheck [FILE…]`: hold the specs to OpenAPI and to `specs/README.md`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from openapi_spec_validator import OpenAPIV30SpecValidator

from mockserver.app import VENDORS, data_path, spec_path
from mockserver.core.contract import Contract
from mockserver.core.errors import StartError
from mockserver.core.specrules import all_faults

EXTENSIONS = ("specs", "extensions.schema.json")


def check(path: Path) -> list[str]:
    """Everything wrong with one spec file, a line each; raises StartError where it cannot be read."""
    contract = Contract(path)
    found = [fault.at(path) for fault in all_faults(contract, data_path(*EXTENSIONS))]
    return found or [
        f"{path} ({'.'.join(map(str, error.path))}): {error.message}"
        for error in OpenAPIV30SpecValidator(contract.document).iter_errors()
    ]


def main(arguments: list[str]) -> int:
    """0 where every spec holds, 1 with findings, 2 where one cannot be checked."""
    paths = [Path(argument) for argument in arguments] or [spec_path(name) for name in (*VENDORS, "control")]
    worst = 0
    for path in paths:
        try:
            found = check(path)
        except StartError as error:
            click.echo(error, err=True)
            worst = 2
            continue
        click.echo(f"{path.name}: {'holds' if not found else f'{len(found)} findings'}")
        for line in found:
            click.echo(f"  {line}")
        worst = max(worst, 1 if found else 0)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
