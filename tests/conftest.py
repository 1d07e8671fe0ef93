"""Fixtures for the tests of our own machinery."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import httpx
import pytest

from mockserver.server import running

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def double_url() -> Iterator[str]:
    """The base URL of one double of every vendor, served on loopback for the whole run."""
    with running() as url:
        yield url


@pytest.fixture
def double(double_url: str) -> Iterator[httpx.Client]:
    """A client in a sandbox of its own: vendor paths and `/_duble` both reach it."""
    name = f"test-{next(_NUMBERS)}"
    with httpx.Client(base_url=f"{double_url}/~{name}", timeout=30, trust_env=False) as client:
        yield client
        client.delete(f"/_duble/sandboxes/{name}")
