"""Formats of others, read by tools that others wrote: subunit, stestr, Prometheus' client, junit2html."""

from __future__ import annotations

import math
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from junit2htmlreport.parser import Junit
from markdown_it import MarkdownIt
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_families
from prometheus_client.parser import text_string_to_metric_families as families

from harness.evidence.folder import RunFolder
from reports.build import build
from reports.model import Report
from reports.render.junit import to_junit
from reports.render.markdown import to_markdown
from reports.render.metrics import METRICS, to_metrics
from reports.render.subunit import Packet, to_subunit
from reports.render.told import ROOM
from tests.reports.big import big
from tests.reports.runs import RUNS
from tests.reports.stage import Stage, planned
from tests.reports.streams import events
from tests.reports.test_hostile import NASTY, hostile

DOCS = Path(__file__).parents[2] / "docs" / "reference" / "formats.md"
KINDS = {"pass": "success", "fail": "fail", "blocked": "fail", "unknown": "fail"}


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return hostile(tmp_path_factory.mktemp("nasty"))


def ended(report: Report) -> dict[str, str]:
    last = {
        each["test_id"]: each["test_status"] for each in events(to_subunit(report)) if each.get("test_status")
    }
    return dict(last)


@pytest.mark.parametrize("name", RUNS)
def test_subunit_tells_every_scenario_and_is_never_greener_than_the_run(
    made: Callable[[str], RunFolder], name: str
) -> None:
    report = build(made(name))
    found = ended(report)
    for scenario in report.scenarios:
        wanted = KINDS.get(scenario.verdict, "skip")
        assert found[scenario.key] == ("xfail" if wanted == "fail" and not scenario.counts else wanted)
    assert (report.exit_code == 0) is ("fail" not in found.values())


def test_a_run_that_is_not_go_has_a_failure_in_subunit_even_without_a_scenario(tmp_path: Path) -> None:
    report = build(Stage(tmp_path, plan=[]).end())
    assert ended(report) == {"deployday.verdict": "fail"}


def test_the_times_of_a_stream_are_those_of_the_run(made: Callable[[str], RunFolder]) -> None:
    report = build(made("go"))
    times: dict[str, list[float]] = {}
    for event in events(to_subunit(report)):
        times.setdefault(event["test_id"], []).append(event["timestamp"].timestamp())
    for scenario in report.scenarios:
        took = max(times[scenario.key]) - min(times[scenario.key])
        assert math.isclose(took, scenario.duration, abs_tol=1e-5)


def test_stestr_loads_a_run_and_tells_it_again(made: Callable[[str], RunFolder], tmp_path: Path) -> None:
    report = build(made("deviating"))
    (tmp_path / ".stestr.conf").write_text("[DEFAULT]\ntest_path=.\n")
    (tmp_path / "results.subunit").write_bytes(to_subunit(report))

    def stestr(*words: str) -> str:
        command = [sys.executable, "-m", "stestr.cli", *words]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stdout

    stestr("init")
    stestr("load", "results.subunit")
    told = stestr("last")
    counts = Counter(scenario.verdict for scenario in report.scenarios)
    assert f" - Passed: {counts['pass']}" in told
    assert f" - Failed: {counts['fail']}" in told
    assert f" - Skipped: {counts['out_of_reach'] + counts['not_applicable']}" in told
    assert 'compute.flavors["m1.tiny"].ram: described 512, observed 256, level must' in told


def test_a_hostile_stream_has_each_scenario_once_and_is_bounded(nasty: Report) -> None:
    stream = to_subunit(nasty)
    assert list(ended(nasty).values()) == ["fail"] * len(NASTY)
    assert len(stream) < len(NASTY) * 4 * ROOM
    assert not [each for each in events(stream) if b"\x1b" in bytes(each.get("file_bytes") or b"")]


@settings(max_examples=40, deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=300),
    st.floats(0, 4e9),
    st.sampled_from(["inprogress", "success", "skip", "fail", "xfail"]),
    st.lists(st.text("abc-", min_size=1, max_size=30), max_size=4),
    st.binary(max_size=70_000) | st.integers(0, 20_000).map(bytes),
)
def test_any_packet_is_read_back(test: str, at: float, status: str, tags: list[str], content: bytes) -> None:
    (ended_,) = events(bytes(Packet(test, at, status, tags)))
    assert (ended_["test_id"], ended_["test_status"]) == (test, status)
    assert set(ended_["test_tags"] or ()) == set(tags)
    assert abs(ended_["timestamp"].timestamp() - at) < 1e-5 * max(1, at / 1e9)
    (said,) = events(bytes(Packet(test, at, name="traceback", content=content)))
    assert bytes(said["file_bytes"]) == content


@pytest.mark.parametrize("length", [*range(30, 70), *range(16_340, 16_390)])
def test_lengths_at_which_a_number_grows_are_read_back(length: int) -> None:
    (said,) = events(bytes(Packet("t", 0.0, name="f", content=b"x" * length)))
    assert len(said["file_bytes"]) == length


@pytest.mark.parametrize("read", [families, open_families])
@pytest.mark.parametrize("name", [*RUNS, "nasty"])
def test_both_parsers_of_prometheus_read_the_same_metrics(
    made: Callable[[str], RunFolder], nasty: Report, name: str, read: Callable[[str], object]
) -> None:
    report = nasty if name == "nasty" else build(made(name))
    found = {family.name: family for family in read(to_metrics(report))}  # type: ignore[attr-defined]
    assert {family.type for family in found.values()} == {"gauge"}
    assert all(sample.timestamp is None for family in found.values() for sample in family.samples)
    assert found["deployday_run_exit_code"].samples[0].value == report.exit_code
    told = sum(sample.value for sample in found["deployday_scenarios"].samples)
    assert told == len(report.scenarios)
    answers = {s.labels["answer"]: s.value for s in found["deployday_run_answer"].samples}
    assert answers[report.verdict] == 1 == sum(answers.values())
    assert {s.labels["site"] for family in found.values() for s in family.samples} == {"rack7"}


def test_a_metric_has_a_name_and_unit_as_prometheus_asks_for() -> None:
    for metric in METRICS:
        assert re.fullmatch(r"deployday_[a-z_]+[a-z]", metric.name)
        assert not metric.name.endswith(("_total", "_count", "_sum", "_bucket", "_ms", "_minutes"))
        assert "\n" not in metric.help
    assert len({metric.name for metric in METRICS}) == len(METRICS)


def test_series_do_not_grow_with_what_a_cloud_answers(tmp_path: Path, nasty: Report) -> None:
    many = [planned(f"compute.boots[{n}]", "compute", "A story.") for n in range(500)]
    stage = Stage(tmp_path, plan=many)
    for n, row in enumerate(many):
        stage.verdict(row["key"], "failed", reason=f"reason {n}")
    for report in (build(stage.end()), nasty):
        rows = to_metrics(report).splitlines()
        assert len(rows) < 300
        assert max(map(len, rows)) < 1000


def test_every_metric_is_documented() -> None:
    assert {metric.name for metric in METRICS} == set(
        re.findall(r"`(deployday_\w+)`", DOCS.read_text("utf-8"))
    )


ATTRIBUTES = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname"},
    "properties": set(),
    "property": {"name", "value"},
    "testcase": {"name", "classname", "time"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message", "type"},
}
"""What both the schema of Jenkins' xUnit plug-in (junit-10) and GitLab's and GitHub's readers know."""


@pytest.mark.parametrize("name", [*RUNS, "nasty"])
def test_junit_holds_the_rules_of_who_reads_it(
    made: Callable[[str], RunFolder], nasty: Report, name: str
) -> None:
    written = to_junit(nasty if name == "nasty" else build(made(name)))
    root = ElementTree.fromstring(written)
    cases = set()
    for element in root.iter():
        assert set(element.attrib) <= ATTRIBUTES[element.tag], element.tag
        assert re.fullmatch(r"\d{1,9}(\.\d*)?", element.get("time", "0"))
        assert len(element.get("message", "")) < 600
        assert len(element.text or "") < 2 * ROOM
        assert len(list(element)) <= (10**6 if element.tag != "testcase" else 1)
    for case in root.iter("testcase"):
        assert (case.get("classname"), case.get("name")) not in cases, "GitLab drops the second"
        cases.add((case.get("classname"), case.get("name")))
    for suite in root.iter("testsuite"):
        assert next(each.tag for each in suite) == "properties"
        assert int(suite.get("tests", "")) == len(suite.findall("testcase"))


def test_junit2html_counts_as_we_do(made: Callable[[str], RunFolder], tmp_path: Path) -> None:
    report = build(made("deviating"))
    (tmp_path / "junit.xml").write_text(to_junit(report))
    read = Junit(str(tmp_path / "junit.xml"))
    cases = [case for suite in read.suites for case in suite.all()]
    counts = Counter(scenario.verdict for scenario in report.scenarios)
    assert len(cases) == len(report.scenarios)
    assert sum(case.failed() for case in cases) == counts["fail"] + counts["blocked"] + counts["unknown"]
    assert sum(bool(case.skipped) for case in cases) == counts["out_of_reach"] + counts["not_applicable"]
    assert "described 512, observed 256" in read.html()


def test_a_large_run_stays_far_below_what_forges_take(tmp_path: Path) -> None:
    report = build(big(tmp_path, scenarios=60, each=5, broken=60))
    assert len(to_junit(report)) < 60 * 1000
    assert len(to_markdown(report)) < 40_000


@pytest.mark.parametrize("name", [*RUNS, "nasty"])
def test_the_summary_is_read_as_tables_and_lists_without_any_markup_of_the_cloud(
    made: Callable[[str], RunFolder], nasty: Report, name: str
) -> None:
    report = nasty if name == "nasty" else build(made(name))
    tokens = (
        MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table").parse(to_markdown(report))
    )
    inner = [child for token in tokens for child in token.children or ()]
    assert not [
        each.type for each in (*tokens, *inner) if each.type in ("html_block", "html_inline", "image")
    ]
    assert not [each for each in inner if each.type == "link_open"]
    assert sum(token.type == "table_open" for token in tokens) == 2
    assert sum(token.type == "heading_open" for token in tokens) >= 3
