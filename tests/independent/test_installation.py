"""Prism is pinned without a registry's name, and whoever has no npm is told what is left out."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from tests.independent.prism import HOME

ROOT = Path(__file__).parents[2]
MAKE = shutil.which("make") or "make"


def test_the_lock_pins_every_package_by_hash_and_names_no_registry() -> None:
    text = (HOME / "package-lock.json").read_text("utf-8")
    packages = {name: said for name, said in json.loads(text)["packages"].items() if name}
    assert packages["node_modules/@stoplight/prism-cli"]["version"]
    assert [name for name, said in packages.items() if "integrity" not in said] == []
    assert [name for name, said in packages.items() if "resolved" in said] == []


def test_without_npm_the_rest_is_tested_and_one_line_says_so() -> None:
    lines = _planned("test", "NPM=")
    assert any(line.startswith('echo "duble: no npm here') for line in lines)
    assert any("pytest" in line and '-m "not prism"' in line for line in lines)


def test_with_npm_nothing_is_left_out() -> None:
    lines = _planned("test", "NPM=/usr/bin/npm")
    assert any("pytest" in line for line in lines)
    assert not any("not prism" in line for line in lines)


def test_ci_insists_on_npm() -> None:
    assert "make prism" in (ROOT / ".ci" / "run").read_text("utf-8")
    refused = subprocess.run(
        [MAKE, "--always-make", "--dry-run", "prism", "NPM="],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode != 0
    assert "Prism needs npm" in refused.stderr


def _planned(*words: str) -> list[str]:
    """What make would run."""
    planned = subprocess.run(
        [MAKE, "--dry-run", *words], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return planned.stdout.splitlines()
