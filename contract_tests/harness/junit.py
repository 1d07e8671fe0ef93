"""A run as JUnit XML, which every CI server reads."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from contract_tests.harness.run import Run, Verdict


def junit(run: Run) -> ET.Element:
    """One test suite for each vendor and part, one test case for each verdict."""
    root = ET.Element("testsuites", name="duble check")
    for subject in run.subjects:
        vendor = subject.contract.vendor
        for part in run.parts:
            mine = [v for v in run.verdicts if (v.vendor, v.part) == (vendor, part)]
            _suite(root, f"{vendor}.{part}", mine)
    return root


def _suite(root: ET.Element, name: str, verdicts: Sequence[Verdict]) -> None:
    suite = ET.SubElement(
        root,
        "testsuite",
        name=name,
        tests=str(len(verdicts)),
        failures=str(sum(1 for verdict in verdicts if verdict.findings)),
        errors=str(sum(1 for verdict in verdicts if verdict.problem)),
        time=f"{sum(verdict.seconds for verdict in verdicts):.3f}",
    )
    for verdict in verdicts:
        case = ET.SubElement(
            suite,
            "testcase",
            classname=name,
            name=_printable(verdict.label),
            time=f"{verdict.seconds:.3f}",
        )
        for finding in verdict.findings:
            failure = ET.SubElement(case, "failure", message=_printable(finding.got))
            failure.text = _printable(str(finding))
        if verdict.problem:
            ET.SubElement(case, "error", message=_printable(verdict.problem))


def _printable(text: str) -> str:
    """The text without what XML 1.0 cannot hold."""
    return "".join(c if _is_xml(c) else "?" for c in text)


def _is_xml(character: str) -> bool:
    code = ord(character)
    return character in "\t\n" or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code > 0xFFFF
