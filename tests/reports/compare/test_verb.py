"""The command: naming runs, baselines, formats, exit codes, and what is wrong with a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.cli import main
from reports.build import build
from reports.render.json import to_json
from tests.reports.compare.runs import report, scenario, stored
from tests.reports.runs import deviating, go

Said = pytest.CaptureFixture[str]
OTHER = {"fingerprint": "beef" + "0" * 60}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Four runs of one series: GO, NO-GO, GO, NO-GO; the second is tagged."""
    for number, verdict in enumerate(("pass", "fail", "pass", "fail"), 1):
        data = report(number, scenarios=[scenario("a.a", verdict)])
        stored(tmp_path / "runs", data, tags=["odd"] if number in (2, 4) else [])
    return tmp_path / "runs"


def deployday(home: Path, *words: Any) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["compare", *map(str, words), "--runs", str(home)])
    return int(ended.value.code or 0)


def columns(capsys: Said) -> list[list[str]]:
    said = json.loads(capsys.readouterr().out)
    return [[run["id"][-4:] for run in head["runs"]] for head in said["columns"]]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["0001", "0002"], [["0001"], ["0002"]]),
        ([], [["0003"], ["0004"]]),
        (["--last", 3], [["0002", "0003"], ["0004"]]),
        (["--tag", "odd"], [["0002"], ["0004"]]),
        (["--last", 3, "--baseline", "0001"], [["0001"], ["0002", "0003", "0004"]]),
        (["--baseline", "last-go"], [["0003"], ["0004"]]),
        (["0003", "--baseline", "last-go"], [["0001"], ["0003"]]),
    ],
)
def test_runs_are_named_in_many_ways(home: Path, capsys: Said, words: list[Any], expected: Any) -> None:
    assert deployday(home, *words, "-f", "json") == 0
    assert columns(capsys) == expected


def test_a_folder_and_a_file_alone_will_do(home: Path, tmp_path: Path, capsys: Said) -> None:
    alone = tmp_path / "mailed.json"
    alone.write_text(json.dumps(report(9, run=OTHER)))
    folder = sorted(home.iterdir())[0]
    assert deployday(home, folder, alone, "-f", "json") == 0
    assert columns(capsys) == [["0001"], ["0009"]]


def test_a_run_without_a_report_is_judged_and_left_as_it_is(tmp_path: Path, capsys: Said) -> None:
    first, second = go(tmp_path / "a"), deviating(tmp_path / "b")
    before = sorted(path.name for path in second.path.iterdir())
    assert deployday(tmp_path, first.path, second.path, "--fail-on", "new") == 1
    assert sorted(path.name for path in second.path.iterdir()) == before
    said = capsys.readouterr()
    assert "2 new deviations" in said.err
    assert 'compute.flavors["m1.tiny"].ram' in said.out


def test_an_older_report_is_made_anew_from_its_record(tmp_path: Path, capsys: Said) -> None:
    first, second = go(tmp_path / "a"), deviating(tmp_path / "b")
    old = json.loads(to_json(build(first)))
    del old["discovered"]
    first.report_json.write_text(json.dumps(old | {"banner": "outdated"}))
    assert deployday(tmp_path, first.path, second.path, "-f", "json") == 0
    assert "outdated" not in capsys.readouterr().out


@pytest.mark.parametrize("form", ["terminal", "markdown", "json", "html"])
def test_the_ending_of_a_file_says_its_format(home: Path, tmp_path: Path, form: str) -> None:
    ending = {"terminal": "txt", "markdown": "md"}.get(form, form)
    path = tmp_path / f"out.{ending}"
    assert deployday(home, "0001", "0002", "-o", path) == 0
    text = path.read_text()
    assert text.startswith(
        {"markdown": "## Comparison", "json": "{", "html": "<!doctype html>"}.get(form, " ")
    )


def test_a_flip_fails_a_job(home: Path) -> None:
    assert deployday(home, "0001", "0002", "--fail-on", "flip") == 1
    assert deployday(home, "0002", "0003", "--fail-on", "flip") == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not JSON"),
        ("[]", "not the report of a run"),
        ("{}", "not the report of a run"),
        ('{"report": 2, "scenarios": []}', "of a later Deploy Day"),
        ('{"report": 1, "scenarios": []}', "not the report of a run"),
        (
            '{"report": 1, "scenarios": [{"key": 7}], "run": {}, "timings": {}, "coverage": {}}',
            "not the report",
        ),
        ('{"report": 1, "scenarios": NaN}', "not the report"),
    ],
)
def test_a_broken_file_is_named_with_what_is_wrong(
    home: Path, tmp_path: Path, capsys: Said, content: str, message: str
) -> None:
    path = tmp_path / "broken.json"
    path.write_text(content)
    assert deployday(home, "0001", path) == 3
    error = capsys.readouterr().err
    assert str(path) in error
    assert message in error


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["0001", "ffff"], "no such run"),
        (["0001"], "two runs"),
        (["--tag", "nobody"], "no run has this tag"),
        (["0001", "--baseline", "last-go"], "no earlier run of six-node on rack7 is GO"),
        (["0001", "0002", "--fail-on", "wind"], "wind"),
    ],
)
def test_wrong_usage_is_told(home: Path, capsys: Said, words: list[str], message: str) -> None:
    assert deployday(home, *words) == 3
    assert message in capsys.readouterr().err


def test_without_any_run_that_is_said(tmp_path: Path, capsys: Said) -> None:
    assert deployday(tmp_path / "none") == 3
    assert "there is no run yet" in capsys.readouterr().err
