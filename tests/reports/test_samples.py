"""What a report keeps for comparisons: single measurements, answers, load, and what was discovered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reports.build import build
from reports.model import Report
from tests.reports.stage import KEYSTONE, Stage

STORAGE = "http://127.77.1.1:8080/v1/AUTH_1"
OLD = Path(__file__).parent / "old"


def _stage(home: Path) -> Stage:
    stage = Stage(home)
    with stage.story("compute.boot"), stage.told(1, "boot"):
        for outcome, first in (("reached", "BUILD/spawning"), ("timeout", "BUILD"), ("reached", "REBOOT")):
            seen = [[first, 2.5], ["ACTIVE/-", 0.25]]
            stage.row(
                "wait", what="the server is ACTIVE", goal="", limit=9, outcome=outcome, transitions=seen
            )
        stage.exchange("identity", "POST", f"{KEYSTONE}/v2.0/tokens", ms=40.0)
        stage.exchange("object-store", "PUT", f"{STORAGE}/box", 201, ms=7.0)
        stage.exchange("object-store", "PUT", f"{STORAGE}/box/thing", 201, ms=70.0)
        stage.exchange("object-store", "PUT", f"{STORAGE}/box/other", 422, ms=3.0)
    return stage


def test_single_measurements_are_kept_by_scenario_and_kind(tmp_path: Path) -> None:
    report = build(_stage(tmp_path).end())
    boot = next(scenario for scenario in report.scenarios if scenario.key == "compute.boot")
    assert boot.samples == {
        "boot": [2.75],
        "the server is ACTIVE": [2.75],
        "token": [0.04],
        "object PUT": [0.07],
    }
    assert (report.timings.round_trip_ms, report.timings.answer_ms) == (3.0, 23.5)


def test_load_and_tags_and_versions_are_kept(tmp_path: Path) -> None:
    stage = _stage(tmp_path)
    folder = stage.folder
    run = json.loads(folder.run.read_text())
    stage.file("run.json", run | {"tags": ["nightly", 3], "machine": {"load": [0.5, 0.4, 0.3]}})
    stage.file("plan.json", {"scenarios": [row | {"version": "abc"} for row in stage.plan]})
    stage.row("run", phase="end", load=[1.5, 1.0, 0.5])
    report = build(folder)
    assert (report.run.load, report.run.tags) == ([0.5, 1.5], ["nightly"])
    assert {scenario.version for scenario in report.scenarios} == {"abc"}


def test_what_was_discovered_is_kept(tmp_path: Path) -> None:
    stage = _stage(tmp_path)
    stage.row("names", collection="compute.extensions", names=["os-hosts", "os-\x1b[31mred"])
    stage.folder.hosts.mkdir()
    for number in (1, 2, 3):
        facts = {
            "system": {"pretty": "Ubuntu 12.04", "kernel": "3.2.0-23"},
            "cpu": {"count": 8, "model": "Xeon"},
            "memory": {"unknown": "no /proc"},
            "packages": {"nova-common": f"2012.1.{min(number, 2)}"},
        }
        (stage.folder.hosts / f"compute-{number}.json").write_text(json.dumps({"facts": facts}))
    (stage.folder.hosts / "torn.json").write_text("{")
    (stage.folder.hosts / "silent.json").write_text('{"facts": null}')
    found = build(stage.end()).discovered
    assert found.names["compute.extensions"] == ["os-hosts", "os-\\x1b[31mred"]
    assert found.packages == {"nova-common": {"2012.1.1": "compute-1", "2012.1.2": "compute-2, -3"}}
    assert found.systems["compute-2"] == "Ubuntu 12.04, kernel 3.2.0-23, 8 x Xeon"


@pytest.mark.parametrize("path", sorted(OLD.glob("*.json")), ids=lambda path: path.stem)
def test_reports_of_older_versions_are_still_read(path: Path) -> None:
    report = Report.model_validate_json(path.read_text(encoding="utf-8"))
    assert report.report == 1
    assert report.scenarios
    assert not any(scenario.version or scenario.samples for scenario in report.scenarios)
