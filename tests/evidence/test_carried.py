"""Results that a run carries from an earlier one: what they count for, and when they hold no more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.arch.paths import parse
from harness.evidence import Judgement, RunFolder, judge
from harness.evidence.carried import STALE, Carried, From, in_order, lifted, read_carried
from tests.evidence.rows import CATALOGUE, FLAVORS, PLAN, SMALL, TOKEN, Record, good, states

RAM = 'compute.flavors["m1.tiny"].ram'
MORNING = 1_800_000_000.0
FIRST = From("20270115T080000-rack7-3f2a", MORNING, MORNING + 40)
FLAVORS_ARE = {"compute.flavors": FIRST}


def earlier(**how: Any) -> list[dict[str, Any]]:
    """The flavors as the morning's run saw them, in the form in which another run holds them."""
    return lifted(good(**how).done(), {"compute.flavors"}, "3f2a")


def today(*, token: str = "completed", end: bool = True) -> Record:
    record = Record(end=end)
    record.on("identity.token")
    if token == "completed":
        record.observe("identity.version", "v2.0")
    record.verdict("identity.token", token)
    if token == "completed":
        record.on("preflight.catalogue").names("catalogue", "compute", "image")
        record.observe("catalogue.compute.name", "nova").observe("catalogue.image.name", "glance")
    return record.verdict("preflight.catalogue", token if token == "completed" else "blocked")


def judged(record: Record, rows: list[dict[str, Any]] | None = None, **more: Any) -> Judgement:
    lent = earlier() if rows is None else rows
    return judge(SMALL, PLAN, [*lent, *record.done()], **({"carried": FLAVORS_ARE} | more))


def test_what_is_carried_counts_and_is_said() -> None:
    judgement = judged(today())
    assert judgement.go == "GO"
    assert judgement.banner == (
        "GO: 2 run now, 1 carried from 08:00 UTC, 5 of 5 clauses verified (2 carried), 0 out of reach, "
        "0 waived, scope all"
    )
    assert set(states(judgement).values()) == {"verified"}
    flavors = judgement.scenarios["compute.flavors"]
    assert (flavors.verdict, flavors.carried) == ("pass", FIRST)
    assert judgement.scenarios["identity.token"].carried is None
    assert all(cite.startswith("3f2a/main:") for cite in judgement.clauses[parse(RAM)].cites)


def test_without_the_carried_rows_nothing_is_verified() -> None:
    judgement = judged(today(), [])
    assert judgement.go == "COULD NOT JUDGE"
    assert judgement.scenarios["compute.flavors"].verdict == "unknown"
    assert "cannot be read" in judgement.scenarios["compute.flavors"].reason
    assert states(judgement)[RAM] == "unknown"


def test_a_description_that_says_otherwise_now_is_held_against_what_was_seen_then() -> None:
    judgement = judged(today(), earlier(ram=1024))
    assert judgement.go == "NO-GO"
    assert judgement.scenarios["compute.flavors"].verdict == "fail"


def test_a_failure_of_today_is_not_hidden_by_an_older_pass() -> None:
    record = today().on("compute.hosts").observe(RAM, 256).verdict("compute.hosts")
    judgement = judged(record)
    assert (judgement.go, states(judgement)[RAM]) == ("NO-GO", "deviates")


def test_what_changed_too_late_makes_it_unknown_and_its_clauses_too() -> None:
    record = today()
    record.scenario = None
    record.add(
        "run", phase=STALE, keys={"compute.flavors": "nova.conf changed on controller", "no.such": "x"}
    )
    judgement = judged(record)
    flavors = judgement.scenarios["compute.flavors"]
    assert (judgement.go, flavors.verdict, flavors.met) == ("COULD NOT JUDGE", "unknown", False)
    assert "nova.conf changed on controller" in flavors.reason
    assert states(judgement)[RAM] == "unknown"
    assert "2 run now, 0 carried, " in judgement.banner
    assert "no.such" not in judgement.scenarios


def test_what_needs_something_that_fails_now_does_not_hold() -> None:
    judgement = judged(today(token="failed"))
    flavors = judgement.scenarios["compute.flavors"]
    assert judgement.go == "NO-GO"
    assert (flavors.verdict, flavors.met, flavors.root) == ("blocked", False, "identity.token")
    assert states(judgement)[RAM] == "blocked"


def test_what_need_not_hold_keeps_nobody_from_go_when_it_is_lost() -> None:
    plan = [TOKEN, CATALOGUE, {"key": "images.pages", "needs": [], "owns": [], "level": "should"}, FLAVORS]
    where = {**FLAVORS_ARE, "images.pages": FIRST}
    judgement = judge(SMALL, plan, [*earlier(), *today().done()], carried=where)
    assert (judgement.go, judgement.scenarios["images.pages"].verdict) == ("GO", "unknown")
    plan[2] |= {"level": "must", "outside": True}
    assert judge(SMALL, plan, [*earlier(), *today().done()], carried=where).go == "GO"
    plan[2] |= {"outside": False}
    assert judge(SMALL, plan, [*earlier(), *today().done()], carried=where).go == "COULD NOT JUDGE"


def test_only_results_that_are_carried_can_be_made_stale() -> None:
    record = today()
    record.scenario = None
    record.add("run", phase=STALE, keys={"identity.token": "a forged row"})
    assert judged(record).go == "GO"


def test_a_run_that_carries_and_was_killed_is_no_go_ahead() -> None:
    assert judged(today(end=False)).go == "COULD NOT JUDGE"


def test_something_that_the_earlier_run_made_proves_nothing() -> None:
    record = Record().on("compute.flavors").observe(RAM, 512, resource="flavor-1").verdict("compute.flavors")
    rows = lifted(record.done(), {"compute.flavors"}, "3f2a")
    assert states(judged(today(), rows, ledger_ids={"flavor-1"}))[RAM] == "unknown"
    assert states(judged(today(), rows))[RAM] == "verified"


def test_days_are_said_where_there_are_several() -> None:
    plan = [*PLAN, {"key": "images.described", "needs": [], "owns": []}]
    older = Record().on("images.described").verdict("images.described").done()
    where = {**FLAVORS_ARE, "images.described": From("20270114T080000-rack7-77aa", MORNING - 86400, MORNING)}
    rows = [*earlier(), *lifted(older, {"images.described"}, "77aa"), *today().done()]
    said = judge(SMALL, plan, rows, carried=where).banner
    assert "1 carried from 2027-01-15 08:00 UTC, 1 carried from 2027-01-14 08:00 UTC" in said


def test_rows_are_lifted_with_all_that_they_cite_and_nothing_else() -> None:
    record = good()
    record.scenario = None
    outside = record.add("command", component="nova", host="controller")
    record.on("compute.hosts").add("observation", clause=RAM, observed=512, cites=[outside])
    record.verdict("compute.hosts")
    rows = lifted(record.done(), {"compute.hosts"}, "3f2a")
    assert {row["scenario"] for row in rows} == {"compute.hosts", None}
    assert [row["kind"] for row in rows if row["scenario"] is None] == ["command"]
    [seen] = [row for row in rows if row["kind"] == "observation"]
    assert seen["cites"] == [f"3f2a/{outside}"]
    again = lifted(rows, {"compute.hosts"}, "")
    assert again == rows, "in a chain the writers keep their names"


def test_what_a_carried_story_cites_of_another_one_says_nothing_of_that() -> None:
    record = Record().on("hosts.facts")
    told = record.add("command", component="nova")
    record.verdict("hosts.facts").on("compute.hosts").add("observation", clause=RAM, observed=5, cites=[told])
    rows = lifted(record.verdict("compute.hosts").done(), {"compute.hosts"}, "3f2a")
    assert {row["scenario"] for row in rows if row["kind"] == "command"} == {None}


def test_it_comes_back_as_it_was_written(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    kept = Carried(
        of=FIRST.run,
        folder="/runs/x",
        results=FLAVORS_ARE,
        rows=earlier(),
        resources=frozenset({"a"}),
        found={"catalogue": ["compute"]},
        selected={"identity.token": "always run"},
    )
    kept.write(folder)
    found = read_carried(folder)
    assert (found.results, found.resources, found.found) == (kept.results, kept.resources, kept.found)
    assert (found.of, found.selected, found.scope) == (kept.of, kept.selected, "all")
    assert {json.dumps(row) for row in found.rows} == {json.dumps(row) for row in kept.rows}
    assert {path.stat().st_mode & 0o777 for path in (folder.carried, folder.carried_rows)} == {0o600}


@pytest.mark.parametrize("text", ["", "[]", '{"results": {"a": 1}}', '{"results": {"a": {"run": 1}}}', "\0"])
def test_what_cannot_be_read_carries_nothing(tmp_path: Path, text: str) -> None:
    folder = RunFolder(tmp_path)
    folder.carried.write_text(text)
    assert read_carried(folder).results == {}


def test_a_torn_row_is_dropped_and_its_result_is_unknown(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    Carried(results=FLAVORS_ARE, rows=earlier()).write(folder)
    whole = folder.carried_rows.read_bytes()
    folder.carried_rows.write_bytes(whole[: whole.rindex(b'"outcome"')])
    judgement = judged(today(), list(read_carried(folder).rows))
    assert judgement.scenarios["compute.flavors"].verdict == "unknown"


def test_both_stand_in_the_order_of_the_plan() -> None:
    plan = {"scenarios": [TOKEN, FLAVORS], "carried": [CATALOGUE], "order": [row["key"] for row in PLAN]}
    assert in_order(plan) == PLAN
    assert in_order({"scenarios": [TOKEN, FLAVORS]}) == [TOKEN, FLAVORS]
