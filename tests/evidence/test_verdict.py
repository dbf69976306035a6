"""The judge, rule by rule."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.arch.paths import parse
from harness.evidence import Judgement, Waiver, judge, judge_clause, judge_scenario
from tests.evidence.rows import (
    CATALOGUE,
    FLAVORS,
    PLAN,
    SMALL,
    TOKEN,
    Record,
    clause,
    good,
    judged,
    states,
    table,
)

RAM = 'compute.flavors["m1.tiny"].ram'


def waiver(**fields: Any) -> Waiver:
    given_ = {"clause": None, "scenario": None, "observed": 1024} | fields
    return Waiver(**given_, reason="known", owner="me", ticket="T-1", until=2000.0)


def standing(judgement: Judgement) -> list[tuple[str, str]]:
    return [(each.status, each.seen) for each in judgement.waivers]


def verdict_of(judgement: Judgement, path: str) -> Any:
    return judgement.clauses[parse(path)]


def test_a_cloud_as_described_is_go() -> None:
    judgement = judged(good())
    assert (judgement.go, judgement.exit_code) == ("GO", 0)
    assert set(states(judgement).values()) == {"verified"}
    assert judgement.banner == "GO: 5 of 5 clauses verified, 0 out of reach, 0 waived, scope all"
    assert {verdict.verdict for verdict in judgement.scenarios.values()} == {"pass"}
    assert verdict_of(judgement, RAM).cites == ("main:17",)


def test_a_description_that_was_captured_says_what_go_means() -> None:
    judgement = judged(good(), replace(SMALL, captured=("rack7, 2012-05-04T06:00Z",)))
    assert judgement.banner.startswith("GO: 5 of 5 clauses verified, 0 out of reach, 0 waived, scope all. ")
    assert judgement.banner.endswith(
        "Captured from the cloud itself (rack7, 2012-05-04T06:00Z): as it was, not as it was meant"
    )


def test_a_deviation_fails_its_scenario_and_blocks_nobody() -> None:
    judgement = judged(good(ram=1024))
    assert (judgement.go, judgement.exit_code) == ("NO-GO", 1)
    flavors = judgement.scenarios["compute.flavors"]
    assert (flavors.verdict, flavors.met, flavors.deviations) == ("fail", True, (RAM,))
    assert flavors.reason == f"{RAM}: described 512, observed 1024"
    assert verdict_of(judgement, RAM).observed == 1024
    assert any(RAM in sentence for sentence in judgement.because)
    assert "1 deviate" in judgement.banner


@pytest.mark.parametrize("level", ["should", "info"])
def test_what_is_no_must_prevents_nothing(level: Any) -> None:
    changed = {p: replace(c, level=level) if str(c) == RAM else c for p, c in SMALL.clauses.items()}
    judgement = judged(good(ram=1024), replace(SMALL, clauses=changed))
    assert judgement.go == "GO"
    assert verdict_of(judgement, RAM).state == "deviates"
    assert judgement.scenarios["compute.flavors"].verdict == "pass"
    assert judgement.scenarios["compute.flavors"].deviations == (RAM,)


@pytest.mark.parametrize("level", ["should", "info"])
def test_a_lesser_scenario_that_fails_prevents_nothing(level: str) -> None:
    extra = {"key": "compute.console", "needs": [], "level": level}
    judgement = judged(good().verdict("compute.console", "failed", reason="no text"), plan=[*PLAN, extra])
    assert judgement.scenarios["compute.console"].verdict == "fail"
    assert judgement.go == "GO"


def test_a_failed_story_is_no_go_and_names_its_component() -> None:
    record = good().on("compute.boot")
    cite = record.add("exchange", component="nova", status=500)
    judgement = judged(record.verdict("compute.boot", "failed", reason="500", cites=[cite]))
    boot = judgement.scenarios["compute.boot"]
    assert (judgement.go, boot.verdict, boot.met, boot.component) == ("NO-GO", "fail", False, "nova")


def test_a_crash_of_a_check_is_unknown() -> None:
    judgement = judged(good().verdict("compute.boot", "crashed", reason="KeyError"))
    assert judgement.scenarios["compute.boot"].verdict == "unknown"
    assert (judgement.go, judgement.exit_code) == ("COULD NOT JUDGE", 2)


def test_nothing_observed_is_unknown_where_its_owner_ran() -> None:
    record = Record().on("identity.token").verdict("identity.token").verdict("preflight.catalogue")
    judgement = judged(record.verdict("compute.flavors"))
    assert set(states(judgement).values()) == {"unknown"}
    assert judgement.exit_code == 2
    assert verdict_of(judgement, RAM).reason == "compute.flavors ran and did not observe it"


def test_blocked_names_its_root_and_clauses_inherit() -> None:
    record = Record().verdict("identity.token", "failed", reason="no answer", component="keystone")
    record.verdict(
        "preflight.catalogue", "blocked", root="identity.token", reason="blocked by identity.token"
    )
    judgement = judged(record.verdict("compute.flavors", "blocked"))
    assert judgement.exit_code == 1
    for key in ("preflight.catalogue", "compute.flavors"):
        found = judgement.scenarios[key]
        assert (found.verdict, found.root, found.component) == ("blocked", "identity.token", "keystone")
    assert states(judgement) == {
        "identity.version": "unknown",
        "catalogue.compute.name": "blocked",
        "catalogue.image.name": "blocked",
        RAM: "blocked",
        'compute.flavors["m1.tiny"].vcpus': "blocked",
    }
    assert verdict_of(judgement, RAM).reason == "blocked by identity.token"


def test_blocked_without_a_failure_could_not_be_judged() -> None:
    record = good().verdict("compute.boot", "crashed").verdict("compute.show", "blocked", root="compute.boot")
    assert judged(record).exit_code == 2


def test_a_clause_that_nobody_owns_is_out_of_reach() -> None:
    clauses = {
        c.path: c for c in (clause("network.label", "private"), clause("bus.kind", "x", visible="none"))
    }
    judgement = judged(good(), replace(SMALL, clauses={**SMALL.clauses, **clauses}))
    assert judgement.go == "GO"
    assert judgement.out_of_reach == {
        "no check looks at it yet": ("network.label",),
        "cannot be seen: by test": ("bus.kind",),
    }
    assert "2 out of reach" in judgement.banner


def test_out_of_reach_and_not_applicable_are_inherited_and_prevent_nothing() -> None:
    plan = [
        *PLAN,
        {"key": "compute.hosts", "owns": ["compute.hosts"], "reach": False, "reason": "no administrator"},
        {"key": "volumes.described", "owns": ["volumes"], "applies": False, "reason": "no volumes"},
    ]
    more = [clause("compute.hosts.a.services", ["compute"]), clause("volumes.types", [])]
    judgement = judged(good(), replace(SMALL, clauses=SMALL.clauses | {c.path: c for c in more}), plan)
    assert judgement.go == "GO"
    assert verdict_of(judgement, "compute.hosts.a.services").state == "out_of_reach"
    assert verdict_of(judgement, "volumes.types").state == "not_applicable"
    assert judgement.out_of_reach == {"no administrator": ("compute.hosts", "compute.hosts.a.services")}


def test_a_run_that_left_a_clauses_owner_out_says_so() -> None:
    judgement = judged(good(), plan=[TOKEN, CATALOGUE, FLAVORS | {"owns": []}], deselected=[])
    assert verdict_of(judgement, RAM).state == "verified"
    record = Record().on("identity.token").observe("identity.version", "v2.0").verdict("identity.token")
    record.on("preflight.catalogue").observe("catalogue.compute.name", "nova")
    record.observe("catalogue.image.name", "glance").verdict("preflight.catalogue")
    judgement = judged(record, plan=[TOKEN, CATALOGUE], deselected=[FLAVORS], scope="-k catalogue")
    assert judgement.go == "GO"
    assert verdict_of(judgement, RAM).reason == "left out by the selection of this run: compute.flavors"
    assert judgement.banner.endswith("scope -k catalogue")


def test_several_owners_the_nearest_to_having_looked_counts() -> None:
    plan = [
        {"key": "a.blocked", "owns": ['compute.*["m1.tiny"].ram']},
        {"key": "b.absent", "owns": ["compute.flavors.*.ram"], "applies": False, "reason": "not here"},
    ]
    judgement = judged(Record().verdict("a.blocked", "blocked", reason="blocked by x"), plan=plan)
    assert verdict_of(judgement, RAM).state == "blocked"
    assert verdict_of(judgement, 'compute.flavors["m1.tiny"].vcpus').state == "out_of_reach"


def test_a_resource_of_this_run_never_verifies() -> None:
    record = good().on("compute.flavors")
    made = clause("images.cirros.status", "active")
    clauses = replace(SMALL, clauses=SMALL.clauses | {made.path: made})
    record.observe("images.cirros.status", "active", resource="our-1").verdict("compute.flavors")
    judgement = judged(record, clauses, ledger_ids={"our-1"})
    assert verdict_of(judgement, "images.cirros.status").state == "unknown"
    assert (
        verdict_of(judgement, "images.cirros.status").reason
        == "only something that this run created was seen"
    )
    assert judgement.exit_code == 2


def test_nor_does_it_contradict_what_was_deployed() -> None:
    record = good().on("compute.flavors").observe(RAM, 9999, resource="our-1")
    assert verdict_of(judged(record, ledger_ids={"our-1"}), RAM).state == "verified"


def test_unless_it_is_what_a_story_measured() -> None:
    boot = clause("objectives.boot", 60, "objective", measured=True)
    clauses = replace(SMALL, clauses=SMALL.clauses | {boot.path: boot})
    record = (
        good().on("compute.boot").observe("objectives.boot", 3.5, resource="our-1").verdict("compute.boot")
    )
    assert verdict_of(judged(record, clauses, ledger_ids={"our-1"}), "objectives.boot").state == "verified"


def test_any_deviation_beats_any_doubt_beats_verified() -> None:
    record = good().observe(RAM, 512, cites=["main:999"])
    assert verdict_of(judged(record), RAM).state == "unknown"
    record = good().observe(RAM, 512, cites=["main:999"]).observe(RAM, 64)
    assert verdict_of(judged(record), RAM).state == "deviates"


@pytest.mark.parametrize("cites", [[], ["gw7:1"], ["main:1"], None, "main:17"])
def test_an_observation_without_evidence_of_this_run_is_no_proof(cites: Any) -> None:
    record = Record().on("compute.flavors").observe(RAM, 512, cites=cites).verdict("compute.flavors")
    assert verdict_of(judged(record), RAM).state == "unknown"


def test_a_redacted_observation_is_unknown() -> None:
    record = Record().on("compute.flavors").observe("catalogue.compute.name", "[redacted]")
    assert verdict_of(judged(record), "catalogue.compute.name").state == "unknown"


def test_what_is_missing_from_the_names_deviates_leaf_by_leaf() -> None:
    record = good(catalogue=["compute"])
    found = verdict_of(judged(record), "catalogue.image.name")
    assert (found.state, found.observed, found.reason) == ("deviates", None, "absent")
    record = Record().on("compute.flavors").names("compute.flavors").verdict("compute.flavors")
    found_states = states(judged(record))
    assert found_states[RAM] == found_states['compute.flavors["m1.tiny"].vcpus'] == "deviates"


def test_an_undescribed_name_deviates_in_a_closed_collection_only() -> None:
    judgement = judged(good(catalogue=["compute", "image", "s3"]))
    assert [str(extra) for extra in judgement.extras] == ["catalogue.s3"]
    assert judgement.exit_code == 1
    assert judgement.scenarios["preflight.catalogue"].verdict == "fail"
    assert judgement.scenarios["preflight.catalogue"].deviations == ("catalogue.s3",)
    assert judged(good()).extras == ()


def test_an_extra_weighs_as_much_as_its_collection() -> None:
    lighter = {p: replace(c, level="should") if p[0] == "catalogue" else c for p, c in SMALL.clauses.items()}
    judgement = judged(good(catalogue=["compute", "image", "s3"]), replace(SMALL, clauses=lighter))
    assert (judgement.extras[0].level, judgement.go) == ("should", "GO")


def test_names_of_a_collection_in_a_collection() -> None:
    clauses = table(
        clause('nodes["compute-1"].services.ntp.state', "running"),
        clause('nodes["compute-2"].services.ntp.state', "running"),
        closed=["nodes", 'nodes["compute-1"].services', 'nodes["compute-2"].services'],
    )
    record = Record().names("nodes.compute-1.services", "ntp", "mysql")
    judgement = judged(record, clauses, [])
    assert [str(extra) for extra in judgement.extras] == ["nodes.compute-1.services.mysql"]
    assert verdict_of(judgement, "nodes.compute-2.services.ntp.state").state == "out_of_reach"


def test_a_run_without_its_end_could_not_be_judged() -> None:
    judgement = judged(good(end=False))
    assert (judgement.ended_early, judgement.exit_code) == (True, 2)
    assert judgement.because[0] == "The run ended early."
    assert judged(good(end=False, ram=1)).exit_code == 1


def test_what_was_not_reached_is_unknown() -> None:
    record = Record(end=False).on("identity.token")
    judgement = judged(record)
    assert judgement.scenarios["identity.token"].reason == "ended early, while it ran"
    assert judgement.scenarios["compute.flavors"].reason == "ended early, before it began"
    assert set(states(judgement).values()) == {"unknown"}
    assert judged(good().verdict("compute.boot", "not_reached")).exit_code == 2


@pytest.mark.parametrize(
    ("clauses", "plan", "told"),
    [
        ((), [CATALOGUE], "There is no token"),
        ((), [TOKEN], "There is no catalogue"),
        (("volumes.types",), PLAN, "No clause was verified in: volumes"),
    ],
)
def test_go_needs_a_token_a_catalogue_and_something_verified_in_each_area(
    clauses: tuple[str, ...], plan: list[dict[str, Any]], told: str
) -> None:
    record = Record()
    for row in plan:
        record.verdict(row["key"])
    record.on("compute.flavors").observe("volumes.types", ["gold"])
    described = table(*(clause(path, []) for path in clauses))
    waived = [waiver(clause=("volumes", "types"), observed=["gold"])]
    judgement = judged(record, described, plan, waivers=waived)
    assert judgement.exit_code == 2
    assert any(told in sentence for sentence in judgement.because)


def test_a_waiver_covers_what_it_says_until_it_ends() -> None:
    accepted = [waiver(clause=parse(RAM))]
    judgement = judged(good(ram=1024), waivers=accepted, now=1999.0)
    assert judgement.go == "GO"
    assert verdict_of(judgement, RAM).state == "deviates"
    assert verdict_of(judgement, RAM).waiver == accepted[0]
    assert judgement.scenarios["compute.flavors"].waivers == (accepted[0],)
    assert judgement.scenarios["compute.flavors"].verdict == "pass"
    assert judgement.coverage.waived == 1
    late = judged(good(ram=1024), waivers=accepted, now=2001.0)
    assert (late.exit_code, standing(late)) == (1, [("expired", "1024")])
    assert "1 expired" in late.banner
    other = judged(good(ram=2048), waivers=accepted, now=1999.0)
    assert (other.exit_code, standing(other)) == (1, [("changed", "2048")])
    assert "changed: expected 1024, seen 2048: it counts again" in other.because[-1]


def test_what_deviates_no_more_asks_to_be_removed() -> None:
    accepted = [
        waiver(clause=parse(RAM)),
        waiver(clause=("catalogue", "s3"), observed="present"),
        waiver(scenario="identity.token", observed="no valid host"),
    ]
    judgement = judged(good(), waivers=accepted, now=1999.0)
    assert [status for status, _ in standing(judgement)] == ["resolved", "resolved", "resolved"]
    assert (judgement.go, "3 to be removed" in judgement.banner) == ("GO", True)
    late = judged(good(), waivers=accepted, now=2001.0)
    assert [status for status, _ in standing(late)] == ["resolved", "resolved", "resolved"]


def test_what_nobody_looked_at_keeps_its_waiver() -> None:
    accepted = [waiver(clause=parse(RAM)), waiver(scenario="compute.boot", observed="no valid host")]
    judgement = judged(Record(), waivers=accepted, now=1.0)
    assert [status for status, _ in standing(judgement)] == ["unused", "unused"]
    late = judged(Record(), waivers=accepted, now=2001.0)
    assert [status for status, _ in standing(late)] == ["expired", "expired"]


def test_a_failure_for_another_reason_or_in_another_step_counts() -> None:
    accepted = [waiver(scenario="compute.boot", observed="no valid*", step="boot a server")]

    def failing(reason: str, step: str) -> Judgement:
        record = good()
        record.add("step", scenario="compute.boot", phase="end", title=step, ok=False)
        return judged(record.verdict("compute.boot", "failed", reason=reason), waivers=accepted, now=1.0)

    assert standing(failing("no valid host", "boot a server")) == [("used", "no valid host")]
    assert standing(failing("no network", "boot a server")) == [
        ("changed", "no network in step 'boot a server'")
    ]
    assert standing(failing("no valid host", "log in"))[0][0] == "changed"
    assert failing("no valid host", "log in").exit_code == 1


def test_a_waived_deviation_excuses_no_failure_of_the_same_story() -> None:
    plan = [row for row in PLAN if row["key"] != "compute.flavors"]
    plan.append({"key": "compute.flavors", "owns": ["compute"], "needs": []})
    record = good(ram=1024).verdict("compute.flavors", "failed", reason="no answer")
    lost = clause("compute.scheduler", "filter")
    both = replace(SMALL, clauses={**SMALL.clauses, lost.path: lost})
    judgement = judged(record, both, plan, waivers=[waiver(clause=parse(RAM))], now=1.0)
    assert verdict_of(judgement, "compute.scheduler").state == "unknown"
    assert verdict_of(judgement, "compute.scheduler").waiver is None


def test_a_waiver_for_one_observation_covers_no_second_one() -> None:
    record = good(ram=1024).observe(RAM, 64)
    judgement = judged(record, waivers=[waiver(clause=parse(RAM))], now=1.0)
    assert (judgement.exit_code, verdict_of(judgement, RAM).observed) == (1, 64)


def test_absence_and_extras_can_be_waived() -> None:
    accepted = [
        waiver(clause=("catalogue", "image", "name"), observed="absent"),
        waiver(clause=("catalogue", "s3"), observed="present"),
    ]
    record = Record().on("identity.token").observe("identity.version", "v2.0").verdict("identity.token")
    record.on("preflight.catalogue").names("catalogue", "compute", "s3")
    record.observe("catalogue.compute.name", "nova").verdict("preflight.catalogue")
    small = replace(SMALL, clauses={p: c for p, c in SMALL.clauses.items() if p[0] != "compute"})
    assert judged(record, small, PLAN[:2], waivers=accepted).go == "GO"


def test_a_waived_scenario_takes_what_it_owns_with_it() -> None:
    accepted = [waiver(scenario="volumes.create", observed="OverQuota*")]
    limit = clause("compute.limits.maxServerMeta", 128)
    clauses = replace(SMALL, clauses=SMALL.clauses | {limit.path: limit})
    plan = [*PLAN, {"key": "volumes.create", "owns": ["compute.limits"]}]

    def run(reason: str) -> Judgement:
        return judged(
            good().verdict("volumes.create", "failed", reason=reason), clauses, plan, waivers=accepted
        )

    assert run("OverQuota: 10 of 10").go == "GO"
    assert run("OverQuota: 10 of 10").scenarios["volumes.create"].counts is False
    assert run("HTTP 500").exit_code == 1


def test_what_waits_behind_a_waived_failure_is_still_open() -> None:
    accepted = [waiver(scenario="volumes.create", observed="*")]
    record = good().verdict("volumes.create", "failed", reason="x")
    record.verdict("volumes.show", "blocked", root="volumes.create", reason="blocked by volumes.create")
    assert judged(record, waivers=accepted).exit_code == 2


def test_true_is_not_one() -> None:
    assert judge_clause(clause("a.b", True), 1) == "deviates"
    assert not waiver(clause=("a", "b"), observed=1).covers_clause(("a", "b"), True)


def test_coverage_by_area_and_from_outside() -> None:
    host = clause("compute.hypervisor", "kvm", visible="host")
    judgement = judged(good(ram=1024), replace(SMALL, clauses=SMALL.clauses | {host.path: host}))
    covered = judgement.coverage
    assert (covered.verified, covered.total, covered.reachable_verified, covered.reachable) == (4, 6, 4, 5)
    compute = covered.areas["compute"]
    assert (compute.verified, compute.total, compute.reachable) == (1, 3, 2)
    assert compute.states == {"deviates": 1, "verified": 1, "out_of_reach": 1}
    assert list(covered.areas) == ["identity", "catalogue", "compute"]


def test_the_last_verdict_of_a_scenario_counts() -> None:
    record = good().verdict("compute.boot").verdict("compute.boot", "crashed", reason="the worker died")
    assert judged(record).scenarios["compute.boot"].verdict == "unknown"


def test_judging_one_scenario_agrees_with_judging_the_run() -> None:
    for record in (good(), good(ram=1), good(catalogue=["compute", "image", "s3"])):
        rows = record.done()
        whole = judge(SMALL, PLAN, rows)
        for planned in PLAN:
            alone = judge_scenario(SMALL, planned, rows)
            assert alone == whole.scenarios[str(planned["key"])]


_PATHS = st.sampled_from([str(c) for c in SMALL.clauses.values()] + ["no.such.clause", "[", ""])
_ROW = st.one_of(
    st.fixed_dictionaries(
        {
            "kind": st.just("observation"),
            "clause": _PATHS,
            "observed": st.one_of(
                st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.integers())
            ),
            "cites": st.one_of(st.none(), st.lists(st.sampled_from(["main:1", "main:2", "x:1"]), max_size=2)),
            "resource": st.sampled_from([None, "our-1", "theirs"]),
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("names"),
            "collection": _PATHS,
            "names": st.one_of(st.none(), st.lists(st.text(max_size=3))),
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("verdict"),
            "outcome": st.sampled_from(
                ["completed", "failed", "crashed", "blocked", "out_of_reach", "nonsense", None]
            ),
            "met": st.booleans(),
            "root": st.sampled_from([None, "identity.token", "compute.flavors"]),
        }
    ),
    st.fixed_dictionaries({"kind": st.sampled_from(["exchange", "check", "step", "run", "wait"])}),
)


@given(
    st.lists(st.tuples(_ROW, st.sampled_from([None, "identity.token", "compute.flavors"])), max_size=25),
    st.randoms(),
)
def test_any_record_can_be_judged_and_the_order_of_rows_does_not_matter(
    drawn: list[tuple[dict[str, Any], str | None]], chance: random.Random
) -> None:
    rows = [
        {"t": float(n), "worker": "main", "seq": n, "scenario": key} | row
        for n, (row, key) in enumerate(drawn, 1)
    ]
    first = judge(SMALL, PLAN, rows, ledger_ids={"our-1"})
    assert set(states(first)) == {str(c) for c in SMALL.clauses.values()}
    assert first.exit_code in (1, 2), "no such record verifies everything and ends"
    chance.shuffle(rows)
    again = judge(SMALL, PLAN, rows, ledger_ids={"our-1"})
    assert (states(again), again.go) == (states(first), first.go)
    assert {k: v.verdict for k, v in again.scenarios.items()} == {
        k: v.verdict for k, v in first.scenarios.items()
    }


def test_half_a_folder_is_never_go() -> None:
    """A record whose description or plan is lost says nothing about the cloud."""
    described = judged(good(), table())
    assert (described.exit_code, "No clause was verified at all." in described.because) == (2, True)
    unplanned = judged(good(), plan=[])
    assert (unplanned.exit_code, unplanned.because[0]) == (
        2,
        "There is no plan: what was to run is not known.",
    )


def test_one_is_not_many_and_what_is_waived_did_not_fail() -> None:
    one = judged(good(ram=256))
    assert "1 deviates, 1 scenario failed" in one.banner
    accepted = judged(
        good(ram=256), waivers=[waiver(clause=("compute", "flavors", "m1.tiny", "ram"), observed=256)]
    )
    assert (accepted.go, "1 deviation is waived." in accepted.because) == ("GO", True)
    assert "1 waived" in accepted.banner
    assert "failed" not in accepted.banner
    failing = good().verdict("compute.boot", "failed", reason="no valid host")
    excused = judged(failing, waivers=[waiver(scenario="compute.boot", observed="no valid*")])
    assert (excused.go, "1 scenario is waived." in excused.because) == ("GO", True)
    assert "1 waived" in excused.banner
    assert "failed" not in excused.banner
