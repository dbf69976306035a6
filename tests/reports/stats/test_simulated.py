"""By simulation: alarms where nothing differs stay at the stated level, real differences are found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from reports.stats import ALPHA, Pair, judge

Draw = Callable[[int], "np.ndarray[tuple[int], np.dtype[np.float64]]"]
DICE = np.random.default_rng(20120405)
KINDS: dict[str, Draw] = {
    "skewed": lambda n: np.exp(DICE.normal(0, 0.3, n)),
    "looked for every 250 ms": lambda n: np.ceil(DICE.gamma(4, 0.2, n) * 4) / 4,
    "two humps": lambda n: np.where(DICE.random(n) < 0.3, 4.0, 1.0) * np.exp(DICE.normal(0, 0.1, n)),
}
COMPARISONS, QUESTIONS = 500, 5


def _pair(draw: Draw, n: int, m: int, *, runs: bool, slower: float = 1.0) -> Pair:
    before, after = draw(n), draw(m) * slower
    return Pair([[x] for x in before], [[x] for x in after]) if runs else Pair([list(before)], [list(after)])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("n", "m", "runs"), [(2, 3, True), (3, 3, True), (5, 5, True), (8, 6, True), (30, 25, False)]
)
def test_where_nothing_differs_alarms_are_as_rare_as_they_say(kind: str, n: int, m: int, runs: bool) -> None:
    """A comparison of several questions raises any alarm at all in at most 5 % of all, up to three sigma."""
    alarms = sum(
        any(
            said.word in ("slower", "faster")
            for said in judge([_pair(KINDS[kind], n, m, runs=runs) for _ in range(QUESTIONS)])
        )
        for _ in range(COMPARISONS)
    )
    assert alarms <= ALPHA * COMPARISONS + 3 * (ALPHA * (1 - ALPHA) * COMPARISONS) ** 0.5


def test_a_run_with_a_bad_day_is_no_alarm() -> None:
    """All boots of a run share its luck: thirty of them are not thirty proofs once there are several runs."""
    alarms = 0
    for _ in range(COMPARISONS):
        side = [[list(np.exp(DICE.normal(luck, 0.1, 30))) for luck in DICE.normal(0, 0.2, 5)] for _ in "ab"]
        alarms += judge([Pair(*side)])[0].word in ("slower", "faster")
    assert alarms <= ALPHA * COMPARISONS + 3 * (ALPHA * (1 - ALPHA) * COMPARISONS) ** 0.5


def test_a_real_difference_of_a_fifth_is_found() -> None:
    """With forty samples a side that spread by 15 %, among twenty things of which half did not change."""
    draw: Draw = lambda n: np.exp(DICE.normal(0, 0.15, n))  # noqa: E731
    found: Counter[tuple[bool, str]] = Counter()
    for _ in range(20):
        changed = [True] * 10 + [False] * 10
        pairs = [_pair(draw, 40, 40, runs=False, slower=1.2 if slow else 1.0) for slow in changed]
        found.update((slow, said.word) for slow, said in zip(changed, judge(pairs), strict=True))
    assert found[True, "slower"] >= 190
    assert found[True, "faster"] + found[True, "no difference"] == 0
    assert found[False, "slower"] + found[False, "faster"] <= 10
    assert found[False, "no difference"] >= 80


def test_the_interval_holds_the_ratio_as_often_as_it_says() -> None:
    held = 0
    for _ in range(600):
        said = judge([_pair(KINDS["skewed"], 9, 11, runs=True, slower=1.05)])[0]
        held += said.low is not None and said.high is not None and said.low <= 1.05 <= said.high
    assert held >= 0.95 * 600 - 3 * (0.95 * 0.05 * 600) ** 0.5


def test_as_many_runs_as_it_asks_for_come_to_a_statement() -> None:
    """What is said to take so many more runs is decided with them in most cases."""
    draw: Draw = lambda n: np.exp(DICE.normal(0, 0.15, n))  # noqa: E731
    decided = Counter(
        judge([_pair(draw, 6 + more, 6 + more, runs=True, slower=1.35)])[0].word != "inconclusive"
        for _ in range(200)
        if (more := judge([_pair(draw, 6, 6, runs=True, slower=1.35)])[0].more) is not None
    )
    assert decided[True] > 2 * decided[False]
