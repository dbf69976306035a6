"""What devices, zones and levels hold, beside what they are entitled to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.rings.model import UNBALANCED
from harness.rings.plan import Plan
from harness.rings.survey import Survey
from harness.rings.tiers import LEVELS


@dataclass(frozen=True)
class DeviceShare:
    """What a device holds, and between what bounds its entitlement is, in replicas of partitions.

    ``off`` is the percentage by which it is off its weight, as Swift counts it.
    """

    id: int
    label: str
    weight: float
    held: int
    least: float
    most: float
    off: float

    @property
    def beyond(self) -> float:
        """By how many replicas it is outside of its entitlement."""
        return max(self.held - self.most, self.least - self.held, 0.0)


@dataclass(frozen=True)
class ZoneShare:
    """The devices of a region's zone together; ``off`` is the percentage off their weight."""

    region: int
    zone: int
    devices: int
    weight: float
    held: int
    off: float


@dataclass(frozen=True)
class LevelSpread:
    """How far apart replicas stand on one level.

    ``excess`` replicas share a tier with more of their partition than an even spread needs; of these
    ``forced`` are what weights, overload and the number of devices ask for, ``avoidable`` the rest.
    ``needless`` counts the avoidable ones that no rounding of the plan explains.
    """

    level: str
    tiers: int
    excess: int
    forced: int
    avoidable: int
    needless: int
    partitions: int


def held_by_device(plan: Plan, seen: Survey) -> NDArray[np.int64]:
    """Replicas that each living or weightless device holds, in the order of the ring's devices."""
    return seen.held[[device.id for device in plan.ring.devices]]


def device_shares(plan: Plan, seen: Survey) -> tuple[DeviceShare, ...]:
    """Every device of the ring."""
    least, most = (bound * plan.ring.partitions for bound in plan.bounds(len(LEVELS) - 1))
    off, held = plan.ring.off_balance, held_by_device(plan, seen)
    return tuple(
        DeviceShare(
            device.id,
            device.label,
            device.weight,
            int(held[place]),
            float(least[place]),
            float(most[place]),
            off[device.id],
        )
        for place, device in enumerate(plan.ring.devices)
    )


def zone_shares(plan: Plan, seen: Survey) -> tuple[ZoneShare, ...]:
    """Every zone of every region."""
    depth = LEVELS.index("zone")
    tier, tiers, devices = plan.tiers.levels[depth], plan.tiers, plan.ring.devices
    weights = tiers.summed(depth, np.array([device.weight for device in devices], dtype=np.float64))
    sizes = tiers.summed(depth, np.ones(len(devices)))
    held = tiers.summed(depth, held_by_device(plan, seen).astype(np.float64))
    total = weights.sum()
    fair = weights * plan.ring.assigned / total if total else weights
    return tuple(
        ZoneShare(
            int(str(key[0])),
            int(str(key[1])),
            int(sizes[n]),
            float(weights[n]),
            int(held[n]),
            _off(held[n], fair[n]),
        )
        for n, key in enumerate(tier.keys)
    )


def _off(held: float, fair: float) -> float:
    if fair:
        return float(100.0 * held / fair - 100.0)
    return UNBALANCED if held else 0.0


def level_spreads(plan: Plan, seen: Survey) -> tuple[LevelSpread, ...]:
    """Every level; the arithmetic of what is forced is explained in ``docs/reference/rings.md``."""
    return tuple(_level(plan, seen, depth) for depth in range(len(LEVELS)))


def _level(plan: Plan, seen: Survey, depth: int) -> LevelSpread:
    tier, close = plan.tiers.levels[depth], seen.close[LEVELS[depth]]
    excess, forced = int(close.excess.sum()), 0
    if excess:
        partitions, most = plan.ring.partitions, np.maximum(plan.most[depth], 1)
        held = plan.tiers.summed(depth, held_by_device(plan, seen).astype(np.float64))
        entitled = np.ceil(plan.bounds(depth)[1] * partitions - 1e-6)
        forced = int(np.maximum(np.minimum(held, entitled) - most * partitions, 0).sum())
    needless = min(int(close.beyond.sum()), excess - forced)
    return LevelSpread(
        tier.level, len(tier.keys), excess, forced, excess - forced, needless, close.partitions.count
    )
