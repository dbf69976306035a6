"""The rules of a statement, and our numbers beside scipy's."""

from __future__ import annotations

from itertools import combinations
from math import isclose, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.stats import Pair, judge, quantile
from reports.stats.ranks import Apart, least_p, rank_test
from reports.stats.several import adjusted
from reports.stats.student import beyond, bound

TIMES = st.floats(0, 1e6, allow_nan=False)
SIDE = st.lists(TIMES, min_size=1, max_size=12)
RUNS = st.lists(st.lists(TIMES, min_size=1, max_size=5), min_size=1, max_size=6)


@pytest.mark.parametrize(("n", "m"), [(1, 1), (4, 4), (5, 9), (20, 20), (30, 45), (3, 200)])
def test_the_rank_test_is_scipys(n: int, m: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    dice = np.random.default_rng(n * m)
    for _ in range(10):
        one, other = dice.normal(size=n), dice.normal(0.4, 1.2, m)
        method = "exact" if n + m <= 40 else "asymptotic"
        assert isclose(
            rank_test(one, other), stats.mannwhitneyu(one, other, method=method).pvalue, rel_tol=1e-9
        )
    if n + m > 40:
        one, other = dice.integers(0, 9, n).astype(float), dice.integers(1, 10, m).astype(float)
        theirs = stats.mannwhitneyu(one, other, method="asymptotic").pvalue
        assert isclose(rank_test(one, other), theirs, rel_tol=1e-9)


def test_ties_are_counted_as_they_can_be_dealt() -> None:
    """Every way to deal the values, by hand."""
    one, other = [1.0, 2.0, 2.0], [2.0, 3.0, 3.0, 3.0]
    every = one + other
    ranks = [sum(x < y for x in every) + (sum(x == y for x in every) + 1) / 2 for y in every]
    sums = [sum(ranks[at] for at in places) for places in combinations(range(7), 3)]
    mean, seen = 3 * 8 / 2, sum(ranks[:3])
    expected = sum(abs(each - mean) >= abs(seen - mean) for each in sums) / len(sums)
    assert isclose(rank_test(one, other), expected)


@pytest.mark.parametrize("degrees", [1, 2])
@pytest.mark.parametrize("chance", [1.0, 0.5, 0.05, 1e-4, 1e-9])
def test_students_t_is_scipys(degrees: int, chance: float) -> None:
    special = pytest.importorskip("scipy.special")
    t = bound(chance, degrees)
    assert isclose(t, -special.stdtrit(degrees, chance / 2), rel_tol=1e-6, abs_tol=1e-9)
    assert isclose(beyond(t, degrees), chance, rel_tol=1e-6)


def test_the_correction_is_scipys() -> None:
    stats = pytest.importorskip("scipy.stats")
    chances = list(np.random.default_rng(3).random(50) ** 3)
    assert np.allclose(adjusted(chances), stats.false_discovery_control(chances))
    assert adjusted([]) == []


@given(SIDE, SIDE)
def test_the_sides_can_be_exchanged(one: list[float], other: list[float]) -> None:
    assert isclose(rank_test(one, other), rank_test(other, one))
    assert 0 < rank_test(one, other) <= 1
    assert rank_test(one, other) >= least_p(len(one), len(other)) / 2 * (1 - 1e-12)
    there, back = Apart(one, other), Apart(other, one)
    assert there.dominance == -back.dominance
    least, most = there.within(0.95)
    assert (least, most) == pytest.approx(tuple(-each for each in reversed(back.within(0.95))))
    assert there.middle == pytest.approx(-back.middle)
    assert least <= there.middle <= most


@given(RUNS, RUNS)
def test_a_statement_is_whole_whatever_was_measured(
    before: list[list[float]], after: list[list[float]]
) -> None:
    said, back = judge([Pair(before, after)])[0], judge([Pair(after, before)])[0]
    assert {said.word, back.word} in ({"slower", "faster"}, {said.word})
    assert isclose(log(said.ratio), -log(back.ratio), abs_tol=1e-6)
    assert (said.more is None) or (said.word == "inconclusive" and said.more > 0)
    if said.low is not None and said.high is not None:
        assert said.low <= said.ratio * (1 + 1e-9)
        assert said.high >= said.ratio * (1 - 1e-9)
    if said.word in ("slower", "faster"):
        assert said.p is not None
        assert said.p <= 0.05
        assert (said.ratio > 1) == (said.word == "slower")


def test_one_run_a_side_says_nothing_and_asks_for_three_more() -> None:
    said = judge([Pair([[4.0]], [[8.0]])])[0]
    assert (said.word, said.rule, said.more) == ("inconclusive", "too few", 3)
    assert (said.low, said.high, said.p, said.ratio) == (None, None, None, 2.0)


def test_milliseconds_matter_to_nobody() -> None:
    assert judge([Pair([[0.002] * 9], [[0.006] * 9])])[0].word == "no difference"
    assert judge([Pair([[0.002]], [[0.006]])])[0].rule == "negligible"


def test_two_or_three_runs_need_a_gap() -> None:
    apart, close = (
        Pair([[1.0], [1.01], [1.02]], [[3.0], [3.01], [3.02]]),
        Pair([[1.0], [1.3]], [[1.5], [1.9]]),
    )
    assert [said.word for said in judge([apart])] == ["slower"]
    assert [said.word for said in judge([close])] == ["inconclusive"]
    assert judge([apart])[0].rule == "intervals"


def test_single_measurements_of_a_few_runs_must_all_lie_apart() -> None:
    """Two runs of a side: one of them as slow as the others is no difference of configurations."""
    slow, fast = [2.0 + n / 100 for n in range(30)], [1.0 + n / 100 for n in range(30)]
    assert judge([Pair([fast, slow], [slow, slow])])[0].word == "inconclusive"
    assert judge([Pair([fast, fast], [slow, slow])])[0].word == "slower"


def test_many_questions_make_each_answer_less_sure() -> None:
    moved = Pair([[1.0, 1.1, 1.2, 1.3, 1.4]], [[1.5, 1.6, 1.7, 1.8, 1.9]])
    still = Pair([[1.0, 1.2, 1.4, 1.6, 1.8]], [[1.1, 1.3, 1.5, 1.7, 1.9]])
    assert judge([moved])[0].word == "slower"
    assert judge([moved, *[still] * 30])[0].word == "inconclusive"


def test_quantiles() -> None:
    assert quantile([], 0.5) is None
    assert quantile([1.0, 2.0, 4.0], 0.5) == 2.0
