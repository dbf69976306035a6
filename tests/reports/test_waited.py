"""What a report tells of the time: how long its cloud was waited for, and what there was no time for."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.build import build
from reports.model import Waited
from reports.render.html import to_html
from reports.render.markdown import to_markdown
from reports.render.terminal import to_terminal
from reports.waited import UNASKED, answered, few, sentence
from tests.reports.runs import preflight, rest
from tests.reports.stage import Stage

TOKEN, IMAGE, VOLUME = (
    "identity.token",
    "preflight.endpoints_answer[image]",
    "preflight.endpoints_answer[volume]",
)


def test_what_answered_at_one_moment_is_one_sentence() -> None:
    opened = {VOLUME: 40.0, TOKEN: 31.0, IMAGE: 31.0, "preflight.image_lists[short]": 31.0}
    assert answered(opened) == ["identity and image after 31 s", "volume after 40 s"]


def test_a_cloud_that_opened() -> None:
    found = Waited(
        asked="30m", seconds=40.0, polls=4, requests=94, open=True, opened={TOKEN: 31.0, IMAGE: 40.0}
    )
    assert sentence(found) == (
        "40 s of 30m for preflight to open (4 polls, 94 requests): identity after 31 s; image after 40 s"
    )


def test_a_cloud_that_never_did() -> None:
    closed = {TOKEN: "connection refused", IMAGE: f"blocked by {TOKEN}", VOLUME: UNASKED}
    found = Waited(asked="1m", seconds=60.0, polls=1, requests=1, open=False, closed=closed)
    assert sentence(found) == (
        "60 s of 1m for preflight to open (1 poll, 1 request), in vain: identity did not (connection refused)"
    )


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b", "c"], "a, b and c"),
        (list("abcdefgh"), "a, b, c, d, e, f and 2 more"),
    ],
)
def test_a_few_names(names: list[str], told: str) -> None:
    assert few(names) == told


def test_a_report_keeps_how_long_was_waited_and_in_vain(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    closed = {VOLUME: "\x1b[31mconnection refused<script>"}
    stage.row(
        "run",
        phase="waited",
        asked="30m",
        seconds=1800.2,
        polls=66,
        requests=700,
        open=False,
        opened={TOKEN: 31.4, "x": "soon"},
        closed=closed,
    )
    preflight(stage)
    rest(stage)
    report = build(stage.end())
    assert report.run.waited is not None
    assert report.run.waited.opened == {TOKEN: 31.4, "x": 0.0}
    assert "waited 30m in vain" in report.banner
    assert "in vain: volume did not" in to_terminal(report)
    assert "\x1b" not in to_terminal(report)
    assert "refused<script>" not in to_html(report)
    assert "Waited 30 min of 30m" in to_markdown(report)


def test_what_there_was_no_time_for_is_one_cause(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.row(
        "run", phase="wall", within="30m", ends=1.0, stories_until=1.0, reserve=50.0, likely=9.0, spare=1
    )
    preflight(stage)
    rest(stage)
    stage.verdict("compute.flavors", "left_out", reason="left out: --within 30m")
    report = build(stage.end())
    assert (report.exit_code, report.ended_early) == (2, True)
    assert "within 30m: 1 left out" in report.banner
    (cause,) = [cause for cause in report.causes if cause.kind == "ended early"]
    assert cause.title == "left out: --within 30m: 1 scenario"
    assert cause.scenarios == ["compute.flavors"]
    assert cause.next == [f"deployday run --rerun {report.run.id}"]
