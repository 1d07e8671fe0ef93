"""The HTML report: one file that nothing in an answer can turn into more than text, readable by everybody."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from contract_tests.harness import reports
from contract_tests.harness.reports.page import page
from tests.contract_tests.reported import HOSTILE, KNOWN, checked, finding, hostile, told

VOID = {"meta", "input", "br", "link", "hr", "img"}
STYLE = Path(reports.__file__).parent / "page" / "page.css"
TEXT = 4.5  # WCAG 2.2, 1.4.3
SIGN = 3.0  # 1.4.11


class Reader(HTMLParser):
    """What a browser finds in a document; AssertionError where tags don't nest."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("script", "style"):
            self.text.append(data)

    def values(self, name: str) -> list[str]:
        """Every value of an attribute."""
        return [value for _, key, value in self.attributes if key == name]

    @property
    def words(self) -> str:
        """What is read, with single spaces."""
        return " ".join(" ".join(self.text).split())


SHAKY = finding(seen=1, tries=3, causes=(("shaky",),))
OLD = finding(known=KNOWN, causes=(("old",),))
PAGES = {
    "holds": told(),
    "findings": told(finding(), SHAKY, OLD, finding(refutes=("ACME-A1",), causes=(("x",),))),
    "hostile": told(hostile()),
    "undecided": told(exit_code=2, problems=("nobody answers",)),
    "nothing": reports.failure("no such target"),
    "several": told(vendors=(checked(), checked(vendor="other", started_here=True))),
}


@pytest.mark.parametrize("name", PAGES)
def test_tags_nest_ids_are_unique_and_links_lead_somewhere(name: str) -> None:
    read = Reader(page(PAGES[name]))
    ids = read.values("id")
    assert len(ids) == len(set(ids))
    targets = [*read.values("aria-labelledby"), *read.values("data-gaps")]
    targets += [link[1:] for link in read.values("href") if link.startswith("#")]
    assert set(targets) <= set(ids)


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_fetched(name: str) -> None:
    text = page(PAGES[name])
    read = Reader(text)
    assert {"img", "link", "iframe", "object", "base", "form"}.isdisjoint(read.tags)
    assert read.values("src") == []
    assert "url(" not in text
    assert "@import" not in text
    outside = {link for link in read.values("href") if not link.startswith("#")}
    assert outside <= {"https://acme.example/manual"}


def test_only_our_own_script_and_style_may_act() -> None:
    text = page(PAGES["hostile"])
    (policy,) = [value for value in Reader(text).values("content") if "default-src" in value]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    for tag in ("script", "style"):
        (inside,) = re.findall(f"(?s)<{tag}>(.*?)</{tag}>", text)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert rules[f"{tag}-src"] == f"'sha256-{digest}'"


def test_an_answer_is_text_and_nothing_else() -> None:
    quiet, loud = Reader(page(told(finding(others=("x",))))), Reader(page(PAGES["hostile"]))
    assert loud.tags == quiet.tags
    assert not [name for _, name, _ in loud.attributes if name.startswith("on") or name == "style"]
    assert "<script>alert(1)</script></script><img src=x onerror=alert(1)>" in loud.words
    assert "{{ 7 * 7 }}" in loud.words
    for sign in ("\x1b", "\x00", "\u202e", "\ud800"):
        assert sign in HOSTILE
        assert sign not in page(PAGES["hostile"])


def test_a_document_of_the_spec_is_linked_only_if_it_is_on_the_web() -> None:
    sources = {"manual": {"title": "Acme manual", "url": "javascript:alert(1)"}}
    read = Reader(page(told(finding(), vendors=(checked(1, sources=sources),))))
    assert "Acme manual" in read.words
    assert not [link for link in read.values("href") if not link.startswith("#")]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("holds", "Holds 1 check, no finding."),
        ("findings", "3 findings In 5 checks ; 1 intermittent; 1 more known."),
        ("undecided", "Could not check"),
        ("nothing", "Could not check Nothing was checked. no such target"),
    ],
)
def test_the_verdict_comes_first(name: str, words: str) -> None:
    read = Reader(page(PAGES[name]))
    start = read.words.index("UTC") + 4
    assert re.sub(r" ([;.])", r"\1", read.words[start:]).startswith(re.sub(r" ([;.])", r"\1", words))


def test_a_finding_shows_contract_source_and_payloads() -> None:
    words = Reader(page(told(finding()))).words
    for text in (
        "cancel_parcel answers 200, 404, 409",
        "specs/acme.yaml:17",
        "Documented: Acme manual , Cancel",
        "status 202",
        "curl -i -X POST http://acme/v9/parcels/1/cancel",
        "HTTP/1.1 202 Accepted",
        "Authorization: Bearer $DUBLE_ACME_TOKEN",
        finding().fingerprint,
    ):
        assert text in words, text


def test_an_assumption_is_quoted_with_what_refutes_it() -> None:
    assumed = finding(sources=[{"mark": "assumed", "assumption": "ACME-A1"}], refutes=("ACME-A1",))
    words = Reader(page(told(assumed))).words
    assert "refutes ACME-A1" in words
    assert "Our assumption ACME-A1 : One hour. Refuted by: A token of two hours." in words


def test_the_matrix_says_in_words_what_its_signs_mean() -> None:
    read = Reader(page(told(finding())))
    titles = read.values("title")
    assert "200: seen in an answer" in titles
    assert "202: a finding is about it" in titles
    assert "404: looked for and not seen" in titles
    assert "409: not looked for, it is made of writes" in titles
    assert "302: left out by the spec" in titles
    labels = Counter(read.values("aria-label"))
    assert labels["looked for and not seen"] == 1
    assert "409 a" in read.words  # the letter of the reason below
    assert ("a", "href", "#finding-1") in read.attributes


def test_without_script_nothing_is_missing_and_nothing_is_dead() -> None:
    read = Reader(page(PAGES["findings"]))
    assert read.tags["button"] == 0
    assert read.tags["input"] == 2
    hidden = [tag for tag, name, _ in read.attributes if name == "hidden"]
    assert hidden == ["label", "label"]


def test_wide_things_scroll_in_a_box_that_the_keyboard_reaches() -> None:
    read = Reader(page(PAGES["findings"]))
    boxes = sum(1 for _, name, value in read.attributes if (name, value) == ("class", "scroll"))
    assert boxes == read.tags["table"] == 2
    assert read.values("tabindex").count("0") >= boxes + read.tags["pre"]


# ---------------------------------------------------------------- colours


def palettes() -> dict[str, dict[str, str]]:
    """The colours of each scheme, by their names in the style sheet."""
    blocks = re.findall(r":root \{(.*?)\}", STYLE.read_text(encoding="utf-8"), re.DOTALL)
    light, dark = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in blocks[:2])
    return {"light": light, "dark": dark}


def luminance(colour: str) -> float:
    """WCAG's relative luminance of #rrggbb."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        *(
            (ink, ground, TEXT)
            for ink in ("ink", "quiet", "link", "bad", "warn")
            for ground in ("ground", "raised")
        ),
        ("good", "ground", TEXT),
        ("warn", "warn-tint", TEXT),
        ("on-bad", "bad", TEXT),
        ("good", "line", SIGN),
    ],
)
def test_everything_can_be_read(scheme: str, ink: str, ground: str, least: float) -> None:
    colours = palettes()[scheme]
    assert contrast(colours[ink], colours[ground]) >= least


def test_black_on_white_is_21_to_1() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
