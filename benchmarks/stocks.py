"""Worlds with many records, and requests whose answers do not depend on how many there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from benchmarks.asking import Question
from mockserver.app import VENDORS, Double
from mockserver.core.records import Record, Table

Stored = tuple[Table[Any], Record]
_START = dt.datetime(2010, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Stock:
    """One vendor: how a world is filled with so many records on top of the seed, and what is asked."""

    vendor: str
    many: int
    fill: Callable[[Double, int], Iterator[Stored]]
    questions: tuple[Question, ...]


def _table(vendor: str, name: str) -> Table[Any]:
    return next(table for table in VENDORS[vendor].tables if table.name == name)


def _model(double: Double, table: Table[Any], id: str) -> Any:
    """The record of the seed that the others are copies of."""
    vendor = next(name for name in double.seeds if table in VENDORS[name].tables)
    return next(record for record in double.seeds[vendor].records[table] if table.id_of(record) == id)


# ---------------------------------------------------------------- TOTVS: five records a ticket


def _taf(double: Double, number: int) -> Iterator[Stored]:
    table = _table("taf", "records")
    model = _model(double, table, "60")
    for i in range(number):
        yield (
            table,
            replace(
                model,
                recno=1_000 + i,
                ticket_code=f"growth-{i // 5}",
                registry_key=f"GROWTH-{i}",
                identity=f"{i}|2016-01",
                handled=1_000 + i,
            ),
        )


_TAF = {"authorization": "Basic ZHVibGU6ZHVibGU="}
TAF = Stock(
    "taf",
    1_000_000,
    _taf,
    (
        Question(
            "one ticket",
            "/rest/wstafst2?startRecNo=0&ticketCode=growth-100",
            '"registryKey":"GROWTH-50',
            5,
            _TAF,
        ),
        Question(
            "one key",
            "/rest/wstafst2?startRecNo=0&registryKey=GROWTH-500",
            '"ticketCode":"growth-100"',
            1,
            _TAF,
        ),
        Question(
            "the last record of a key",
            "/rest/wstafst2?startRecNo=0&registryKey=GROWTH-500&searchMode=1",
            '"ticketCode":"growth-100"',
            1,
            _TAF,
        ),
    ),
)


# ---------------------------------------------------------------- CITSmart: five records for two requests


def _citsmart(double: Double, number: int) -> Iterator[Stored]:
    """Requests far from the coordinates that are asked for; every other one is attended."""
    requests, tasks, assignments = (_table("citsmart", name) for name in ("requests", "tasks", "assignments"))
    request, task = _model(double, requests, "322"), _model(double, tasks, "301")
    assignment = _model(double, assignments, "95921:bruna")
    for i in range(1, number * 2 // 5 + 1):
        here = {"latitude": -20 + i % 1_000 / 100, "longitude": -50 + i % 997 / 100} if i % 2 else {}
        yield requests, replace(request, number=200_000 + i, **here)
        yield tasks, replace(task, id=1_000_000 + i, number=200_000 + i)
        if i % 2:
            attended = f"{200_000 + i}:bruna"
            yield assignments, replace(assignment, id=attended, number=200_000 + i)


_MOBILE, _BRUNA = "2355A68BF75281B73607EEC1A7191645", "7A1B0C5D3E9F48216B07D1C2E3F4A5B6"
_LIST = {"notificationType": 0, "onlyApproval": 0}
CITSMART = Stock(
    "citsmart",
    1_000_000,
    _citsmart,
    (
        Question(
            "getNewest, a page",
            "/services/v2/getNewest",
            '"taskId"',
            10,
            body={**_LIST, "newestNumber": 200_100, "sessionID": _MOBILE},
        ),
        Question(
            "getOldest, an attendant's own",
            "/services/v2/getOldest",
            '"taskId"',
            10,
            body={**_LIST, "oldestNumber": 999_999, "sessionID": _BRUNA},
        ),
        Question(
            "getByCoordinates",
            "/services/v2/getByCoordinates",
            '"unit":15',
            3,
            body={**_LIST, "latitude": 32.998473, "longitude": 29.998473, "sessionID": _MOBILE},
        ),
    ),
)


# ---------------------------------------------------------------- Huawei: a ticket a minute


def _huawei(double: Double, number: int) -> Iterator[Stored]:
    cases, links = _table("huawei_osm", "cases"), _table("huawei_osm", "case_labels")
    case, link = _model(double, cases, "TT202601020001"), double.seeds["huawei_osm"].records[links][0]
    for i in range(number):
        opened = (_START + dt.timedelta(minutes=i)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        yield cases, replace(case, incident_id=f"GROWTH{i}", status=(0, 1, 2, 3)[i % 4], create_time=opened)
        if i < 20:
            yield links, replace(link, id=f"GROWTH{i}", case_id=f"GROWTH{i}")


_OSM = {"x-auth-token": "duble-token"}
_CASES = "/v2/servicerequest/cases?offset=0&limit=20"
HUAWEI_OSM = Stock(
    "huawei_osm",
    1_000_000,
    _huawei,
    (
        Question("a page of the list", _CASES, '"incident_id"', 20, _OSM),
        Question("a page of one state", f"{_CASES}&status=2", '"incident_id"', 20, _OSM),
        Question("a page of two states", f"{_CASES}&incident_status=1%2C2", '"incident_id"', 20, _OSM),
        Question(
            "words in a stretch of time",
            f"{_CASES}&search_key=maintenance"
            "&query_start_time=2010-01-01T02:00:00Z&query_end_time=2010-01-01T04:00:00Z",
            '"incident_id"',
            20,
            _OSM,
        ),
        Question("one ticket by its id", f"{_CASES}&incident_id=GROWTH500", '"incident_id"', 1, _OSM),
        Question("how many in each state", "/v2/servicerequest/cases/count", '"status"', 8, _OSM),
    ),
)


# ---------------------------------------------------------------- Persat: fifty orders in the window


def _persat(double: Double, number: int) -> Iterator[Stored]:
    table = _table("persat", "work_orders")
    model = _model(double, table, "9")
    window = dt.date(2030, 1, 1)
    for i in range(number):
        day = window + dt.timedelta(days=i % 15) if i < 50 else dt.date(2000, 1, 1) + dt.timedelta(i % 9_000)
        yield table, replace(model, id=str(100_000 + i), date=day)


_KEY = {"authorization": "Bearer duble-key"}
PERSAT = Stock(
    "persat",
    1_000_000,
    _persat,
    (
        Question(
            "the orders of 15 days", "/v1/work-orders?from=2030-01-01&to=2030-01-15", '"state"', 50, _KEY
        ),
        Question("one order", "/v1/work-orders/100500", '"state"', 1, _KEY),
    ),
)


# ---------------------------------------------------------------- Zeev: an instance a minute


def _zeev(double: Double, number: int) -> Iterator[Stored]:
    table = _table("zeev", "instances")
    model = _model(double, table, "890360372")
    for i in range(number):
        began = _START + dt.timedelta(minutes=i)
        mine = i % (number // 100) == 0
        yield (
            table,
            replace(
                model,
                id=900_000_000 + i,
                requester_id=1 if mine else 7,
                start=began,
                end=began + dt.timedelta(hours=5),
                last_finished_task=began + dt.timedelta(hours=4),
            ),
        )


_TOKEN = {"authorization": "Bearer duble-token"}
_REPORT = "/api/2/instances/report?pageNumber=1&recordsPerPage=30"
ZEEV = Stock(
    "zeev",
    1_000_000,
    _zeev,
    (
        Question(
            "report of one instance", f"{_REPORT}&instanceId=900000500", '"confirmationCode"', 1, _TOKEN
        ),
        *(
            Question(
                f"report by {name}",
                f"{_REPORT}&{pair}IntervalBegin=2010-01-01T10:00:00Z&{pair}IntervalEnd=2010-01-01T10:20:00Z",
                '"confirmationCode"',
                21,
                _TOKEN,
            )
            for name, pair in (
                ("dates of start", "startDate"),
                ("dates of end", "endDate"),
                ("dates of last task", "lastTaskEndDate"),
            )
        ),
        Question(
            "a page of one's own",
            "/api/2/instances?pageNumber=1&recordsPerPage=5",
            '"confirmationCode"',
            5,
            _TOKEN,
        ),
    ),
)

STOCKS = (TAF, CITSMART, HUAWEI_OSM, PERSAT, ZEEV)
