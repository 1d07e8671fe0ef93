"""A double of the invented vendor, in a thread, with a sandbox for each test."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import httpx
import pytest

from mockserver.app import Double
from mockserver.server import serving
from mockserver.settings import Settings
from tests.conftest import PLAIN
from tests.core.acme import SOURCE

KEY = {"Authorization": "Bearer acme-key"}
_NUMBERS = count(1)


@pytest.fixture(scope="session")
def acme_url() -> Iterator[str]:
    """The base URL of a double of the invented vendor alone."""
    with serving(Double([SOURCE], Settings(max_body_bytes=10_000))) as url:
        yield url


@pytest.fixture
def acme(acme_url: str) -> Iterator[httpx.Client]:
    """An authenticated client in a sandbox of its own."""
    name = f"core-{next(_NUMBERS)}"
    with httpx.Client(
        base_url=f"{acme_url}/~{name}", headers=KEY, timeout=30, trust_env=False, verify=PLAIN
    ) as client:
        yield client
