"""How the installation is set up: branches, users, job 2, and what a test may turn."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from mockserver.core.records import Record

WaitingText = Literal[
    "Aguardando Processamento.", "Aguardando Processamento do Job2.", "Aguardando Processamento"
]


class Branch(Record, frozen=True):
    """A branch of the company complement, and the company group that it belongs to."""

    code: str
    group: str


class Job(Record, frozen=True):
    """Job 2. With a delay, in seconds, it runs by itself that long after a record was stored (TAF-A32)."""

    number: str
    state: Literal["READY"] = "READY"
    delay: Annotated[float, Meta(ge=0, le=1e9)] | None = None


class User(Record, frozen=True):
    """Who may enter."""

    login: str
    password: str


class Setting(Record, frozen=True):
    """How the installation is set up; there is one record, `service`.

    `layouts` narrows the valid event codes to a list (TAF-A13), `first_branch` is the first one of PrepareIn,
    `max_bytes` and `max_records` bound an answer (TAF-A28), `max_lote` a batch (TAF-A44), `old_server`
    brings 101 back (TAF-A22).
    """

    id: str
    security: bool = True
    post_status: Literal[200, 201] = 200
    old_server: bool = False
    first_branch: str = "0100"
    layouts: tuple[str, ...] | None = None
    sesmt_events: tuple[str, ...] = ("S-2210", "S-2220", "S-2240")
    max_bytes: Annotated[int, Meta(ge=1)] = 850_000
    max_records: Annotated[int, Meta(ge=1)] = 500
    max_lote: Annotated[int, Meta(ge=1)] = 10_000
    waiting_text: WaitingText = "Aguardando Processamento."
