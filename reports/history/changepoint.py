"""Where a row of measurements changes its level: the place, and how likely chance alone makes such a place.

Every place that leaves three measurements on either side is tried with the rank test of Mann and Whitney
(1947): seconds are skewed and have outliers, ranks do not mind. For pass and fail the same place is tried
with Fisher's exact test (1922). The least of these chances times the number of places (Bonferroni) is the
chance ``p`` of a row: Pettitt's idea of 1979 (Applied Statistics 28, 126-135), with each place given its
due, so that a step of yesterday is found as well as one in the middle. A row that is split is searched again
on both sides (Scott and Knott 1974, Biometrics 30, 507-512).

Many rows at once are judged by Benjamini and Hochberg (1995, J. R. Statist. Soc. B 57, 289-300) at ``LEVEL``:
where nothing changed in any row, at most in so many screens anything is found; where much changed, at most
so much of what is found is wrong. It holds for rows that lean the same way, as scenarios of one slow run do.
Measurements of one row must not depend on their neighbours; where they do, more is found.

Equal measurements are ranked by lot, always the same one. The tail of the rank test is exact where one side
has up to ten measurements, the normal one with correction for continuity otherwise, which is the greater.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.05
LEAST = 3
"""Measurements on either side of a step."""

_EXACT = 10
_OFF = 1.5
"""Standard deviations within which no place of zeros and ones is worth the trouble."""

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Split:
    """``place`` is the first measurement after the change; ``p`` the chance of such a row without any."""

    place: int
    p: float


def screen(rows: Sequence[Values], *, flags: bool = False, level: float = LEVEL) -> list[list[Split]]:
    """For each row its changes, in order. ``flags``: the rows are zeros and ones.

    All rows given together are one screen: the level holds for all of them.
    """
    return found([(row, flags) for row in rows], level=level)


def found(rows: Sequence[tuple[Values, bool]], *, level: float = LEVEL) -> list[list[Split]]:
    """The same of rows of both kinds: (values, whether they are zeros and ones)."""
    first = _first([row for row, flags in rows if not flags], ranked)
    other = iter([flagged(row) for row, flags in rows if flags])
    splits = [next(other) if flags else next(first) for _, flags in rows]
    limit = threshold([split.p for split in splits if split is not None], level)
    told: list[list[Split]] = []
    for (row, flags), split in zip(rows, splits, strict=True):
        test = flagged if flags else _one
        told.append(sorted(_deeper(row, split, test, limit), key=lambda each: each.place))
    return told


def threshold(chances: Sequence[float], level: float) -> float:
    """The greatest chance that counts, by Benjamini and Hochberg; below 0 where none does."""
    ordered = sorted(chances)
    passed = [p for n, p in enumerate(ordered, 1) if p <= level * n / len(ordered)]
    return passed[-1] if passed else -1.0


def _deeper(
    row: Values, split: Split | None, test: Callable[[Values], Split | None], limit: float
) -> Iterable[Split]:
    """A split that counts, and what counts on both sides of it."""
    if split is None or split.p > limit:
        return
    yield split
    yield from _deeper(row[: split.place], test(row[: split.place]), test, limit)
    for each in _deeper(row[split.place :], test(row[split.place :]), test, limit):
        yield Split(each.place + split.place, each.p)


def _first(rows: Sequence[Values], test: Callable[[Values], list[Split | None]]) -> Iterator[Split | None]:
    """Rows of one length are tried together."""
    told: dict[int, Split | None] = {}
    lengths: dict[int, list[int]] = {}
    for n, row in enumerate(rows):
        lengths.setdefault(len(row), []).append(n)
    for places in lengths.values():
        told |= dict(zip(places, test(np.stack([rows[n] for n in places])), strict=True))
    return iter([told[n] for n in range(len(rows))])


def _one(row: Values) -> Split | None:
    return ranked(row[None, :])[0]


def ranked(rows: Values) -> list[Split | None]:
    """The most telling place of each of many rows of one length, by ranks; None where rows are too short."""
    n = rows.shape[1]
    if n < 2 * LEAST:
        return [None] * len(rows)
    left = np.arange(LEAST, n - LEAST + 1)
    before = np.cumsum(_ranks(rows), axis=1)[:, left - 1] - left * (left + 1) / 2
    edge = np.minimum(left, n - left) <= _EXACT
    best = _at_edges(before[:, edge], left[edge], n)
    for n_row, inner in enumerate(_inside(before[:, ~edge], left[~edge], n)):
        best[n_row] = min(best[n_row], inner)
    return [Split(place, min(1.0, math.exp(log) * len(left))) for log, place in best]


def _ranks(rows: Values) -> Values:
    """1 for the least; equal ones by a lot that depends on the shape alone, and moves no unequal ones of
    four bytes.
    """
    lot = np.random.default_rng(rows.shape).random(rows.shape)
    order = np.argsort(rows + lot * (np.abs(rows) * 1e-9 + 1e-12), axis=1)
    ranks = np.empty_like(rows)
    np.put_along_axis(ranks, order, np.arange(1.0, rows.shape[1] + 1)[None, :], axis=1)
    return ranks


def _at_edges(before: Values, left: NDArray[np.intp], n: int) -> list[tuple[float, int]]:
    """By row (logarithm of the chance, place), exactly; ``before`` is Mann and Whitney's U of what stands
    before each place.
    """
    least = np.minimum(before, left * (n - left) - before).astype(np.intp)
    logs = [_exact(*sorted((int(k), n - int(k))))[least[:, at]] for at, k in enumerate(left)]
    table = np.stack(logs, axis=1)
    best = table.argmin(axis=1)
    return [(float(table[row, at]), int(left[at])) for row, at in enumerate(best)]


def _inside(before: Values, left: NDArray[np.intp], n: int) -> Iterator[tuple[float, int]]:
    """The same by the normal distribution, with correction for continuity."""
    if not len(left):
        return
    right = n - left
    z = (np.abs(before - left * right / 2) - 0.5) / np.sqrt(left * right * (n + 1) / 12)
    best = z.argmax(axis=1)
    for row, at in enumerate(best):
        yield _normal(max(0.0, float(z[row, at]))), int(left[at])


def _normal(z: float) -> float:
    """Logarithm of both tails of the normal distribution; far out Mills' bound, from above."""
    if z < 30:
        return math.log(math.erfc(z / math.sqrt(2)))
    return 0.5 * math.log(2 / math.pi) - z * z / 2 - math.log(z)


@lru_cache(maxsize=512)
def _exact(m: int, n: int) -> Values:
    """Logarithm of twice the chance of U or less, for each U up to m·n/2: counts of the partitions that have
    this U, from the generating function (1-q^(n+1))…(1-q^(n+m)) / (1-q)…(1-q^m).
    """
    counts = np.zeros(m * n // 2 + 1)
    counts[0] = 1.0
    for i in range(1, m + 1):
        shifted = np.zeros_like(counts)
        shifted[n + i :] = counts[: max(0, len(counts) - n - i)]
        counts = counts - shifted
        padded = np.zeros(-(-len(counts) // i) * i)
        padded[: len(counts)] = counts
        counts = np.cumsum(padded.reshape(-1, i), axis=0).reshape(-1)[: len(counts)]
    below = np.log(2.0 * np.cumsum(counts)) - _choose(m + n, m)
    return np.minimum(below, 0.0)


def flagged(row: Values) -> Split | None:
    """The most telling place of a row of zeros and ones; None where it has no place or only one value."""
    n, ones = len(row), round(float(row.sum()))
    if n < 2 * LEAST or ones in (0, n):
        return None
    left = np.arange(LEAST, n - LEAST + 1)
    if 2 * ones > n:
        row, ones = 1 - row, n - ones
    before = np.rint(np.cumsum(row)[left - 1]).astype(np.intp)
    off = np.abs(before - left * ones / n)
    telling = off >= _OFF * np.sqrt(left * (n - left) * ones * (n - ones) / (n * n * (n - 1.0)))
    if not telling.any():
        return Split(int(left[0]), 1.0)
    count, left, before = len(left), left[telling], before[telling]
    tails = _fisher(left, ones, n)
    low = tails.cumsum(axis=0)[before, np.arange(len(left))]
    high = tails[::-1].cumsum(axis=0)[::-1][before, np.arange(len(left))]
    chances = np.minimum(1.0, 2 * np.minimum(low, high))
    best = int(np.argmin(chances))
    return Split(int(left[best]), min(1.0, float(chances[best]) * count))


def _fisher(left: NDArray[np.intp], ones: int, n: int) -> Values:
    """The chance of so many ones (rows) before each place (columns)."""
    k = np.arange(ones + 1)[:, None]
    logs = _log_factorials(n)
    with np.errstate(invalid="ignore"):
        possible = (k <= left) & (ones - k <= n - left)
        inside = np.where(possible, left - k, 0), np.where(possible, n - left - ones + k, 0)
        chances = (
            (logs[ones] - logs[k] - logs[ones - k])
            + (logs[n - ones] - logs[inside[0]] - logs[np.where(possible, n - ones - inside[0], 0)])
            - (logs[n] - logs[left] - logs[n - left])
        )
    return np.where(possible, np.exp(np.minimum(chances, 0.0)), 0.0)


def _log_factorials(n: int) -> Values:
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1.0, n + 1)))])


def _choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
