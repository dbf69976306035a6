"""Student's t with one and two degrees of freedom, in closed form: what two and three samples have.

More samples than three a side are for the rank test.
"""

from __future__ import annotations

from math import atan2, pi, sqrt, tan


def beyond(t: float, degrees: int) -> float:
    """The chance of a value further from 0 than ``t`` (not below 0), both sides together."""
    if degrees == 1:
        return 2 / pi * atan2(1, t)
    root = sqrt(2 + t * t)
    return 2 / (root * (root + t))


def bound(chance: float, degrees: int) -> float:
    """The value that is exceeded, on both sides together, with that chance (above 0, at most 1)."""
    if degrees == 1:
        return 1 / tan(pi / 2 * chance)
    within = 1 - chance
    return within * sqrt(2 / (chance * (1 + within)))
