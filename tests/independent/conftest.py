"""The servers that are not ours, started when a test asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Protocol

import httpx
import pytest

from contract_tests.harness.spec import contract
from contract_tests.harness.spec.contract import Contract
from mockserver.app import VENDORS, spec_path
from mockserver.server import serving
from tests.conftest import PLAIN
from tests.independent.comparison import Comparison
from tests.independent.connexion_mock import SECRET, SECURITY, connexion_mock
from tests.independent.documents import written_out
from tests.independent.hollow import Hollow
from tests.independent.prism import NotInstalled, prism


class Served(Protocol):
    """Starts Prism for a vendor, if it does not run yet."""

    def __call__(self, name: str) -> str:
        """The base URL."""


@cache
def promise(vendor: str) -> Contract:
    """A vendor's spec."""
    return contract.load(vendor, spec_path(vendor))


@pytest.fixture(params=sorted(VENDORS))
def vendor(request: pytest.FixtureRequest) -> str:
    """Each vendor in turn."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def prisms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The base URL of a Prism that serves a vendor's spec."""
    with ExitStack() as stack:

        @cache
        def served(name: str) -> str:
            folder = tmp_path_factory.mktemp(
                "prism"
            )  # of its own: Prism starts again when a document changes
            document = written_out(promise(name), folder)
            try:
                return stack.enter_context(prism(document, folder / "log"))
            except NotInstalled as problem:
                pytest.fail(str(problem), pytrace=False)

        yield served


@pytest.fixture
def seed(pytestconfig: pytest.Config) -> int:
    """Another in each run, printed at its top."""
    return int(pytestconfig.getoption("--hypothesis-seed"))


@pytest.fixture
def prism_url(vendor: str, prisms: Served) -> str:
    """Prism, with the vendor's spec."""
    return prisms(vendor)


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Good credentials for every vendor, where the suite and Connexion look for them."""
    for name in VENDORS:
        for field, value in (("TOKEN", SECRET), ("KEY", SECRET), ("LOGIN", "tester"), ("PASSWORD", SECRET)):
            monkeypatch.setenv(f"DUBLE_{name}_{field}".upper(), value)
    for variable, function in SECURITY.items():
        monkeypatch.setenv(variable, function)


@pytest.fixture
def connexion_url(vendor: str, credentials: None) -> Iterator[str]:
    """Connexion's own mock, with the vendor's spec."""
    with serving(connexion_mock(spec_path(vendor))) as url:
        yield url


@contextmanager
def compared(name: str, prism_url: str) -> Iterator[Comparison]:
    """Prism and a hollow double of a vendor, side by side."""
    hollow = Hollow(name)
    with serving(hollow.double()) as url, httpx.Client(trust_env=False, verify=PLAIN, timeout=30) as client:
        yield Comparison(promise(name), prism_url, hollow, url, client)
