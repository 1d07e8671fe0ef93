"""Which server a run goes to, as whom, and what it may spend and do there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from contract_tests.harness.network.budget import Budget
from contract_tests.harness.network.targets import TargetSettings, seconds

# Requests a second to a server that said nothing of its own: slow enough to go unnoticed beside its users.
POLITE = {"production": 5.0, "sandbox": 20.0, "double": None}
STRANGER = 10.0


class Forbidden(Exception):
    """What was asked for must not be done to this server; `str()` is one line with the remedy."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """Left out altogether, the run starts doubles of its own."""

    url: str | None = None
    settings: TargetSettings | None = None
    writes: Literal["none", "sandbox"] = "none"
    ledger: Path | None = None
    """Where writes are written down before they happen; left out, a new file in the folder .duble."""
    rate: float | None = None
    """Requests a second."""
    max_requests: int | None = None
    max_time: float | None = None
    """Seconds."""
    started_here: bool = False
    """Whether the URL is that of a double which this run has started, perhaps in another process."""

    @property
    def base_url(self) -> str | None:
        """The URL as it was given; None for doubles that are started for the run."""
        return self.settings.url if self.settings else self.url

    def demand_allowed(self) -> None:
        """Forbidden if writes are asked for where none may happen."""
        if self.writes == "sandbox" and self.settings is not None and self.settings.kind == "production":
            raise Forbidden(
                "--writes sandbox: the target is declared as production. Nothing is ever written there"
            )

    def budget(self) -> Budget:
        """What the run may spend: options come first, then the target's settings, then manners."""
        said = self.settings
        most = self.max_requests or (said.max_requests if said else None)
        time = self.max_time or (seconds(said.max_time) if said and said.max_time else None)
        return Budget(requests=most, per_second=self.rate or self._usual_rate(), seconds=time)

    def _usual_rate(self) -> float | None:
        if self.settings is not None and self.settings.rate is not None:
            return self.settings.rate
        if self.base_url is None or _is_here(self.base_url):
            return None
        return POLITE[self.settings.kind] if self.settings else STRANGER


def root_of(url: str, base_paths: Iterable[str]) -> str:
    """The URL without the vendor's own base path, which people may or may not write."""
    root = url.rstrip("/")
    for base in sorted(base_paths, key=len, reverse=True):
        if base and urlsplit(root).path.endswith(base):
            return root.removesuffix(base)
    return root


def _is_here(url: str) -> bool:
    """Whether a URL names this machine, which needs no manners."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
