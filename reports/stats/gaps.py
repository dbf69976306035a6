"""Two or three samples a side: a difference where the intervals of both means leave a gap between them.

Pessimistic on purpose: two intervals at one level are apart far more seldom, where nothing differs, than that
level says, and both are as wide as the smaller side's would be. The level at which they would just touch,
ten times over, serves as p: so few samples cannot show whether they are of one kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from reports.stats.moments import deviation, mean
from reports.stats.student import beyond, bound

PRICE = 10
"""What times may be that have two humps, a cold and a warm cache, is paid for with a tenth of the level."""


def gap_test(first: Sequence[float], second: Sequence[float], floor: float) -> float:
    """The p of "no difference"; ``floor`` is the least standard deviation that is believed."""
    apart = abs(mean(second) - mean(first))
    return min(1.0, PRICE * beyond(apart / _errors(first, second, floor), _degrees(first, second)))


def gap(
    first: Sequence[float], second: Sequence[float], confidence: float, floor: float
) -> tuple[float, float, float]:
    """(estimate, least, most) of how far the mean of ``second`` lies above that of ``first``."""
    apart = mean(second) - mean(first)
    reach = bound((1 - confidence) / PRICE, _degrees(first, second)) * _errors(first, second, floor)
    return apart, apart - reach, apart + reach


def _degrees(first: Sequence[float], second: Sequence[float]) -> int:
    return min(2, len(first) - 1, len(second) - 1)


def _errors(first: Sequence[float], second: Sequence[float], floor: float) -> float:
    """The standard errors of both means, one after the other."""
    return sum(max(deviation(side), floor) / sqrt(len(side)) for side in (first, second))
