"""Message templates, and the credentials that a request shows."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from contract_tests.harness.acting.recipe import named_by, written_out
from contract_tests.harness.network import credentials
from contract_tests.harness.spec import contract, fixtures, wording
from tests.contract_tests.runs import TOY


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("No parcel 7 (or 8)", True),
        ("No parcel 7 (or \n9)", True),
        ("No parcel 7 (or )", False),
        ("No parcel 8 (or 8)", False),
        ("No parcel 7 (or 8) ", False),
        (None, False),
        (7, False),
    ],
)
def test_known_placeholders_are_exact_and_unknown_ones_are_some_text(text: Any, said: bool) -> None:
    assert wording.says(text, "No parcel {a} (or {b})", {"a": 7}) is said


def test_signs_of_regular_expressions_in_a_template_are_text() -> None:
    assert wording.says("What? (a.b)", "What? ({x})", {"x": "a.b"})
    assert not wording.says("What? (aXb)", "What? ({x})", {"x": "a.b"})


def test_what_is_not_known_stays_as_it_is_written() -> None:
    assert wording.rendered("{a} and {b}", {"a": 1}) == "1 and {b}"


def test_recipes_write_out_repetitions_and_what_was_kept() -> None:
    value = {"a": {"$repeat": ["xy", 3]}, "b": ["{id}", "no {id}", "{other}"]}
    assert written_out(value, {"id": 7}) == {"a": "xyxyxy", "b": [7, "no 7", "{other}"]}


@pytest.mark.parametrize(
    ("patch", "names"),
    [
        ([{"op": "remove", "path": "/body/a/b"}], {"name": "a", "field": "a.b"}),
        ([{"op": "add", "path": "/query/limit", "value": 0}], {"name": "limit", "field": "limit"}),
        ([{"op": "add", "path": "/body/ids/0", "value": 0}], {"name": "ids", "field": "ids"}),
        ([{"op": "remove", "path": "/body/a"}, {"op": "remove", "path": "/body/b"}], {}),
        ([], {}),
    ],
)
def test_a_recipe_with_one_patch_names_what_is_wrong(patch: list[Any], names: dict[str, str]) -> None:
    assert named_by({"patch": patch}) == names


def keyring(folder: Path, scheme: str, seeded: dict[str, Any], *, is_double: bool) -> credentials.Keyring:
    text = (
        (TOY / "spec.yaml")
        .read_text(encoding="utf-8")
        .replace("bearer: {type: http, scheme: bearer}", scheme)
    )
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    spec = contract.load("acme", folder / "spec.yaml")
    return credentials.keyring(spec, fixtures.Fixtures({"default": seeded}, (), ()), is_double=is_double)


ALMOST_K = {"kx": "kx", "K": "K"}
"""What is almost "k": of a double it is no secret, and shown as it is."""


def test_a_bearer_is_shown_with_its_scheme(tmp_path: Path) -> None:
    ring = keyring(tmp_path, "bearer: {type: http, scheme: bearer}", {"bearer": "k"}, is_double=True)
    operation = ring.contract.operations["get_parcel"]
    assert ring.headers(operation) == {"Authorization": "Bearer k"}
    assert ring.headers(operation, "none") == {}
    assert ring.headers(operation, "kept-token") == {"Authorization": "Bearer kept-token"}
    assert ring.headers(operation, "wrong") == {"Authorization": "Bearer wrong-credential"}
    assert ring.headers(ring.contract.operations["create_token"]) == {}
    assert ring.veil == {"k": "$DUBLE_ACME_TOKEN", **ALMOST_K}


def test_basic_is_encoded_and_its_shell_form_encodes_too(tmp_path: Path) -> None:
    ring = keyring(tmp_path, "bearer: {type: http, scheme: basic}", {"basic": ["u", "p"]}, is_double=True)
    pair = base64.b64encode(b"u:p").decode()
    assert ring.headers(ring.contract.operations["get_parcel"]) == {"Authorization": f"Basic {pair}"}
    almost = [b"u:px", b"u:P", b"wrong-credential:p", b"u:wrong-credential"]
    assert ring.veil == {
        pair: '$(printf %s "$DUBLE_ACME_LOGIN:$DUBLE_ACME_PASSWORD" | base64)',
        **{text: text for text in (base64.b64encode(one).decode() for one in almost)},
    }


def test_an_api_key_travels_in_its_own_header(tmp_path: Path) -> None:
    scheme = "bearer: {type: apiKey, in: header, name: X-Key}"
    ring = keyring(tmp_path, scheme, {"header": {"X-Key": "k"}}, is_double=True)
    assert ring.headers(ring.contract.operations["get_parcel"]) == {"X-Key": "k"}
    assert ring.veil == {"k": "$DUBLE_ACME_TOKEN", **ALMOST_K}


def test_every_missing_variable_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DUBLE_ACME_LOGIN", raising=False)
    monkeypatch.delenv("DUBLE_ACME_PASSWORD", raising=False)
    with pytest.raises(credentials.MissingCredential, match="Set DUBLE_ACME_LOGIN and DUBLE_ACME_PASSWORD"):
        keyring(tmp_path, "bearer: {type: http, scheme: basic}", {}, is_double=False)


def test_a_secret_of_the_environment_and_tokens_in_answers_are_veiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUBLE_ACME_TOKEN", "s3cret")
    ring = keyring(tmp_path, "bearer: {type: http, scheme: bearer}", {}, is_double=False)
    shown = ring.veiled('{"echo": "s3cret", "temporaryToken": "abc", "id": 7}')
    assert shown == '{"echo": "$DUBLE_ACME_TOKEN", "temporaryToken": "***", "id": 7}'


@pytest.mark.parametrize(
    ("template", "length"), [("", 0), ("{all}", 0), ("No {id}", 3), ("No {id} in {state}.", 8)]
)
def test_the_more_of_a_template_is_fixed_the_more_it_tells(template: str, length: int) -> None:
    assert wording.fixed_length(template) == length
