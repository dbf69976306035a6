"""Single measurements by kind, a list a column: for whoever wants to see how they spread."""

from __future__ import annotations

from collections.abc import Sequence

from reports.compare.columns import Column
from reports.compare.figures import HEADLINES
from reports.compare.model import Spread
from reports.compare.times import measured

ENOUGH, MOST, KINDS = 5, 200, 12
"""Measurements that two columns must have of a kind, values kept of each, and kinds kept."""


def spreads(columns: Sequence[Column]) -> list[Spread]:
    """The kinds that several columns measured often enough: those of the headlines first, then by number."""
    kinds = list(measured(columns))
    counts = {
        name: sorted((len(each.get(name, [])) for each in kinds), reverse=True)
        for name in dict.fromkeys(name for each in kinds for name in each)
    }
    enough = [name for name, most in counts.items() if len(most) > 1 and most[1] >= ENOUGH]
    first = list(dict.fromkeys(kind for _, kind, _ in HEADLINES))
    order = sorted(enough, key=lambda name: (first.index(name) if name in first else 99, -sum(counts[name])))
    return [
        Spread(
            name=name,
            samples=[len(each.get(name, [])) for each in kinds],
            values=[kept(sorted(each.get(name, []))) for each in kinds],
        )
        for name in order[:KINDS]
    ]


def kept(values: Sequence[float]) -> list[float]:
    """So many of sorted values that least, greatest and every share of them stay."""
    if len(values) <= MOST:
        return list(values)
    return [values[round(place * (len(values) - 1) / (MOST - 1))] for place in range(MOST)]
