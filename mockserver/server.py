"""The server under a double: uvicorn with uvloop and httptools, and a protocol that can drop a connection."""

from __future__ import annotations

import contextlib
import gc
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mockserver.core.errors import SettingError


class _Protocol(HttpToolsProtocol):
    """Hands on what only the server knows.

    The transport, so that a fault rule can break the connection; and whether a body has arrived.
    """

    def on_message_begin(self) -> None:
        super().on_message_begin()
        scope: Any = self.scope
        scope["extensions"] = {"duble.transport": self.transport, "duble.arrived": self._arrived}

    def _arrived(self) -> bool:
        """Whether the body of the latest request is here: then nobody need watch the clock for it."""
        return not self.cycle.more_body


def listening(host: str, port: int) -> socket.socket:
    """A bound socket; raises SettingError when the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        remedy = "Choose another with --port (0 takes a free one), or stop what listens there"
        raise SettingError(
            f"{host}:{port}", f"cannot listen there ({error.strerror or error})", remedy
        ) from None
    return listener


def configured(app: Any) -> uvicorn.Config:
    """How a double is served: one process, no access log, the fast parts."""
    return uvicorn.Config(
        app,
        loop="uvloop",
        http=_Protocol,
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        # Whoever asks for the control API is whoever connects, not whom a header names.
        proxy_headers=False,
        lifespan="on",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=3,
    )


def serve(app: Any, listener: socket.socket, ready: Callable[[], None] = lambda: None) -> None:
    """Serve on a bound socket until a signal stops it; `ready` is called once requests are taken."""
    server = _Server(configured(app), ready)
    # What the start has built stays; walking it again and again for garbage costs every tenth request.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    server.run(sockets=[listener])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()


@contextlib.contextmanager
def serving(app: Any, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve an ASGI application from a thread on a free loopback port; yields its base URL."""
    listener = listening(host, 0)
    server = uvicorn.Server(configured(app))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the double did not start; its log says why")
            time.sleep(0.005)
        yield f"http://{host}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


@contextlib.contextmanager
def running(vendors: Sequence[str] = (), **settings: Any) -> Iterator[str]:
    """A double of the named vendors (all by default) in a thread; yields its base URL."""
    from mockserver.app import build
    from mockserver.settings import Settings

    with serving(build(list(vendors) or None, Settings(**settings))) as url:
        yield url
