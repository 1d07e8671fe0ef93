"""A progress bar on stderr, where there is a terminal to show it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class Bar:
    """How far a run of the suite is."""

    def __init__(self, progress: Progress, title: str) -> None:
        self._progress = progress
        self._title = title
        self._task = progress.add_task("collecting", total=None)

    def begins(self, total: int) -> None:
        """Know how many tests there are."""
        self._progress.update(self._task, total=total, description=self._title)

    def advances(self, name: str) -> None:
        """Show that one more is done."""
        self._progress.update(self._task, advance=1)


@contextmanager
def progress_bar(title: str, *, quiet: bool) -> Iterator[Bar]:
    """A bar for as long as the run takes; nothing if quiet or if stderr is no terminal."""
    console = Console(file=sys.stderr, quiet=quiet)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    ) as progress:
        yield Bar(progress, title)
