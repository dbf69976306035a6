"""What takes how long, over many runs: scenarios and steps that passed, and what a plan may reckon with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reports.history.series import PASS, Series

_ENOUGH = 3


@dataclass(frozen=True)
class Duration:
    """Seconds of a scenario, or of a step of one: median and 95th percentile of ``runs`` passes.

    ``share`` is its part of all seconds that scenarios took in these runs.
    """

    key: str
    step: str
    runs: int
    p50: float
    p95: float
    share: float


def scenarios(series: Series) -> list[Duration]:
    """The scenarios that passed, the greatest share first; as they are told today."""
    columns = series.scenarios
    where = ((series.verdicts == PASS) & series.latest)[:, columns]
    seconds = np.where(where, series.seconds[:, columns], np.nan)
    runs = where.sum(axis=0)
    p50, p95 = _quantiles(seconds, (0.5, 0.95))
    spent = np.nansum(series.seconds[:, columns], axis=0)
    whole = max(float(spent.sum()), 1e-9)
    told = [
        Duration(series.keys[column], "", int(runs[n]), float(p50[n]), float(p95[n]), float(spent[n]) / whole)
        for n, column in enumerate(columns)
        if runs[n]
    ]
    return sorted(told, key=lambda each: (-each.share, each.key))


def steps(rows: Iterable[tuple[str, str, NDArray[np.float32]]], series: Series) -> list[Duration]:
    """The same of steps, as the index lists them."""
    whole = max(float(np.nansum(series.seconds[:, series.scenarios])), 1e-9)
    named = list(rows)
    padded = np.full((max((len(row[2]) for row in named), default=0), len(named)), np.nan, np.float32)
    for n, (_, _, seconds) in enumerate(named):
        padded[: len(seconds), n] = seconds
    p50, p95 = _quantiles(padded, (0.5, 0.95))
    told = [
        Duration(key, title, len(mine), float(p50[n]), float(p95[n]), float(mine.sum()) / whole)
        for n, (key, title, mine) in enumerate(named)
    ]
    return sorted(told, key=lambda each: (-each.share, each.key, each.step))


def learned(series: Series) -> Mapping[str, float]:
    """Likely seconds by scenario, of those that passed three times as they are told today."""
    return {each.key: each.p50 for each in scenarios(series) if each.runs >= _ENOUGH}


def _quantiles(seconds: NDArray[np.float32], shares: tuple[float, ...]) -> list[NDArray[np.float64]]:
    """By column, between neighbours in proportion; NaN is no value, and what a column without any has."""
    if not seconds.size:
        return [np.zeros(0)] * len(shares)
    ordered = np.sort(seconds, axis=0).astype(np.float64)  # NaN comes last
    counts = (~np.isnan(ordered)).sum(axis=0)
    told = []
    for share in shares:
        at = np.maximum(counts - 1, 0) * share
        low = at.astype(np.intp)
        high = np.minimum(low + 1, np.maximum(counts - 1, 0))
        columns = np.arange(ordered.shape[1])
        told.append(ordered[low, columns] * (1 - (at - low)) + ordered[high, columns] * (at - low))
    return told
