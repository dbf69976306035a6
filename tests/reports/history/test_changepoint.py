"""Where nothing changes next to nothing is found, as often as is stated; what changes is found, and where."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.history.changepoint import LEAST, LEVEL, _exact, _fisher, _normal, found, screen, threshold

Rows = Callable[[np.random.Generator, int, int], np.ndarray]
SCREENS = 400

QUIET: dict[str, tuple[Rows, bool]] = {
    "skewed": (lambda dice, k, n: dice.lognormal(0, 0.5, (k, n)), False),
    "with outliers": (lambda dice, k, n: dice.standard_cauchy((k, n)) ** 2, False),
    "in whole milliseconds": (lambda dice, k, n: np.round(dice.lognormal(1, 0.4, (k, n))) / 1000, False),
    "of runs that are slow as a whole": (
        lambda dice, k, n: dice.lognormal(0, 0.2, (k, n)) * dice.lognormal(0, 0.5, (1, n)),
        False,
    ),
    "all the same": (lambda dice, k, n: np.ones((k, n)), False),
    "flags": (lambda dice, k, n: (dice.random((k, n)) < 0.2).astype(float), True),
    "rare flags": (lambda dice, k, n: (dice.random((k, n)) < 0.02).astype(float), True),
    "flags of runs that are bad as a whole": (
        lambda dice, k, n: (dice.random((k, n)) < dice.choice([0.05, 0.5], (1, n))).astype(float),
        True,
    ),
}


@pytest.mark.parametrize("name", QUIET)
@pytest.mark.parametrize(("rows", "runs"), [(1, 20), (10, 20), (20, 60)])
def test_where_nothing_changes_a_screen_alarms_no_more_often_than_stated(
    name: str, rows: int, runs: int
) -> None:
    """The bound is the level and three standard errors of the simulation."""
    make, flags = QUIET[name]
    dice = np.random.default_rng([rows, runs, len(name)])
    alarms = sum(any(screen(list(make(dice, rows, runs)), flags=flags)) for _ in range(SCREENS))
    assert alarms / SCREENS <= LEVEL + 3 * math.sqrt(LEVEL * (1 - LEVEL) / SCREENS)


def test_seconds_and_verdicts_are_one_screen() -> None:
    dice = np.random.default_rng(3)
    alarms = 0
    for _ in range(SCREENS):
        seconds = [(row, False) for row in dice.lognormal(0, 0.3, (10, 30))]
        flags = [(row, True) for row in (dice.random((10, 30)) < 0.1).astype(float)]
        alarms += any(found(seconds + flags))
    assert alarms / SCREENS <= LEVEL + 3 * math.sqrt(LEVEL * (1 - LEVEL) / SCREENS)


@pytest.mark.parametrize(
    ("runs", "place", "factor", "spread", "least"),
    [
        (40, 20, 1.2, 0.08, 0.9),
        (40, 34, 1.3, 0.05, 0.9),
        (20, 10, 1.5, 0.1, 0.85),
        (200, 190, 1.2, 0.08, 0.85),
    ],
)
def test_a_step_of_one_scenario_of_thirty_is_found_at_its_place(
    runs: int, place: int, factor: float, spread: float, least: float
) -> None:
    dice = np.random.default_rng(runs)
    hits = near = others = 0
    for _ in range(100):
        rows = dice.lognormal(0, spread, (30, runs))
        rows[4, place:] *= factor
        told = screen(list(rows))
        hits += bool(told[4])
        near += any(abs(split.place - place) <= 2 for split in told[4])
        others += sum(map(bool, told)) - bool(told[4])
    assert hits >= 100 * least
    assert near >= 0.9 * hits
    assert others <= 15  # of 2,900


def test_an_upgrade_that_slows_many_is_found_after_three_runs() -> None:
    dice = np.random.default_rng(5)
    hits = 0
    for _ in range(40):
        rows = dice.lognormal(0, 0.1, (30, 40))
        rows[:15, 37:] *= 2
        hits += sum(bool(row) for row in screen(list(rows))[:15])
    assert hits >= 0.9 * 15 * 40


def test_a_scenario_that_fails_from_one_day_on_is_found() -> None:
    row = np.array([0.0] * 30 + [1.0] * 5)
    [[split]] = screen([row], flags=True)
    assert split.place == 30
    assert split.p < 0.001


def test_up_and_down_again_are_two_changes() -> None:
    dice = np.random.default_rng(6)
    row = np.concatenate([dice.lognormal(level, 0.05, 25) for level in (0, 0.5, 0)])
    first, second = (split.place for split in screen([row])[0])
    assert abs(first - 25) <= 2
    assert abs(second - 50) <= 2


def test_five_runs_are_too_few_to_tell() -> None:
    assert screen([np.array([1.0, 1, 1, 9, 9])]) == [[]]
    assert screen([]) == []
    assert screen([np.zeros(0)]) == [[]]


@pytest.mark.parametrize(("m", "n"), [(3, 3), (3, 6), (4, 5), (2, 9), (5, 5)])
def test_the_tail_of_the_rank_test_is_that_of_all_ways_to_deal(m: int, n: int) -> None:
    sums = [sum(places) - m * (m - 1) // 2 for places in itertools.combinations(range(m + n), m)]
    for u in range(m * n // 2 + 1):
        chance = min(1.0, 2 * sum(each <= u for each in sums) / len(sums))
        assert math.exp(_exact(m, n)[u]) == pytest.approx(chance)


def test_the_chances_of_flags_are_those_of_the_hypergeometric_distribution() -> None:
    left, ones, n = np.arange(3, 18), 6, 20
    chances = _fisher(left, ones, n)
    assert chances.sum(axis=0) == pytest.approx(np.ones(len(left)))
    for place, column in zip(left, chances.T, strict=True):
        for k, chance in enumerate(column):
            ways = math.comb(int(place), k) * math.comb(n - int(place), ones - k) if k <= place else 0
            assert chance == pytest.approx(ways / math.comb(n, ones))


def test_the_normal_tail_is_not_below_the_exact_one_where_it_counts() -> None:
    """From the least number of measurements on that it is used for, and from one chance in a hundred on."""
    for m, n in ((11, 11), (11, 40), (11, 180), (20, 20), (30, 60)):
        exact = _exact(m, n)
        for u in np.flatnonzero(exact < math.log(0.01)):
            z = (m * n / 2 - u - 0.5) / math.sqrt(m * n * (m + n + 1) / 12)
            assert _normal(z) >= exact[u] - 0.02, (m, n, u)


@given(st.lists(st.floats(0, 1), max_size=30), st.floats(0.001, 0.2))
def test_the_threshold_is_benjaminis_and_hochbergs(chances: list[float], level: float) -> None:
    limit = threshold(chances, level)
    counted = sum(p <= limit for p in chances)
    assert all(p <= level * counted / len(chances) for p in chances if p <= limit)


@given(st.lists(st.floats(0, 1e6), max_size=40))
def test_places_are_inside_in_order_and_apart(values: list[float]) -> None:
    [splits] = screen([np.array(values)], level=0.5)
    places = [0, *(split.place for split in splits), len(values)]
    assert all(after - before >= LEAST for before, after in itertools.pairwise(places)) or not splits
