"""What of an earlier run is run again, and why: one reason at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.arch.clauses import Clause, ClauseTable, Origin
from harness.arch.paths import Path, parse
from harness.fleet.since import Changed
from harness.plan import Plan, PlannedScenario
from harness.plan.again import OLDEST, Choice, Earlier, Why, choose, redescribed, with_needed
from harness.plan.earlier import by_scenario, digits, earlier, found, rests

NOW = 1_800_000_000.0
NOVA_CONF = Changed("nova.conf changed on compute-1", frozenset({"nova"}))


def row(key: str, gate: str = "", *needs: str, **more: object) -> PlannedScenario:
    name, _, subject = key.partition("[")
    base = PlannedScenario(
        name, subject.rstrip("]") or None, gate or name.split(".")[0], "", needs=needs, version="v1"
    )
    return replace(base, **more)  # type: ignore[arg-type]


ROWS = (
    row("identity.token", "preflight"),
    row("hosts.facts[compute-1]", "hosts"),
    row("compute.flavors", "compute", "identity.token", owns=("compute.flavors",)),
    row("compute.boot", "compute", "compute.flavors"),
    row("compute.boots_on_host[compute-1]", "compute", "compute.boot"),
    row("volumes.attach", "volumes", "compute.boot"),
    row("objects.put_get", "objects", "identity.token"),
    row("cleanup.resources", "cleanup"),
)
PLAN = Plan(ROWS)
COMPONENTS = {"compute": "nova", "volumes": "nova-volume", "objects": "swift"}
PASSED = {
    each.key: Earlier("pass", "v1", NOW - 600, frozenset({COMPONENTS.get(each.gate, "keystone")}))
    for each in ROWS
}
COMPUTE = ("compute.flavors", "compute.boot", "compute.boots_on_host[compute-1]", "volumes.attach")


def after(
    changed: tuple[Changed, ...] = (), described: tuple[str, ...] = (), now: float = NOW, **then: Earlier
) -> Choice:
    known = PASSED | {key.replace("__", "."): each for key, each in then.items()}
    return choose(PLAN, known, changed, [parse(path) for path in described], now)


def why(choice: Choice, key: str) -> str:
    return choice.again[key].kind if key in choice.again else "carried"


def test_where_all_is_as_it_was_only_what_looks_at_the_whole_runs() -> None:
    choice = after()
    assert choice.carried == (*COMPUTE, "objects.put_get")
    assert {each.kind for each in choice.again.values()} == {"always"}
    assert [*choice.again] == ["identity.token", "hosts.facts[compute-1]", "cleanup.resources"]


@pytest.mark.parametrize("verdict", ["fail", "deviates", "blocked", "unknown", "out_of_reach", "unrun"])
def test_whatever_is_no_pass_runs_again(verdict: str) -> None:
    choice = after(compute__boot=replace(PASSED["compute.boot"], verdict=verdict))
    assert why(choice, "compute.boot") == verdict
    assert why(choice, "volumes.attach") == "carried", "what passed is not drawn in by a failure"


def test_a_pass_that_saw_a_deviation_runs_again() -> None:
    assert (
        why(after(compute__boot=replace(PASSED["compute.boot"], deviates=True)), "compute.boot") == "deviates"
    )


def test_what_the_earlier_run_does_not_know_runs() -> None:
    choice = choose(PLAN, {k: v for k, v in PASSED.items() if k != "objects.put_get"}, [], [], NOW)
    assert why(choice, "objects.put_get") == "unrun"


def test_another_story_of_the_same_name_runs_and_what_needs_it_too() -> None:
    for version in ("v0", ""):
        choice = after(compute__boot=replace(PASSED["compute.boot"], version=version))
        assert why(choice, "compute.boot") == why(choice, "volumes.attach") == "changed"
        assert why(choice, "compute.flavors") == why(choice, "objects.put_get") == "carried"


def test_a_changed_component_takes_with_it_what_rests_on_it_and_what_needs_that() -> None:
    choice = after((NOVA_CONF,))
    assert {why(choice, key) for key in COMPUTE} == {"changed"}
    assert str(choice.again["volumes.attach"]) == "nova.conf changed on compute-1"
    assert choice.carried == ("objects.put_get",)


def test_everything_runs_where_nobody_knows_what_it_rests_on() -> None:
    choice = after(
        objects__put_get=replace(PASSED["objects.put_get"], rests=frozenset()), changed=(NOVA_CONF,)
    )
    assert choice.carried == ()
    assert after((Changed("another version", frozenset({"*"})),)).carried == ()


def test_an_old_result_is_not_carried_however_little_changed() -> None:
    old = PASSED["compute.boot"].at + OLDEST
    assert why(after(now=old), "compute.boot") == "carried"
    assert why(after(now=old + 1), "compute.boot") == "old"


def test_a_clause_that_says_otherwise_takes_its_area() -> None:
    choice = after(described=('compute.flavors["m1.tiny"].ram',))
    assert {why(choice, key) for key in COMPUTE} == {"changed"}
    assert choice.carried == ("objects.put_get",)
    assert "is described otherwise" in str(choice.again["compute.flavors"])


def test_a_clause_of_one_node_takes_what_is_about_that_node() -> None:
    choice = after(described=("nodes.compute-1.ports",))
    changed = {key for key, each in choice.again.items() if each.kind == "changed"}
    assert changed == {"compute.boots_on_host[compute-1]"}


def test_who_observed_a_clause_of_an_area_rests_on_it() -> None:
    saw = replace(PASSED["objects.put_get"], saw=frozenset({parse("region")}))
    assert why(after(described=("region",), objects__put_get=saw), "objects.put_get") == "changed"
    assert why(after(described=("region",), objects__put_get=saw), "compute.flavors") == "carried"


def test_a_clause_at_which_nobody_looks_may_be_about_everything() -> None:
    assert after(described=("dashboard.theme",)).carried == ()


def test_what_is_needed_by_what_runs_is_told_apart() -> None:
    choice = after(compute__boot=replace(PASSED["compute.boot"], verdict="fail"))
    chosen = Plan(tuple(each for each in ROWS if each.key in (*choice.again, "compute.flavors")))
    whole = with_needed(choice, chosen)
    assert whole.again["compute.flavors"] == Why("needed")
    assert whole.carried == ("compute.boots_on_host[compute-1]", "volumes.attach", "objects.put_get")
    kinds = [(each.kind, keys) for each, keys in whole.groups()]
    assert kinds[0] == ("fail", ["compute.boot"])
    assert kinds[-1] == ("needed", ["compute.flavors"])


def clause(path: str, value: object, **more: object) -> Clause:
    fields = {"level": "must", "visible": "api", "comparator": "equal"} | more
    return Clause(parse(path), value, Origin("written", "a.yaml", 1), **fields)  # type: ignore[arg-type]


def table(*clauses: Clause) -> ClauseTable:
    return ClauseTable("a", "essex", "f", {each.path: each for each in clauses})


def test_descriptions_differ_by_what_is_required_and_not_by_where_it_is_written() -> None:
    one = clause("a.b", 1)
    moved = replace(one, origin=Origin("inherited", "b.yaml", 9))
    assert redescribed(table(one), table(moved)) == []
    for other in (clause("a.b", 2), clause("a.b", 1, level="should"), clause("a.b", 1, comparator="at_most")):
        assert redescribed(table(one), table(other)) == [("a", "b")]
    more: list[Path] = [("a", "c")]
    assert redescribed(table(one), table(one, clause("a.c", 1))) == more
    assert redescribed(table(one, clause("a.c", 1)), table(one)) == more


def test_what_rows_rest_on() -> None:
    rows = [
        {"kind": "exchange", "component": "nova"},
        {"kind": "command", "component": "ssh", "host": "compute-1"},
        {"kind": "check", "component": "swift"},
        {"kind": "exchange", "component": ""},
    ]
    assert rests(rows) == {"nova", "@compute-1"}


def test_what_an_earlier_run_saw_and_when() -> None:
    told = [
        {"kind": "observation", "scenario": "a", "clause": "catalogue.compute.version", "observed": "v2"},
        {"kind": "names", "scenario": "a", "collection": "catalogue", "names": ["b", "a"]},
        {"kind": "observation", "scenario": "a", "clause": "not a path [", "observed": 1},
        {"kind": "observation", "scenario": "a", "clause": "identity.roles", "observed": []},
        {"kind": "verdict", "scenario": "a", "t": 12.0},
    ]
    assert found(told) == {"catalogue.compute.version": "v2", "catalogue": ["a", "b"]}
    left = [{"kind": "tenant", "name": "deployday-1", "id": "4e"}, {"kind": "user", "name": "x"}, "torn"]
    assert found([{"kind": "run", "remainders": left}]) == {"tenant deployday-1": "4e"}
    then = earlier(by_scenario(told)["a"], "pass", "v1")
    assert (then.at, ("identity", "roles") in then.saw) == (12.0, True)


def test_two_runs_of_the_same_digits_keep_apart() -> None:
    assert digits("20270115T080000-rack7-3f2a", {}) == "3f2a"
    assert digits("20270116T080000-rack7-3f2a", {"20270115T080000-rack7-3f2a": "3f2a"}).startswith("20270116")
    assert digits("20270115T080000-rack7-3f2a", {"20270115T080000-rack7-3f2a": "3f2a"}) == "3f2a"
