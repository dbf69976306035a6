"""The map of a ring's partitions as shapes: a row a device, a column a range of partitions.

A cell's tone says how far it is off what its row is entitled to, and in which way, not by colour alone: less
is a thin strip, more a full and darker one, nothing a hollow one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from reports.model import Map, Strip, Together

LEFT, WIDE, RIGHT = 206, 448, 58
TOP = 6
"""A space between groups, too."""
FOOT = 54
_TALLEST, _FLATTEST = 18, 12
_INSET = {"l1": 0.14, "l2": 0.26, "l3": 0.36}
_SCALE = ("e", "l3", "l2", "l1", "q0", "h1", "h2", "h3")
LEAST_TONE = 0.5
"""Where less than half a replica of a partition is due, an empty cell says nothing."""


@dataclass(frozen=True)
class Line:
    """One drawn row: ``paths`` are tone → the shape of all its cells of that tone."""

    y: float
    height: float
    label: str
    group: str
    figure: str
    told: str
    paths: dict[str, str]
    kind: str = "row"

    @property
    def middle(self) -> float:
        """Where its text stands."""
        return self.y + self.height / 2 + 4


@dataclass(frozen=True)
class Mark:
    """A text at a place, or a step of the scale."""

    x: float
    text: str
    tone: str = ""


@dataclass(frozen=True)
class Heat:
    """Everything of the drawing."""

    lines: list[Line]
    height: float
    grid: str
    ticks: list[Mark]
    scale: list[Mark]
    bounds: list[Mark]
    width: int = LEFT + WIDE + RIGHT
    left: int = LEFT
    wide: int = WIDE

    @property
    def foot(self) -> float:
        """Where the axis stands."""
        return self.height - FOOT


def heat(drawn: Map) -> Heat:
    """Lay a map out."""
    lines = list(_lines(drawn))
    height = (lines[-1].y + lines[-1].height if lines else 0.0) + TOP + FOOT
    step = WIDE / len(drawn.columns)
    cuts = "".join(
        f"M{LEFT + step * n:g} {TOP}V{height - FOOT - TOP:g}" for n in range(1, len(drawn.columns))
    )
    return Heat(lines, height, cuts, _ticks(drawn), *_legend(drawn.even))


def tone(held: int, least: float, most: float, even: float) -> str:
    """How far a cell is off what it should hold, as a step of the scale; ``x``: it should hold nothing."""
    if most <= 0:
        return "x" if held else "q0"
    if not held and least >= LEAST_TONE:
        return "e"
    off = off_by(held, least, most)
    step = sum(abs(off) > even * times for times in (1, 2, 4))
    return "q0" if not step else f"{'l' if off < 0 else 'h'}{step}"


def off_by(held: float, least: float, most: float) -> float:
    """By how many percent something is outside of what it is entitled to."""
    if held > most:
        return 100.0 * (held - most) / most if most > 0 else 100.0
    return 100.0 * (held - least) / least if held < least else 0.0


def offs(strip: Strip, drawn: Map) -> list[float]:
    """By how many percent each cell of a row is off."""
    return [off_by(held, low, high) for held, low, high in _dues(strip, drawn)]


def _dues(strip: Strip, drawn: Map) -> Iterator[tuple[int, float, float]]:
    total = sum(drawn.columns) or 1
    for held, size in zip(strip.cells, drawn.columns, strict=True):
        yield held, strip.least * size / total, strip.most * size / total


def _lines(drawn: Map) -> Iterator[Line]:
    y, before = float(TOP), ""
    height = float(max(_FLATTEST, min(_TALLEST, 480 // max(len(drawn.rows), 1))))
    for strip in drawn.rows:
        y += TOP if before and strip.group != before and drawn.level in ("server", "device") else 0
        yield _strip(strip, drawn, y, height, strip.group if strip.group != before else "")
        y, before = y + height + 1, strip.group
    for number, strip in enumerate(drawn.spots):
        y += 2 * TOP if not number else 0
        yield _strip(strip, drawn, y, height, "worst" if not number else "", kind="spot")
        y += height + 1
    for number, one in enumerate(drawn.together):
        y += 2 * TOP if not number else 0
        yield _shared(one, y, max(height, 14.0))
        y += max(height, 14.0) + 1


def _strip(strip: Strip, drawn: Map, y: float, height: float, group: str, kind: str = "row") -> Line:
    tones = [tone(held, low, high, drawn.even) for held, low, high in _dues(strip, drawn)]
    off = off_by(strip.held, strip.least, strip.most)
    due = f"{strip.least:,.0f}" + (f" to {strip.most:,.0f}" if strip.most - strip.least >= 1 else "")
    told = f"{strip.label}: holds {strip.held:,} replicas, entitled to {due}"
    figure = percent(off) if strip.most > 0 else (f"{strip.held:,}" if strip.held else "empty")
    label = strip.label.replace(f"{strip.group}-", "", 1) if strip.group and kind == "row" else strip.label
    return Line(y, height, cut(label), group, figure, told, shapes(tones, y, height), kind)


def _shared(one: Together, y: float, height: float) -> Line:
    told = (
        f"{one.excess:,} replicas share a {one.level} with more of their partition than an even spread needs:"
        f" {one.forced:,} forced, {one.avoidable:,} avoidable, {one.needless:,} of these needless"
    )
    paths = _columns(one, y, height)
    return Line(y, height, f"share a {one.level}", "", f"{one.excess:,}", told, paths, "shared")


def shapes(tones: Sequence[str], y: float, height: float) -> dict[str, str]:
    """Tone → one path for all of its cells in a row; the row's ground shows the tone ``q0``."""
    step, found = WIDE / max(len(tones), 1), dict[str, str]()
    at = 0
    for name, run in groupby(tones):
        size = len(list(run))
        if name not in ("q0", ""):
            inset = round(height * _INSET.get(name, 0.0), 1)
            x, wide, high = LEFT + at * step, size * step, height - 2 * inset
            found[name] = found.get(name, "") + f"M{x:g} {y + inset:g}h{wide:g}v{high:g}h-{wide:g}z"
        at += size
    return found


def _columns(one: Together, y: float, height: float) -> dict[str, str]:
    """Bars as high as there are replicas too close in a range; ``t2`` where some of them are needless."""
    step, most, found = WIDE / len(one.cells), max(one.cells) or 1, dict[str, str]()
    for at, (close, past) in enumerate(zip(one.cells, one.beyond, strict=True)):
        high = round(max(2.0, height * close / most), 1)
        shape = f"M{LEFT + at * step:g} {y + height - high:g}h{step:g}v{high:g}h-{step:g}z"
        name = "t2" if past else "t1"
        if close:
            found[name] = found.get(name, "") + shape
    return found


def _ticks(drawn: Map) -> list[Mark]:
    partitions = drawn.width * len(drawn.columns)
    return [Mark(LEFT + WIDE * part / 4, f"{partitions * part // 4:,}") for part in range(5)]


def _legend(even: float) -> tuple[list[Mark], list[Mark]]:
    """Steps of the scale, and the percentages where they meet; steps below nothing are left out."""
    low = [name for name, times in (("l3", 4), ("l2", 2), ("l1", 1)) if even * times < 100]
    names = ["e", *low, "q0", "h1", "h2", "h3"]
    wide = WIDE / len(_SCALE)
    steps = [Mark(LEFT + wide * at, "", name) for at, name in enumerate(names)]
    edges = {"l3": -4, "l2": -2, "l1": -1, "h1": 1, "h2": 2, "h3": 4}
    bounds = [
        Mark(LEFT + wide * (at + (edges[name] < 0)), percent(even * edges[name], 0))
        for at, name in enumerate(names)
        if name in edges
    ]
    return steps, bounds


def percent(off: float, digits: int = 1) -> str:
    """``+12.5 %``, ``0.0 %``; a minus is the sign that is as wide as a plus."""
    size = f"{abs(off):,.{digits}f}"
    sign = "" if not float(size.replace(",", "")) else "+" if off > 0 else "\u2212"
    return f"{sign}{size} %"


def cut(label: str, limit: int = 28) -> str:
    """A label short enough for its place: of long ones the middle is left out."""
    return label if len(label) <= limit else f"{label[:9]}…{label[-(limit - 10) :]}"
