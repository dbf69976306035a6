"""From a folder to a report: what is complete, what a crash left, what is no run at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.evidence.folder import RunFolder
from reports.build import build
from reports.render.markdown import to_markdown
from reports.render.terminal import to_terminal
from tests.reports.runs import NOVA, go
from tests.reports.stage import BEGAN, Stage, planned

YEAR = 366 * 24 * 3600.0


def test_the_architecture_is_annotated_with_origin_verdict_and_observation(
    made: Callable[[str], RunFolder],
) -> None:
    clauses = {clause.path: clause for clause in build(made("deviating")).clauses}
    tiny = clauses['compute.flavors["m1.tiny"].ram']
    assert (tiny.described, tiny.observed, tiny.state) == (512, 256, "deviates")
    assert (tiny.file, tiny.line, tiny.group) == ("essex/ubuntu-12.04.yaml", 40, 'compute.flavors["m1.tiny"]')
    hosts = clauses["nodes.controller.ports"]
    assert (hosts.state, hosts.seen, hosts.reason) == ("out_of_reach", False, "the site names no hosts")


def test_coverage_is_over_all_leaves_and_by_area_and_means(made: Callable[[str], RunFolder]) -> None:
    coverage = build(made("go")).coverage
    assert (coverage.verified, coverage.total) == (11, 14)
    assert sum(area.total for area in coverage.areas) == 14
    assert coverage.visible == {"api": (9, 10), "ring": (2, 2), "host": (0, 1), "none": (0, 1)}


def test_unverified_leaves_are_counted_by_reason(made: Callable[[str], RunFolder]) -> None:
    found = {(item.state, item.reason): item.count for item in build(made("keystone-dead")).unverified}
    assert found[("blocked", "blocked by identity.token")] == 9
    assert found[("out_of_reach", "the site names no hosts")] == 1


def test_a_stored_run_is_judged_as_of_its_own_time(tmp_path: Path) -> None:
    folder = go(tmp_path)
    (waiver,) = build(folder).waivers
    assert (waiver.state, waiver.covers) == ("used", ['compute.flavors["m1.small"].ram'])
    (waiver,) = build(folder, now=BEGAN + YEAR).waivers
    assert (waiver.state, waiver.covers) == ("expired", [])


def test_polling_is_told_once_with_its_count(made: Callable[[str], RunFolder]) -> None:
    boot = next(s for s in build(made("go")).scenarios if s.key == "compute.boot")
    polls, wait, check = boot.steps[1].evidence
    assert (polls.kind, wait.kind, check.kind) == ("exchange", "wait", "check")
    assert polls.kind == "exchange"
    assert polls.times == 4


def test_a_measured_objective_stands_in_the_times(made: Callable[[str], RunFolder]) -> None:
    (boot,) = build(made("go")).timings.objectives
    assert (boot.path, boot.seconds, boot.limit, boot.state) == ("objectives.boot", 3.2, 60.0, "verified")


def test_the_longest_chain_is_measured(made: Callable[[str], RunFolder]) -> None:
    chain = build(made("go")).timings.chain
    assert [link.key for link in chain.links][-1] == "compute.boot"
    assert chain.seconds == round(sum(link.seconds for link in chain.links), 3)


def test_what_rate_limits_cost_is_told(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    assert "rate limit" not in to_terminal(build(stage.folder))
    for seconds in (48.0, 12.5):
        how = {"limit": 90.0, "outcome": "reached", "transitions": [["rate limited", seconds]]}
        stage.row("wait", what="rate limit", goal="POST is let through", seconds=seconds, **how)
    report = build(stage.folder)
    assert report.timings.rate_limits == 60.5
    assert "Waited 60.5 s for rate limits" in to_terminal(report)
    assert "waited 60.5 s for rate limits" in to_markdown(report)


def test_the_ledger_and_the_doubles_are_summed_up(made: Callable[[str], RunFolder]) -> None:
    report = build(made("go"))
    assert (report.ledger.created, report.ledger.removed, report.ledger.left) == (1, 1, [])
    assert [double.what for double in report.doubles] == ["nova-compute", "clock of the nodes"]
    assert report.run.lab


def test_what_was_begun_and_not_removed_is_left(made: Callable[[str], RunFolder]) -> None:
    (left,) = build(made("killed")).ledger.left
    assert (left.kind, left.name) == ("server", "deployday-3f2a-server-1")
    assert "not known" in left.why


@pytest.mark.parametrize("missing", ["plan.json", "architecture.json", "events.jsonl"])
def test_a_run_that_stopped_at_once_can_be_reported(tmp_path: Path, missing: str) -> None:
    folder = Stage(tmp_path).folder
    (folder.path / missing).unlink()
    report = build(folder)
    assert (report.exit_code, report.ended_early) == (2, True)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("run.json", "{"),
        ("run.json", "[]"),
        ("plan.json", '{"scenarios": [1]}'),
        ("plan.json", '{"scenarios": [{"id": "a"}]}'),
        ("architecture.json", '{"name": "x"}'),
    ],
)
def test_a_file_that_is_something_else_is_named(tmp_path: Path, name: str, text: str) -> None:
    folder = Stage(tmp_path).folder
    (folder.path / name).write_text(text)
    with pytest.raises(UsageError, match=name):
        build(folder)


def test_a_folder_without_a_run_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"run\.json"):
        build(RunFolder(tmp_path))


def test_a_torn_or_strange_ledger_row_is_dropped(tmp_path: Path) -> None:
    folder = go(tmp_path)
    with folder.ledger.open("a") as file:
        file.write('[]\n"x"\n{"n": 2, "phase": "int')
    assert build(folder).ledger.created == 1


def test_a_verdict_outside_of_the_plan_is_shown(tmp_path: Path) -> None:
    stage = Stage(tmp_path, plan=[])
    with stage.story("compute.strange", "failed", reason="no"):
        stage.exchange("compute", "GET", NOVA, 500)
    (strange,) = build(stage.end()).scenarios
    assert (strange.gate, strange.verdict) == ("unplanned", "fail")


def test_a_waived_failure_is_no_cause(tmp_path: Path) -> None:
    stage = Stage(tmp_path, plan=[planned("compute.boot", "compute", "A server boots.")])
    stage.folder.waivers.write_text(
        "- {scenario: compute.boot, observed: no valid host, reason: one host is away, owner: ops, "
        "ticket: OPS-1, until: 2027-06-01}\n"
    )
    with stage.story("compute.boot", "failed", reason="no valid host"):
        stage.exchange("compute", "POST", NOVA, 500)
    report = build(stage.end())
    assert report.causes == []
    assert report.scenarios[0].waivers == ["one host is away, ops, OPS-1, until 2027-06-01T23:59:59Z"]


def test_rows_of_odd_shape_do_not_break_the_report(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    with stage.story("identity.token"):
        stage.row("exchange", status="200", ms="fast", request="text", response=None, url=None)
        stage.row("wait", transitions=[["BUILD"], [1, None]], limit=None)
        stage.row("command", status=None)
        stage.row("check")
        stage.row("observation", clause="region", observed={"a": [1]}, cites=["gw9:9"])
        stage.row("step", phase="end", number=None)
    (folder := stage.end()).ledger.write_text(json.dumps({"phase": "made"}) + "\n")
    assert build(folder).verdict == "COULD NOT JUDGE"


def test_what_the_run_says_of_its_accounts_is_shown(tmp_path: Path) -> None:
    stage = Stage(tmp_path, plan=[])
    stage.row("run", phase="leased", tenants=["deployday-1"])
    kept = {"kind": "tenant", "name": "deployday-1", "id": "t1", "tenant": "deployday-1", "why": "lasting"}
    stage.row("run", phase="remainders", remainders=[kept, "strange"])
    stage.row("run", phase="foreign", thing="server of-somebody (s9)")
    stage.row(
        "run", phase="returned", tenant="deployday-1", ok=False, why="another run has leased it meanwhile"
    )
    report = build(stage.end())
    assert report.run.accounts == ["deployday-1"]
    assert [left.name for left in report.remainders] == ["deployday-1"]
    assert ["of-somebody" in said for said in report.warnings] == [False, True]
