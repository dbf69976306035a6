"""How many samples a side it would take: an estimate, to plan repeats by."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import ceil, isfinite, sqrt
from statistics import NormalDist

from reports.stats.moments import deviation
from reports.stats.ranks import least_p

_POWER = 0.8
_EFFICIENCY = 0.955
"""Of the rank test beside the t test where values are normal: 3 / pi."""
_MOST = 1_000


@cache
def least(alpha: float) -> int:
    """The samples a side with which the rank test can come to ``alpha`` at all."""
    return next(n for n in range(2, _MOST) if least_p(n, n) <= alpha)


def needed(
    first: Sequence[float], second: Sequence[float], shift: float, margin: float, alpha: float
) -> int | None:
    """Samples a side for four chances in five of a statement: a difference where what was seen is as large
    as ``margin``, else that there is none. None: more than 1,000, or hopelessly close to the margin.
    """
    spread = [deviation(side) if len(side) > 1 else None for side in (first, second)]
    known = [each for each in spread if each is not None]
    if not known or not isfinite(shift):
        return least(alpha)
    width = abs(shift) if abs(shift) >= margin else margin - abs(shift)
    if width <= 0:
        return None
    variance = sum((each if each is not None else max(known)) ** 2 for each in spread)
    z = NormalDist().inv_cdf(1 - alpha / 2) + NormalDist().inv_cdf(_POWER)
    samples = max(least(alpha), ceil((z * sqrt(variance) / width) ** 2 / _EFFICIENCY))
    return samples if samples <= _MOST else None
