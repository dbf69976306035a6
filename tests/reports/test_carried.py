"""Reports, comparisons and histories of runs that carry results: shown everywhere, counted once."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from junitparser import JUnitXml

from harness.evidence.carried import Carried, From, lifted
from harness.evidence.folder import RunFolder, read_json, write_json
from harness.evidence.reader import read_record
from reports.build import build
from reports.compare.build import compare
from reports.compare.reading import read
from reports.history.entry import read_entry
from reports.model import Report
from reports.render.html import to_html
from reports.render.junit import to_junit
from reports.render.markdown import to_markdown
from reports.render.terminal import to_terminal
from tests.reports.compare.runs import report, scenario, stored
from tests.reports.runs import go, preflight, rest
from tests.reports.stage import BEGAN, Stage

FLAVORS = "compute.flavors"
LENDER = "20270115T060000-rack7-77aa"
SINCE = BEGAN - 7200


def damaged(rerun: RunFolder, home: Path, **result: Any) -> Report:
    """The report of a copy whose carried result says something else of itself."""
    copy = RunFolder(Path(shutil.copytree(rerun.path, home / rerun.id)))
    facts = json.loads(copy.carried.read_text())
    facts["results"][FLAVORS] |= result
    copy.carried.write_text(json.dumps(facts))
    return build(copy)


@pytest.fixture(scope="module")
def rerun(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run that carries the flavors from the one of two hours before."""
    home = tmp_path_factory.mktemp("carried")
    first = go(home / "first")
    stage = Stage(home / "second", lab=True)
    preflight(stage)
    rest(stage)
    folder = stage.end()
    plan = dict(read_json(folder.plan))
    plan["carried"] = [row for row in plan["scenarios"] if row["key"] == FLAVORS]
    plan["order"] = [row["key"] for row in plan["scenarios"]]
    plan["scenarios"] = [row for row in plan["scenarios"] if row["key"] != FLAVORS]
    write_json(folder.plan, plan)
    rows = [row | {"t": row["t"] - 7200} for row in lifted(read_record(first.events), {FLAVORS}, "77aa")]
    Carried(results={FLAVORS: From(LENDER, SINCE, SINCE + 60)}, rows=rows).write(folder)
    return folder


@pytest.fixture(scope="module")
def told(rerun: RunFolder) -> Report:
    return build(rerun)


def test_the_report_says_whose_result_it_is_and_has_no_times_of_it(told: Report) -> None:
    [flavors] = [each for each in told.scenarios if each.key == FLAVORS]
    assert flavors.carried
    assert (flavors.carried.run, flavors.carried.started, flavors.carried.at) == (LENDER, SINCE, SINCE + 60)
    assert flavors.carried.seconds > 0
    assert (flavors.duration, flavors.started, flavors.samples, flavors.worker) == (0.0, None, {}, "")
    assert [step.title for step in flavors.steps] == ["list the flavors in detail"]
    assert flavors.steps[0].evidence[0].at < 10, "since its own run began"
    assert told.coverage.carried == 2
    assert FLAVORS not in {slow.key for slow in told.timings.slowest}
    assert FLAVORS not in {link.key for link in told.timings.chain.links}
    assert told.timings.wall < 60, "the earlier run took none of its time"
    assert [each.key for each in told.scenarios][5] == FLAVORS, "it stands where the plan has it"


def test_every_format_shows_it(told: Report) -> None:
    assert f"Carried 1 result of {LENDER}, begun 2027-01-15 06:00 UTC" in to_terminal(told)
    assert "1 carried from 06:00 UTC" in to_terminal(told)
    assert f"Carried: 1 result of run `{LENDER}`, begun 2027-01-15 06:00 UTC" in to_markdown(told)
    page = to_html(told)
    assert '<span class="tag">carried</span>' in page
    assert LENDER in page
    cases = {case.name: case for suite in JUnitXml.fromstring(to_junit(told).encode()) for case in suite}
    assert cases[FLAVORS].system_out == f"carried from {LENDER}, told at 2027-01-15 06:01 UTC"
    assert cases[FLAVORS].time == 0
    assert cases["images.described"].system_out is None


def test_a_stored_run_that_carries_is_judged_again_alike(rerun: RunFolder, told: Report) -> None:
    assert build(rerun) == told
    assert Report.model_validate_json(told.model_dump_json()) == told


def test_without_what_it_carried_it_is_no_go(rerun: RunFolder, tmp_path: Path) -> None:
    lost = RunFolder(Path(shutil.copytree(rerun.path, tmp_path / rerun.id)))
    lost.carried.unlink()
    lost.carried_rows.unlink()
    report = build(lost)
    [flavors] = [each for each in report.scenarios if each.key == FLAVORS]
    assert (report.verdict, flavors.verdict) == ("COULD NOT JUDGE", "unknown")


def test_history_has_no_sample_of_it(rerun: RunFolder, told: Report) -> None:
    rerun.report_json.write_text(told.model_dump_json())
    entry = read_entry(rerun)
    assert FLAVORS not in {result.key for result in entry.results}
    assert "compute.boot" in {result.key for result in entry.results}
    assert FLAVORS not in {key for key, _, _ in entry.steps}
    assert not {name for name in entry.figures if name in ("run/wall time", "run/coverage")}
    assert (entry.facts.carried, entry.facts.whole) == (1, False)


LENT = {"run": LENDER, "started": SINCE, "at": SINCE, "seconds": 1.0}


def sides(tmp_path: Path, *runs: dict[str, Any]) -> Any:
    return compare([read(stored(tmp_path, data)) for data in runs], [])


def boots(count: int, seconds: float = 2.0) -> dict[str, Any]:
    return {"samples": {"boot": [seconds + 0.01 * n for n in range(count)]}, "duration": seconds}


def test_a_comparison_takes_no_time_of_what_is_carried(tmp_path: Path) -> None:
    other = {"fingerprint": "d" * 64}
    base = report(1, scenarios=[scenario("compute.boot", **boots(20))])
    lent = scenario("compute.boot", **boots(20, 9.0), carried=LENT, started=None)
    found = sides(tmp_path, base, report(2, scenarios=[lent], run=other))
    assert not [row for row in found.times if row.name in ("compute.boot", "boot")]
    [cell] = [row.cells[1] for row in found.verdicts if row.id == "compute.boot"]
    assert (cell.verdict, cell.carried) == ("pass", True)
    again = report(3, scenarios=[scenario("compute.boot", **boots(20, 9.0))], run=other)
    assert [row.word for row in sides(tmp_path / "x", base, again).times if row.name == "boot"] == ["slower"]


def test_a_carried_pass_neither_hides_a_failure_nor_makes_one_flaky(tmp_path: Path) -> None:
    other = {"fingerprint": "d" * 64}
    base = report(1, scenarios=[scenario("compute.boot")])
    failing = report(2, scenarios=[scenario("compute.boot", "fail")], run=other)
    lent = report(3, scenarios=[scenario("compute.boot", carried=LENT)], run=other)
    [row] = [row for row in sides(tmp_path, base, failing, lent).verdicts if row.id == "compute.boot"]
    assert (row.change, row.cells[1].verdict, row.cells[1].carried) == ("worse", "fail", False)


def test_the_time_of_a_part_of_a_run_is_no_time_of_a_whole_one(tmp_path: Path) -> None:
    base = report(1, scenarios=[scenario("compute.boot")])
    lent = report(2, scenarios=[scenario("compute.boot", carried=LENT)], run={"fingerprint": "d" * 64})
    [whole] = [row for row in sides(tmp_path, base, lent).figures if row.name == "whole run"]
    assert whole.values == [60.0, None]


def test_hostile_words_in_what_is_carried_break_no_format(rerun: RunFolder, tmp_path: Path) -> None:
    report = damaged(rerun, tmp_path, run="\x1b[2J<script>alert(1)</script>\u202e]]>")
    assert report.verdict == "GO"
    for form in (to_terminal, to_markdown, to_html, to_junit):
        text = form(report)
        assert "\x1b" not in text
        assert "\u202e" not in text
    for form in (to_html, to_junit):
        assert "<script>alert" not in form(report)


@pytest.mark.parametrize("moment", [1e300, -1.0, float("nan"), float("inf")])
def test_a_time_that_is_none_makes_it_unknown(rerun: RunFolder, tmp_path: Path, moment: float) -> None:
    for name in ("started", "at"):
        assert damaged(rerun, tmp_path / name, **{name: moment}).verdict == "COULD NOT JUDGE"


def test_what_is_lost_of_an_earlier_run_is_no_early_end_of_this_one(rerun: RunFolder, tmp_path: Path) -> None:
    report = damaged(rerun, tmp_path, started=float("nan"))
    assert not report.ended_early
    [cause] = [cause for cause in report.causes if FLAVORS in cause.scenarios]
    assert (cause.kind, "cannot be read any more" in cause.title + cause.symptom) == ("unknown", True)
