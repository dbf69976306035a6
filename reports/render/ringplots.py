"""What the page shows of one ring: two drawings, what they say in words, and their figures as tables."""

from __future__ import annotations

from dataclasses import dataclass

from reports.model import Map, Picture, Ring, Strip
from reports.render.heat import Heat, heat, off_by, offs, percent
from reports.render.zones import Zones, weighed, zones


@dataclass(frozen=True)
class Figures:
    """One row of the map in numbers: total, and the ranges that are furthest off."""

    label: str
    held: int
    due: str
    off: str
    emptiest: str
    fullest: str


@dataclass(frozen=True)
class Plots:
    """One ring as the page shows it."""

    ring: Ring
    zones: Zones | None
    heat: Heat | None
    zones_told: str
    heat_told: str
    figures: list[Figures]
    strange: bool


def plots(ring: Ring) -> Plots:
    """Lay everything of a ring out."""
    drawn = ring.picture
    if drawn is None:
        return Plots(ring, None, None, "", "", [], False)
    return Plots(
        ring,
        zones(drawn.zone_shares) if drawn.zone_shares else None,
        heat(drawn.map) if drawn.map else None,
        _zones_told(drawn),
        _heat_told(drawn.map) if drawn.map else "",
        [_figures(row, drawn.map) for row in (*drawn.map.rows, *drawn.map.spots)] if drawn.map else [],
        any(row.held and row.most <= 0 for row in (drawn.map.rows if drawn.map else ())),
    )


def _zones_told(drawn: Picture) -> str:
    """The drawing in a sentence."""
    if not drawn.zone_shares:
        return "The ring has no zones."
    furthest = max(drawn.zone_shares, key=lambda zone: abs(zone.off))
    worst = max(drawn.zone_shares, key=lambda zone: abs(zone.worst_off))
    return (
        f"{len(drawn.zone_shares)} zones. Furthest off its weight is {furthest.label} with "
        f"{weighed(furthest.off)}; of all devices {worst.worst} with {weighed(worst.worst_off)}."
    )


def _heat_told(drawn: Map) -> str:
    """The map in sentences."""
    told = f"{len(drawn.rows)} rows, one a {drawn.level}, "
    told += f"by {len(drawn.columns)} ranges of {drawn.width:,} partitions."
    if not drawn.rows:
        return told
    off = {row.label: off_by(row.held, row.least, row.most) for row in drawn.rows}
    furthest = max(off, key=lambda label: abs(off[label]))
    cells = [each for row in drawn.rows for each in offs(row, drawn)]
    even = 100.0 * sum(abs(each) <= drawn.even for each in cells) / len(cells)
    return (
        f"{told} {even:.0f} % of the cells are within {drawn.even:.0f} % of what is due there. "
        f"As a whole, {furthest} is furthest off: {percent(off[furthest])}."
    )


def _figures(row: Strip, drawn: Map) -> Figures:
    found = offs(row, drawn)
    low, high = found.index(min(found)), found.index(max(found))
    due = f"{row.least:,.0f}" + (f" to {row.most:,.0f}" if row.most - row.least >= 1 else "")
    off = percent(off_by(row.held, row.least, row.most)) if row.most > 0 else "-"
    return Figures(row.label, row.held, due, off, _range(low, found, drawn), _range(high, found, drawn))


def _range(column: int, found: list[float], drawn: Map) -> str:
    first = column * drawn.width
    return f"{percent(found[column])} ({first:,}-{first + drawn.width - 1:,})"
