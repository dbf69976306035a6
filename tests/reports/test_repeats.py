"""What several runs of the same tell together: rates, intervals, and the flaky ones first."""

from __future__ import annotations

import random
from pathlib import Path
from statistics import median

import pytest

from reports.repeats import Repeats, read_repeats, to_terminal
from reports.stats.shares import middle, wilson
from tests.reports.compare.runs import report, scenario, stored


def repeats(tmp_path: Path, *boots: str, wanted: int = 0, slow: float = 1.0) -> Repeats:
    """Runs in which compute.boot ended so."""
    folders = []
    for number, verdict in enumerate(boots, 1):
        samples = {"boot": [slow * number, slow * number + 0.2]}
        told = [scenario("compute.boot", verdict, samples=samples), scenario("objects.put_get")]
        told += [scenario("volumes.attach", "blocked" if verdict == "fail" else "pass")]
        folders.append(stored(tmp_path, report(number, scenarios=told)))
    return read_repeats(folders, wanted or len(boots))


def test_what_comes_and_goes_is_first_with_its_rate_and_interval(tmp_path: Path) -> None:
    told = repeats(tmp_path, "pass", "fail", "pass", "pass")
    [rate] = told.rates
    assert (rate.key, rate.passed, rate.told, rate.flaky) == ("compute.boot", 3, 4, True)
    assert (rate.low, rate.high) == wilson(1, 4)
    text = to_terminal(told)
    assert text.startswith("4 runs: 3 GO, 1 NO-GO\nFlaky\n")
    assert "compute.boot: 1 of 4 did not pass, 25% (5% to 70%): compute.boot did not" in text
    assert "3 scenarios passed every time" in text, "a blocked one is another one's failure"
    assert "at most 49% of runs" in text


def test_what_never_passes_is_no_flake(tmp_path: Path) -> None:
    told = repeats(tmp_path, "fail", "fail")
    assert "Flaky" not in to_terminal(told)
    assert "Never passed\n  compute.boot: 2 of 2" in to_terminal(told)


def test_a_run_is_one_value_of_a_duration(tmp_path: Path) -> None:
    told = repeats(tmp_path, *["pass"] * 6)
    figures = {name: (len(values), found) for name, values, found in told.figures}
    count, found = figures["boot p50"]
    assert count == 6
    assert found == pytest.approx((3.6, 1.1, 6.1, 0.96875))
    assert "boot p50       3.6 s (1.1 s to 6.1 s, 97% sure, of 6 runs)" in to_terminal(told)


def test_fewer_runs_than_were_asked_for_are_said(tmp_path: Path) -> None:
    told = repeats(tmp_path, "pass", wanted=5)
    assert to_terminal(told).startswith("1 of 5 runs: 1 GO\n")
    assert "of one run" in to_terminal(told)
    assert to_terminal(Repeats(3, {}, [], 0)) == "0 of 3 runs: none\n"


def test_what_is_carried_is_no_repetition(tmp_path: Path) -> None:
    lent = {"run": "x", "started": 1.0, "at": 1.0}
    rows = [scenario("compute.boot", carried=lent, samples={"boot": [1.0]})]
    told = read_repeats([stored(tmp_path, report(1, scenarios=rows))], 1)
    assert told.steady == 1, "the token alone"
    assert not told.figures


def test_hostile_reasons_reach_no_terminal(tmp_path: Path) -> None:
    rows = [[scenario("a.b", verdict, reason="\x1b[2J\u202eevil\n\nrow")] for verdict in ("pass", "fail")]
    folders = [stored(tmp_path, report(n, scenarios=row)) for n, row in enumerate(rows, 1)]
    text = to_terminal(read_repeats(folders, 2))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "evil row" in text


@pytest.mark.parametrize("count", [2, 5, 6, 9, 20, 40])
def test_the_interval_holds_the_median_as_often_as_it_says(count: int) -> None:
    draw = random.Random(f"middle {count}")
    held = 0
    for _ in range(2000):
        found = middle([draw.lognormvariate(0, 1) for _ in range(count)])
        assert found
        held += found.low <= 1.0 <= found.high
    assert found
    assert abs(held / 2000 - found.level) < 0.025
    assert found.level >= 0.95 or count < 6


def test_the_middle_of_one_value_has_no_interval() -> None:
    assert middle([1.0]) is None
    assert middle([]) is None
    values = [5.0, 1.0, 4.0, 2.0]
    found = middle(values)
    assert found
    assert (found.value, found.low, found.high, found.level) == (median(values), 1.0, 5.0, 0.875)
