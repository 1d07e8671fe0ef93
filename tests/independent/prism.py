"""Prism, Stoplight's mock server, from npm: it serves any OpenAPI document, and none of it is ours."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOME = Path(__file__).parent
PROGRAM = HOME / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
REMEDY = "Prism is not installed: run `make prism`, which needs Node.js 18.20 or newer with npm"
_READY = re.compile(r"Prism is listening on (\S+)")
_PATIENCE = 60.0  # seconds until it listens; a busy machine takes a few


class NotInstalled(Exception):
    """Prism, or the node that runs it, is not there; `str()` is the remedy."""


@contextmanager
def prism(document: Path, log: Path) -> Iterator[str]:
    """Serve a document on a free loopback port; yields the base URL.

    Answers are the examples of the document, and values of Prism's own where it has none. What Prism makes up
    does not always fit the schema, its dynamic mode least of all: success is shown by an example everywhere.
    """
    node = shutil.which("node")
    if node is None or not PROGRAM.exists():
        raise NotInstalled(REMEDY)
    command = [node, str(PROGRAM), "mock", "--host", "127.0.0.1", "--port", "0", "--cors", "false"]
    with (
        log.open("wb") as written,
        subprocess.Popen([*command, str(document)], stdout=written, stderr=subprocess.STDOUT) as process,
    ):
        try:
            yield _url(process, log)
        finally:
            process.terminate()


def _url(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        ready = _READY.search(log.read_text("utf-8", "replace"))
        if ready:
            return ready[1]
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"Prism does not start: {log.read_text('utf-8', 'replace')[-2000:]}")
