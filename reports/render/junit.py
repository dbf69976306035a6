"""``junit.xml``: one test case a scenario and subject, for the pages of GitLab, Jenkins and GitHub.

Blocked and unknown are errors, never "skipped": a run that could not judge must not look green. What the
cloud does not have, or what this access cannot see, is skipped. ``docs/reference/verdicts.md`` has the table,
``docs/reference/formats.md`` what each of these pages reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from reports.model import Report, Scenario
from reports.render.told import told
from reports.text import line, moment, plain

_MESSAGE = 500
"""Characters of the one line that pages show of a failure before it is opened."""


def to_junit(report: Report) -> str:
    """The report as JUnit XML; a suite is a gate, a case is a scenario on a subject."""
    document = JUnitXml(f"Deploy Day {plain(report.run.site)}")
    for gate in report.gates:
        started = gate.started or report.run.started
        cases = [_case(scenario) for scenario in report.scenarios if scenario.gate == gate.name]
        document.add_testsuite(_suite(report, gate.name, started, cases))
    document.update_statistics()
    if report.exit_code and not document.failures + document.errors:
        document.add_testsuite(_suite(report, "verdict", report.run.started, [_answer(report)]))
        document.update_statistics()
    document._elem.attrib.pop("skipped", None)  # at this place the schema of Jenkins' xUnit plug-in has none
    return str(document.tostring().decode("utf-8")) + "\n"


def _suite(report: Report, name: str, started: float, cases: Iterable[TestCase]) -> TestSuite:
    suite = TestSuite(plain(name))
    suite.timestamp = datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds")
    suite.hostname = plain(report.run.site)
    for key, text in _properties(report):
        suite.add_property(key, plain(text))
    for case in cases:
        suite.add_testcase(case)
    return suite


def _answer(report: Report) -> TestCase:
    """A run that is not GO never looks green, even where each scenario by itself does."""
    case = TestCase("deployday.verdict", classname="deployday.verdict")
    kind = Failure if report.exit_code == 1 else Error
    result = kind(plain(report.banner), report.verdict)
    result.text = plain("\n".join(report.because))
    case.result = [result]
    return case


def _properties(report: Report) -> Iterable[tuple[str, str]]:
    yield "deployday.verdict", report.verdict
    yield "deployday.banner", report.banner
    yield from (("deployday.waiver", f"{each.target}: {each.says}") for each in report.waivers if each.says)
    yield "deployday.run", report.run.id
    yield "deployday.architecture", f"{report.run.architecture} {report.run.fingerprint[:12]}"


def _case(scenario: Scenario) -> TestCase:
    case = TestCase(
        plain(scenario.key), classname=f"deployday.{plain(scenario.gate)}", time=scenario.duration
    )
    result = _result(scenario)
    if result is not None:
        result.text = "\n".join(told(scenario))
        case.result = [result]
    if scenario.carried:
        case.system_out = plain(f"carried from {scenario.carried.run}, told at {moment(scenario.carried.at)}")
    return case


def _result(scenario: Scenario) -> Failure | Error | Skipped | None:
    reason = line(scenario.reason, _MESSAGE)
    match scenario.verdict:
        case "pass":
            return None
        case "fail" if not scenario.counts:
            why = "waived" if scenario.level == "must" else f"level {scenario.level}"
            why = "outside of the scope" if scenario.outside else why
            return Skipped(f"fails, {why}: {reason}", "fail")
        case "fail":
            return Failure(reason or "the cloud deviates from its description", "fail")
        case "blocked" | "unknown":
            return Error(reason or f"blocked by {scenario.root}", scenario.verdict)
        case _:
            return Skipped(reason, scenario.verdict)
