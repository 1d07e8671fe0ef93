"""Only the seed decides what is generated: not the modules that happen to be loaded, nor a saved profile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from hypothesis import core, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants


@contextmanager
def by_seed_alone() -> Iterator[None]:
    """Take from Hypothesis what differs between processes that generate the same requests.

    It likes to draw constants from the sources of the modules that are loaded, which are others in a worker
    process than beside the command line; and whoever calls us may have chosen a profile of settings.
    """
    before = settings.get_current_profile_name()
    nothing = Constants()
    settings.load_profile("default")
    providers.CONSTANTS_CACHE.cache.clear()
    try:
        with (
            mock.patch.object(providers, "_get_local_constants", return_value=nothing),
            mock.patch.object(core, "global_force_seed", None),  # with one, failing examples are not kept
        ):
            yield
    finally:
        providers.CONSTANTS_CACHE.cache.clear()
        settings.load_profile(before)
