"""What a comparison says: columns, flips, deviations, descriptions, findings, circumstances."""

from __future__ import annotations

from typing import Any

import pytest

from harness.errors import UsageError
from reports.compare.build import compare
from reports.compare.model import Comparison
from reports.compare.outcome import Condition, outcome
from reports.compare.reading import Seen, read
from tests.reports.compare.runs import clause, report, scenario

OTHER = {"fingerprint": "beef" + "0" * 60}


@pytest.fixture
def seen(tmp_path: Any) -> Any:
    """Read a report as if from a file."""
    import json

    def of(*args: Any, **fields: Any) -> Seen:
        path = tmp_path / f"{args[0] if args else 1}.json"
        path.write_text(json.dumps(report(*args, **fields)))
        return read(path)

    return of


def _row(sides: Comparison, name: str) -> Any:
    return next(row for row in sides.verdicts if row.id == name)


def _runs(sides: Comparison) -> list[list[str]]:
    return [[run.id[-4:] for run in head.runs] for head in sides.columns]


def test_runs_of_one_configuration_share_a_column_and_the_first_is_the_baseline(seen: Any) -> None:
    runs = [seen(2), seen(1), seen(3, run=OTHER), seen(4, run={"architecture": "devstack"})]
    sides = compare(runs)
    assert [[run.id[-4:] for run in head.runs] for head in sides.columns] == [
        ["0001", "0002"],
        ["0003"],
        ["0004"],
    ]
    assert [head.name for head in sides.columns] == ["six-node c0ff", "six-node beef", "devstack c0ff"]
    assert sides.columns[1].marks == ["the description changed"]
    assert sides.columns[2].marks == []


def test_of_one_configuration_the_newest_is_held_to_the_others(seen: Any) -> None:
    sides = compare([seen(3), seen(1), seen(2)])
    assert [len(head.runs) for head in sides.columns] == [2, 1]
    assert sides.columns[1].runs[0].id.endswith("0003")


def test_a_baseline_is_a_column_of_its_own(seen: Any) -> None:
    sides = compare([seen(1), seen(2), seen(3)], [seen(2)])
    assert _runs(sides) == [["0002"], ["0001", "0003"]]


def test_one_run_is_no_comparison(seen: Any) -> None:
    with pytest.raises(UsageError, match="two runs"):
        compare([seen(1)])


def test_flips_come_first_and_tell_why(seen: Any) -> None:
    hosts = [f"compute.boots_on_host[compute-{n}]" for n in (1, 2, 10)]
    before = [scenario("a.same"), scenario("b.heals", "fail"), *map(scenario, hosts), scenario("c.gone")]
    after = [scenario("a.same"), scenario("b.heals"), *(scenario(h, "fail", reason="no host") for h in hosts)]
    sides = compare(
        [seen(1, scenarios=before), seen(2, scenarios=[*after, scenario("d.new", "fail")], run=OTHER)]
    )
    assert [(row.id, row.change) for row in sides.verdicts[:4]] == [
        ("compute.boots_on_host", "worse"),
        ("b.heals", "better"),
        ("c.gone", "gone"),
        ("d.new", "only here"),
    ]
    assert sides.verdicts[0].subjects == ["compute-1", "compute-2", "compute-10"]
    assert sides.verdicts[0].reason == "no host"
    assert (sides.against[1].worse, sides.against[1].better, sides.against[1].failures) == (3, 1, ["d.new"])


def test_another_content_is_no_flip_and_has_no_times(seen: Any) -> None:
    runs = [
        seen(1, scenarios=[scenario("a.a"), scenario("b.b", version="")]),
        seen(
            2,
            scenarios=[scenario("a.a", "fail", version="bbbb"), scenario("b.b", "fail", version="")],
            run=OTHER,
        ),
    ]
    sides = compare(runs)
    assert _row(sides, "a.a").change == _row(sides, "b.b").change == "other content"
    assert _row(sides, "a.a").reason == "its content changed (aaaa → bbbb)"
    assert (sides.against[1].worse, sides.against[1].incomparable) == (0, 2)
    assert [row.name for row in sides.times] == ["identity.token"]
    assert set(sides.against[1].untimed) == {"its content changed", "its content version is not known"}


def test_what_comes_and_goes_is_flaky_with_its_rate(seen: Any) -> None:
    verdicts = ["pass", "fail", "pass", "pass", "fail"]
    sides = compare([seen(n, scenarios=[scenario("a.a", each)]) for n, each in enumerate(verdicts, 1)])
    assert _row(sides, "a.a").change == "flaky"
    assert _row(sides, "a.a").cells[0].counts == {"pass": 3, "fail": 1}
    assert (sides.against[1].worse, sides.against[1].flaky) == (0, 1)


def test_deviations_are_new_still_there_fixed_or_not_looked_at(seen: Any) -> None:
    def leaves(*observed: Any, **last: Any) -> list[dict[str, Any]]:
        return [clause(f"compute.x{n}", 1, each) for n, each in enumerate(observed)] + [
            clause("a.waived", 1, 2, **last)
        ]

    strange = {
        "path": "compute.flavors.huge",
        "described": None,
        "observed": "present",
        "level": "must",
        "waived": "",
    }
    before = leaves(2, 2, 1, 2, waived="ok")
    after = leaves(2, 1, 2, 1, waived="ok")
    after[3] |= {"state": "blocked", "seen": False, "observed": None}
    sides = compare([seen(1, clauses=before, undescribed=[strange]), seen(2, clauses=after, run=OTHER)])
    found = sides.against[1]
    assert [each.path for each in found.still] == ["compute.x0"]
    assert [each.path for each in found.fixed] == ["compute.x1"]
    assert [each.path for each in found.new] == ["compute.x2"]
    assert [each.path for each in found.unseen] == ["compute.x3", "compute.flavors.huge"]
    looked = {"names": {"compute.flavors": ["tiny"]}, "systems": {}, "packages": {}}
    sides = compare([seen(1, undescribed=[strange]), seen(2, discovered=looked, run=OTHER)])
    assert [each.path for each in sides.against[1].fixed] == ["compute.flavors.huge"]


def test_descriptions_differ_clause_by_clause_and_what_is_observed_counts(seen: Any) -> None:
    before = [
        clause("network.manager", "FlatDHCP"),
        clause("z.derived", 1, origin="derived (rule)"),
        clause("a.b", 1),
    ]
    after = [clause("network.manager", "VLAN", "FlatDHCP"), clause("z.derived", 2, origin="derived (rule)")]
    after += [clause("a.b", 1), *(clause(f"nodes.compute-3.x{n}", n) for n in range(3))]
    sides = compare([seen(1, clauses=before), seen(2, clauses=after, run=OTHER)])
    assert [(each.path, each.clauses, each.origin) for each in sides.clauses] == [
        ("network.manager", 1, "written"),
        ("nodes", 3, "written"),
        ("z.derived", 1, "derived"),
    ]
    assert sides.clauses[0].alike
    assert sides.clauses[0].values[1].contradicted
    assert (sides.clauses[0].values[1].described, sides.clauses[0].values[1].observed) == ("VLAN", "FlatDHCP")


def test_what_was_found_otherwise_is_told_whatever_was_described(seen: Any) -> None:
    first = {
        "names": {"compute.extensions": ["a", "b"]},
        "systems": {"n1": "3.2.0"},
        "packages": {"nova": {"1": "n1"}},
    }
    second = {
        "names": {"compute.extensions": ["b", "c"], "images": ["x"]},
        "systems": {"n1": "3.2.1"},
        "packages": {"nova": {"2": "n1"}},
    }
    sides = compare(
        [
            seen(1, clauses=[clause("identity.version", "v2.0")], discovered=first),
            seen(2, clauses=[clause("identity.version", "v2.0", "v3")], discovered=second, run=OTHER),
        ]
    )
    assert [(each.kind, each.what, each.values) for each in sides.found] == [
        ("clause", "identity.version", ["v2.0", "v3"]),
        ("names", "compute.extensions", ["also a; 1 in common", "also c; 1 in common"]),
        ("system", "n1", ["3.2.0", "3.2.1"]),
        ("package", "nova", ["1", "2"]),
    ]
    assert sides.found[0].contradicts == [False, True]


def test_times_of_other_options_are_not_compared_and_circumstances_are_shown(seen: Any) -> None:
    sides = compare([seen(1), seen(2, run=OTHER | {"workers": 4})])
    assert sides.against[1].untimed == {"workers 2 against 4": 1}
    assert sides.times == []
    far = OTHER | {"machine": {"node": "laptop", "cpus": 4}, "load": [6.0, 7.0]}
    timings = report()["timings"] | {"round_trip_ms": 30.0}
    sides = compare([seen(1), seen(2, run=far, timings=timings)])
    assert sides.columns[1].could_explain == [
        "another machine drove it: deployer → laptop",
        "the shortest answer took 1 ms → 30 ms",
        "load where it was driven from: 0.7 → 7.0, processors 4",
    ]


def test_boots_of_two_runs_are_enough_for_a_statement(seen: Any) -> None:
    def boots(times: float) -> list[dict[str, Any]]:
        samples = {"boot": [times * (3 + n / 10) for n in range(25)]}
        return [
            scenario("compute.boot", samples=samples, duration=times, steps=[("ask", 0.5), ("wait", times)])
        ]

    sides = compare([seen(1, scenarios=boots(1)), seen(2, scenarios=boots(2), run=OTHER)])
    boot = next(row for row in sides.times if row.kind == "figure")
    assert (boot.name, boot.word, boot.samples, boot.unit) == ("boot", "slower", (25, 25), "sample")
    assert [(each.name, each.words[1], each.greatest) for each in sides.figures[:2]] == [
        ("boot p50", "slower", [False, False]),
        ("boot p95", None, [False, False]),
    ]
    assert sides.against[1].words == {"inconclusive": 2}
    assert (sides.rules.unsaid, sides.against[1].slower_figures) == (2, 1)


def test_steps_are_judged_where_there_are_runs(seen: Any) -> None:
    def runs(first: int, factor: float, **run: Any) -> list[Seen]:
        return [seen(n, scenarios=[told(n, factor)], run=run) for n in range(first, first + 9)]

    def told(n: int, factor: float) -> dict[str, Any]:
        steps = [("ask", 0.2), ("wait", factor * (1 + n / 100))]
        return scenario("a.a", duration=1 + n / 100, steps=steps)

    sides = compare([*runs(1, 1), *runs(11, 3, **OTHER)])
    words = {(row.name, row.step): (row.word, row.unit) for row in sides.times}
    assert words["a.a", "wait"] == ("slower", "run")
    assert words["a.a", "ask"][0] == "no difference"


@pytest.mark.parametrize(
    ("before", "after", "conditions", "code"),
    [
        ("pass", "fail", [], 0),
        ("pass", "fail", ["flip"], 1),
        ("fail", "pass", ["flip", "new"], 0),
        ("pass", "pass", ["slower"], 0),
    ],
)
def test_the_exit_code_is_what_was_asked_for(
    seen: Any, before: str, after: str, conditions: list[str], code: int
) -> None:
    one = seen(1, scenarios=[scenario("a.a", before)])
    other = seen(2, scenarios=[scenario("a.a", after)], run=OTHER)
    assert outcome(compare([one, other]), [Condition(each) for each in conditions])[0] == code


def test_what_cannot_be_judged_is_said(seen: Any) -> None:
    apart = compare([seen(1), seen(2, run=OTHER | {"workers": 1})])
    assert outcome(apart, [Condition.slower]) == (2, ["six-node beef: no time can be compared"])
    assert outcome(apart, [Condition.flip]) == (0, [])
    early = compare([seen(1), seen(2, run=OTHER, ended_early=True)])
    assert outcome(early, [Condition.new]) == (2, ["six-node beef: the run ended early"])
    worse = compare([seen(1), seen(2, run=OTHER, clauses=[clause("a.b", 1, 2)])])
    assert outcome(worse, [Condition.new]) == (1, ["six-node beef: 1 new deviation"])
