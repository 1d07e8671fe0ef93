"""Several processes on one run: the same requests, the same verdicts, and nothing left running."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from contract_tests.harness.network.access import Access
from contract_tests.harness.running.prepare import prepared, shipped
from contract_tests.harness.running.profiles import Profile
from contract_tests.harness.running.run import Run
from contract_tests.harness.running.session import execute
from mockserver.app import build
from mockserver.server import serving
from tests.contract_tests.runs import Quiet

SMALL = Profile("small", examples=5, histories=3, steps=10, shrinks=False, thorough=False)
OF_THE_MOMENT = {"host", "x-schemathesis-testcaseid"}

Heard = Counter[tuple[str, str, bytes, tuple[tuple[str, str], ...], bytes]]


class Recorder:
    """An ASGI application that remembers every request on its way to another."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.heard: Heard = Counter()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = bytearray()

        async def listening() -> Any:
            message = await receive()
            body.extend(message.get("body", b""))
            return message

        # Before the double changes the scope: it takes the sandbox out of the path.
        method, path, query = scope["method"], scope["raw_path"].decode("latin-1"), scope["query_string"]
        headers = tuple(
            (name.decode(), value.decode("latin-1"))
            for name, value in scope["headers"]
            if name.decode() not in OF_THE_MOMENT
        )
        await self.app(scope, listening, send)
        self.heard[method, path, query, headers, bytes(body)] += 1


def recorded(workers: int, seed: int) -> tuple[Heard, Run]:
    """One run against a double of Persat; the sandbox in a path tells which test it was for."""
    recorder = Recorder(build(["persat"]))
    with (
        serving(recorder) as url,
        prepared(
            [shipped("persat")], access=Access(url=url, started_here=True), profile=SMALL, seed=seed
        ) as run,
    ):
        execute(run, Quiet(), workers=workers)
    return recorder.heard, run


def decided(run: Run) -> list[tuple[Any, ...]]:
    """The verdicts without the time that they took."""
    return [(v.vendor, v.part, v.operation, v.label, v.findings, v.problem) for v in run.verdicts]


def of_tests(heard: Heard) -> Heard:
    """What the tests sent, without what each process looks up for itself while it collects them."""
    vendor = {key: times for key, times in heard.items() if "/v1/" in key[1]}
    return Counter(vendor)


def test_the_seed_alone_decides_what_is_sent_whoever_sends_it() -> None:
    seed = random.randrange(2**32)  # noqa: S311 - any will do
    alone, one = recorded(1, seed)
    together, two = recorded(2, seed)
    assert of_tests(together) == of_tests(alone), seed
    assert decided(two) == decided(one), seed
    assert two.exit_code == one.exit_code == 0
    assert two.omissions == one.omissions
    assert two.left_out == one.left_out > 0
    assert two.subjects[0].walked == one.subjects[0].walked
    assert two.shown["persat"].as_json() == one.shown["persat"].as_json()


def test_a_run_without_time_says_what_it_has_not_done(double_url: str) -> None:
    hasty = Access(url=double_url, started_here=True, max_time=1e-9)
    with prepared([shipped("persat")], access=hasty, profile=SMALL, parts=["examples"]) as run:
        execute(run, Quiet())
    assert run.verdicts == []
    assert run.exit_code == 2
    assert re.fullmatch(r"the time is up: (\d+) of \1 tests were not run", run.problems[0])


def test_an_interrupted_run_leaves_no_process_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "duble", "check", "--workers", "2", "--json"]
    environment = {**os.environ, "DUBLE_EXAMPLES": "off"}
    with (
        (tmp_path / "out").open("wb") as out,  # a pipe that nobody reads would hold it up
        subprocess.Popen(
            command, env=environment, stdout=out, stderr=subprocess.DEVNULL, start_new_session=True
        ) as process,
    ):
        while len(group(process.pid)) < 3 and process.poll() is None:
            threading.Event().wait(0.05)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
    assert process.returncode == 2
    assert "interrupted" in json.loads((tmp_path / "out").read_bytes())["problems"][0]
    assert group(process.pid) == []


def group(leader: int) -> list[int]:
    """The processes of a group that are alive."""
    command = ["/bin/ps", "-eo", "pid=,pgid=,stat="]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return [int(pid) for pid, of, state in rows if int(of) == leader and not state.startswith("Z")]


def suite(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Pytest on the suite, as somebody starts it who has the package."""
    command = [sys.executable, "-m", "pytest", "--pyargs", "contract_tests.suite", "-p", "no:cacheprovider"]
    environment = {**os.environ, "DUBLE_EXAMPLES": "off"}
    return subprocess.run(
        [*command, "--duble-vendor", "persat", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_pytest_spreads_the_suite_over_processes() -> None:
    done = suite("-n", "2", "--duble-part", "examples", "--duble-profile", "smoke")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d+ passed", done.stdout)


def test_a_server_that_was_not_started_here_is_left_to_one_process(double_url: str) -> None:
    done = suite("-n", "2", "--duble-url", double_url)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "leave out -n" in done.stderr + done.stdout
