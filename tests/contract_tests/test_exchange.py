"""Requests on the wire, and the shell lines that repeat them."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from contract_tests.harness.network.exchange import Draft, Request, curl, on_the_wire
from contract_tests.harness.spec import contract
from contract_tests.harness.spec.contract import Contract
from tests.contract_tests.runs import TOY

ROOT = "http://127.0.0.1:8080"


@pytest.fixture(scope="module")
def acme() -> Contract:
    return contract.load("acme", TOY / "spec.yaml")


def expressed(line: str) -> bytes:
    """The body that the Python part of a line writes."""
    script = shlex.split(line)[2].removeprefix("import sys; sys.stdout.buffer.write(").removesuffix(")")
    body: bytes = eval(script)  # noqa: S307 - our own expression
    return body


def test_path_parameters_are_encoded_whole(acme: Contract) -> None:
    draft = Draft(path={"parcel_id": "a/b ñ%"})
    request = on_the_wire(acme, acme.operations["get_parcel"], draft, {"Authorization": "Bearer k"})
    assert request.path == "/v9/parcels/a%2Fb%20%C3%B1%25"
    assert request.headers == {"Authorization": "Bearer k"}
    assert request.body is None


def test_query_values_are_written_as_json_writes_them(acme: Contract) -> None:
    draft = Draft(query={"limit": True, "states": ["a", "b"], "none": None})
    request = on_the_wire(acme, acme.operations["list_parcels"], draft, {})
    assert request.path == "/v9/parcels?limit=true&states=a&states=b"


def test_a_list_that_does_not_explode_is_one_value(tmp_path: Path) -> None:
    text = (
        (TOY / "spec.yaml")
        .read_text(encoding="utf-8")
        .replace("in: query, schema:", "in: query, explode: false, schema:")
    )
    (tmp_path / "spec.yaml").write_text(text, encoding="utf-8")
    spec = contract.load("acme", tmp_path / "spec.yaml")
    request = on_the_wire(spec, spec.operations["list_parcels"], Draft(query={"limit": [1, 2]}), {})
    assert request.path == "/v9/parcels?limit=1%2C2"


@pytest.mark.parametrize(
    ("draft", "content_type"),
    [
        (Draft(body={}, has_body=True), "application/json"),
        (Draft(body={}, has_body=True, media_type="text/plain"), "text/plain"),
        (Draft(body={}, has_body=True, media_type="none"), None),
        (Draft(raw=b"", has_body=False), "application/json"),
        (Draft(), None),
    ],
)
def test_the_content_type_goes_with_the_body(acme: Contract, draft: Draft, content_type: str | None) -> None:
    request = on_the_wire(acme, acme.operations["create_parcel"], draft, {})
    assert request.headers.get("Content-Type") == content_type


def test_secrets_are_variables_that_the_shell_fills_in() -> None:
    request = Request(method="GET", path="/v9/a?b='$x", headers={"Authorization": "Bearer s3cret"})
    line = curl(request, "$DUBLE_URL", {"s3cret": "$DUBLE_ACME_TOKEN"})
    assert line == (
        """curl -i -X GET "$DUBLE_URL/v9/a?b='\\$x" -H "Authorization: Bearer $DUBLE_ACME_TOKEN\""""
    )


def test_a_short_body_is_shown_as_it_is() -> None:
    body = '{"cause": "it\'s"}'
    request = Request(method="POST", path="/a", headers={"X": "y"}, body=body.encode())
    assert shlex.split(curl(request, ROOT, {})) == [
        *("curl", "-i", "-X", "POST", f"{ROOT}/a", "-H", "X: y", "--data-binary", body)
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b"\xff\xfe",
        b"a" * 501 + b"\n'",
        "\x1b[2J \u202e \u200b".encode(),  # acts on a terminal, or cannot be seen
    ],
)
def test_a_long_or_binary_body_is_written_by_an_expression(body: bytes) -> None:
    line = curl(Request(method="POST", path="/a", body=body), ROOT, {})
    assert expressed(line) == body
    assert line.endswith("--data-binary @-")
    assert len(line) < 300
