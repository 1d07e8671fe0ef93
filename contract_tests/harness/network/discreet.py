"""Keeps libraries from writing our exchanges, credentials and all, into a log that asks for every detail."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# Each of these writes headers, ours and the server's.
_TALKATIVE = ("httpcore.connection", "httpcore.http11", "httpcore.proxy", "httpcore.socks")
_private: ContextVar[bool] = ContextVar("private", default=False)


class _Discretion(logging.Filter):
    """Lets through what others do with the same library."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record may be written."""
        return not _private.get()


_DISCRETION = _Discretion()


@contextmanager
def unlogged() -> Iterator[None]:
    """Nothing that the HTTP library does meanwhile is logged."""
    for name in _TALKATIVE:
        logging.getLogger(name).addFilter(_DISCRETION)  # once, however often it is added
    before = _private.set(True)
    try:
        yield
    finally:
        _private.reset(before)
