"""A server on a raw socket that answers whatever a test wants, however badly."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Talk = Callable[[socket.socket, bytes], None]
"""Given the connection and the head of a request; returning hangs up."""


@contextmanager
def talking(talk: Talk) -> Iterator[str]:
    """The base URL of a server that has `talk` answer each connection's first request."""
    door = socket.create_server(("127.0.0.1", 0))
    open_now: list[socket.socket] = []

    def serve(guest: socket.socket) -> None:
        with suppress(OSError), guest:
            head = b""
            while b"\r\n\r\n" not in head:
                part = guest.recv(65_536)
                if not part:
                    return
                head += part
            talk(guest, head)

    def welcome() -> None:
        with suppress(OSError):
            while True:
                guest, _ = door.accept()
                open_now.append(guest)
                threading.Thread(target=serve, args=(guest,), daemon=True).start()

    threading.Thread(target=welcome, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        door.shutdown(socket.SHUT_RDWR)  # wakes whoever waits for a guest
        door.close()
        for guest in open_now:
            with suppress(OSError):
                guest.shutdown(socket.SHUT_RDWR)


def answer(status: str, body: bytes = b"", *headers: str) -> bytes:
    """A whole answer that ends the connection; `status` is such as `200 OK`."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def saying(text: bytes) -> Talk:
    """The same bytes to everybody."""

    def talk(guest: socket.socket, head: bytes) -> None:
        guest.sendall(text)

    return talk


def silent(guest: socket.socket, head: bytes) -> None:
    """Accept the connection, and never say a word."""
    guest.recv(1)


def trickling(start: bytes) -> Talk:
    """One byte every now and then, for ever."""

    def talk(guest: socket.socket, head: bytes) -> None:
        guest.sendall(start)
        pause = threading.Event()
        while True:
            guest.sendall(b"x")
            pause.wait(0.05)

    return talk


def endless(guest: socket.socket, head: bytes) -> None:
    """A body of 100 MB, or as much of it as anybody wants."""
    guest.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 104857600\r\n\r\n")
    for _ in range(100):
        guest.sendall(b"x" * 2**20)
