"""An invented vendor, small enough to see that the core does what it says."""

from __future__ import annotations

from pathlib import Path

from mockserver.app import Source
from mockserver.core.call import Call
from mockserver.core.replies import JSON, Refusal, VendorError
from mockserver.core.room import Room
from mockserver.core.vendor import Vendor
from tests.core.acme import orders
from tests.core.acme.orders import ORDERS, AcmeRoom

__all__ = ["ACME", "SOURCE"]


class WrongKey(VendorError):
    """The key is missing or wrong."""

    catalogue_id = "bad_key"


async def _authenticate(room: Room, call: Call) -> str:
    if call.headers.get("authorization") != "Bearer acme-key":
        raise WrongKey
    return "acme"


def _envelope(refusal: Refusal) -> JSON:
    return {"fault": refusal.code, "text": refusal.message, "at": refusal.details}


ACME = Vendor(
    name="acme",
    title="Acme orders",
    modules=(orders,),
    room=AcmeRoom,
    tables=(ORDERS,),
    envelope=_envelope,
    authenticate=_authenticate,
    sandbox_in=("header/authorization", "body/note"),
    events={"ship": orders.ship, "give_up": orders.give_up},
    trailing_slash=True,
    array_forms=("list_orders.states",),
    checks_itself=("import_orders",),
)

_HERE = Path(__file__).parent
SOURCE = Source(ACME, _HERE / "acme.yaml", _HERE / "seed.yaml")
