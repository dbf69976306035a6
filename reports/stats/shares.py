"""What a few repetitions say of a share, and of the middle of a duration, whatever its shape."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, sqrt
from typing import NamedTuple

_Z = 1.959963984540054
LEVEL = 0.95


class Middle(NamedTuple):
    """The median, an interval, and how surely that holds the median of all that could be measured."""

    value: float
    low: float
    high: float
    level: float


def wilson(hits: int, sample: int) -> tuple[float, float]:
    """The 95 % interval of a share (E. B. Wilson, J. Am. Statist. Assoc. 22, 1927); ``sample`` is not 0."""
    share, z2 = hits / sample, _Z * _Z
    middle = (share + z2 / (2 * sample)) / (1 + z2 / sample)
    half = _Z * sqrt(share * (1 - share) / sample + z2 / (4 * sample * sample)) / (1 + z2 / sample)
    return max(0.0, middle - half), min(1.0, middle + half)


def middle(values: Sequence[float]) -> Middle | None:
    """The median between two of the values themselves: such that it lies between them in 95 % of cases.

    Fewer than six values are not enough for that: then it is the least and the greatest, with the level that
    these have (two: 50 %, five: 94 %). A single value has no interval, and gives none.

    >>> middle([3.0, 1.0, 2.0])
    Middle(value=2.0, low=1.0, high=3.0, level=0.75)
    """
    ordered, count = sorted(values), len(values)
    if count < 2:
        return None
    deep = 0
    while _level(count, deep + 1) >= LEVEL:
        deep += 1
    half = (ordered[(count - 1) // 2] + ordered[count // 2]) / 2
    return Middle(half, ordered[deep], ordered[count - 1 - deep], _level(count, deep))


def _level(count: int, deep: int) -> float:
    """The chance that the median lies between the values ``deep`` from either end (the sign test)."""
    if 2 * deep >= count - 1:
        return 0.0
    tails: int = 2 * sum(comb(count, number) for number in range(deep + 1))
    return 1 - tails / float(2**count)
