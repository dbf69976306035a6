"""What is asked of many runs: stories, points in time, flakes, durations."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from reports.history.durations import learned, scenarios, steps
from reports.history.flaky import flaky
from reports.history.opening import ask
from reports.history.series import Series
from reports.history.spark import BARS, sparkline
from reports.history.story import stories
from reports.history.trend import Point, trend
from reports.stats.shares import wilson
from tests.reports.history.many import write


def series(home: Path, last: int = 0) -> Series:
    return ask(home, lambda index: index.series("rack7", "six-node", last))


def verdicts(home: Path, words: str, prints: str = "", contents: str = "") -> Series:
    """A run a letter: p, f, u, b; the description and the scenario's content by letters, too."""
    long = {"p": "pass", "f": "fail", "u": "unknown", "b": "blocked"}
    for number, letter in enumerate(words):
        print_, content = (each[number] if each else "x" for each in (prints, contents))
        write(home, number, {"a.b": (long[letter], 1.0)}, print_=print_, content=content)
    return series(home)


# stories


def test_a_story_is_told_oldest_first_with_what_was_changed(tmp_path: Path) -> None:
    [one] = stories(verdicts(tmp_path, "ppfp", prints="1122", contents="aaab"), "a.b")
    assert [each.verdict for each in one.told] == ["pass", "pass", "fail", "pass"]
    assert [each.described for each in one.told] == [False, False, True, False]
    assert [each.changed for each in one.told] == [False, False, False, True]


def test_an_id_names_all_its_subjects_and_a_typo_is_answered(tmp_path: Path) -> None:
    write(
        tmp_path,
        1,
        {"hosts.clock[a]": ("pass", 1.0), "hosts.clock[b]": ("pass", 1.0), "hosts.cloc": ("pass", 1.0)},
    )
    told = series(tmp_path)
    assert [one.key for one in stories(told, "hosts.clock")] == ["hosts.clock[a]", "hosts.clock[b]"]
    assert [one.key for one in stories(told, "hosts.clock[b]")] == ["hosts.clock[b]"]
    with pytest.raises(UsageError, match=r"did you mean hosts\.clock\[a\]"):
        stories(told, "clock")
    with pytest.raises(UsageError, match="no run of this series"):
        stories(told, "run/wall time")


@given(st.lists(st.none() | st.floats(0, 1e9), max_size=50))
def test_a_chart_has_a_character_a_run(values: list[float | None]) -> None:
    drawn = sparkline(values)
    assert len(drawn) == len(values)
    assert set(drawn) <= {*BARS, " "}
    known = [value for value in values if value is not None]
    if known and max(known) > min(known):
        assert drawn[values.index(max(known))] == BARS[-1]
        assert drawn[values.index(min(known))] == BARS[0]


# points in time


def grow(
    home: Path, days: int, slow: int = 1000, *, factor: float = 2.0, prints: Mapping[int, str] | None = None
) -> None:
    """Ten scenarios; two of them take longer from one day on."""
    dice = random.Random(1)
    for number in range(days):
        rows = {
            f"compute.s{n}": (
                "pass",
                dice.lognormvariate(0, 0.05) * (factor if n < 2 and number >= slow else 1),
            )
            for n in range(10)
        }
        at = max((day for day in (prints or {}) if day <= number), default=None)
        write(home, number, rows, print_=(prints or {}).get(at, "f0") if at is not None else "f0")


def keys(point: Point) -> set[str]:
    return {change.key for change in point.changes}


def test_a_step_in_time_is_found_dated_and_explained(tmp_path: Path) -> None:
    grow(tmp_path, 40, slow=25, prints={25: "f1"})
    for number, manager in ((24, "FlatDHCP"), (25, "VLAN")):
        table = {"clauses": [{"path": "network.manager", "value": manager}, {"path": "region", "value": "R"}]}
        runs = sorted(path for path in tmp_path.iterdir() if path.is_dir())
        (runs[number] / "architecture.json").write_text(json.dumps(table))
    told = series(tmp_path)
    [point] = trend(told, tmp_path)
    assert point.after == told.runs[25]
    assert point.before == told.runs[24]
    assert {"compute.s0", "compute.s1"} <= keys(point) <= {"compute.s0", "compute.s1", "run/wall time"}
    assert all(change.worse for change in point.changes)
    assert [str(each) for each in point.differences] == ["network.manager: FlatDHCP → VLAN"]
    [first] = [change for change in point.changes if change.key == "compute.s0"]
    assert first.runs == (25, 15)
    assert first.now / first.was == pytest.approx(2, rel=0.1)


def test_where_nothing_changed_nothing_is_told(tmp_path: Path) -> None:
    grow(tmp_path, 40)
    assert trend(series(tmp_path), tmp_path) == []


def test_a_step_that_nobody_would_look_after_is_not_told(tmp_path: Path) -> None:
    grow(tmp_path, 40, slow=20, factor=1.3)
    told = series(tmp_path)
    assert trend(told, tmp_path)
    assert trend(told, tmp_path, share=0.5) == []
    assert trend(told, tmp_path, seconds=2) == []


def test_what_somebody_changed_a_run_earlier_is_said_with_the_distance(tmp_path: Path) -> None:
    grow(tmp_path, 40, slow=25, prints={24: "f1"})
    [point] = trend(series(tmp_path), tmp_path)
    assert point.later == -1
    assert [each.what for each in point.differences] == ["the description"]


def test_versions_and_machines_that_changed_are_told(tmp_path: Path) -> None:
    for number in range(40):
        late = number >= 20
        seen = {"packages": {"nova-compute": {"2012.1.3-2" if late else "2012.1.3-1": "all"}}, "names": {}}
        seen["names"] = {"compute.extensions": ["os-volumes", *(["os-hosts"] if late else [])]}
        write(
            tmp_path,
            number,
            {"a.b": ("pass", 2.0 + late)},
            version="0.2.0" if late else "0.1.0",
            machine={"node": "new" if late else "old"},
            report={"discovered": seen},
        )
    [point] = trend(series(tmp_path), tmp_path)
    assert [str(each) for each in point.differences] == [
        "deployday: 0.1.0 → 0.2.0",
        "machine's node: old → new",
        "nova-compute: 2012.1.3-1 → 2012.1.3-2",
        "compute.extensions: os-hosts, new",
    ]


def test_a_scenario_that_fails_from_one_day_on_is_a_point(tmp_path: Path) -> None:
    told = verdicts(tmp_path, "p" * 25 + "f" * 8)
    [point] = trend(told, tmp_path)
    [change] = point.changes
    assert (change.kind, change.was, change.now, change.worse) == ("verdict", 1.0, 0.0, True)
    assert point.after == told.runs[25]


def test_another_story_under_the_same_name_is_not_laid_beside_the_old_one(tmp_path: Path) -> None:
    for number in range(40):
        late = number >= 20
        write(tmp_path, number, {"a.b": ("pass", 2.0 + 3 * late)}, content="new" if late else "old")
    assert "a.b" not in {key for point in trend(series(tmp_path), tmp_path) for key in keys(point)}


def test_runs_of_a_selection_do_not_count_for_the_whole(tmp_path: Path) -> None:
    for number in range(40):
        run = write(
            tmp_path,
            number,
            {"a.b": ("pass", 2.0)},
            report={"timings": {"wall": 9.0 if number < 20 else 2.0}},
        )
        if number >= 20:
            plan = json.loads(run.plan.read_text())
            run.plan.write_text(json.dumps({**plan, "scope": "-k a.b"}))
    assert trend(series(tmp_path), tmp_path) == []


# flakes


@pytest.mark.parametrize(
    ("words", "prints", "contents", "flips"),
    [
        ("ppfppp", "", "", 2),
        ("pupppfp", "", "", 4),
        ("ppppff", "", "", 0),  # broke, and stayed so: a step, no flake
        ("ppfppp", "112222", "", 0),  # the description changed each time
        ("ppfppp", "", "aabbbb", 0),  # the failing one was another story
        ("ppbppp", "", "", 0),  # blocked is another one's failure
        ("ffffff", "", "", 0),
        ("pfpfpf", "111222", "", 4),
    ],
)
def test_what_flips_and_flips_back_under_one_description_is_flaky(
    tmp_path: Path, words: str, prints: str, contents: str, flips: int
) -> None:
    told = flaky(verdicts(tmp_path, words, prints, contents))
    assert [each.flips for each in told] == ([flips] if flips else [])


def test_the_rate_has_an_interval_and_a_beginning(tmp_path: Path) -> None:
    told = verdicts(tmp_path, "p" * 10 + "pppfp" * 6)
    [one] = flaky(told)
    assert (one.bad, one.told, one.flips) == (6, 40, 12)
    assert one.low < one.rate == 0.15 < one.high
    assert one.since == told.runs[13]
    assert one.last == told.runs[39]
    assert not one.gone


def test_a_flake_that_was_not_seen_for_long_seems_to_be_gone(tmp_path: Path) -> None:
    [one] = flaky(verdicts(tmp_path, "pfpfpfpf" + "p" * 32))
    assert one.gone
    assert one.passes == 32


def test_the_interval_holds_the_true_rate_as_often_as_it_says() -> None:
    dice = random.Random(2)
    inside = 0
    for _ in range(2000):
        hits = sum(dice.random() < 0.1 for _ in range(60))
        low, high = wilson(hits, 60)
        inside += low <= 0.1 <= high
    assert 0.92 <= inside / 2000 <= 0.98
    assert wilson(0, 10) == (0.0, pytest.approx(0.2775, abs=1e-4))


# durations


def test_durations_are_those_of_passes_as_they_are_told_today(tmp_path: Path) -> None:
    rows: Sequence[tuple[str, float, str]] = [
        ("pass", 100.0, "old"),
        ("pass", 1.0, "new"),
        ("fail", 50.0, "new"),
        ("pass", 2.0, "new"),
        ("pass", 3.0, "new"),
    ]
    for number, (verdict, seconds, content) in enumerate(rows):
        write(tmp_path, number, {"a.b": (verdict, seconds), "a.c": ("pass", 1.0)}, content=content)
    told = series(tmp_path)
    first = scenarios(told)[0]
    assert (first.key, first.runs, first.p50, first.p95) == ("a.b", 3, 2.0, pytest.approx(2.9))
    assert first.share == pytest.approx(156 / 161)
    assert learned(told) == {("a.b", "new"): 2.0, ("a.c", "new"): 1.0}
    assert learned(series(tmp_path, last=2)) == {}


def test_steps_are_joined_by_what_they_say(tmp_path: Path) -> None:
    for number in range(4):
        write(tmp_path, number, {"a.b": ("pass", 2.0 * (number + 1))})
    rows = ask(tmp_path, lambda index: index.steps("rack7", "six-node"))
    told = {each.step: each for each in steps(rows, series(tmp_path))}
    assert set(told) == {"boot a server", "wait for it"}
    assert (told["wait for it"].runs, told["wait for it"].p50) == (4, 2.5)
    assert sum(each.share for each in told.values()) == pytest.approx(1)
