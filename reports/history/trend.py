"""When scenarios, and figures of whole runs, became slower, faster, worse or better, and what changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reports.history.changepoint import LEVEL, Split, found
from reports.history.changes import Difference, between, meant
from reports.history.entry import COVERAGE, Facts
from reports.history.series import PASS, Series

SHARE = 0.10
"""A step in seconds below this share is none that anybody would look after …"""
SECONDS = 0.05
"""… nor one of so few seconds."""
_POINTS = 1.0
_NEAR = 2
"""The place of a step is known to a run or two: steps that are so near become one."""

Kind = Literal["seconds", "verdict", "percent"]


@dataclass(frozen=True)
class Change:
    """One row that changed its level: medians before and after, for verdicts shares of passes.

    ``p`` is the chance of such a row where nothing changes. ``runs`` counts what stands on both sides, up to
    the changes next to it.
    """

    key: str
    kind: Kind
    was: float
    now: float
    p: float
    runs: tuple[int, int]
    before: int
    after: int

    @property
    def worse(self) -> bool:
        """Slower, or passing less often."""
        return self.now > self.was if self.kind == "seconds" else self.now < self.was


@dataclass(frozen=True)
class Point:
    """A run from which on something was otherwise, with what differs from the run before: from the run before
    another one, ``later`` by so many runs, where nothing differs at this one.
    """

    before: Facts
    after: Facts
    changes: list[Change]
    differences: list[Difference]
    later: int = 0


@dataclass(frozen=True)
class _Row:
    """One row of a screen: ``places`` are the runs that its values are of."""

    key: str
    kind: Kind
    values: NDArray[np.float64]
    places: NDArray[np.intp]


def trend(
    series: Series, home: Path, *, level: float = LEVEL, share: float = SHARE, seconds: float = SECONDS
) -> list[Point]:
    """Every point at which something changed, newest first.

    Where nothing did, any point at all is told with a chance of at most ``level``: all scenarios and figures,
    seconds and verdicts, are one screen.
    """
    changes = _changes(series, level, share, seconds)
    points = []
    for place, mine in _gathered(changes):
        before = max(change.before for change in mine if change.after == place)
        ordered = sorted(mine, key=lambda change: (change.kind != "verdict", change.key))
        told = between(series.runs[before], series.runs[place], home)
        later = 0 if told else _beside(series, place)
        if later:
            told = between(series.runs[place + later - 1], series.runs[place + later], home)
        points.append(Point(series.runs[before], series.runs[place], ordered, told, later))
    return sorted(points, key=lambda point: point.after.started, reverse=True)


def _beside(series: Series, place: int) -> int:
    """How many runs later (below 0: earlier) somebody changed something; 0 where nobody did."""
    near = (off for step in range(1, _NEAR + 1) for off in (-step, step))
    inside = [off for off in near if 0 < place + off < len(series.runs)]
    return next((o for o in inside if meant(series.runs[place + o - 1], series.runs[place + o])), 0)


def _changes(series: Series, level: float, share: float, seconds: float) -> list[Change]:
    rows = [*_seconds(series), *_verdicts(series), *_figures(series)]
    told = found([(row.values, row.kind == "verdict") for row in rows], level=level)
    changes = [change for row, splits in zip(rows, told, strict=True) for change in _levels(row, splits)]
    return [change for change in changes if _matters(change, share, seconds)]


def _seconds(series: Series) -> Iterator[_Row]:
    """How long passes took, of the story as it is told today."""
    where = (series.verdicts == PASS) & series.latest
    for column in series.scenarios:
        yield _row(series, int(column), "seconds", where[:, column], series.seconds)


def _verdicts(series: Series) -> Iterator[_Row]:
    where = series.told & series.latest
    passed = (series.verdicts == PASS).astype(np.float32)
    for column in series.scenarios:
        mine = passed[where[:, column], column]
        if mine.size and mine.min() != mine.max():
            yield _row(series, int(column), "verdict", where[:, column], passed)


def _figures(series: Series) -> Iterator[_Row]:
    """Of runs that went through all."""
    whole = np.array([run.whole for run in series.runs], bool)
    for column in series.figures:
        kind: Kind = "percent" if series.keys[column] == COVERAGE else "seconds"
        yield _row(series, int(column), kind, whole & ~np.isnan(series.seconds[:, column]), series.seconds)


def _row(
    series: Series, column: int, kind: Kind, where: NDArray[np.bool_], values: NDArray[np.float32]
) -> _Row:
    return _Row(series.keys[column], kind, values[where, column].astype(np.float64), np.flatnonzero(where))


def _levels(row: _Row, splits: Sequence[Split]) -> Iterator[Change]:
    """Each split with the levels on both sides."""
    middle = np.mean if row.kind == "verdict" else np.median
    ends = [0, *(split.place for split in splits), len(row.values)]
    parts = [row.values[start:end] for start, end in pairwise(ends)]
    for split, (before, after) in zip(splits, pairwise(parts), strict=True):
        was, now = float(middle(before)), float(middle(after))
        at = (int(row.places[split.place - 1]), int(row.places[split.place]))
        yield Change(row.key, row.kind, was, now, split.p, (len(before), len(after)), *at)


def _matters(change: Change, share: float, seconds: float) -> bool:
    apart = abs(change.now - change.was)
    if change.kind == "seconds":
        return apart >= seconds and apart >= share * min(change.was, change.now)
    return change.kind == "verdict" or apart >= _POINTS


def _gathered(changes: Sequence[Change]) -> list[tuple[int, list[Change]]]:
    """Changes by the run that they begin with; where others are within two runs, by that of the most."""
    by_place: dict[int, list[Change]] = {}
    for change in changes:
        by_place.setdefault(change.after, []).append(change)
    gathered: dict[int, list[Change]] = {}
    for place in sorted(by_place, key=lambda place: (-len(by_place[place]), place)):
        near = [other for other in gathered if abs(other - place) <= _NEAR]
        gathered.setdefault(near[0] if near else place, []).extend(by_place[place])
    return list(gathered.items())
