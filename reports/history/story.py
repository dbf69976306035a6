"""One scenario through all runs of a series: what it came to, and how long it took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from harness.errors import Problem, UsageError
from reports.history.entry import VERDICTS, Facts
from reports.history.series import Series


@dataclass(frozen=True)
class Told:
    """A scenario in one run. ``described`` and ``changed``: since it was told before, the description, or the
    scenario itself, became another.
    """

    run: Facts
    verdict: str
    seconds: float
    described: bool
    changed: bool


@dataclass(frozen=True)
class Story:
    """A scenario, oldest run first."""

    key: str
    told: list[Told]


def stories(series: Series, wanted: str) -> list[Story]:
    """Those that ``wanted`` names: one with its subject, or all subjects of one; raises ``UsageError``."""
    keys = [series.keys[column] for column in series.scenarios]
    named = [key for key in keys if key == wanted] or [key for key in keys if key.partition("[")[0] == wanted]
    if not named:
        raise _unknown(wanted, keys)
    return [_story(series, key) for key in named]


def _story(series: Series, key: str) -> Story:
    column = series.column(key)
    places: list[int] = np.flatnonzero(series.verdicts[:, column]).tolist()
    told = []
    for n, place in enumerate(places):
        run, last = series.runs[place], places[n - 1] if n else place
        told.append(
            Told(
                run,
                VERDICTS[series.verdicts[place, column]],
                round(float(series.seconds[place, column]), 3),
                run.fingerprint != series.runs[last].fingerprint,
                bool(series.versions[place, column] != series.versions[last, column]),
            )
        )
    return Story(key, told)


def _unknown(wanted: str, keys: Sequence[str]) -> UsageError:
    within = [key for key in keys if wanted in key]
    near = within[:4] or get_close_matches(wanted, keys, 3, 0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "`deployday history durations` lists them all"
    return UsageError(Problem(wanted[:200], "no run of this series has such a scenario", hint=hint))
