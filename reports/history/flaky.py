"""What passes at one time and not at another while nobody changed the description, nor the scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from reports.history.entry import VERDICTS, Facts
from reports.history.series import PASS, Series
from reports.stats.shares import wilson

QUIET = 0.01
"""Where so many passes in a row would be less likely than this at its rate, it seems to be gone."""


@dataclass(frozen=True)
class Flaky:
    """A scenario that flips. ``bad`` of ``told`` runs did not pass, while the description was one that it
    flipped under; ``low`` and ``high`` bound that share (Wilson, 95 %). ``passes`` counts those since the
    last that did not, ``gone`` that these are too many for the rate that it had until then.
    """

    key: str
    told: int
    bad: int
    low: float
    high: float
    flips: int
    since: Facts
    last: Facts
    passes: int
    gone: bool
    verdicts: list[str]

    @property
    def rate(self) -> float:
        """The share of runs that did not pass."""
        return self.bad / self.told


@dataclass(frozen=True)
class _Told:
    """One judged result: the place of its run, and whether it passed."""

    place: int
    good: bool


def flaky(series: Series) -> list[Flaky]:
    """Those that flipped and flipped back under one description, the most often failing first."""
    where = series.told & series.latest
    told = []
    passed = where & (series.verdicts == PASS)
    mixed = passed.any(axis=0) & (where & ~passed).any(axis=0)
    for column in series.scenarios[mixed[series.scenarios]]:
        mine = [
            _Told(int(place), bool(series.verdicts[place, column] == PASS))
            for place in where[:, column].nonzero()[0]
        ]
        words = [VERDICTS[series.verdicts[each.place, column]] for each in mine]
        told += _judged(series.keys[column], mine, words, series.runs)
    return sorted(told, key=lambda each: (each.gone, -each.rate, each.key))


def _judged(key: str, told: Sequence[_Told], words: list[str], runs: Sequence[Facts]) -> list[Flaky]:
    stretches = [part for part in _stretches(told, runs) if len(_flips(part)) > 1]
    if not stretches:
        return []
    mine = [each for part in stretches for each in part]
    flips = [flip for part in stretches for flip in _flips(part)]
    bad = sum(not each.good for each in mine)
    passes = next(n for n, each in enumerate(reversed(told)) if not each.good)
    low, high = wilson(bad, len(mine))
    lasted = max(n for n, each in enumerate(mine, 1) if not each.good)
    gone = (1 - bad / lasted) ** passes < QUIET
    since, last = runs[flips[0].place], runs[flips[-1].place]
    return [Flaky(key, len(mine), bad, low, high, len(flips), since, last, passes, gone, words)]


def _stretches(told: Sequence[_Told], runs: Sequence[Facts]) -> list[list[_Told]]:
    """Results next to each other under one description."""
    parts: list[list[_Told]] = []
    print_: str | None = None
    for each in told:
        if runs[each.place].fingerprint != print_ or not parts:
            parts.append([])
        print_ = runs[each.place].fingerprint
        parts[-1].append(each)
    return parts


def _flips(part: Sequence[_Told]) -> list[_Told]:
    """The results that are otherwise than the one before."""
    return [after for before, after in pairwise(part) if before.good != after.good]
