"""The Mann-Whitney test, and what can be said of a ratio by inverting it.

Exact up to 40 samples, ties included: the null distribution is counted over all ways to deal the ranks that
were seen. Beyond, the normal approximation with corrections for ties and continuity (Mann and Whitney,
Ann. Math. Statist. 18, 1947; Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, 4.1 and 4.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import comb, erfc, floor, inf, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

EXACT = 40
"""Samples of both sides up to which all ways are counted."""
_PAIRS = 600
"""Samples of a side that are paired at most; of more, evenly many in order are taken."""

Floats = NDArray[np.float64]


def rank_test(first: Sequence[float], second: Sequence[float]) -> float:
    """Two-sided p of "neither side tends to be longer"."""
    ranks = _doubled_ranks(np.concatenate([first, second]))
    n, m = len(first), len(second)
    off = abs(int(ranks[:n].sum()) - n * (n + m + 1))
    if n + m <= EXACT:
        sums, ways = _dealt(tuple(sorted(int(rank) for rank in ranks)), n)
        return float(min(1.0, ways[np.abs(sums - n * (n + m + 1)) >= off].sum() / comb(n + m, n)))
    return _approximate(ranks, n, m, off / 2)


def least_p(n: int, m: int) -> float:
    """The smallest p that the test can come to with so many samples: where all of one side are longer."""
    return min(1.0, 2 / comb(n + m, n)) if n and m else 1.0


def shift(first: Sequence[float], second: Sequence[float], confidence: float) -> tuple[float, float, float]:
    """(estimate, least, most) of how far ``second`` lies above ``first``, by Hodges and Lehmann.

    Infinite bounds where there are too few samples for that confidence.
    """
    one, other = (_thinned(np.sort(np.asarray(side, dtype=float))) for side in (first, second))
    apart = np.sort(np.subtract.outer(other, one).ravel())
    skipped = _skipped(len(one), len(other), 1 - confidence)
    if skipped < 1:
        return float(np.median(apart)), -inf, inf
    return float(np.median(apart)), float(apart[skipped - 1]), float(apart[-skipped])


def dominance(first: Sequence[float], second: Sequence[float]) -> float:
    """Cliff's delta, -1 to 1: how much more often a sample of ``second`` is longer than shorter."""
    ordered = np.sort(np.asarray(first, dtype=float))
    below = np.searchsorted(ordered, second, side="left").sum()
    above = (len(ordered) - np.searchsorted(ordered, second, side="right")).sum()
    return float(below - above) / (len(first) * len(second))


def _doubled_ranks(values: Floats) -> NDArray[np.int64]:
    """Twice the rank of each value; equal ones share the mean of theirs, so that all are whole numbers."""
    ordered = np.sort(values)
    below = np.searchsorted(ordered, values, side="left")
    upto = np.searchsorted(ordered, values, side="right")
    ranks: NDArray[np.int64] = (below + upto + 1).astype(np.int64)
    return ranks


@lru_cache(maxsize=512)
def _dealt(ranks: tuple[int, ...], n: int) -> tuple[NDArray[np.int64], Floats]:
    """Every sum that ``n`` of these ranks can have, and in how many ways."""
    ways = np.zeros((n + 1, sum(ranks) + 1))
    ways[0, 0] = 1
    for rank in ranks:
        ways[1:, rank:] += ways[:-1, : ways.shape[1] - rank].copy()
    sums = np.flatnonzero(ways[n])
    return sums, ways[n][sums]


def _approximate(ranks: NDArray[np.int64], n: int, m: int, off: float) -> float:
    every = n + m
    tied = np.unique(ranks, return_counts=True)[1].astype(float)
    spread = n * m / 12 * (every + 1 - float((tied**3 - tied).sum()) / (every * (every - 1)))
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
        return floor(n * m / 2 + z * sqrt(n * m * (n + m + 1) / 12))
    _, ways = _dealt(tuple(range(2, 2 * (n + m) + 1, 2)), n)
    share = np.cumsum(ways) / comb(n + m, n)
    return int(np.searchsorted(share, alpha / 2, side="right"))


def _thinned(ordered: Floats) -> Floats:
    if len(ordered) <= _PAIRS:
        return ordered
    thinned: Floats = ordered[np.linspace(0, len(ordered) - 1, _PAIRS).astype(int)]
    return thinned
