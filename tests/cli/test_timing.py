"""``--within``: the time of a whole command, whatever it does in it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from rich.console import Console

import harness.cli.timing as timing
from harness.cli.timing import Deadline, in_time, process_began, show_fit
from harness.errors import UsageError
from harness.evidence import RunFolder
from harness.plan import Plan
from tests.cli.conftest import Here
from tests.plan.test_within import PLAN


def test_the_time_of_a_command_begins_with_its_process() -> None:
    assert 0 < time.time() - process_began() < 24 * 3600
    deadline = Deadline("30m", began=time.time() - 600)
    assert 1199 < deadline.left <= 1200
    assert deadline.words == ["--within", "30m", "--began", f"{deadline.began:.3f}"]


def test_without_a_time_there_is_no_end() -> None:
    assert Deadline().left == float("inf")
    assert Deadline().words == []


def test_what_is_no_time_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="--within"):
        Deadline("soon").check()


def test_it_says_whether_it_was_in_time() -> None:
    assert Deadline("30m", began=time.time() - 90).told() == "within 30m: took 90 s"
    told = Deadline("1m", began=time.time() - 90).told()
    assert told == "within 1m: took 90 s, 30 s over: the end took longer than its reserve"


def test_a_further_run_is_not_begun_where_it_would_not_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = [0.0]
    monkeypatch.setattr(timing.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(timing.time, "time", lambda: 1000.0 + clock[0])
    deadline, done = Deadline("10m", began=1000.0), []
    for turn in in_time(range(10), deadline):
        done.append(turn)
        clock[0] += 170.0 + turn
    assert done == [0, 1, 2]
    assert capsys.readouterr().out == "not begun: it would take about 2 min 52 s, and 87 s of 10m are left\n"


def test_a_run_is_told_what_earlier_ones_took(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "costs", lambda *words: {("a.b[c]", "v1"): 2.5})
    Deadline("30m").reckon(RunFolder(tmp_path), "site", "arch", tmp_path)
    assert json.loads(RunFolder(tmp_path).costs.read_text()) == {"costs": [["a.b[c]", "v1", 2.5]]}
    Deadline("").reckon(RunFolder(tmp_path / "none"), "site", "arch", tmp_path)


def told(asked: str) -> str:
    console = Console(width=200)
    with console.capture() as captured:
        show_fit(console, Plan((*PLAN,)), asked, 1, {})
    return captured.get()


def test_a_plan_says_what_fits_and_what_is_likely_left_out() -> None:
    out = told("28s")
    assert "within 28s: 6 of 7 scenarios fit, likely 17 s; clean-up, leak proof and report have 10 s" in out
    assert "likely left out: compute 1: boot (20 s)" in out
    assert "left out" not in told("10 min")


def test_a_plan_refuses_what_is_too_little() -> None:
    with pytest.raises(UsageError, match="12 s is the least"):
        told("9s")


def test_the_command_plans_within_a_time(deployday: Here) -> None:
    done = deployday("plan", "essex/devstack-single", "--lab", "--within", "2m")
    assert done.code == 0, done.text
    assert "within 2m: " in done.out
    assert "likely left out: " in done.out
