"""Where a credential may carry the name of a sandbox."""

from __future__ import annotations

import pytest

from mockserver.core.sandboxes import split_body, split_parameter

SIGNED = "SDK-HMAC-SHA256 Access=AK{}, SignedHeaders=host;x-sdk-date, Signature=00ff"


@pytest.mark.parametrize(
    ("header", "plain", "name"),
    [
        (SIGNED.format("~alice"), SIGNED.format(""), "alice"),
        (SIGNED.format("~a.b-c_1"), SIGNED.format(""), "a.b-c_1"),
        (SIGNED.format("~x~alice"), SIGNED.format("~x"), "alice"),
        (SIGNED.format(""), SIGNED.format(""), None),
        (SIGNED.format("~"), SIGNED.format("~"), None),
        (SIGNED.format("~-a"), SIGNED.format("~-a"), None),
        (SIGNED.format("~" + "a" * 65), SIGNED.format("~" + "a" * 65), None),
        ("S Other=x~bob, Access=AK", "S Other=x~bob, Access=AK", None),
        ("S NoAccess=x~bob", "S NoAccess=x~bob", None),
        ('S Access="AK~bob", b=1', 'S Access="AK", b=1', "bob"),
        ("Access=AK~bob", "Access=AK", "bob"),
        ("", "", None),
    ],
)
def test_one_parameter_of_a_header(header: str, plain: str, name: str | None) -> None:
    assert split_parameter(header, "Access") == (plain, name)


PATH = ("auth", "name")


@pytest.mark.parametrize(
    ("body", "plain", "name"),
    [
        (b'{"auth":{"name":"me~alice"},"x":1}', b'{"auth":{"name":"me"},"x":1}', "alice"),
        (b'{"auth": {"name": "me"}, "x": "a~b"}', None, None),
        (b'{"name":"me~alice"}', None, None),
        (b'{"auth":["name~alice"]}', None, None),
        (b'{"auth":{"name":5},"x":"~a"}', None, None),
        (b'{"auth":"name~alice"}', None, None),
        (b'"~alice"', None, None),
        (b"~alice", None, None),
        (b"[" * 5_000 + b'"~alice"', None, None),
        (b'{"auth":{"name":"me~alice"},"x":' + b"[" * 500 + b"]" * 500 + b"}", None, None),
    ],
)
def test_one_place_of_a_body(body: bytes, plain: bytes | None, name: str | None) -> None:
    assert split_body(body, PATH) == (body if plain is None else plain, name)
