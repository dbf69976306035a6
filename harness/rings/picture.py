"""A ring as a picture: balance per zone, and a map of who holds how much of which range of partitions.

Plain data of bounded size, whatever the ring: at most 60 rows, 64 columns and 3,072 cells. The rows of the
map are devices where these are few, else servers, zones or regions, and the devices furthest off below them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from harness.rings.checks import SLACK_PARTS, SLACK_SHARE
from harness.rings.counting import together
from harness.rings.shares import held_by_device
from harness.rings.tiers import LEVELS, Tier

if TYPE_CHECKING:
    from harness.rings.auditing import Audit

MOST_ROWS = 60
MOST_ZONES = 24
MOST_COLUMNS = 64
MOST_CELLS = 3072
MOST_SPOTS = 6
MOST_FINDINGS = 6
FULL_CELL = 48
"""A cell should stand for so many replicas at least: with fewer, chance alone makes it look uneven."""
_FEWEST_COLUMNS = 8
_DEVICE = LEVELS.index("device")
_Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Strip:
    """One row of the map; weight, spread and overload entitle it to ``least`` to ``most`` replicas."""

    label: str
    group: str
    held: int
    least: float
    most: float
    cells: list[int]


def picture(audit: Audit) -> dict[str, Any]:
    """What is drawn of a ring, as plain data for JSON; ``docs/reference/rings.md`` says what it shows."""
    ring, tiers = audit.ring, audit.plan.tiers.levels
    facts: dict[str, Any] = {"part_power": ring.part_power, "replicas": float(ring.replicas)}
    facts |= {f"{tier.level}s": len(tier.keys) for tier in tiers}
    facts |= {"assigned": ring.assigned, "balance": ring.balance, "dispersion": round(audit.dispersion, 2)}
    zones = _zones(audit)
    facts |= {"zone_shares": zones, "zones_left_out": len(audit.zones) - len(zones)}
    return facts | {"map": _Drawing(audit).data() if ring.assigned else None} | _findings(audit)


def _findings(audit: Audit) -> dict[str, Any]:
    shown = [(one.severity, one.sentence) for one in (*audit.errors, *audit.warnings)[:MOST_FINDINGS]]
    said = [{"severity": severity, "sentence": short(sentence, 300)} for severity, sentence in shown]
    return {"errors": len(audit.errors), "warnings": len(audit.warnings), "findings": said}


def _zones(audit: Audit) -> list[dict[str, Any]]:
    """Each zone's share against its weight, with its worst device; of very many zones the worst ones."""
    off, assigned = audit.ring.off_balance, max(audit.ring.assigned, 1)
    total = sum(zone.weight for zone in audit.zones) or 1.0
    worst: dict[tuple[int, int], tuple[float, str]] = {}
    for device in audit.ring.devices:
        place, here = (device.region, device.zone), (off[device.id], device.label)
        if place not in worst or abs(here[0]) > abs(worst[place][0]):
            worst[place] = here
    chosen = sorted(audit.zones, key=lambda zone: -abs(zone.off))[:MOST_ZONES]
    return [
        {
            "label": f"r{zone.region}z{zone.zone}",
            "devices": zone.devices,
            "held": zone.held,
            "share": round(100.0 * zone.held / assigned, 3),
            "weight": round(100.0 * zone.weight / total, 3),
            "off": round(zone.off, 6),
            "worst": short(worst[zone.region, zone.zone][1]),
            "worst_off": round(worst[zone.region, zone.zone][0], 6),
        }
        for zone in sorted(chosen, key=lambda zone: (zone.region, zone.zone))
    ]


class _Drawing:
    """Cells are counted column by column, so that memory does not grow with columns times devices."""

    def __init__(self, audit: Audit) -> None:
        self.audit, self.ring = audit, audit.ring
        self.tiers = audit.plan.tiers.levels
        sizes = [len(tier.keys) for tier in self.tiers]
        self.depth = max((depth for depth, size in enumerate(sizes) if size <= MOST_ROWS), default=0)
        self.rows = self._rows(self.tiers[self.depth])
        self.columns = _columns(self.ring.partitions, self.ring.assigned, len(self.rows))
        self.spots = self._spots() if self.depth != _DEVICE else []

    def data(self) -> dict[str, Any]:
        sizes, cells, spots = self._count()
        rows = [self._strip(tiers, line) for tiers, line in zip(self.rows, cells, strict=False)]
        if cells[-1].any():
            rows.append(Strip("no device", "", int(cells[-1].sum()), 0.0, 0.0, cells[-1].tolist()))
        named = [self._device(place, line) for place, line in zip(self.spots, spots, strict=True)]
        drawn: dict[str, Any] = {"level": LEVELS[self.depth], "columns": sizes, "width": self._width}
        drawn |= {"even": self._even(), "rows": [asdict(row) for row in rows]}
        return drawn | {"spots": [asdict(row) for row in named], "together": list(self._together())}

    @property
    def _width(self) -> int:
        return self.ring.partitions // self.columns

    def _pieces(self) -> Iterable[list[NDArray[np.intp]]]:
        """The rows of the table, column by column; ids that no device can have are one."""
        for at in range(0, self.ring.partitions, self._width):
            pieces = [row[at : at + self._width] for row in self.ring.table]
            yield [np.minimum(piece, self.ring.places).astype(np.intp) for piece in pieces if len(piece)]

    def _count(self) -> tuple[list[int], _Counts, _Counts]:
        """Replicas by column; by row and column, the last row for no device; by spot and column."""
        code = self.tiers[self.depth].code
        place = np.full(len(self.tiers[self.depth].keys) + 1, len(self.rows), dtype=np.intp)
        for number, tiers in enumerate(self.rows):
            place[list(tiers)] = number
        row = place[code]  # code -1, no device, takes the last place
        ids = [self.ring.devices[spot].id for spot in self.spots]
        cells = np.zeros((len(self.rows) + 1, self.columns), dtype=np.int64)
        spots = np.zeros((len(ids), self.columns), dtype=np.int64)
        for column, pieces in enumerate(self._pieces()):
            held = np.zeros(len(row), dtype=np.int64)
            for piece in pieces:
                held += np.bincount(piece, minlength=len(held))
            cells[:, column] = np.bincount(row, held, len(self.rows) + 1)
            spots[:, column] = held[ids]
        return [int(size) for size in cells.sum(axis=0)], cells, spots

    def _rows(self, tier: Tier) -> list[tuple[int, ...]]:
        """The tiers of each row: one each, and the rest together where even regions are too many."""
        order = sorted(range(len(tier.keys)), key=lambda number: _natural(tier.keys[number]))
        if len(order) <= MOST_ROWS:
            return [(number,) for number in order]
        return [(number,) for number in order[: MOST_ROWS - 1]] + [tuple(order[MOST_ROWS - 1 :])]

    def _strip(self, tiers: tuple[int, ...], line: _Counts) -> Strip:
        tier = self.tiers[self.depth]
        if LEVELS[self.depth] == "device":
            return self._device(tiers[0], line)
        label = tier.label(tiers[0]) if len(tiers) == 1 else f"{len(tiers)} more"
        return self._entitled(self.depth, tiers, label, line)

    def _device(self, place: int, line: _Counts) -> Strip:
        return self._entitled(_DEVICE, (place,), self.ring.devices[place].label, line)

    def _entitled(self, depth: int, tiers: tuple[int, ...], label: str, line: _Counts) -> Strip:
        low, high = (
            bound[list(tiers)].sum() * self.ring.partitions for bound in self.audit.plan.bounds(depth)
        )
        key = self.tiers[depth].keys[tiers[0]]
        group = f"r{key[0]}z{key[1]}" if len(key) > 1 else f"r{key[0]}"
        held = int(line.sum())
        return Strip(short(label), group, held, round(low, 2), round(high, 2), line.tolist())

    def _even(self) -> float:
        """By how many percent a cell may be off by chance: two standard deviations of a draw, 10 at least."""
        cell = self.ring.assigned / max(len(self.rows), 1) / self.columns
        share = min(cell / self._width, 1.0)
        return max(10.0, float(np.ceil(200.0 * np.sqrt((1.0 - share) / cell))))

    def _spots(self) -> list[int]:
        """Places of the devices furthest off what they are entitled to, where that is worth a look."""
        low, high = (bound * self.ring.partitions for bound in self.audit.plan.bounds(_DEVICE))
        held = held_by_device(self.audit.plan, self.audit.seen)
        beyond = np.maximum(held - high, low - held)
        room = SLACK_PARTS + SLACK_SHARE * high
        order = np.argsort(-beyond, kind="stable")[:MOST_SPOTS].tolist()
        return [place for place in order if beyond[place] > room[place]]

    def _together(self) -> Iterable[dict[str, Any]]:
        """Of each level with replicas that stand too close: how many, by column, and which are needless."""
        for depth, level in enumerate(self.audit.levels):
            if not level.excess:
                continue
            code, limit = self.tiers[depth].code, self.audit.plan.limit(depth)
            most = np.maximum(self.audit.plan.most[depth], 1)
            found = [together([code[piece] for piece in pieces], most, limit) for pieces in self._pieces()]
            figures = {"level": level.level, "excess": level.excess, "forced": level.forced}
            figures |= {"avoidable": level.avoidable, "needless": level.needless}
            yield figures | {"cells": [close for close, _ in found], "beyond": [past for _, past in found]}


def _columns(partitions: int, assigned: int, rows: int) -> int:
    """A power of two, fewer where cells would be too many or would stand for too little."""
    columns = min(partitions, MOST_COLUMNS)
    while columns > 1 and (rows + 1) * columns > MOST_CELLS:
        columns //= 2
    while columns > _FEWEST_COLUMNS and assigned < rows * columns * FULL_CELL:
        columns //= 2
    return columns


def _natural(key: tuple[object, ...]) -> list[tuple[int, int, str]]:
    """10.0.0.9 before 10.0.0.10."""
    parts = [part for word in key for part in (*re.split(r"([0-9]{1,9})", str(word)), " ")]
    return [(1, int(part), "") if part.isdigit() and part.isascii() else (0, 0, part) for part in parts]


def short(text: str, limit: int = 64) -> str:
    """Text that takes at most about ``limit`` bytes of JSON; names in ring files may be anything."""
    safe = "".join(c if c.isprintable() and ord(c) < 0x3000 else "\ufffd" for c in text[:limit])
    return safe if len(text) <= limit else safe[: limit - 1] + "…"
