"""Which run folders a bound lets go: pure, it is told what there is and removes nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.errors import Problem, UsageError

_SIZES = {"": 1, "K": 1000, "M": 1000**2, "G": 1000**3, "T": 1000**4}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)I?B?\Z")
_AGES = {"h": 3600.0, "d": 86400.0, "w": 604800.0}
_AGE = re.compile(r"(\d+(?:\.\d+)?)\s*([hdw])\Z")


@dataclass(frozen=True)
class Bounds:
    """At most so many runs of a series, none older than so many seconds, so many bytes in all."""

    keep: int | None = None
    older: float | None = None
    size: int | None = None

    @property
    def given(self) -> bool:
        """Whether there is any bound."""
        return any(each is not None for each in (self.keep, self.older, self.size))


@dataclass(frozen=True)
class Stored:
    """A run folder. ``why`` says why it must stay, whatever the bounds: it still goes, things are left."""

    id: str
    series: tuple[str, str]
    started: float
    verdict: str
    size: int
    why: str = ""


@dataclass(frozen=True)
class Leaving:
    """A run that goes, and the bound that lets it."""

    run: Stored
    because: str


@dataclass(frozen=True)
class Choice:
    """What goes, oldest first; what would and must stay, with the reason; the bytes that are left then."""

    going: list[Leaving]
    held: list[Leaving]
    left: int


def choose(runs: Iterable[Stored], bounds: Bounds, now: float) -> Choice:
    """Each bound alone lets runs go, the oldest first. What has a ``why`` stays, and a series' last GO."""
    ordered = sorted(runs, key=lambda run: (run.started, run.id))
    last_go = {run.series: run.id for run in ordered if run.verdict == "GO"}
    reasons = {run.id: run.why or _needed(run, last_go) for run in ordered}
    newer = _newer(ordered)
    wanted = {run.id: _because(run, newer[run.id], bounds, now) for run in ordered}
    going = [Leaving(run, wanted[run.id]) for run in ordered if wanted[run.id] and not reasons[run.id]]
    held = [Leaving(run, reasons[run.id]) for run in ordered if wanted[run.id] and reasons[run.id]]
    staying = [run for run in ordered if not wanted[run.id]]
    left = sum(run.size for run in (*staying, *(each.run for each in held)))
    for run in staying:
        if bounds.size is None or left <= bounds.size:
            break
        if reasons[run.id]:
            held.append(Leaving(run, reasons[run.id]))
            continue
        going.append(Leaving(run, "over the size"))
        left -= run.size
    return Choice(sorted(going, key=lambda each: (each.run.started, each.run.id)), held, left)


def _needed(run: Stored, last_go: Mapping[tuple[str, str], str]) -> str:
    return "the last GO of its series" if last_go.get(run.series) == run.id else ""


def _newer(ordered: Sequence[Stored]) -> Mapping[str, int]:
    """How many newer runs of its series each has."""
    seen: Counter[tuple[str, str]] = Counter()
    told = {}
    for run in reversed(ordered):
        told[run.id] = seen[run.series]
        seen[run.series] += 1
    return told


def _because(run: Stored, newer: int, bounds: Bounds, now: float) -> str:
    if bounds.keep is not None and newer >= bounds.keep:
        return f"beyond the last {bounds.keep}"
    if bounds.older is not None and now - run.started > bounds.older:
        return "too old"
    return ""


def size(text: str) -> int:
    """Bytes of ``2GB``, ``500 MB``, ``1.5G``; raises ``UsageError``."""
    match = _SIZE.match(text.strip().upper())
    if not match:
        raise UsageError(Problem("--max-size", "not a size", expected="2GB, 500MB, …", found=text[:40]))
    return int(float(match[1]) * _SIZES[match[2]])


def age(text: str) -> float:
    """Seconds of ``90d``, ``12 h``, ``8w``; raises ``UsageError``."""
    match = _AGE.match(text.strip().lower())
    if not match:
        raise UsageError(Problem("--older-than", "not an age", expected="90d, 12h, 8w", found=text[:40]))
    return float(match[1]) * _AGES[match[2]]
