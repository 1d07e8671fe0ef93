"""What failed is kept without its secrets, and comes first the next time, wherever it is kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fakeredis import TcpFakeServer

from contract_tests.harness.acting import walk
from contract_tests.harness.network import credentials
from contract_tests.harness.network.credentials import Keyring
from contract_tests.harness.network.exchange import Request
from contract_tests.harness.running.prepare import prepared
from contract_tests.harness.running.profiles import Profile
from contract_tests.harness.running.run import Run
from contract_tests.harness.running.saved import Saved, SavedRequest, saved_by
from contract_tests.harness.running.session import execute
from contract_tests.harness.spec import contract, fixtures
from mockserver.server import serving
from tests.contract_tests.runs import ACME, QUIET, TOY, Names, run_toy
from tests.contract_tests.saboteur import Ask, Asked, Fault, Saboteur, Told
from tests.contract_tests.toy.double import Double

SECRET = "correct-horse-battery"
PLACE = "acme@double"


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Keyring:
    """The credential of a real server."""
    monkeypatch.setenv("DUBLE_ACME_TOKEN", SECRET)
    spec = contract.load("acme", TOY / "spec.yaml")
    return credentials.keyring(spec, fixtures.load(TOY / "fixtures"), is_double=False)


@pytest.fixture
def redis_url() -> Iterator[str]:
    """A server that speaks Redis."""
    server = TcpFakeServer(("127.0.0.1", 0), server_type="redis")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"redis://127.0.0.1:{server.server_address[1]}/0"
    server.shutdown()
    server.server_close()
    thread.join()


def request(**changes: Any) -> Request:
    said: dict[str, Any] = {
        "method": "POST",
        "path": "/v9/parcels?note=%C3%A9",
        "headers": {"Authorization": f"Bearer {SECRET}", "Content-Type": "application/json"},
        "body": b'{"weight": 5, "text": "\xff\x00\xc3\xa9"}',
    }
    return Request(**{**said, **changes})


def everything(folder: Path) -> bytes:
    """Every byte that a store of files holds, its file names included."""
    return b"\n".join(
        str(path).encode() + (path.read_bytes() if path.is_file() else b"") for path in folder.rglob("*")
    )


def test_a_request_comes_back_as_it_was_sent(ring: Keyring, tmp_path: Path) -> None:
    one = SavedRequest("status", request())
    Saved(str(tmp_path)).keep(PLACE, "create_parcel", one, ring)
    later = Saved(str(tmp_path), replays=True)
    assert later.requests(PLACE, "create_parcel", ring) == [one]
    assert later.requests(PLACE, "list_parcels", ring) == []
    assert later.requests("acme@https://elsewhere", "create_parcel", ring) == []
    later.forget(PLACE, "create_parcel", one, ring)
    assert later.requests(PLACE, "create_parcel", ring) == []


def test_the_credential_is_kept_by_name_and_filled_in_anew(
    ring: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = request(path=f"/v9/parcels?key={SECRET}", body=f'{{"key": "{SECRET}"}}'.encode())
    Saved(str(tmp_path)).keep(PLACE, "create_parcel", SavedRequest("status", told), ring)
    assert b"DUBLE_ACME_TOKEN" in everything(tmp_path)
    assert SECRET.encode() not in everything(tmp_path)
    monkeypatch.setenv("DUBLE_ACME_TOKEN", "tomorrow")
    spec = ring.contract
    new = credentials.keyring(spec, fixtures.load(TOY / "fixtures"), is_double=False)
    (found,) = Saved(str(tmp_path), replays=True).requests(PLACE, "create_parcel", new)
    assert found.request.headers["Authorization"] == "Bearer tomorrow"
    assert found.request.body == b'{"key": "tomorrow"}'


def test_a_request_with_another_secret_is_not_kept(ring: Keyring, tmp_path: Path) -> None:
    told = request(body=b'{"password": "hunter2"}')
    Saved(str(tmp_path)).keep(PLACE, "create_token", SavedRequest("status", told), ring)
    assert Saved(str(tmp_path), replays=True).requests(PLACE, "create_token", ring) == []
    assert b"hunter2" not in everything(tmp_path)


@pytest.mark.parametrize("value", [b"", b"[]", b"{}", b"\xff", b'{"kind": 1, "body": 2}', b"null"])
def test_what_is_no_request_is_passed_over(ring: Keyring, tmp_path: Path, value: bytes) -> None:
    saved = Saved(str(tmp_path), replays=True)
    saved.store.save(b"duble/acme@double/create_parcel", value)
    assert saved.requests(PLACE, "create_parcel", ring) == []


def test_names_of_failed_tests_are_kept_until_they_hold(tmp_path: Path) -> None:
    Saved(str(tmp_path)).remember(PLACE, {"a": True, "b": False, "c": True})
    Saved(str(tmp_path)).remember(PLACE, {"a": False, "b": False})
    assert Saved(str(tmp_path), replays=True).failed(PLACE) == {"c"}
    assert Saved(str(tmp_path), replays=False).failed(PLACE) == frozenset()


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({}, str(Path(".duble", "examples"))),
        ({"DUBLE_EXAMPLES": " "}, str(Path(".duble", "examples"))),
        ({"DUBLE_EXAMPLES": "off"}, None),
        ({"DUBLE_EXAMPLES": "there"}, "there"),
        ({"DUBLE_EXAMPLES": "redis://host/0"}, "redis://host/0"),
    ],
)
def test_the_environment_says_where(said: dict[str, str], where: str | None) -> None:
    assert saved_by(said, replays=True).where == where


def test_redis_shares_what_failed(ring: Keyring, redis_url: str) -> None:
    here = Saved(redis_url)
    here.remember(PLACE, {"a": True})
    here.keep(PLACE, "create_parcel", SavedRequest("status", request()), ring)
    there = Saved(redis_url, replays=True)
    assert there.failed(PLACE) == {"a"}
    assert there.requests(PLACE, "create_parcel", ring) == [SavedRequest("status", request())]
    assert (here.warning, there.warning) == (None, None)


# ---------------------------------------------------------------- whole runs


@contextmanager
def sabotaged(fault: Fault) -> Iterator[str]:
    with serving(Saboteur(Double(), fault)) as url:
        yield url


async def broken_lists(asked: Asked, ask: Ask) -> Told:
    """Lists of 7 parcels fail, which a random request rarely asks for."""
    told = await ask(asked)
    return told.having({"ok": True}) if asked.query == b"limit=7" else told


async def lost_cancellations(asked: Asked, ask: Ask) -> Told:
    """A cancellation is answered, and not made."""
    if not asked.path.endswith("/cancel"):
        return await ask(asked)
    told = await ask(replaced(asked))
    if told.status != 200:
        return told
    return told.having({"ok": True, "data": {**told.json["data"], "state": "CANCELLED"}})


def replaced(asked: Asked) -> Asked:
    return Asked("GET", asked.path.removesuffix("/cancel"), b"", asked.headers, b"", asked.sandbox)


def begun_with(asked: list[Asked]) -> list[bytes]:
    """The query of the first request in each sandbox."""
    first: dict[str, bytes] = {}
    for one in asked:
        if one.path.startswith("/v9"):
            first.setdefault(one.sandbox, one.query)
    return list(first.values())


def test_a_failing_request_is_sent_first_next_time(tmp_path: Path) -> None:
    wanted: dict[str, Any] = {"parts": ["conformance"], "operations": ["list_parcels"]}
    store = str(tmp_path)
    asked: list[Asked] = []

    async def listening(request: Asked, ask: Ask) -> Told:
        asked.append(request)
        return await broken_lists(request, ask)

    ring = credentials.keyring(
        contract.load("acme", TOY / "spec.yaml"), fixtures.load(TOY / "fixtures"), is_double=True
    )
    failing = Request(method="GET", path="/v9/parcels?limit=7", headers={"Authorization": "Bearer acme-key"})
    Saved(store).keep(PLACE, "list_parcels", SavedRequest("body", failing), ring)
    with sabotaged(listening) as url:
        run = run_toy(url, saved=Saved(store, replays=True), **wanted)
        assert b"limit=7" in begun_with(asked)
        assert run.exit_code == 1
        asked.clear()
        run_toy(url, saved=Saved(store, replays=False), seed=1, **wanted)
        assert b"limit=7" not in begun_with(asked)
    with serving(Double()) as url:
        assert run_toy(url, saved=Saved(store, replays=True), **wanted).exit_code == 0
    assert Saved(store, replays=True).requests(PLACE, "list_parcels", ring) == []


def test_a_generated_request_that_fails_is_kept(tmp_path: Path) -> None:
    async def broken(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        return told.having({"ok": True}) if asked.path.startswith("/v9/parcels") else told

    with sabotaged(broken) as url:
        run = run_toy(
            url, saved=Saved(str(tmp_path)), seed=5, parts=["conformance"], operations=["get_parcel"]
        )
    assert run.exit_code == 1
    ring = run.subjects[0].keyring
    kept = Saved(str(tmp_path), replays=True).requests(PLACE, "get_parcel", ring)
    assert kept
    assert all(one.request.path.startswith("/v9/parcels/") for one in kept)
    texts = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not [text for text in texts if b"acme-key" in text]


def test_tests_that_failed_come_first_and_verdicts_stay_in_order(tmp_path: Path) -> None:
    wanted: dict[str, Any] = {"parts": ["refusals", "lifecycle"], "saved": Saved(str(tmp_path), replays=True)}
    with sabotaged(lost_cancellations) as url:
        before = run_toy(url, **wanted)
        names = Names()
        again = run_toy(url, progress=names, **wanted)
    failed = {verdict.test for verdict in before.verdicts if verdict.findings}
    assert failed
    assert set(names.seen[: len(failed)]) == failed
    assert [verdict.test for verdict in again.verdicts] == [verdict.test for verdict in before.verdicts]


def posts(asked: list[Asked], sandbox: str) -> list[str]:
    """Where one history of a run sent its requests, reads left out."""
    return [one.path for one in asked if one.sandbox == sandbox and one.method == "POST"]


def test_a_walk_that_failed_is_walked_again_however_short_the_profile(tmp_path: Path) -> None:
    restored: dict[str, set[str]] = {}
    asked: list[Asked] = []

    async def lost_after_restoring(request: Asked, ask: Ask) -> Told:
        """Only in a history that has restored two parcels no cancellation is kept."""
        parcel, _, action = request.path.rpartition("/")
        if parcel.startswith("/v9/parcels"):
            asked.append(request)
        before = restored.setdefault(request.sandbox, set())
        if action == "cancel" and len(before) > 1:
            return await lost_cancellations(request, ask)
        told = await ask(request)
        if action == "restore" and told.status == 200:
            before.add(parcel)
        return told

    long = Profile("long", examples=1, histories=300, steps=30, shrinks=False)
    # The parcels of the seed are adopted first: not even two of its steps are left.
    short = Profile("short", examples=1, histories=1, steps=3, shrinks=False)
    with sabotaged(lost_after_restoring) as url:
        assert walked(url, long, Saved(str(tmp_path))).exit_code == 1
        failed = posts(asked, asked[-1].sandbox)
        asked.clear()
        assert walked(url, short, Saved(str(tmp_path))).exit_code == 0
        asked.clear()
        assert walked(url, short, Saved(str(tmp_path), replays=True)).exit_code == 1
    assert posts(asked, asked[0].sandbox) == failed


def test_shortening_a_walk_that_failed_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    histories: dict[str, None] = {}

    async def counted(request: Asked, ask: Ask) -> Told:
        histories.setdefault(request.sandbox)
        return await lost_cancellations(request, ask)

    long = Profile("long", examples=1, histories=40, steps=30, shrinks=True)
    with sabotaged(counted) as url:
        assert [finding.intermittent for finding in walked(url, long, Saved()).findings] == [False]
        shortened = len(histories)
        histories.clear()
        monkeypatch.setattr(walk, "LONGEST_SHRINKING", 0)
        assert [finding.intermittent for finding in walked(url, long, Saved()).findings] == [False]
    assert len(histories) < shortened


def walked(url: str, profile: Profile, saved: Saved) -> Run:
    """Nothing but walks."""
    with prepared([ACME], url=url, profile=profile, parts=["lifecycle"], saved=saved) as run:
        run.repeats = True
        execute(run, QUIET)
        return run


@pytest.mark.parametrize("where", ["redis://127.0.0.1:1/0", "file"])
def test_a_store_out_of_reach_is_one_warning(toy_url: str, tmp_path: Path, where: str) -> None:
    if where == "file":
        (tmp_path / "file").write_text("no directory", encoding="utf-8")
        where = str(tmp_path / "file")
    saved = Saved(where, replays=True)
    with sabotaged(lost_cancellations) as url:
        run = run_toy(url, parts=["lifecycle"], saved=saved)
    assert run.exit_code == 1
    assert run.problems == []
    (warning,) = run.warnings
    assert warning.startswith(f"DUBLE_EXAMPLES: {where} cannot be used")
    assert "\n" not in warning


def test_a_warning_shows_no_password() -> None:
    saved = Saved("redis://:hunter2@127.0.0.1:1/0", replays=True)
    assert saved.failed(PLACE) == frozenset()
    assert saved.warning is not None
    assert "hunter2" not in saved.warning
