"""Hypothesis' database of examples, in a directory or in Redis; it may fail without the run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase

PATIENCE = 3.0  # seconds for a Redis server to answer
_REDIS = ("redis://", "rediss://", "unix://")

T = TypeVar("T")


class ExampleStore(ExampleDatabase):
    """Sets of bytes by key; one that is out of reach is an empty one, and `problem` says why."""

    def __init__(self, where: str | None) -> None:
        super().__init__()
        self._where = where
        self.problem: str | None = None

    def fetch(self, key: bytes) -> Iterable[bytes]:
        """Everything that is kept under a key."""
        return self._tried(lambda: list(self._database.fetch(key)), [])

    def save(self, key: bytes, value: bytes) -> None:
        """Keep a value."""
        self._tried(lambda: self._database.save(key, value), None)

    def delete(self, key: bytes, value: bytes) -> None:
        """Drop a value, if it is there."""
        self._tried(lambda: self._database.delete(key, value), None)

    @cached_property
    def _database(self) -> ExampleDatabase:
        where = str(self._where)
        return _redis(where) if where.startswith(_REDIS) else _directory(where)

    def _tried(self, action: Callable[[], T], otherwise: T) -> T:
        """The action's result; once one has failed, none is tried again."""
        if self._where is None or self.problem is not None:
            return otherwise
        try:
            return action()
        except Exception as problem:  # noqa: BLE001  # whatever a store may raise: the run goes on without it
            self.problem = " ".join(str(problem).split())[:200] or type(problem).__name__
            return otherwise


def _directory(where: str) -> ExampleDatabase:
    path = Path(where)
    if path.exists() and not (path.is_dir() and os.access(path, os.W_OK)):  # Hypothesis would not say so
        raise NotADirectoryError("no directory that can be written")
    return DirectoryBasedExampleDatabase(path)


def _redis(url: str) -> ExampleDatabase:
    from hypothesis.extra.redis import RedisExampleDatabase
    from redis import Redis

    client = Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
    return RedisExampleDatabase(client, key_prefix=b"duble-example:")
