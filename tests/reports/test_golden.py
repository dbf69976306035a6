"""Whole reports beside the runs that they are of; ``DEPLOYDAY_GOLDEN=write`` writes them anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.evidence.folder import RunFolder
from reports.build import build
from reports.model import Report
from reports.render import FILES, FORMATS, write_all
from reports.render.subunit import to_subunit
from tests.reports.runs import RUNS
from tests.reports.streams import lines

GOLDEN = Path(__file__).parent / "golden"
ENDINGS = {"terminal": "txt", "markdown": "md", "junit": "xml", "json": "json", "metrics": "prom"}


@pytest.mark.parametrize("form", ENDINGS)
@pytest.mark.parametrize("name", RUNS)
def test_report_is_the_golden_one(made: Callable[[str], RunFolder], name: str, form: str) -> None:
    written = FORMATS[form](build(made(name)))
    golden = GOLDEN / f"{name}.{ENDINGS[form]}"
    if os.environ.get("DEPLOYDAY_GOLDEN") == "write":
        golden.write_text(written, encoding="utf-8")
    assert written == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", RUNS)
def test_the_stream_is_the_golden_one(made: Callable[[str], RunFolder], name: str) -> None:
    written = lines(to_subunit(build(made(name))))
    golden = GOLDEN / f"{name}.subunit.txt"
    if os.environ.get("DEPLOYDAY_GOLDEN") == "write":
        golden.write_text(written, encoding="utf-8")
    assert written == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "verdict", "code"),
    [
        ("go", "GO", 0),
        ("keystone-dead", "NO-GO", 1),
        ("deviating", "NO-GO", 1),
        ("killed", "COULD NOT JUDGE", 2),
    ],
)
def test_verdict_and_exit_code(made: Callable[[str], RunFolder], name: str, verdict: str, code: int) -> None:
    report = build(made(name))
    assert (report.verdict, report.exit_code) == (verdict, code)
    assert report.ended_early is (name == "killed")


def test_every_file_is_written_and_the_json_reads_back(made: Callable[[str], RunFolder]) -> None:
    folder = made("deviating")
    report = build(folder)
    assert {path.name for path in write_all(report, folder.path)} == set(FILES)
    assert Report.model_validate_json(folder.report_json.read_text()) == report


def test_a_report_does_not_change_when_it_is_built_again(made: Callable[[str], RunFolder]) -> None:
    folder = made("go")
    write_all(build(folder), folder.path)
    first = {path.name: path.read_bytes() for path in folder.path.iterdir()}
    write_all(build(folder), folder.path)
    assert first == {path.name: path.read_bytes() for path in folder.path.iterdir()}
