"""The invented vendor in a thread, and runs of the suite against it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockserver.server import serving
from tests.contract_tests.compared import Doubles, doubles
from tests.contract_tests.foreign import CREDENTIALS
from tests.contract_tests.toy.double import Double


@pytest.fixture(scope="session")
def toy_url() -> Iterator[str]:
    """The base URL of a double of the invented vendor that keeps its contract."""
    with serving(Double()) as url:
        yield url


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment has what every vendor's fresh double accepts."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def ours() -> Iterator[Doubles]:
    """Doubles of ours by vendor."""
    with doubles() as started:
        yield started
