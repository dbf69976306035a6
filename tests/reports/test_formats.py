"""Each format is read back by somebody else's tool, and stays small."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped

from harness.evidence.folder import RunFolder
from reports.build import build
from reports.model import VERDICTS, Report
from reports.render import FORMATS, to_html, to_json, to_junit
from reports.schema import FILE, document
from tests.reports.big import big
from tests.reports.runs import go
from tests.reports.stage import Stage, planned

DOCS = Path(__file__).parents[2] / "docs" / "reference" / "verdicts.md"
ENDED = {
    "identity.token": ("failed", "fail", Failure),
    "a.blocked": ("blocked", "blocked", Error),
    "a.crashed": ("crashed", "unknown", Error),
    "a.passed": ("completed", "pass", None),
    "a.hidden": ("out_of_reach", "out_of_reach", Skipped),
    "a.absent": ("not_applicable", "not_applicable", Skipped),
}


@pytest.fixture
def every_verdict(tmp_path: Path) -> Report:
    stage = Stage(tmp_path, plan=[planned(key, "preflight", "A story.") for key in ENDED])
    for key, (outcome, _, _) in ENDED.items():
        stage.verdict(key, outcome, reason=outcome, root="identity.token" if outcome == "blocked" else None)
    return build(stage.end())


def test_the_published_schema_is_that_of_the_model() -> None:
    assert FILE.read_text(encoding="utf-8") == document(), "python -m reports.schema"


def test_report_json_says_its_version_and_is_ascii(made: Callable[[str], RunFolder]) -> None:
    written = to_json(build(made("go")))
    assert written.isascii()
    assert json.loads(written)["report"] == 1


def test_junit_has_one_case_a_scenario_and_never_skips_what_is_open(every_verdict: Report) -> None:
    (suite,) = JUnitXml.fromstring(to_junit(every_verdict).encode())
    found = {case.name: case.result[0] if case.result else None for case in suite}
    assert found.keys() == ENDED.keys()
    for key, (_, verdict, kind) in ENDED.items():
        result = found[key]
        assert (type(result) if result else None) is kind, key
        assert result is None or result.type == verdict


def test_a_run_that_is_not_go_is_never_green_in_junit(tmp_path: Path) -> None:
    stage = Stage(tmp_path, plan=[])
    report = build(stage.end())
    assert report.exit_code == 2
    document = JUnitXml.fromstring(to_junit(report).encode())
    assert document.errors == 1


def test_a_go_run_is_green_in_junit(tmp_path: Path) -> None:
    document = JUnitXml.fromstring(to_junit(build(go(tmp_path))).encode())
    assert (document.failures, document.errors) == (0, 0)


def test_deviations_stand_in_the_failure(made: Callable[[str], RunFolder]) -> None:
    assert "described 512, observed 256, level must" in to_junit(build(made("deviating")))


def test_the_documented_table_has_every_verdict() -> None:
    text = DOCS.read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in row.strip("| ").split("|")] for row in text.splitlines() if row[:2] == "| "
    ]
    documented = {row[0] for row in rows}
    assert {verdict.replace("_", " ") for verdict in VERDICTS} <= documented


def test_a_large_run_stays_small_and_quick(tmp_path: Path) -> None:
    folder = big(tmp_path, broken=4)
    began = time.process_time()
    report = build(folder)
    page = to_html(report)
    assert time.process_time() - began < 3
    assert len(page.encode()) < 2_000_000
    assert len(report.scenarios) == 60
    assert len(report.clauses) == 350
    assert sum(len(step.evidence) for s in report.scenarios for step in s.steps) == 1800
    assert any("head alone" in sentence for sentence in report.omitted)


def test_failing_stories_keep_more_of_their_bodies_than_passing_ones(tmp_path: Path) -> None:
    report = build(big(tmp_path, scenarios=10, leaves=9, broken=1))
    shown = {
        s.verdict: max(len(e.response) for step in s.steps for e in step.evidence if e.kind == "exchange")
        for s in report.scenarios
    }
    assert shown["fail"] > shown["pass"]


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_run_can_be_shown(tmp_path: Path, form: str) -> None:
    stage = Stage(tmp_path, plan=[], rows=[])
    assert FORMATS[form](build(stage.folder))
