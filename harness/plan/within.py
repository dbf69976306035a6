"""What fits into a run that must end in time (``--within``): pure, durations and importance alone.

Clean-up, leak proof and report have their reserve before anything else. Then, in this order: all of
preflight; one story of each area of the description; one of each gate; the others, what must hold before what
should, shortest first. A story brings along what it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.arch.units import span
from harness.errors import Problem, UsageError
from harness.plan.planned import PlannedScenario

PREFLIGHT, AREA, GATE, REST, SPARE = range(5)
"""How important a story is to a run that may not have the time for all; ``SPARE``: likely left out."""
ENDING = 6.0
"""Seconds for what follows the last story: accounts go back, processes end, the report is written."""
_CLEANUP = "cleanup"
_OVERHEAD = 0.05
_UNEVEN = 1.25
"""Several workers wait for each other: what they take, over an even share."""


@dataclass(frozen=True)
class Wall:
    """The time that a whole run may take: as it was ``asked`` for, and when it ``ends`` (epoch seconds)."""

    asked: str
    ends: float

    @property
    def words(self) -> str:
        """How the run speaks of it."""
        return f"--within {self.asked}"

    @property
    def left_out(self) -> str:
        """Why a story was not begun."""
        return f"left out: {self.words}"


def wall(asked: str, began: float) -> Wall:
    """The wall of a time like ``30m`` that began then; raises ``UsageError`` for what is no time."""
    return Wall(asked.strip(), began + seconds_of("--within", asked))


def seconds_of(option: str, asked: str) -> float:
    """Seconds of a time like ``30m`` that an option names; raises ``UsageError`` for what is no time."""
    try:
        return span(asked)
    except ValueError as error:
        raise UsageError(Problem(option, "not a time", expected=str(error), found=asked[:80])) from None


@dataclass(frozen=True)
class Fitting:
    """``ranks`` says how important each story is (by key), ``least`` the seconds without which a run makes no
    sense, ``likely`` those that all but the spare ones will take, the ``reserve`` for the end not among them.
    """

    ranks: Mapping[str, int]
    reserve: float
    least: float
    likely: float

    @property
    def spare(self) -> tuple[str, ...]:
        """What is likely to be left out, the most important first."""
        return tuple(key for key, rank in self.ranks.items() if rank >= SPARE)


Costs = Mapping[tuple[str, str], float]
"""Seconds that a scenario of this content took in earlier runs: (key, version) → seconds."""


def with_costs(scenarios: Iterable[PlannedScenario], costs: Costs) -> tuple[PlannedScenario, ...]:
    """The same with likely seconds, and bounds for the clean-up, as earlier runs tell them."""
    told = ((row, costs.get((row.key, row.version))) for row in scenarios)
    return tuple(
        row if cost is None else replace(row, cost=cost, worst=min(row.worst, max(2 * cost, cost + 8)))
        for row, cost in told
    )


def reserve(scenarios: Iterable[PlannedScenario]) -> float:
    """Seconds that are kept for the end: the clean-up where all is slow, accounts, report."""
    return ENDING + sum(row.worst for row in scenarios if row.runs and row.gate == _CLEANUP)


def fitting(
    scenarios: Sequence[PlannedScenario], left: float, workers: int = 1, further: float = 0.0
) -> Fitting:
    """Which of them fit into the ``left`` seconds, the reserve for the end and what else is to be kept
    (``further``) among these.
    """
    kept = reserve(scenarios) + further
    choosing = _Choosing(scenarios, left - kept, workers)
    for row in choosing.rows:
        if row.gate == "preflight":
            choosing.take(row, PREFLIGHT)
    least = choosing.seconds + kept
    for area in dict.fromkeys(area for row in choosing.rows for area in _areas(row)):
        choosing.one(lambda row, area=area: area in _areas(row), AREA)  # type: ignore[misc]
    for gate in dict.fromkeys(row.gate for row in choosing.rows):
        choosing.one(lambda row, gate=gate: row.gate == gate, GATE)  # type: ignore[misc]
    choosing.rest()
    return Fitting(choosing.ranked(), kept, least, choosing.seconds)


class _Choosing:
    """The stories that were taken so far, and how long they will last."""

    def __init__(self, scenarios: Sequence[PlannedScenario], room: float, workers: int) -> None:
        self.rows = [row for row in scenarios if row.runs and row.gate != _CLEANUP]
        self._room, self._workers = room, workers
        self._by_key = {row.key: row for row in self.rows}
        self._ranks: dict[str, int] = {}
        self._spare: list[str] = []
        self._shared = self._alone = 0.0

    @property
    def seconds(self) -> float:
        """How long what was taken will last."""
        return self._lasts(self._shared, self._alone)

    def take(self, row: PlannedScenario, rank: int) -> None:
        """Take a story with all that it needs."""
        self._shared, self._alone = self._with(self._lacking(row))
        for other in self._lacking(row):
            self._ranks[other.key] = rank

    def one(self, about: Callable[[PlannedScenario], bool], rank: int) -> None:
        """Take the shortest story that is about something, unless one was taken already."""
        rows = [row for row in self.rows if about(row)]
        if any(row.key in self._ranks for row in rows):
            return
        for row in sorted(rows, key=lambda row: (row.level != "must", self._adds(row))):
            if self._fits(row):
                self.take(row, rank)
                return

    def rest(self) -> None:
        """Take what else fits, the shortest first; what does not is spare, in the same order."""
        left = [row for row in self.rows if row.key not in self._ranks]
        for row in sorted(left, key=lambda row: (row.level != "must", self._adds(row))):
            if row.key in self._ranks:
                continue
            if self._fits(row):
                self.take(row, REST)
            else:
                self._spare.append(row.key)

    def ranked(self) -> dict[str, int]:
        """Every story with its rank; the spare ones last, each a rank of its own."""
        spare = [key for key in self._spare if key not in self._ranks]
        return self._ranks | {key: SPARE + place for place, key in enumerate(spare)}

    def _lacking(self, row: PlannedScenario) -> list[PlannedScenario]:
        """The story and what it needs, and what gives its servers back, as far as that was not taken yet."""
        found: dict[str, PlannedScenario] = {}
        left = [row.key]
        while left:
            key = left.pop()
            if key in self._by_key and key not in found and key not in self._ranks:
                found[key] = self._by_key[key]
                left += (*found[key].needs, *found[key].until)
        return list(found.values())

    def _adds(self, row: PlannedScenario) -> float:
        return sum(other.cost for other in self._lacking(row))

    def _with(self, more: Iterable[PlannedScenario]) -> tuple[float, float]:
        shared, alone = self._shared, self._alone
        for row in more:
            shared += 0.0 if row.disturbs else row.cost + _OVERHEAD
            alone += row.cost + _OVERHEAD if row.disturbs else 0.0
        return shared, alone

    def _fits(self, row: PlannedScenario) -> bool:
        lacking = self._lacking(row)
        return max(self._lasts(*self._with(lacking)), sum(r.cost for r in lacking)) <= self._room

    def _lasts(self, shared: float, alone: float) -> float:
        return alone + shared * (_UNEVEN / self._workers if self._workers > 1 else 1.0)


def _areas(row: PlannedScenario) -> list[str]:
    """The areas of the description that a story looks at."""
    return [pattern.partition(".")[0].partition("[")[0] for pattern in row.owns]
