"""What takes how long, over many runs: scenarios and steps that passed, and what a plan may reckon with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reports.history.series import PASS, Series, Steps

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
    p50, p95 = _quantiles(np.ascontiguousarray(seconds.T), (0.5, 0.95))
    spent = np.nansum(series.seconds[:, columns], axis=0)
    whole = max(float(spent.sum()), 1e-9)
    told = [
        Duration(series.keys[column], "", int(runs[n]), float(p50[n]), float(p95[n]), float(spent[n]) / whole)
        for n, column in enumerate(columns)
        if runs[n]
    ]
    return sorted(told, key=lambda each: (-each.share, each.key))


def steps(told: Steps, series: Series) -> list[Duration]:
    """The same of steps."""
    whole = max(float(np.nansum(series.seconds[:, series.scenarios])), 1e-9)
    runs, spent = (~np.isnan(told.seconds)).sum(axis=1), np.nansum(told.seconds, axis=1)
    p50, p95 = _quantiles(told.seconds, (0.5, 0.95))
    found = [
        Duration(key, title, int(runs[n]), float(p50[n]), float(p95[n]), float(spent[n]) / whole)
        for n, (key, title) in enumerate(told.names)
    ]
    return sorted(found, key=lambda each: (-each.share, each.key, each.step))


def learned(series: Series) -> Mapping[tuple[str, str], float]:
    """Likely seconds by scenario and its content, of those that passed three times with the newest one."""
    last = {key: n for n, key in enumerate(series.keys)}
    told = {}
    for each in scenarios(series):
        versions = series.versions[series.latest[:, last[each.key]], last[each.key]]
        content = series.contents.get(int(versions[-1]), "")
        if each.runs >= _ENOUGH and content:
            told[each.key, content] = each.p50
    return told


def _quantiles(seconds: NDArray[np.float32], shares: tuple[float, ...]) -> list[NDArray[np.float64]]:
    """By row, between neighbours in proportion; NaN is no value, and what a row without any has."""
    if not seconds.size:
        return [np.zeros(len(seconds))] * len(shares)
    ordered = np.sort(seconds, axis=1)  # NaN comes last
    last, rows = np.maximum((~np.isnan(ordered)).sum(axis=1) - 1, 0), np.arange(len(ordered))
    told = []
    for share in shares:
        low = (last * share).astype(np.intp)
        least, most = (ordered[rows, at].astype(np.float64) for at in (low, np.minimum(low + 1, last)))
        told.append(least + (most - least) * (last * share - low))
    return told
