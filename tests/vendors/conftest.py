"""Fixtures for the tests of vendors."""

from __future__ import annotations

import httpx
import pytest

from tests.vendors.taf_sender import Sender


@pytest.fixture
def taf(double: httpx.Client) -> Sender:
    """A sender of TAF's in a sandbox of its own."""
    return Sender(double)
