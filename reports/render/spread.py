"""How measurements spread: rows of dots with a box, on one scale. Geometry only; ``_plots.html`` draws it.

A dot is a measurement. Where there are eight or more, the box holds the middle half, its line is the
median, and the tick to its right the 95th percentile (of twenty or more). Coordinates are the units of the
picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.stats import quantile
from reports.text import line, seconds

ROW, TOP = 30, 6
MOST = 300
"""Dots of a row: of more, evenly many are drawn."""
_BOX, _SHARE = 8, 20
_WIDE = 20
"""From greatest over least on, the scale is logarithmic."""


@dataclass(frozen=True)
class Tick:
    """A round value of the scale."""

    x: float
    text: str


@dataclass(frozen=True)
class Row:
    """One thing's measurements."""

    y: float
    label: str
    said: str
    told: str
    dots: str
    box: tuple[float, float] | None
    median: float
    high: float | None
    limit: float | None


@dataclass(frozen=True)
class Plot:
    """All of a plot; ``told`` says it in words."""

    wide: float
    rows: list[Row]
    ticks: list[Tick]
    foot: float
    height: float
    logarithmic: bool

    @property
    def told(self) -> str:
        """What the plot shows, in a sentence a row."""
        return "; ".join(f"{row.label}: {row.told}" for row in self.rows)


Measured = tuple[str, Sequence[float], float | None, int]
"""A name, seconds, what is allowed (or None), and how many there were of which these are kept."""


@dataclass(frozen=True)
class Frame:
    """How wide a picture is, and the room for names to the left and figures to the right of the dots."""

    wide: float
    left: float
    right: float
    letters: int
    brief: bool = False


WHOLE = Frame(960, 210, 200, 30)
HALF = Frame(560, 140, 104, 20, brief=True)


def spread(measured: Iterable[Measured], frame: Frame = WHOLE) -> Plot | None:
    """The plot of what was measured, in the order given; None where nothing was."""
    given = [(name, sorted(values), limit, n) for name, values, limit, n in measured if values]
    if not given:
        return None
    scale = _Scale(frame, [value for _, values, *_ in given for value in (values[0], values[-1])])
    rows = [_row(place, *each, scale) for place, each in enumerate(given)]
    foot = TOP + ROW * len(rows)
    return Plot(frame.wide, rows, scale.ticks(), foot, foot + 20, scale.logarithmic)


class _Scale:
    """From seconds to units of the picture."""

    def __init__(self, frame: Frame, ends: Sequence[float]) -> None:
        self.frame = frame
        least, most = max(min(ends), 0.0005), max(*ends, 0.001)
        self.logarithmic = most / least > _WIDE
        self.low = least if self.logarithmic else 0.0
        self.high = max(most, least * 1.01)

    def __call__(self, value: float) -> float:
        if self.logarithmic:
            share = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        else:
            share = value / self.high
        room = self.frame.wide - self.frame.left - self.frame.right
        return round(self.frame.left + min(max(share, 0.0), 1.0) * room, 1)

    def ticks(self) -> list[Tick]:
        """Three to seven round values."""
        tens = range(math.floor(math.log10(max(self.low, 1e-4))) - 1, math.ceil(math.log10(self.high)) + 1)
        if self.logarithmic:
            signs = (1, 2, 5) if self.high / self.low < 60 else (1,)
            values = [sign * 10.0**ten for ten in tens for sign in signs]
        else:
            step = next(
                s for ten in tens for s in (10.0**ten, 2 * 10.0**ten, 5 * 10.0**ten) if self.high / s <= 5
            )
            values = [step * n for n in range(6)]
        return [
            Tick(self(value), seconds(value) if value else "0")
            for value in values
            if self.low <= value <= self.high
        ]


def _row(place: int, name: str, values: Sequence[float], limit: float | None, n: int, scale: _Scale) -> Row:
    y = TOP + ROW * place + ROW / 2
    middle = quantile(values, 0.5) or 0.0
    high = quantile(values, 0.95) if len(values) >= _SHARE else None
    told = f"n {n}, median {seconds(middle)}"
    told += f", p95 {seconds(high)}" if high is not None else f", most {seconds(values[-1])}"
    box = None
    if len(values) >= _BOX:
        box = scale(quantile(values, 0.25) or 0.0), scale(quantile(values, 0.75) or 0.0)
    within = limit is not None and scale.low <= limit <= scale.high
    return Row(
        y=y,
        label=line(name, scale.frame.letters),
        said=f"{seconds(middle)} (n {n})" if scale.frame.brief else told,
        told=told,
        dots=_dots(_thinned(values), y, scale),
        box=box,
        median=scale(middle),
        high=None if high is None else scale(high),
        limit=scale(limit) if within and limit is not None else None,
    )


def _thinned(values: Sequence[float]) -> Sequence[float]:
    """So many of sorted values that least, greatest and all shares stay."""
    if len(values) <= MOST:
        return values
    return [values[round(n * (len(values) - 1) / (MOST - 1))] for n in range(MOST)]


def _dots(values: Sequence[float], y: float, scale: _Scale) -> str:
    """A path of points; those that would cover each other stand above and below the line in turn."""
    return "".join(f"M{scale(value):g} {y + (n * 3 % 7 - 3) * 1.7:g}h0" for n, value in enumerate(values))
