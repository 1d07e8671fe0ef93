"""A run as JUnit XML, which every CI server reads: the dialect of Jenkins' junit-10.xsd."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from xml.etree import ElementTree as ET

from contract_tests.harness.judging.finding import Finding
from contract_tests.harness.reports.printable import on_one_line, printable
from contract_tests.harness.reports.summary import Checked, LeftOut, Summary
from contract_tests.harness.running.run import Verdict


def junit(told: Summary) -> ET.Element:
    """One test suite for each vendor and part, one test case for each verdict.

    What the run left out is a skipped case, as is a case whose findings are all known. A run that was
    stopped, or could not begin, has a suite of its own with an error in it.
    """
    root = ET.Element("testsuites", name="duble check", time=_seconds(told.seconds))
    for checked in told.vendors:
        for part in told.parts:
            verdicts = [v for v in told.verdicts if (v.vendor, v.part) == (checked.vendor, part)]
            left = [one for one in told.left_out if (one.vendor, one.part) == (checked.vendor, part)]
            _suite(root, told, checked, f"{checked.vendor}.{part}", verdicts, left)
    decided = {f"{v.vendor} {v.part} {v.label}: {v.problem}" for v in told.verdicts if v.problem}
    _of_the_run(root, told, [problem for problem in told.problems if problem not in decided])
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    return root


def document(told: Summary) -> bytes:
    """The same as a file."""
    data: bytes = ET.tostring(junit(told), encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _suite(
    root: ET.Element,
    told: Summary,
    checked: Checked,
    name: str,
    verdicts: Sequence[Verdict],
    left_out: Sequence[LeftOut],
) -> None:
    suite = _begun(root, told, name, url=checked.url, vendor=checked.vendor)
    known = {finding.known.fingerprint for finding in told.known if finding.known}
    for verdict in verdicts:
        _case(suite, name, verdict, known)
    for left in left_out:
        for what in left.what:
            case = ET.SubElement(suite, "testcase", classname=name, name=printable(what), time=_seconds(0))
            ET.SubElement(case, "skipped", message=on_one_line(left.why))
    _counted(suite, sum(verdict.seconds for verdict in verdicts))


def _case(suite: ET.Element, classname: str, verdict: Verdict, known: AbstractSet[str]) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        classname=classname,
        name=on_one_line(verdict.label),
        time=_seconds(verdict.seconds),
    )
    new = [finding for finding in verdict.findings if known.isdisjoint(finding.fingerprints)]
    for finding in new:
        _failure(case, finding)
    if verdict.findings and not new:
        ids = ", ".join(finding.fingerprint for finding in verdict.findings)
        ET.SubElement(case, "skipped", message=f"known: {ids}")
    if verdict.problem:
        ET.SubElement(case, "error", type="undecided", message=on_one_line(verdict.problem))


def _failure(case: ET.Element, finding: Finding) -> None:
    failure = ET.SubElement(
        case,
        "failure",
        type=on_one_line(finding.kind),
        message=on_one_line(f"{finding.said}; got {finding.got}"),
    )
    failure.text = printable(f"{finding}\n  id        {finding.fingerprint}")


def _of_the_run(root: ET.Element, told: Summary, problems: Sequence[str]) -> None:
    """What is wrong with the run itself, and with the baseline."""
    if not problems and not told.expired:
        return
    suite = _begun(root, told, "run")
    for entry in told.expired:
        name = f"baseline {entry.vendor} {entry.operation} {entry.fingerprint}"
        case = ET.SubElement(suite, "testcase", classname="run", name=on_one_line(name), time=_seconds(0))
        text = on_one_line(f"expired on {entry.expires.isoformat()}: {entry.what} ({entry.owner})")
        ET.SubElement(case, "failure", type="expired", message=text)
    for problem in problems:
        case = ET.SubElement(suite, "testcase", classname="run", name="the run is complete", time=_seconds(0))
        ET.SubElement(case, "error", type="could not check", message=on_one_line(problem))
    _counted(suite, 0)


def _begun(root: ET.Element, told: Summary, name: str, **properties: str) -> ET.Element:
    started = told.started.strftime("%Y-%m-%dT%H:%M:%S")
    suite = ET.SubElement(root, "testsuite", name=name, timestamp=started)
    said = {"profile": told.profile, "seed": told.seed, "exit_code": told.exit_code, **properties}
    listed = ET.SubElement(suite, "properties")
    for key, value in said.items():
        if value is not None:
            ET.SubElement(listed, "property", name=key, value=printable(str(value)))
    return suite


def _counted(suite: ET.Element, seconds: float) -> None:
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    for kind, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(name, str(sum(1 for case in cases if case.find(kind) is not None)))
    suite.set("time", _seconds(seconds))


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"
