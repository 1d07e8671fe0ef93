"""A double without behaviour: it checks requests as the real one does and notes what gets through."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

from mockserver.app import VENDORS, Double, Source, fixtures_path, spec_path
from mockserver.core.call import Call
from mockserver.core.contract import Contract
from mockserver.core.replies import VendorError
from mockserver.core.vendor import Vendor
from mockserver.settings import Settings

Handler = Callable[..., Awaitable[Any]]


@dataclass
class Hollow:
    """One vendor whose operations refuse whatever reaches them; `reached` are their ids, in order."""

    name: str
    reached: list[str] = field(default_factory=list)

    def double(self) -> Double:
        """The ASGI application."""
        vendor = VENDORS[self.name]
        rooms = ModuleType("hollow")
        for id, operation in Contract(spec_path(self.name)).operations.items():
            refusals = [str(listed["error"]) for listed in operation.spec["x-errors"]]
            setattr(rooms, id, self._behaviour(_handler(vendor, id), id, refusals[0]))
        hollowed = replace(
            vendor,
            modules=(rooms,),
            authenticate=_let_in,
            limit=None,
            checks_itself=(),  # what such an operation lets pass is its own affair, not the validator's
        )
        seed = fixtures_path(self.name) / "seed.yaml"
        return Double([Source(hollowed, spec_path(self.name), seed)], Settings())

    def _behaviour(self, handler: Handler, id: str, refusal: str) -> Handler:
        """A function with the handler's arguments that notes the call and refuses it."""

        class Reached(VendorError):
            catalogue_id = refusal

        @functools.wraps(handler)
        async def behaviour(room: Any, **arguments: Any) -> Any:
            self.reached.append(id)
            raise Reached

        behaviour.__module__ = "hollow"
        return behaviour


async def _let_in(room: Any, call: Call) -> None:
    """Everybody enters: who may is no question of the schema."""


def _handler(vendor: Vendor, id: str) -> Handler:
    homes = (module for module in vendor.modules if hasattr(module, id))
    owner = next(home for home in homes if getattr(home, id).__module__ == home.__name__)
    found: Handler = getattr(owner, id)
    return found
