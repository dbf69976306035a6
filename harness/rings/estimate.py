"""What a sample of objects says of all of them: shares with confidence intervals.

Copies of one object are not independent of each other; therefore objects are counted, not copies.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import NormalDist

from harness.rings.model import Ring
from harness.rings.tiers import LEVELS


@dataclass(frozen=True)
class Share:
    """A share seen in a sample, and the interval that holds the true one with this confidence."""

    hits: int
    sample: int
    low: float
    high: float
    confidence: float = 0.95

    @property
    def value(self) -> float:
        """The share seen; nan for an empty sample."""
        return self.hits / self.sample if self.sample else math.nan


def wilson(hits: int, sample: int, confidence: float = 0.95) -> Share:
    """Wilson's score interval (Wilson 1927): close on average, narrow."""
    _checked(hits, sample, confidence)
    if not sample:
        return Share(hits, sample, 0.0, 1.0, confidence)
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share, square = hits / sample, z * z / sample
    middle = (share + square / 2) / (1 + square)
    half = z * math.sqrt(share * (1 - share) / sample + square / (4 * sample)) / (1 + square)
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    return Share(hits, sample, low, 1.0 if hits == sample else min(1.0, middle + half), confidence)


def exact(hits: int, sample: int, confidence: float = 0.95) -> Share:
    """The exact interval (Clopper and Pearson 1934): never less confident than it says, hence wider."""
    _checked(hits, sample, confidence)
    if not sample:
        return Share(hits, sample, 0.0, 1.0, confidence)
    tail = (1 - confidence) / 2
    low = 0.0 if hits == 0 else _root(lambda p: _at_least(hits, sample, p) - tail)
    high = 1.0 if hits == sample else _root(lambda p: tail - _at_least(sample - hits, sample, 1 - p))
    return Share(hits, sample, low, high, confidence)


def _checked(hits: int, sample: int, confidence: float) -> None:
    if not 0 <= hits <= sample or not 0 < confidence < 1:
        raise ValueError(f"{hits} of {sample} with a confidence of {confidence}")


def _root(rising: Callable[[float], float]) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return (low + high) / 2


def _at_least(hits: int, sample: int, share: float) -> float:
    """The probability of at least so many hits."""
    if share <= 0 or share >= 1:
        return float(share >= 1)
    log, other = math.log(share), math.log1p(-share)
    whole = math.lgamma(sample + 1)
    return math.fsum(
        math.exp(whole - math.lgamma(k + 1) - math.lgamma(sample - k + 1) + k * log + (sample - k) * other)
        for k in range(hits, sample + 1)
    )


@dataclass(frozen=True)
class Sample:
    """One object: its partition, and the ids of the devices that hold a copy of it."""

    partition: int
    found: tuple[int, ...]


@dataclass(frozen=True)
class Spread:
    """What a sample of objects says: how many have all copies in place, a majority, any at all.

    ``apart`` tells for each level the share of objects of which no tier holds more copies than the ring
    means it to hold of that partition.
    """

    complete: Share
    majority: Share
    found: Share
    apart: dict[str, Share]


def spread(ring: Ring, samples: Iterable[Sample], confidence: float = 0.95) -> Spread:
    """Shares of objects, with exact intervals."""
    some = list(samples)
    wanted = [set(ring.primaries(sample.partition)) for sample in some]
    there = [len(set(sample.found) & ids) for sample, ids in zip(some, wanted, strict=True)]
    counts = (
        sum(n == len(ids) for n, ids in zip(there, wanted, strict=True)),
        sum(n >= len(ids) // 2 + 1 for n, ids in zip(there, wanted, strict=True)),
        sum(bool(sample.found) for sample in some),
    )
    complete, majority, found = (exact(count, len(some), confidence) for count in counts)
    levels = ring.tiers.levels
    apart = {
        level: exact(sum(_apart(levels[depth].code, sample, ring) for sample in some), len(some), confidence)
        for depth, level in enumerate(LEVELS)
    }
    return Spread(complete, majority, found, apart)


def _apart(code: object, sample: Sample, ring: Ring) -> bool:
    """Whether no tier holds more copies of the object than the ring gives it."""
    import numpy as np

    codes = np.asarray(code)
    meant = codes[list(ring.primaries(sample.partition))].tolist()
    found = codes[[number for number in set(sample.found) if number in ring.by_id]].tolist()
    most = max((meant.count(tier) for tier in meant), default=0)
    return all(found.count(tier) <= most for tier in found)
