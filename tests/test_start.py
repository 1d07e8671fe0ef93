"""A start that cannot succeed stops with one line: file, place, remedy; exit code 2."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from mockserver.app import VENDORS, build, data_path
from mockserver.core.errors import SettingError, StartError
from mockserver.settings import Settings, from_environment


def serve(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `duble serve`, which must not come up."""
    return subprocess.run(  # our own command
        [sys.executable, "-m", "duble", "serve", "--port", "0", *arguments],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
        env={**os.environ, **environment},
    )


def refused(result: subprocess.CompletedProcess[str]) -> str:
    """The one line of a start that was refused."""
    assert (result.returncode, result.stdout) == (2, "")
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    return lines[0]


def stopped(data: Path) -> str:
    """The one line with which these specs and fixtures stop a start."""
    with pytest.raises(StartError) as error:
        build(["persat"], Settings(data=str(data)))
    line = str(error.value)
    assert "\n" not in line
    return line


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the specs and fixtures that ship, to spoil."""
    for name in ("specs", "fixtures"):
        shutil.copytree(data_path(name), tmp_path / name)
    return tmp_path


def spoil(file: Path, old: str, new: str) -> int:
    """Replace the first occurrence; the line on which it stands."""
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_an_unknown_vendor() -> None:
    line = refused(serve("persat", "acme"))
    assert line == f"duble: acme: no such vendor. Known: {', '.join(VENDORS)}"


def test_an_unknown_option() -> None:
    assert "--prot" in refused(serve("--prot", "1"))


@pytest.mark.parametrize(
    "arguments", [("--port", "abc"), ("--port", "70000"), ("--store", "oracle"), ("--data", "nowhere")]
)
def test_a_wrong_value_of_an_option(arguments: tuple[str, str]) -> None:
    line = refused(serve(*arguments))
    assert arguments[1] in line


def test_a_wrong_value_in_the_environment_names_the_variable() -> None:
    assert refused(serve(DUBLE_PORT="abc")).startswith("duble: DUBLE_PORT: 'abc' is not a whole number")


def test_a_taken_port_names_a_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = refused(serve("--port", str(port)))
    assert line.startswith(f"duble: 127.0.0.1:{port}: cannot listen there")
    assert "--port" in line


def test_a_missing_spec(data: Path) -> None:
    (data / "specs" / "persat.yaml").unlink()
    assert f"{data / 'specs' / 'persat.yaml'}: no such file" in stopped(data)


def test_a_spec_that_is_no_yaml(data: Path) -> None:
    spec = data / "specs" / "persat.yaml"
    spoil(spec, "openapi: 3.0.3", "openapi: [3.0.3")
    text = stopped(data)
    assert f"{spec}:" in text
    assert "not valid YAML" in text


def test_a_spec_that_breaks_openapi(data: Path) -> None:
    spec = data / "specs" / "persat.yaml"
    spoil(spec, "openapi: 3.0.3", "openapi: 3.0.3\nservices: []")
    assert f"{spec}" in stopped(data)


def test_a_spec_of_another_openapi(data: Path) -> None:
    spec = data / "specs" / "persat.yaml"
    line = spoil(spec, "openapi: 3.0.3", "openapi: 3.1.0")
    assert f"{spec}:{line} (openapi): OpenAPI 3.1.0 is not served" in stopped(data)


def test_an_operation_that_nobody_serves(data: Path) -> None:
    spec = data / "specs" / "persat.yaml"
    spoil(spec, "\n      operationId: cancel_work_order\n", "\n      operationId: annul_work_order\n")
    line = stopped(data)
    assert "'annul_work_order' names 0 functions" in line
    assert f"{spec}:" in line


def test_an_error_that_the_catalogue_lacks(data: Path) -> None:
    spec = data / "specs" / "persat.yaml"
    spoil(spec, "- error: CONFLICT.state", "- error: CONFLICT.stat")
    assert "the catalogue has no error 'CONFLICT.stat'" in stopped(data)


def test_a_seed_with_an_unknown_field_names_file_line_and_field(data: Path) -> None:
    seed = data / "fixtures" / "persat" / "seed.yaml"
    line = spoil(seed, "state: PENDIENTE", "sate: PENDIENTE")
    text = stopped(data)
    assert f"{seed}:{line} " in text
    assert "`sate`" in text


def test_what_stops_a_start_reaches_the_person_who_started_it(data: Path) -> None:
    spoil(data / "fixtures" / "persat" / "seed.yaml", "state: PENDIENTE", "sate: PENDIENTE")
    assert "unknown field `sate`" in refused(serve("persat", "--data", str(data)))


def test_a_seed_with_a_wrong_value(data: Path) -> None:
    seed = data / "fixtures" / "persat" / "seed.yaml"
    line = spoil(seed, "state: PENDIENTE", "state: PENDENTE")
    text = stopped(data)
    assert f"{seed}:{line} " in text


def test_a_seed_with_an_unknown_collection(data: Path) -> None:
    seed = data / "fixtures" / "persat" / "seed.yaml"
    line = spoil(seed, "  work_orders:", "  work_ordes:")
    assert f"{seed}:{line} (records.work_ordes): persat has no collection 'work_ordes'" in stopped(data)


def test_settings_come_from_options_before_the_environment() -> None:
    settings = from_environment({"DUBLE_PORT": "1", "DUBLE_HOST": "::1"}, port=2, host=None)
    assert (settings.port, settings.host) == (2, "::1")


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert from_environment({"DUBLE_PORT": ""}).port == 8080


@pytest.mark.parametrize("name", ["DUBLE_MAX_BODY_BYTES", "DUBLE_MAX_SANDBOXES", "DUBLE_JOURNAL_ENTRIES"])
def test_a_bound_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(SettingError):
        from_environment({name: "0"})
