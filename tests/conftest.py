"""Fixtures for the tests of our own machinery."""

from __future__ import annotations

import gc
import secrets
import signal
import ssl
from collections.abc import Iterator
from itertools import count

import httpx
import hypothesis
import pytest
from hypothesis import core

from mockserver.server import running

_NUMBERS = count(1)

# Loading the certificates of the world for each client would be half of a run; loopback needs none.
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

# Hypothesis' own profile for CI tries the same examples on every run; ours looks further each time.
hypothesis.settings.register_profile(
    "varying", derandomize=False, deadline=None, print_blob=True, database=None
)
hypothesis.settings.load_profile("varying")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Every run has a seed, and the seed can be had again; Ctrl-C reaches the processes of tests."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts what runs in its background
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.getoption("--hypothesis-seed") is None:
        config.option.hypothesis_seed = str(secrets.randbelow(2**32))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is there by now stays until the end: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()


def pytest_report_header() -> str:
    """The seed stands at the top of every run."""
    seed = core.global_force_seed
    return f"property tests: seed {seed}; again with --hypothesis-seed={seed}"


@pytest.fixture(scope="session")
def double_url() -> Iterator[str]:
    """The base URL of one double of every vendor, served on loopback for the whole run."""
    with running() as url:
        yield url


@pytest.fixture
def double(double_url: str) -> Iterator[httpx.Client]:
    """A client in a sandbox of its own: vendor paths and `/_duble` both reach it."""
    name = f"test-{next(_NUMBERS)}"
    with httpx.Client(base_url=f"{double_url}/~{name}", timeout=30, trust_env=False, verify=PLAIN) as client:
        yield client
        client.delete(f"/_duble/sandboxes/{name}")
