"""What hosts' logs say of a failed story, in every format of the report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reports.build import build
from reports.model import Report
from reports.render import FORMATS
from tests.reports.stage import BEGAN, Stage, planned

REQUEST = "req-9f1c"
TRACE = (
    "2012-05-04 06:00:02 ERROR nova.compute.manager [req-9f1c] Instance failed to spawn\n"
    "2012-05-04 06:00:02 TRACE nova.compute.manager ProcessExecutionError: <no such image>"
)


def entry(text: str, level: str = "INFO", request: str = "") -> dict[str, Any]:
    file = "/var/log/nova/nova-compute.log"
    return {"at": BEGAN + 2, "file": file, "level": level, "text": text, "request": request}


def failed(home: Path, via: str = "") -> Report:
    stage = Stage(home, plan=[planned("compute.boot", "compute", "A server becomes ACTIVE.")])
    with stage.story("compute.boot", "failed", reason="the server is in ERROR", component="nova"):
        with stage.told(1, "boot it", "the server is in ERROR"):
            more = {"via": via} if via else {}
            stage.exchange("compute", "POST", "http://n:8774/v2/t/servers", 202, request_id=REQUEST, **more)
        stage.row(
            "log", component="nova", host="compute-1", since=BEGAN, until=BEGAN + 3,
            files=["/var/log/nova/nova-compute.log"], left_out=7, errors=1, why="",
            kept="logs/compute.boot.txt",
            lines=[entry("quiet"), entry(f"it is {REQUEST}", "", REQUEST), entry(TRACE, "ERROR", REQUEST)],
        )  # fmt: skip
    stage.end()
    return build(stage.folder)


def test_a_cause_tells_the_entries_that_say_most(tmp_path: Path) -> None:
    [cause] = failed(tmp_path).causes
    assert len(cause.logs) == 2
    assert cause.logs[0].startswith(
        "08:00:02 compute-1 nova-compute.log: 2012-05-04 06:00:02 ERROR nova.compute"
    )
    assert cause.logs[0].endswith("ProcessExecutionError: <no such image>")
    assert REQUEST in cause.logs[1]
    assert cause.log_file == "logs/compute.boot.txt"


def test_the_story_shows_all_of_them_folded(tmp_path: Path) -> None:
    report = failed(tmp_path)
    outside = report.scenarios[0].steps[0]
    assert (outside.number, outside.title) == (0, "what the services behind it wrote meanwhile")
    [log] = outside.evidence
    assert log.kind == "log"
    assert [line.level for line in log.lines] == ["INFO", "", "ERROR"]
    assert (log.left_out, log.errors) == (7, 1)
    html = FORMATS["html"](report)
    assert "compute-1: 3 entries, 7 left out" in html
    assert "&lt;no such image&gt;" in html
    assert "<no such image>" not in html


def test_the_terminal_says_two_lines_and_where_the_rest_is(tmp_path: Path) -> None:
    text = FORMATS["terminal"](failed(tmp_path))
    assert text.count("compute-1 nova-compute.log") == 2
    assert "logs: logs/compute.boot.txt" in text


def test_a_report_has_room_for_what_tells_most(tmp_path: Path) -> None:
    stage = Stage(tmp_path, plan=[planned("compute.boot", "compute", "A server becomes ACTIVE.")])
    lines = [entry(f"{number} {'x' * 300}") for number in range(100)]
    lines[3] = entry("the error", "ERROR")
    with stage.story("compute.boot", "failed", reason="no", component="nova"):
        stage.row("log", component="nova", host="compute-1", lines=lines, files=[], left_out=1, errors=1)
    stage.end()
    [log] = build(stage.folder).scenarios[0].steps[0].evidence
    assert log.kind == "log"
    assert log.lines[0].text == "the error"
    assert log.lines[-1].text.startswith("99 ")
    assert sum(len(line.text) for line in log.lines) <= 6000
    assert log.left_out == 101 - len(log.lines)


def test_what_is_no_log_row_breaks_nothing(tmp_path: Path) -> None:
    stage = Stage(tmp_path, plan=[planned("compute.boot", "compute", "A server becomes ACTIVE.")])
    with stage.story("compute.boot", "failed", reason="no", component="nova"):
        for lines in (None, [None, 5, {}, {"at": "x", "text": 7}], []):
            stage.row("log", component=None, host=None, lines=lines, files=None, left_out="many")
    stage.end()
    report = build(stage.folder)
    assert report.causes[0].logs == []
    for form in FORMATS.values():
        form(report)


def test_times_through_a_jump_host_say_so(tmp_path: Path) -> None:
    assert failed(tmp_path / "direct").timings.via == []
    report = failed(tmp_path / "through", via="controller")
    assert report.timings.via == ["controller"]
    assert "(measured through controller)" in FORMATS["html"](report)
