"""Reports for GitHub: Markdown for a pull request, annotations, and the summary of a step."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contract_tests.harness.reports import github, markdown
from tests.contract_tests.reported import (
    PROBLEM,
    RUNS,
    finding,
    hostile,
    told,
)

# ------------------------------------------------------------ Markdown


def test_markdown_has_verdict_table_and_findings() -> None:
    text = markdown.markdown(RUNS["findings"])
    assert "| vendor | examples | lifecycle |\n| --- | ---: | ---: |\n| acme | 2 · **2 ❌** | 0 |" in text
    assert text.count("<details>") == text.count("</details>") == 4
    assert "```sh\ncurl -i -X POST http://acme/v9/parcels/1/cancel\n```" in text
    assert "<em>known</em>" in text
    assert "<em>intermittent</em>" in text


@pytest.mark.parametrize("many", [100, 2_000])
def test_markdown_is_never_longer_than_github_takes(many: int) -> None:
    findings = [finding(got="x" * 3_000, causes=((str(number),),)) for number in range(many)]
    text = markdown.markdown(told(*findings))
    shown = text.count("<b>acme cancel&#95;parcel</b>")
    assert len(text) <= markdown.LONGEST
    assert 0 < shown < many
    assert f"**{many - shown} more findings are not shown here**" in text
    assert text.count("<details>") == text.count("</details>")


def test_markdown_lets_nothing_of_an_answer_act() -> None:
    text = markdown.markdown(told(hostile()))
    fences = re.sub(r"(?s)(`{3,})(?:sh)?\n.*?\n\1", "", text)
    for sign in ("<script", "<img", "@octocat", "](https", "|*", "`", "\x1b", "\x00", "\u202e"):
        assert sign not in fences, sign
    assert all(len(fence) > 1 for fence in re.findall("`{3,}", text))


def test_a_fence_is_longer_than_any_in_the_text() -> None:
    text = markdown.markdown(told(finding(answer="200 text/plain ````\n# out of the fence")))
    assert "\n`````\n200 text/plain ````\n# out of the fence\n`````\n" in text


# ------------------------------------------------------------ GitHub


def test_annotations_are_workflow_commands() -> None:
    first, second, third = github.commands(RUNS["findings"])
    assert first == (
        "::error file=specs/acme.yaml,line=17,title=acme cancel_parcel%3A undocumented status::"
        "contract: cancel_parcel answers 200, 404, 409 (documented: Acme manual, Cancel)%0A"
        "got: status 202%0Acurl -i -X POST http://acme/v9/parcels/1/cancel"
    )
    assert second.startswith("::warning ")
    assert third.startswith("::notice ")


def test_no_answer_can_write_a_workflow_command() -> None:
    evil = "x\r\n::error::y%0A::set-output name=a::b"
    (line,) = github.commands(told(finding(got=evil, kind=evil, curl=[evil])))
    assert "\n" not in line
    assert "\r" not in line
    assert "y%250A" in line
    assert re.fullmatch(r"::error file=[^:,]*,line=17,title=[^:,\n]*::.*", line)


def test_a_problem_is_an_annotation_too() -> None:
    (line,) = github.commands(RUNS["undecided"])
    assert line == f"::error title=duble could not check::{PROBLEM}"


def test_the_summary_of_the_step_is_appended(tmp_path: Path) -> None:
    place = tmp_path / "summary.md"
    place.write_text("before\n", encoding="utf-8")
    github.append_summary(RUNS["holds"], {"GITHUB_STEP_SUMMARY": str(place)})
    github.append_summary(RUNS["holds"], {})
    assert place.read_text(encoding="utf-8").startswith("before\n### ✅ duble check")
    assert github.is_here({"GITHUB_ACTIONS": "true"})
    assert not github.is_here({"GITHUB_ACTIONS": "false"})
    assert not github.is_here({})
