"""The few headline figures: what people ask for first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from reports.compare.columns import Column
from reports.compare.model import Figure, Time, Word
from reports.compare.times import measured
from reports.stats import quantile

ENOUGH = 20
"""Measurements from which on a 95th percentile is one, and not just the greatest."""
HEADLINES = (
    ("boot p50", "boot", 0.5),
    ("boot p95", "boot", 0.95),
    ("into a guest", "SSH answers", 0.5),
    ("volume", "the volume is available", 0.5),
    ("object PUT", "object PUT", 0.5),
    ("object GET", "object GET", 0.5),
    ("token", "token", 0.5),
)


def figures(columns: Sequence[Column], rows: Sequence[Time]) -> list[Figure]:
    """Those that any column has; the statement beside one is that of its kind."""
    kinds = list(measured(columns))
    said = {(row.column, row.name): row.word for row in rows if row.kind == "figure"}
    found = []
    for name, kind, share in HEADLINES:
        samples = [each.get(kind, []) for each in kinds]
        if not any(samples):
            continue
        few = [share > 0.5 and 0 < len(each) < ENOUGH for each in samples]
        values = [quantile(each, 1.0 if little else share) for each, little in zip(samples, few, strict=True)]
        words = [_word(said, number, kind, share) for number in range(len(columns))]
        found.append(
            Figure(
                name=name,
                unit="s",
                values=values,
                samples=[len(each) for each in samples],
                greatest=few,
                words=words,
            )
        )
    return [*found, _whole(columns)]


def _word(said: Mapping[tuple[int, str], Word], column: int, kind: str, share: float) -> Word | None:
    """What is said of the middle is said of the middle alone."""
    return said.get((column, kind)) if share == 0.5 else None


def _whole(columns: Sequence[Column]) -> Figure:
    walls = [[r.wall for r in column.runs if not (r.ended_early or r.carries)] for column in columns]
    return Figure(
        name="whole run",
        unit="s",
        values=[median(each) if each else None for each in walls],
        samples=[len(each) for each in walls],
        greatest=[False] * len(columns),
        words=[None] * len(columns),
    )
