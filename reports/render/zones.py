"""The balance of a ring's zones as shapes: a bar a zone, and a dot for its worst device."""

from __future__ import annotations

from dataclasses import dataclass

from reports.model import Zone
from reports.render.heat import Mark, cut, percent

LEFT, WIDE, RIGHT = 58, 170, 72
TOP, FOOT = 6, 22
_ROW, _TALL = 22, 36
_STEPS = (1, 2, 5, 10, 20, 50, 100)
_WORTH = 0.05
"""A device so few percent off its weight is not worth a word."""
UNBALANCED = 999.99
"""Swift's figure for what has no weight and is not empty."""


@dataclass(frozen=True)
class Bar:
    """One zone: a bar from ``x`` of a width, its worst device at ``dot``; ``beyond`` where the axis ends."""

    y: float
    label: str
    x: float
    wide: float
    more: bool
    dot: float
    figure: str
    worst: str
    told: str
    beyond: bool


@dataclass(frozen=True)
class Zones:
    """Everything of the drawing."""

    bars: list[Bar]
    ticks: list[Mark]
    height: float
    middle: float = LEFT + WIDE / 2
    width: int = LEFT + WIDE + RIGHT

    @property
    def foot(self) -> float:
        """Where the axis stands."""
        return self.height - FOOT


def zones(shares: list[Zone]) -> Zones:
    """Lay the zones out, on one scale to both sides that all of them fit on, 100 % at most."""
    worst = max((max(abs(zone.off), abs(zone.worst_off)) for zone in shares), default=0.0)
    reach = next((step for step in _STEPS if worst <= step), _STEPS[-1])
    row = _TALL if worst >= _WORTH else _ROW
    bars = [_bar(zone, TOP + row * number, reach) for number, zone in enumerate(shares)]
    ticks = [
        Mark(LEFT + WIDE * (1 + part / 2) / 2, percent(reach * part / 2, 1 if reach < 2 else 0))
        for part in (-2, 0, 2)
    ]
    return Zones(bars, ticks, TOP + row * len(bars) + FOOT)


def _bar(zone: Zone, y: float, reach: float) -> Bar:
    here, there = _at(zone.off, reach), _at(zone.worst_off, reach)
    middle = LEFT + WIDE / 2
    worst = f"{cut(zone.worst.replace(f'{zone.label}-', '', 1), 30)} {weighed(zone.worst_off)}"
    share = f"{zone.share:.1f} % of the replicas for {zone.weight:.1f} % of the weight"
    told = f"{zone.label}: {share} ({weighed(zone.off)}); worst device {zone.worst} {weighed(zone.worst_off)}"
    return Bar(
        y=y,
        label=zone.label,
        x=round(min(here, middle), 2),
        wide=round(abs(here - middle), 2),
        more=zone.off > 0,
        dot=round(there, 2),
        figure=weighed(zone.off),
        worst=worst if abs(zone.worst_off) >= _WORTH else "",
        told=told,
        beyond=abs(zone.off) > reach or abs(zone.worst_off) > reach,
    )


def weighed(off: float) -> str:
    """By how many percent something is off its weight, or that it has none."""
    return "weight 0" if off == UNBALANCED else percent(off)


def _at(off: float, reach: float) -> float:
    return LEFT + WIDE * (1 + max(-1.0, min(1.0, off / reach))) / 2
