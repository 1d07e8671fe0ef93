"""From the start of the process to the first 200."""

import socket
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.workload import CREDENTIAL

_REQUEST = (
    "GET /v1/work-orders/9 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    f"Authorization: Bearer {CREDENTIAL}\r\nConnection: close\r\n\r\n"
).encode()
_ROOT = Path(__file__).parents[1]
_PATIENCE = 30.0
_PAUSE = 0.002


class NoFirstAnswer(Exception):
    """`duble serve` gave no 200 in time."""


def time_to_first_answer(starts: int) -> float:
    """Median seconds from starting `duble serve` with every vendor to its first 200."""
    return median(_one_start() for _ in range(starts))


def _one_start() -> float:
    port = _free_port()
    command = [sys.executable, "-m", "duble", "serve", "--port", str(port)]
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            while time.perf_counter() - began < _PATIENCE and process.poll() is None:
                if _answers(port):
                    return time.perf_counter() - began
                time.sleep(_PAUSE)
        finally:
            process.terminate()
    raise NoFirstAnswer


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(_REQUEST)
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
