"""The suite's options for pytest; a run without them costs nothing.

pytest --pyargs contract_tests.suite --duble-vendor persat [--duble-url URL]

pytest finds this module by the package's entry point; `-p contract_tests.pytest_plugin` names it.
"""

from __future__ import annotations

import pytest

PROFILES = ("smoke", "standard", "deep")
PARTS = ("examples", "conformance", "refusals", "lifecycle", "authentication", "agreement")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the suite."""
    group = parser.getgroup("duble", "contract suite")
    group.addoption("--duble-vendor", action="append", default=[], help="vendor to check (repeat)")
    group.addoption("--duble-url", help="base URL of the server; without one the double is started")
    group.addoption("--duble-profile", choices=PROFILES, default="standard", help="how much is tried")
    group.addoption("--duble-seed", type=int, help="seed of a run to repeat")
    group.addoption("--duble-part", action="append", default=[], choices=PARTS, help="only this part")
    group.addoption("--duble-operation", action="append", default=[], help="only this operationId")


def pytest_configure(config: pytest.Config) -> None:
    """Load the suite's machinery when a vendor is named."""
    if config.getoption("--duble-vendor"):
        from contract_tests.harness.running import plugin

        config.pluginmanager.register(plugin, "duble-suite-run")
