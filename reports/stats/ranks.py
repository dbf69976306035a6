"""The Mann-Whitney test, and what can be said of a ratio by inverting it.

Exact up to 40 samples, ties included: the null distribution is counted over all ways to deal the ranks that
were seen. Beyond, the normal approximation with corrections for ties and continuity (Mann and Whitney,
Ann. Math. Statist. 18, 1947; Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, 4.1 and 4.3).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import comb, erfc, floor, inf, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

EXACT = 40
"""Samples of both sides up to which all ways are counted."""
_PAIRS = 600
"""Samples of a side that are paired at most; of more, evenly many in order are taken."""

_FEW = 400
"""Pairs up to which plain Python is the faster one."""

Floats = NDArray[np.float64]


def rank_test(first: Sequence[float], second: Sequence[float]) -> float:
    """Two-sided p of "neither side tends to be longer"."""
    n, m = len(first), len(second)
    ranks = _doubled_ranks([*first, *second])
    off = abs(sum(ranks[:n]) - n * (n + m + 1))
    if n + m <= EXACT:
        return _chances(tuple(sorted(ranks)), n)[off]
    return _approximate(ranks, n, m, off / 2)


def least_p(n: int, m: int) -> float:
    """The smallest p that the test can come to with so many samples: where all of one side are longer."""
    return min(1.0, 2 / comb(n + m, n)) if n and m else 1.0


class Apart:
    """How far each sample of ``second`` lies above each of ``first``, in order."""

    def __init__(self, first: Sequence[float], second: Sequence[float]) -> None:
        one, other = _thinned(first), _thinned(second)
        self._sizes = len(one), len(other)
        if len(one) * len(other) <= _FEW:
            self._apart = sorted(late - early for late in other for early in one)
        else:
            self._apart = np.sort(np.subtract.outer(np.array(other), np.array(one)).ravel()).tolist()

    @property
    def middle(self) -> float:
        """The estimate of Hodges and Lehmann."""
        middle = len(self._apart) // 2
        if len(self._apart) % 2:
            return self._apart[middle]
        return (self._apart[middle - 1] + self._apart[middle]) / 2

    def within(self, confidence: float) -> tuple[float, float]:
        """The interval of it; infinite where there are too few samples for that confidence."""
        skipped = _skipped(*self._sizes, 1 - confidence)
        return (self._apart[skipped - 1], self._apart[-skipped]) if skipped else (-inf, inf)

    @property
    def dominance(self) -> float:
        """Cliff's delta, -1 to 1: how much more often the sample of ``second`` is longer than shorter."""
        below, above = bisect_left(self._apart, 0.0), len(self._apart) - bisect_right(self._apart, 0.0)
        return (above - below) / len(self._apart)


def _doubled_ranks(values: Sequence[float]) -> list[int]:
    """Twice the rank of each value; equal ones share the mean of theirs, so that all are whole numbers."""
    ordered = sorted(values)
    return [bisect_left(ordered, value) + bisect_right(ordered, value) + 1 for value in values]


@lru_cache(maxsize=4096)
def _chances(ranks: tuple[int, ...], n: int) -> Mapping[int, float]:
    """By how far the sum of ``n`` of these ranks lies from its mean: the chance of that or of more."""
    sums, ways = _dealt(ranks, n)
    off = np.abs(sums - n * (len(ranks) + 1))
    every = comb(len(ranks), n)
    return {int(each): min(1.0, float(ways[off >= each].sum()) / every) for each in np.unique(off)}


@lru_cache(maxsize=512)
def _dealt(ranks: tuple[int, ...], n: int) -> tuple[NDArray[np.int64], Floats]:
    """Every sum that ``n`` of these ranks can have, and in how many ways."""
    ways = np.zeros((n + 1, sum(ranks) + 1))
    ways[0, 0] = 1
    for rank in ranks:
        ways[1:, rank:] += ways[:-1, : ways.shape[1] - rank].copy()
    sums = np.flatnonzero(ways[n])
    return sums, ways[n][sums]


def _approximate(ranks: Sequence[int], n: int, m: int, off: float) -> float:
    every = n + m
    tied = sum(times**3 - times for times in Counter(ranks).values())
    spread = n * m / 12 * (every + 1 - tied / (every * (every - 1)))
    if spread <= 0:
        return 1.0
    return min(1.0, erfc(max(0.0, off - 0.5) / sqrt(2 * spread)))


@lru_cache(maxsize=4096)
def _skipped(n: int, m: int, alpha: float) -> int:
    """How many of the ordered differences lie outside of an interval, on each side; and one more."""
    if least_p(n, m) > alpha:
        return 0
    if n + m > EXACT:
        z = NormalDist().inv_cdf(max(alpha / 2, 1e-300))
        return max(0, floor(n * m / 2 + z * sqrt(n * m * (n + m + 1) / 12)))
    _, ways = _dealt(tuple(range(2, 2 * (n + m) + 1, 2)), n)
    share = np.cumsum(ways) / comb(n + m, n)
    return int(np.searchsorted(share, alpha / 2, side="right"))


def _thinned(side: Sequence[float]) -> Sequence[float]:
    if len(side) <= _PAIRS:
        return side
    ordered = sorted(side)
    return [ordered[round(place * (len(side) - 1) / (_PAIRS - 1))] for place in range(_PAIRS)]
