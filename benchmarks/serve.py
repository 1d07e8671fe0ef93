"""One subject's server: `python -m benchmarks.serve NAME` prints its port and serves until told to stop."""

import sys

import click

from benchmarks.machine import SERVER_CORE, pin
from benchmarks.subjects import SUBJECTS
from mockserver.server import listening, serve


def main(name: str) -> None:
    """Serve on a free port of 127.0.0.1 as `duble serve` does: one worker, uvloop, httptools."""
    pin(SERVER_CORE)
    app = SUBJECTS[name].build()
    with listening("127.0.0.1", 0) as socket:
        serve(app, socket, ready=lambda: click.echo(socket.getsockname()[1]))


if __name__ == "__main__":
    main(sys.argv[1])
