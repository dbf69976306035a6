"""What workers waited for, told from the plan and the record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.evidence.folder import RunFolder
from reports.build import build
from reports.model import Report
from reports.render import to_html
from reports.render.lanes import KINDS, lanes
from tests.reports.several import several
from tests.reports.stage import Stage


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return build(several(tmp_path_factory.mktemp("several")))


def test_each_kind_of_waiting_is_told_with_what_ended_it(report: Report) -> None:
    assert [(p.key, p.what, p.by, p.worker, p.seconds) for p in report.timings.pauses] == [
        ("identity.late_start", "harness", "", "gw0", 0.8),
        ("images.needs", "need", "images.slow", "gw0", 3.05),
        ("compute.waits", "turn", "compute.holds", "gw0", 1.55),
        ("compute.boots_too", "budget", "compute.boots", "gw0", 1.55),
        ("cleanup.last", "gate", "compute.boots_too", "gw1", 2.05),
        ("compute.boots_too", "rate limit", "", "gw0", 1.0),
    ]


def test_a_story_that_began_at_once_waited_for_nothing(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    with stage.story("identity.token"):
        pass
    with stage.story("preflight.catalogue"):
        pass
    assert build(stage.end()).timings.pauses == []


def test_workers_are_who_told_stories(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    with stage.story("identity.token"):
        stage.row("command", worker="visits", host="storage-1", command="ssh", status=0, ms=1)
    assert build(stage.end()).run.workers == 1


def test_a_plan_of_an_older_run_says_less_and_breaks_nothing(tmp_path: Path) -> None:
    folder: RunFolder = several(tmp_path)
    plan = json.loads(folder.plan.read_text())
    for row in plan["scenarios"]:
        for name in ("holds", "servers", "after_all", "until"):
            row.pop(name, None)
    folder.plan.write_text(json.dumps(plan))
    assert {pause.what for pause in build(folder).timings.pauses} == {"harness", "need", "rate limit"}


def test_the_time_line_has_a_lane_a_worker_and_every_story(report: Report) -> None:
    drawn = lanes(report, {scenario.key: scenario.key for scenario in report.scenarios})
    assert drawn is not None
    assert [(lane.name, lane.stories) for lane in drawn.lanes] == [("gw0", 5), ("gw1", 4)]
    assert sorted(str(bar[3]) for bar in drawn.bars) == sorted(s.key for s in report.scenarios)
    assert set(drawn.kinds) == set(KINDS)
    inside = [(wait.x, wait.x + wait.wide) for wait in drawn.waits]
    assert all(drawn.first <= left and right <= drawn.last + 1 for left, right in inside)


def test_the_same_stands_in_tables(report: Report) -> None:
    page = to_html(report)
    assert "What workers waited for" in page
    assert "room for servers" in page
    assert "gw1 told 4 stories" in page


def test_a_run_of_a_thousand_stories_is_a_small_picture(report: Report) -> None:
    one = report.scenarios[0]
    many = [
        one.model_copy(update={"key": f"a.b[{n}]", "started": report.run.started + n / 100, "duration": 0.01})
        for n in range(1000)
    ]
    page = to_html(report.model_copy(update={"scenarios": many}))
    picture = page[
        page.index('<svg class="plot line"') : page.index("</svg>", page.index('<svg class="plot line"'))
    ]
    assert len(picture) < 40_000
