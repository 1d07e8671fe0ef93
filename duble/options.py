"""Options that several commands share: which server, as whom, and what a run may spend and do there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from contract_tests.harness.network.access import Access
from contract_tests.harness.network.targets import FILE, TargetSettings, UnreadableTargets, seconds, target
from contract_tests.harness.running.run import CannotCheck

Command = TypeVar("Command", bound=Callable[..., Any])


def duration(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    """The seconds of an option that is written as 90, 90s, 15m or 2h."""
    try:
        return None if value is None else seconds(value)
    except ValueError as problem:
        raise click.BadParameter(str(problem), ctx, param) from problem


def server_options(command: Command) -> Command:
    """--url, --target and what limits a run there."""
    for option in reversed(_SERVER):
        command = option(command)
    return command


_SERVER = (
    click.option("--url", metavar="URL", help="Base URL of the server. Left out: the double is started."),
    click.option("--target", "target_name", metavar="NAME", help="A server that duble.toml names."),
    click.option(
        "--config",
        type=click.Path(dir_okay=False, path_type=Path),
        default=FILE,
        show_default=True,
        help="Where targets are named.",
    ),
    click.option(
        "--writes",
        type=click.Choice(["none", "sandbox"]),
        default="none",
        show_default=True,
        help="What a server that is not ours gets: requests that change nothing, or also writes to records "
        "that the run creates and the target's resources name. Never to production.",
    ),
    click.option(
        "--rate", type=click.FloatRange(min=0, min_open=True), help="At most so many requests a second."
    ),
    click.option("--max-requests", type=click.IntRange(min=1), help="At most so many requests."),
    click.option("--max-time", callback=duration, metavar="DURATION", help="At most so long: 90s, 15m, 2h."),
)


def access_of(said: dict[str, Any]) -> Access:
    """What the server options say, taken out of a command's arguments; CannotCheck if they contradict."""
    url, name, config = said.pop("url"), said.pop("target_name"), said.pop("config")
    if url and name:
        raise CannotCheck("--url and --target both name a server. Give one of them")
    return Access(
        url=url,
        settings=_settings(name, config) if name else None,
        writes=said.pop("writes"),
        rate=said.pop("rate"),
        max_requests=said.pop("max_requests"),
        max_time=said.pop("max_time"),
    )


def vendors_of(names: tuple[str, ...], access: Access) -> tuple[str, ...]:
    """The vendors to look at: those named, else the target's, else all; CannotCheck if they contradict."""
    from mockserver.app import VENDORS

    if access.settings is None:
        return names or tuple(VENDORS)
    if names and set(names) != {access.settings.vendor}:
        raise CannotCheck(f"{', '.join(names)}: the target is {access.settings.vendor}'s")
    return (access.settings.vendor,)


def _settings(name: str, config: Path) -> TargetSettings:
    try:
        return target(name, config)
    except UnreadableTargets as problem:
        raise CannotCheck(str(problem)) from problem
