"""Planted faults in the life of a record: first states, second moves, and what time does."""

from __future__ import annotations

from contract_tests.harness.running.run import Run
from mockserver.app import build
from mockserver.server import serving
from tests.contract_tests.runs import run_shipped
from tests.contract_tests.saboteur import Ask, Asked, Fault, Saboteur, Told


def lifecycle_of(vendor: str, fault: Fault) -> Run:
    with serving(Saboteur(build([vendor]), fault)) as url:
        return run_shipped(url, vendor, parts=["lifecycle"], seed=11)


def failed(run: Run, beginning: str) -> set[str]:
    """Labels of the tests with findings that begin like this."""
    return {one.label for one in run.verdicts if one.findings and one.label.startswith(beginning)}


async def finishes_what_was_cancelled(asked: Asked, ask: Ask) -> Told:
    """A task of a cancelled request may be finished all the same."""
    told = await ask(asked)
    if asked.path.startswith("/api/2/assignments/") and told.status == 400:
        return told.having({"success": True}, 200)
    return told


def test_an_operation_that_could_name_the_record_only_before_is_refused_afterwards() -> None:
    run = lifecycle_of("zeev", finishes_what_was_cancelled)
    assert failed(run, "cancel_instance-finish_assignment") == {"cancel_instance-finish_assignment-RUNNING"}
    assert run.exit_code == 1


async def never_expires(asked: Asked, ask: Ask) -> Told:
    """Whatever has expired is read as if no time had passed."""
    return _read_as(asked, await ask(asked), "VENCIDA", "ASIGNADA")


def test_what_time_ought_to_do_is_missed() -> None:
    run = lifecycle_of("persat", never_expires)
    after = {f"-{name}" for name in ("cancel_work_order", "update_work_order_labels")}
    assert failed(run, "by the clock") == {f"by the clock expire{then}" for then in {"", *after}}


async def waits_for_a_technician(asked: Asked, ask: Ask) -> Told:
    """A projected order is read as a pending one."""
    return _read_as(asked, await ask(asked), "PROYECTADA", "PENDIENTE")


def test_a_record_that_begins_in_another_state_is_noticed() -> None:
    run = lifecycle_of("persat", waits_for_a_technician)
    assert "create_work_order-proyectada" in failed(run, "create_work_order-")


def _read_as(asked: Asked, told: Told, state: str, other: str) -> Told:
    data = (told.json or {}).get("data") if asked.method == "GET" else None
    if not isinstance(data, dict) or data.get("state") != state:
        return told
    return told.having({**told.json, "data": {**data, "state": other}})
