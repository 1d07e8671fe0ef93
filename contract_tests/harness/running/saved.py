"""What failed last time, kept for the next run: names of tests, generated requests, and walks.

DUBLE_EXAMPLES says where: a directory, `redis://…` to share it between machines, or `off`. Left out, it is
`.duble/examples` of the working directory.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from contract_tests.harness.network.credentials import Keyring
from contract_tests.harness.network.exchange import Request
from contract_tests.harness.running.example_store import ExampleStore

VARIABLE = "DUBLE_EXAMPLES"
USUAL = str(Path(".duble", "examples"))
OFF = "off"
MOST = 20  # requests kept for one operation
_ANY_BYTES = "surrogateescape"  # what is no UTF-8 comes through as well


@dataclass(frozen=True)
class SavedRequest:
    """A generated request that showed a difference of some kind."""

    kind: str
    request: Request


@dataclass
class Saved:
    """What earlier runs have kept. `place` is a vendor and its server, as Subject.address has it."""

    where: str | None = None
    """None: nothing is kept."""
    replays: bool = False
    """Whether what was kept is tried; otherwise only the seed decides what is."""

    @cached_property
    def store(self) -> ExampleStore:
        """The store itself; Hypothesis keeps walks in it that failed."""
        return ExampleStore(self.where)

    @property
    def warning(self) -> str | None:
        """One line if the store could not be used."""
        if self.store.problem is None:
            return None
        named = self.where or ""
        where = urlsplit(named)._replace(netloc=urlsplit(named).netloc.rpartition("@")[2]).geturl()
        return f"{VARIABLE}: {where} cannot be used, so no failing example is kept ({self.store.problem})"

    def failed(self, place: str) -> frozenset[str]:
        """Names of the tests that failed here last time."""
        return self._names(place) if self.replays else frozenset()

    def remember(self, place: str, tests: Mapping[str, bool]) -> None:
        """Remember how tests ended: by name, whether they failed."""
        before = self._names(place)
        for name, failed in tests.items():
            if failed is not (name in before):
                change = self.store.save if failed else self.store.delete
                change(_key(place, "tests"), name.encode())

    def requests(self, place: str, operation: str, keyring: Keyring) -> list[SavedRequest]:
        """Generated requests that failed here last time, with the credential of today."""
        if not self.replays:
            return []
        kept = sorted(self.store.fetch(_key(place, operation)))[:MOST]
        return [found for found in (_read(value, keyring) for value in kept) if found is not None]

    def keep(self, place: str, operation: str, saved: SavedRequest, keyring: Keyring) -> None:
        """Keep a request; the credential is left out, and one that holds other secrets is not kept."""
        value, key = _written(saved, keyring), _key(place, operation)
        if value is not None and len([*self.store.fetch(key)]) < MOST:
            self.store.save(key, value)

    def forget(self, place: str, operation: str, saved: SavedRequest, keyring: Keyring) -> None:
        """Drop a request that fails no more."""
        value = _written(saved, keyring)
        if value is not None:
            self.store.delete(_key(place, operation), value)

    def _names(self, place: str) -> frozenset[str]:
        return frozenset(name.decode() for name in self.store.fetch(_key(place, "tests")))


def saved_by(environment: Mapping[str, str], *, replays: bool) -> Saved:
    """What the environment names."""
    said = environment.get(VARIABLE, "").strip() or USUAL
    return Saved(None if said == OFF else said, replays)


def _key(place: str, name: str) -> bytes:
    return f"duble/{place}/{name}".encode()


def _written(saved: SavedRequest, keyring: Keyring) -> bytes | None:
    """The request as JSON, variables in place of secrets; None if something secret would remain."""
    request = saved.request
    body = None if request.body is None else request.body.decode("utf-8", _ANY_BYTES)
    said = {"method": request.method, "path": request.path, "headers": dict(request.headers), "body": body}
    veiled = _replaced(said, keyring.veil)
    texts = [veiled["path"], veiled["body"] or "", *veiled["headers"].values()]
    if any(keyring.veiled(text) != text for text in texts):
        return None
    return json.dumps({"kind": saved.kind, **veiled}, sort_keys=True).encode()


def _read(value: bytes, keyring: Keyring) -> SavedRequest | None:
    """The request, None where the store holds something else."""
    try:
        said = json.loads(value)
        kind = str(said.pop("kind"))
        told = _replaced(said, {name: secret for secret, name in keyring.veil.items()})
        body = None if told["body"] is None else told["body"].encode("utf-8", _ANY_BYTES)
        request = Request(method=told["method"], path=told["path"], headers=told["headers"], body=body)
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    return SavedRequest(kind, request)


def _replaced(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for text in sorted(filter(None, names), key=len, reverse=True):
            value = value.replace(text, names[text])
        return value
    if isinstance(value, dict):
        return {key: _replaced(inside, names) for key, inside in value.items()}
    return value
