"""`duble serve`: every vendor's double on one port, with a banner that works when pasted."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mockserver.app import Double


@click.command(short_help="Serve stateful doubles of the vendors on one port.")
@click.argument("vendors", nargs=-1, metavar="[VENDOR]...")
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on; 0 takes a free one.  [default: 8080]")
@click.option("--workers", type=int, help="Processes. The memory store serves from one.  [default: 1]")
@click.option("--store", help="Where sandboxes keep their records: memory.  [default: memory]")
@click.option("--seed", type=int, help="Seed of chance: tokens, ids and faults repeat with it.  [default: 0]")
@click.option("--data", help="Folder with specs/ and fixtures/ of your own, instead of the ones that ship.")
@click.option(
    "--control-token",
    help="Protect the control API at /_duble: calls must send it as a Bearer token. Better set as "
    "DUBLE_CONTROL_TOKEN, where no process list shows it.",
)
def serve(  # one argument an option
    vendors: tuple[str, ...],
    host: str | None,
    port: int | None,
    workers: int | None,
    store: str | None,
    seed: int | None,
    data: str | None,
    control_token: str | None,
) -> None:
    """Serve stateful doubles of the named vendors (all by default) at their genuine paths.

    A client changes its host name and nothing else. Every option can also be set as DUBLE_<NAME> in the
    environment. Ctrl-C stops it.

    \b
    Examples:
      duble serve
      duble serve persat --port 9000
      DUBLE_CONTROL_TOKEN=… duble serve --host 0.0.0.0
    """  # noqa: D301  # \b is click's mark: the lines after it stay as they are
    from mockserver.settings import from_environment

    settings = from_environment(
        host=host,
        port=port,
        workers=workers,
        store=store,
        seed=seed,
        data=data,
        control_token=control_token,
    )
    from mockserver import server
    from mockserver.app import build

    listener = server.listening(settings.host, settings.port)
    double = build(list(vendors) or None, settings)
    address = f"{_shown(settings.host)}:{listener.getsockname()[1]}"
    server.serve(double, listener, ready=lambda: _banner(double, f"http://{address}", settings.host))


def _shown(host: str) -> str:
    """A host as it stands in a URL; where the double listens everywhere, this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # compared with, not bound to
    return f"[{host}]" if ":" in host else host


def _banner(double: Double, url: str, host: str) -> None:
    """Each vendor's base URL, a working credential and a curl line; then where the rest is."""
    from duble.banner import vendor_lines

    lines = ["", "  duble is serving; stop it with Ctrl-C", ""]
    for name, service in double.services.items():
        lines += vendor_lines(service.contract, service.vendor.title, double.seeds[name].credentials, url)
    lines += [
        f"  control API   {url}/_duble/health",
        "  sandboxes     add /~NAME to a base URL: a world of its own",
        "",
    ]
    if host not in ("127.0.0.1", "::1", "localhost") and not double.protected:
        lines += [
            "  Others can reach this port; the control API answers only this machine.",
            "  Start with --control-token to open it to who shows the token.",
            "",
        ]
    click.echo("\n".join(lines))
    sys.stdout.flush()
