"""The audit of one ring: everything that can be said of it from the file, its builder at hand or not."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from harness.rings.findings import Finding, ordered
from harness.rings.model import Builder, Ring
from harness.rings.plan import Plan
from harness.rings.shares import (
    DeviceShare,
    LevelSpread,
    ZoneShare,
    device_shares,
    level_spreads,
    zone_shares,
)
from harness.rings.survey import Survey, survey
from harness.rings.tiers import LEVELS


@dataclass(frozen=True, eq=False)
class Audit:
    """What an audit saw of a ring. ``ok`` means: neither errors nor warnings."""

    ring: Ring = field(repr=False)
    plan: Plan = field(repr=False)
    seen: Survey = field(repr=False)
    findings: tuple[Finding, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What is wrong."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What is doubtful."""
        return tuple(finding for finding in self.findings if finding.severity == "warning")

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong nor doubtful."""
        return not self.errors and not self.warnings

    @property
    def balance(self) -> float:
        """Swift's figure: by how many percent the worst device is off its weight."""
        return self.ring.balance

    @property
    def dispersion(self) -> float:
        """Swift's figure: the share in percent of replicas that stand too close, over all partitions.

        Of each partition the worst level counts. (Swift leaves out the partitions past the end of a short
        last row; here they count.)
        """
        return 100.0 * self.seen.at_risk / self.ring.assigned if self.ring.assigned else 0.0

    @property
    def overload(self) -> float | None:
        """The builder's overload; None without a builder."""
        return self.plan.overload

    @property
    def required_overload(self) -> float:
        """The least overload that full dispersion needs, as Swift counts it (0.1 is 10 percent)."""
        return self.plan.required_overload

    @cached_property
    def devices(self) -> tuple[DeviceShare, ...]:
        """Every device, what it holds and what it is entitled to."""
        return device_shares(self.plan, self.seen)

    @property
    def worst(self) -> tuple[DeviceShare, ...]:
        """The devices, those furthest off their entitlement first."""
        return tuple(sorted(self.devices, key=lambda one: (-one.beyond, one.id)))

    @cached_property
    def zones(self) -> tuple[ZoneShare, ...]:
        """Every zone of every region, and how far it is off its weight."""
        return zone_shares(self.plan, self.seen)

    @cached_property
    def levels(self) -> tuple[LevelSpread, ...]:
        """How far apart replicas stand: by region, zone, server and device."""
        return level_spreads(self.plan, self.seen)

    def level(self, name: str) -> LevelSpread:
        """One level: region, zone, server or device."""
        return self.levels[LEVELS.index(name)]

    def to_data(self) -> dict[str, Any]:
        """As plain data for JSON."""
        ring = self.ring
        facts = {"format": ring.format, "part_power": ring.part_power, "replicas": ring.replicas}
        facts |= {"version": ring.version, "digest": ring.digest, "devices": len(ring.devices)}
        lists: dict[str, tuple[Any, ...]] = {
            "findings": self.findings,
            "devices": self.devices,
            "zones": self.zones,
            "levels": self.levels,
        }
        figures = ("balance", "dispersion", "overload", "required_overload")
        found: dict[str, Any] = {"ring": facts} | {name: getattr(self, name) for name in figures}
        return found | {name: [asdict(row) for row in rows] for name, rows in lists.items()}


def audit(ring: Ring, builder: Builder | None = None, *, overload: float | None = None) -> Audit:
    """Audit a ring; with its builder, also hold one against the other and take the overload from it.

    ``overload`` alone (0.1 is 10 percent) says how it was planned, where the builder is judged elsewhere.
    """
    from harness.rings import checks, crosschecks

    plan = Plan(ring, ring.tiers, builder.overload if builder else overload)
    seen = survey(ring, plan)
    counts = {int(number): int(seen.held[number]) for number in np.flatnonzero(seen.held[:-1])}
    if not seen.strangers.count:  # the pass has counted: spare the ring another one
        ring.__dict__.setdefault("counts", counts)
    found = Audit(ring, plan, seen)
    said = checks.findings(found)
    if builder is not None:
        said += crosschecks.against_builder(ring, builder)
    return replace(found, findings=ordered(said))
