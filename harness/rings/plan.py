"""How many replicas each tier is entitled to: by weight, for full dispersion, and under an overload.

The rules are Swift's (``swift-ring-builder`` since 2.0), told in replicas of one partition. Essex has no
overload: its devices are entitled to what their weight says.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from harness.rings.model import Ring
from harness.rings.tiers import Tiers

Shares = tuple[NDArray[np.float64], ...]
_NOTHING = 1e-10


@dataclass(frozen=True, eq=False)
class Plan:
    """What the tiers of a ring are entitled to. ``overload`` None means that nobody knows it."""

    ring: Ring
    tiers: Tiers
    overload: float | None = None

    @cached_property
    def most(self) -> tuple[NDArray[np.int64], ...]:
        """For each level, how many replicas of a partition each tier has to hold at most: an even spread."""
        return self.tiers.most(float(self.ring.replicas))

    def limit(self, depth: int) -> NDArray[np.int64]:
        """For each tier of a level, the most that an even spread or a rounded entitlement allows."""
        entitled = np.ceil(self.bounds(depth)[1] - 1e-9).astype(np.int64)
        return np.maximum(np.maximum(self.most[depth], 1), entitled)

    @cached_property
    def weighted(self) -> Shares:
        """By weight alone; no device has more than one replica of a partition."""
        weights = np.array([device.weight for device in self.ring.devices], dtype=np.float64)
        return self._by_tier(filled(weights, float(self.ring.replicas)))

    @cached_property
    def wanted(self) -> Shares:
        """For the greatest dispersion that the devices allow; by weight where dispersion leaves a choice."""
        even = self.tiers.even(float(self.ring.replicas))
        found = [np.zeros(1)] + [np.zeros(len(tier.keys)) for tier in self.tiers.levels]
        found[0][0] = min(float(self.ring.replicas), float(self.tiers.levels[-1].living.sum()))
        for depth, number in self.tiers.down():
            under = self.tiers.children[depth][number]
            share = found[depth][number]
            placed = _placed(
                share,
                [float(self.weighted[depth][tier]) for tier in under],
                [math.floor(even[depth][tier]) for tier in under],
                [math.ceil(even[depth][tier]) for tier in under],
                [int(self.tiers.levels[depth].living[tier]) for tier in under],
            )
            found[depth + 1][under] = placed
        return tuple(found[1:])

    @cached_property
    def required_overload(self) -> float:
        """The least overload with which the ring can be dispersed as far as its devices allow."""
        weighted, wanted = self.weighted[-1], self.wanted[-1]
        alive = weighted > 0
        return max(0.0, float(((wanted[alive] - weighted[alive]) / weighted[alive]).max(initial=0.0)))

    @cached_property
    def target(self) -> Shares:
        """By weight, and on the way to full dispersion as far as the overload reaches."""
        if self.overload is not None and self.required_overload <= 0.0:
            return self.wanted
        if not self.overload:
            return self.weighted
        part = min(self.overload, self.required_overload) / self.required_overload
        return tuple(low + part * (high - low) for low, high in zip(self.weighted, self.wanted, strict=True))

    def bounds(self, depth: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The least and the greatest share that each tier may be entitled to."""
        if self.overload is not None:
            return self.target[depth], self.target[depth]
        low, high = self.weighted[depth], self.wanted[depth]
        return np.minimum(low, high), np.maximum(low, high)

    def _by_tier(self, shares: NDArray[np.float64]) -> Shares:
        return tuple(self.tiers.summed(depth, shares) for depth in range(len(self.tiers.levels)))


def filled(weights: NDArray[np.float64], amount: float) -> NDArray[np.float64]:
    """An amount divided by weight, at most 1 each; less in all where there are too few."""
    shares, open_ = np.zeros(len(weights)), weights > 0
    while amount > _NOTHING and open_.any():
        rate = amount / weights[open_].sum()
        full = open_ & (weights * rate >= 1.0)
        if not full.any():
            shares[open_] = weights[open_] * rate
            break
        shares[full] = 1.0
        amount -= int(full.sum())
        open_ &= ~full
    return shares


def _placed(
    share: float,
    weighted: Sequence[float],
    least: Sequence[int],
    most: Sequence[int],
    devices: Sequence[int],
) -> list[float]:
    """A share divided among siblings by weight, between the bounds of an even spread where that can be."""
    placed = [0.0] * len(weighted)
    spread, limited, remaining = list(range(len(weighted))), False, share
    for _ in range(64 * len(weighted) + 64):
        total = sum(weighted[place] for place in spread)
        if not spread or not total:
            break
        for place in spread:
            amount = placed[place] + weighted[place] * remaining / total
            top = devices[place] if limited else min(most[place], devices[place])
            placed[place] = min(max(amount, least[place]), max(top, least[place]), devices[place])
        remaining = share - sum(placed)
        if remaining < -_NOTHING:
            spread = [p for p in range(len(placed)) if placed[p] > least[p]]
        elif remaining > _NOTHING:
            spread = [p for p in range(len(placed)) if placed[p] < min(most[p], devices[p])]
            if not spread:
                limited = True
                spread = [p for p in range(len(placed)) if placed[p] < devices[p]]
        else:
            break
    return placed
