"""Nothing is checked without a vendor, and an empty run is no success."""

from __future__ import annotations

import pytest

from contract_tests.harness.running.plugin import RUN


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Stop the collection when nobody said what to check."""
    if RUN not in metafunc.config.stash:
        raise pytest.UsageError("nothing to check: name a vendor with --duble-vendor")
