"""duble.toml: what it may say of a server, and how its mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_tests.harness.network.access import Access, Forbidden, root_of
from contract_tests.harness.network.targets import TargetSettings, UnreadableTargets, seconds, target

WHOLE = """
[targets.persat-sandbox]
vendor = "persat"
url = "https://sandbox.persat.example/v1"
kind = "sandbox"
credential = {token = "PERSAT_SANDBOX_KEY"}
headers = {X-Tenant = "acme"}
secret_headers = {X-Gate = "GATE_SECRET"}
resources = {work_order = ["9", "13"]}
values = {"body/client_id" = 17}
verify = true
proxy = "http://proxy.example:3128"
timeout = 12.5
rate = 4
max_requests = 500
max_time = "10m"
"""
MINIMAL = '[targets.here]\nvendor = "persat"\nurl = "https://a.example"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "duble.toml"
    path.write_text(text, encoding="utf-8")
    return path


def settings(**said: object) -> TargetSettings:
    whole = {"vendor": "persat", "url": "https://a.example/v1", **said}
    return TargetSettings(**whole)  # type: ignore[arg-type]  # what a test says, it says on purpose


def test_a_target_is_read_as_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATE_SECRET", "sesame")
    said = target("persat-sandbox", written(tmp_path, WHOLE))
    assert (said.vendor, said.kind, said.timeout, said.rate) == ("persat", "sandbox", 12.5, 4)
    assert said.resources == {"work_order": ["9", "13"]}
    assert said.values == {"body/client_id": 17}
    assert said.all_headers() == {"X-Tenant": "acme", "X-Gate": "sesame"}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('kind = "staging"', "kind"),
        ("token = 'abc'", "unknown field `token`"),
        ("rate = 'fast'", "rate"),
        ("rate = 0", "more than 0"),
        ("max_requests = 0", "at least 1"),
        ("max_time = 'soon'", "'soon' is no duration such as 90s, 15m or 2h"),
        ("proxy = 'socks5://proxy'", "proxy is no http:// or https:// URL"),
        ("resources = {work_order = '9'}", "targets[...].resources"),
    ],
)
def test_a_mistake_is_told_with_file_and_place(tmp_path: Path, line: str, told: str) -> None:
    path = written(tmp_path, MINIMAL + line)
    with pytest.raises(UnreadableTargets) as refused:
        target("here", path)
    assert str(refused.value).startswith(f"{path}: ")
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("sandbox.example/v1", "no base URL"),
        ("ftp://sandbox.example", "no base URL"),
        ("https://me:secret@sandbox.example", "holds no credential"),
        ("https://sandbox.example/v1?key=secret", "has a query"),
    ],
)
def test_a_url_is_a_base_url_and_holds_no_secret(tmp_path: Path, url: str, told: str) -> None:
    path = written(tmp_path, f'[targets.here]\nvendor = "persat"\nurl = "{url}"\n')
    with pytest.raises(UnreadableTargets, match=told):
        target("here", path)


def test_an_unknown_target_is_told_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(
        UnreadableTargets, match=r"no target there. Known: here. Add a table \[targets.there\]"
    ):
        target("there", written(tmp_path, MINIMAL))


def test_a_file_that_is_missing_or_no_toml_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTargets, match="No such file"):
        target("here", tmp_path / "duble.toml")
    with pytest.raises(UnreadableTargets, match="not TOML"):
        target("here", written(tmp_path, "[targets.here\n"))


def test_a_header_whose_variable_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GATE_SECRET", raising=False)
    with pytest.raises(KeyError, match="GATE_SECRET"):
        settings(secret_headers={"X-Gate": "GATE_SECRET"}).all_headers()


@pytest.mark.parametrize(
    ("text", "expected"), [("90", 90), ("90s", 90), ("15m", 900), ("2h", 7200), ("0.5m", 30)]
)
def test_durations(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "0", "-1", "1d", "m", "1 hour"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no duration"):
        seconds(text)


# ---------------------------------------------------------------- what a run may do there


def test_nothing_is_ever_written_to_production() -> None:
    with pytest.raises(Forbidden, match="production"):
        Access(settings=settings(kind="production"), writes="sandbox").demand_allowed()
    Access(settings=settings(kind="production")).demand_allowed()
    Access(settings=settings(kind="sandbox"), writes="sandbox").demand_allowed()


def test_budgets_come_from_options_then_settings_then_manners() -> None:
    said = settings(rate=4.0, max_requests=500, max_time="10m")
    budget = Access(settings=said).budget()
    assert (budget.per_second, budget.requests, budget.seconds) == (4.0, 500, 600)
    budget = Access(settings=said, rate=1.0, max_requests=3, max_time=9.0).budget()
    assert (budget.per_second, budget.requests, budget.seconds) == (1.0, 3, 9)
    assert Access(settings=settings(kind="production")).budget().per_second == 5
    assert Access(settings=settings()).budget().per_second == 20
    assert Access(url="https://vendor.example").budget().per_second == 10
    assert Access(url="http://127.0.0.1:8080").budget().per_second is None
    assert Access(url="http://localhost:8080").budget().per_second is None


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("https://a.example", "https://a.example"),
        ("https://a.example/", "https://a.example"),
        ("https://a.example/v1", "https://a.example"),
        ("https://a.example/v1/", "https://a.example"),
        ("https://a.example/gate/v1", "https://a.example/gate"),
        ("https://a.example/gate", "https://a.example/gate"),
        ("https://v1/", "https://v1"),
    ],
)
def test_the_base_path_may_be_written_or_left_out(url: str, root: str) -> None:
    assert root_of(url, ["/v1"]) == root
