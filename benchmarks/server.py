"""A subject's server as a process of its own, seen from the client."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.double import SNAPSHOT
from benchmarks.machine import peak_memory, processor_time
from benchmarks.subjects import DOUBLE, Subject

_ROOT = Path(__file__).parents[1]


class NoStart(Exception):
    """A server did not come up; its own words are on standard error."""


@dataclass(frozen=True)
class Server:
    """One running subject."""

    subject: Subject
    port: int
    pid: int

    def peak_memory(self) -> int | None:
        """The most bytes that it has had in memory so far; None where the system does not tell."""
        return peak_memory(self.pid)

    def processor_time(self) -> float | None:
        """Seconds of processor time that it has had so far; None where the system does not tell."""
        return processor_time(self.pid)

    def renew(self) -> None:
        """Make every work order cancellable again. Only the double remembers any."""
        if self.subject.name == DOUBLE:
            url = f"http://127.0.0.1:{self.port}/_duble/snapshots/{SNAPSHOT}/restore"
            httpx.post(url, json={}).raise_for_status()


@contextmanager
def started(subject: Subject) -> Iterator[Server]:
    """The subject's server, ready; stopped at the end. Raises NoStart."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.serve", subject.name]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            port = process.stdout.readline().strip() if process.stdout else ""
            if not port.isdecimal():
                raise NoStart(subject.title)
            yield Server(subject, int(port), process.pid)
        finally:
            process.terminate()
