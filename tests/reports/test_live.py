"""A run seen while it is written: lines without a terminal, a picture on one."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from harness.cli.live import follow, view
from harness.cli.progress import Progress
from harness.evidence.folder import RunFolder
from tests.reports.runs import NOVA, preflight
from tests.reports.stage import Stage, planned


def lines(folder: RunFolder) -> list[str]:
    stream = io.StringIO()
    follow(folder, lambda: False, Console(file=stream, width=80))
    return stream.getvalue().splitlines()


def picture(progress: Progress, width: int = 90) -> str:
    stream = io.StringIO()
    Console(file=stream, width=width, force_terminal=True, color_system=None).print(view(progress))
    return stream.getvalue()


def test_without_a_terminal_each_verdict_is_one_line(made: Callable[[str], RunFolder]) -> None:
    printed = lines(made("keystone-dead"))
    assert printed[0] == "[1/9] fail         identity.token: keystone: connection refused"
    assert printed[1].startswith("[2/9] pass         rings.equal[object]")
    assert printed[2] == "[3/9] blocked      preflight.catalogue: blocked by identity.token"
    assert len(printed) == 9


def test_a_deviation_is_a_failure_while_the_run_goes_on(made: Callable[[str], RunFolder]) -> None:
    failed = [row for row in lines(made("deviating")) if "fail" in row]
    assert ["catalogue.s3" in failed[0], 'compute.flavors["m1.tiny"].ram' in failed[1]] == [True, True]


def test_a_waived_deviation_is_none(made: Callable[[str], RunFolder]) -> None:
    assert not [row for row in lines(made("go")) if "fail" in row]


def test_rows_are_shown_as_they_come(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    progress = Progress(stage.folder)
    preflight(stage)
    assert [told.key for told in progress.advance()] == [
        "identity.token",
        "preflight.catalogue",
        "preflight.endpoints_answer[compute]",
        "identity.described",
    ]
    stage.scenario = "compute.boot"
    stage.row("scenario", phase="start")
    stage.step = 1
    stage.row("step", phase="start", number=1, title="boot a server of the smallest flavor")
    assert progress.advance() == []
    shown = picture(progress)
    assert "4 of 9 scenarios" in shown
    assert "boot a server of the smallest flavor" in shown
    assert "3/3" in shown
    stage.verdict("compute.boot", "failed", reason="ERROR state")
    progress.advance()
    assert not progress.telling
    assert "ERROR state" in picture(progress)


def test_before_there_is_a_plan_it_says_so(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    progress = Progress(folder)
    assert progress.advance() == []
    assert "Planning" in picture(progress)


def test_it_waits_for_the_last_rows(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    turns = iter([True, True, False])

    def running() -> bool:
        going = next(turns)
        if not going:
            preflight(stage)
        return going

    stream = io.StringIO()
    assert follow(stage.folder, running, Console(file=stream, width=80)).done == 4


def test_what_a_cloud_says_cannot_steer_the_terminal(tmp_path: Path) -> None:
    stage = Stage(tmp_path, plan=[planned("images.nasty", "images", "A story.")])
    with stage.story("images.nasty", "failed", reason="\x1b[2J[red]gone[/red]\u202e"):
        stage.exchange("image", "GET", NOVA)
    (row,) = lines(stage.folder)
    assert row.endswith("images.nasty: \\x1b[2J[red]gone[/red]\\u202e")


def test_the_picture_fits_a_narrow_terminal(made: Callable[[str], RunFolder]) -> None:
    progress = Progress(made("keystone-dead"))
    progress.advance()
    assert max(map(len, picture(progress, 60).splitlines())) <= 60


def test_what_is_out_of_reach_counts_on_both_sides(tmp_path: Path) -> None:
    """A verdict of what was not planned to run made it 80 of 74."""
    stage = Stage(tmp_path, plan=[planned("rings.equal", "rings", "A story.") | {"reach": False}])
    with stage.story("rings.equal", "out_of_reach", reason="the site names no hosts"):
        pass
    progress = Progress(stage.folder)
    progress.advance()
    assert (progress.done, progress.total) == (1, 1)


def test_who_waits_for_a_rate_limit_is_seen(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.scenario = "compute.boot"
    stage.row("scenario", phase="start", title="t", nodeid="n")
    stage.row("exchange", method="POST", url="/", status=413, ms=1.0)
    progress = Progress(stage.folder)
    progress.advance()
    assert "waits for a rate limit" in picture(progress)
    stage.row("exchange", method="POST", url="/", status=202, ms=1.0)
    progress.advance()
    assert "waits for a rate limit" not in picture(progress)


def test_why_stories_are_out_of_reach_is_said_once(tmp_path: Path) -> None:
    names = [f"guests.{name}" for name in ("boot", "hostname", "flavor")]
    stage = Stage(tmp_path, plan=[planned(name, "guests", "A story.") | {"reach": False} for name in names])
    for name in names:
        with stage.story(name, "out_of_reach", reason="no way into guests"):
            pass
    first, more = lines(stage.folder)
    assert first.endswith("out of reach guests.boot: no way into guests")
    assert more == "out of reach 2 more: no way into guests"
