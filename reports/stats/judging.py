"""From the durations of two sides to a statement: slower, faster, no difference, or inconclusive.

All statements of one comparison are judged together, because many were made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, exp, inf, log
from statistics import median
from typing import Literal

from reports.stats.gaps import gap, gap_test
from reports.stats.needed import needed
from reports.stats.ranks import Apart, least_p, rank_test
from reports.stats.several import adjusted

ALPHA = 0.05
MARGIN = 0.10
"""A ratio nearer to 1 than this matters to nobody …"""
NEGLIGIBLE = 0.010
"""… nor do so many seconds."""
RUNS = 4
"""Runs a side from which on a run counts as one sample: what a run does to all of its times is no news."""
_RESOLUTION = 0.001
_BOUNDLESS = 700.0
"""A logarithm whose ratio says nothing any more, and is hardly a number."""

Word = Literal["slower", "faster", "no difference", "inconclusive"]
Rule = Literal["ranks", "intervals", "negligible", "too few"]


@dataclass(frozen=True)
class Pair:
    """Durations in seconds of one thing on both sides, by run."""

    before: Sequence[Sequence[float]]
    after: Sequence[Sequence[float]]


@dataclass(frozen=True)
class Statement:
    """What can be said of a pair.

    ``ratio`` is after over before with its interval (None: nothing bounds it), ``p`` is corrected for all
    statements of the comparison, ``effect`` is Cliff's delta, ``samples`` and ``runs`` of both sides.
    ``unit`` is what counts as one sample. ``more`` is how many more runs a side a statement would take (None:
    not known to be within reach), for ``inconclusive`` alone.
    """

    word: Word
    rule: Rule
    unit: Literal["run", "sample"]
    before: float
    after: float
    ratio: float
    low: float | None
    high: float | None
    p: float | None
    effect: float
    samples: tuple[int, int]
    runs: tuple[int, int]
    more: int | None = None


def judge(pairs: Sequence[Pair], alpha: float = ALPHA) -> list[Statement]:
    """A statement for each pair, in order; every side of each must hold at least one duration.

    ``alpha`` is the level of all of them together (Benjamini-Hochberg): what counts is the corrected p.
    """
    sides = [_Sides(pair) for pair in pairs]
    tested = [each for each in sides if each.rule in ("ranks", "intervals")]
    for each, p in zip(tested, adjusted([each.test() for each in tested]), strict=True):
        each.p = p
    alarms = sum(each.p is not None and each.p <= alpha for each in tested)
    level = alpha * max(1, alarms) / max(1, len(tested))
    return [each.statement(alpha, level) for each in sides]


class _Sides:
    """A pair while it is judged; values are logarithms, so that what is estimated is a ratio."""

    def __init__(self, pair: Pair) -> None:
        self.p: float | None = None
        before, after = ([run for run in side if len(run)] for side in (pair.before, pair.after))
        self.runs = len(before), len(after)
        self.by_run = [median(run) for run in before], [median(run) for run in after]
        whole = (
            [float(value) for run in before for value in run],
            [float(value) for run in after for value in run],
        )
        self.samples = len(whole[0]), len(whole[1])
        self.unit: Literal["run", "sample"] = (
            "run" if min(self.runs) >= RUNS or self.samples == self.runs else "sample"
        )
        self.values = self.by_run if self.unit == "run" else whole
        self.middle = median(self.values[0]), median(self.values[1])
        self.logs = _logs(self.values[0]), _logs(self.values[1])
        self.rule = self._rule(max(map(max, whole)))

    def _rule(self, longest: float) -> Rule:
        n, m = map(len, self.values)
        if longest <= NEGLIGIBLE:
            return "negligible"
        if least_p(n, m) <= ALPHA:
            return "ranks"
        return "intervals" if min(n, m) > 1 else "too few"

    @property
    def _floor(self) -> float:
        """The least spread that is believed: clocks and looks at a cloud are no finer."""
        return log(1 + _RESOLUTION / max(min(self.middle), _RESOLUTION))

    @cached_property
    def apart(self) -> Apart:
        """Every sample of one side beside every one of the other."""
        return Apart(*self.logs)

    def test(self) -> float:
        """The p of "no difference", by the rule that the samples allow."""
        if self.rule == "intervals":
            return gap_test(*self.logs, self._floor)
        p = rank_test(*self.logs)
        return p if self._apart() else 1.0

    def _apart(self) -> bool:
        """Samples of a few runs: every run of one side must lie beyond every run of the other."""
        if self.unit == "run" or self.runs == (1, 1):
            return True
        before, after = self.by_run
        return max(before) < min(after) or max(after) < min(before)

    def interval(self, confidence: float) -> tuple[float, float, float]:
        """Estimate, least and most of the logarithm of the ratio."""
        if self.rule == "intervals":
            return gap(*self.logs, confidence, self._floor)
        if self.rule == "ranks":
            return (self.apart.middle, *self.apart.within(confidence))
        return log(max(self.middle[1], _RESOLUTION) / max(self.middle[0], _RESOLUTION)), -inf, inf

    def statement(self, alpha: float, level: float) -> Statement:
        """What is said; ``level`` is what one statement of all has to hold."""
        apart, low, high = self.interval(1 - alpha)
        said = self._said(apart, low, high)
        if self.p is not None and self.p <= alpha and self._matters(apart):
            _, low, high = self.interval(1 - level)
            return replace(said, word="slower" if apart > 0 else "faster", low=_ratio(low), high=_ratio(high))
        if self.rule == "negligible" or (self.rule != "too few" and self._within(low, high)):
            return replace(said, word="no difference")
        return replace(said, more=self._more(apart, level))

    def _said(self, apart: float, low: float, high: float) -> Statement:
        return Statement(
            word="inconclusive",
            rule=self.rule,
            unit=self.unit,
            before=self.middle[0],
            after=self.middle[1],
            ratio=exp(apart),
            low=_ratio(low),
            high=_ratio(high),
            p=self.p,
            effect=self.apart.dominance,
            samples=self.samples,
            runs=self.runs,
        )

    def _matters(self, apart: float) -> bool:
        return abs(apart) >= log(1 + MARGIN) and abs(self.middle[1] - self.middle[0]) >= NEGLIGIBLE

    def _within(self, low: float, high: float) -> bool:
        """Whether the whole interval is of no matter, as a ratio or in seconds."""
        widest = max(abs(low), abs(high))
        if widest >= _BOUNDLESS:
            return False
        return widest <= log(1 + MARGIN) or max(self.middle) * (exp(widest) - 1) <= NEGLIGIBLE

    def _more(self, apart: float, level: float) -> int | None:
        """Runs a side beyond those that there are."""
        samples = needed(*self.logs, apart, log(1 + MARGIN), level)
        if samples is None:
            return None
        return max(
            1,
            *(
                ceil(samples * runs / len(side)) - runs
                for runs, side in zip(self.runs, self.values, strict=True)
            ),
        )


def _together(runs: Sequence[Sequence[float]]) -> list[float]:
    return [float(value) for run in runs for value in run]


def _logs(side: Sequence[float]) -> list[float]:
    return [log(max(value, _RESOLUTION)) for value in side]


def _ratio(bound: float) -> float | None:
    return exp(bound) if abs(bound) < _BOUNDLESS else None
