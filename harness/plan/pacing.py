"""Which story is begun next in a run that must end in time, and which ones are given up. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from harness.plan.board import Board
from harness.plan.planned import PlannedScenario
from harness.plan.within import SPARE

_CLEANUP = "cleanup"
_ENOUGH = 10
"""Stories that must be over before what they took corrects what the others are expected to take."""
_FASTEST, _SLOWEST = 0.1, 10.0


class Pacing:
    """Plays on a board until ``ends`` (seconds of the caller's clock); the clean-up may always begin.

    ``ranks`` are importances (``within.Fitting``). A spare story is begun only where the time suffices for
    all that comes before it. Expected seconds are corrected by what the stories took so far.
    """

    def __init__(
        self, plan: Mapping[str, PlannedScenario], ranks: Mapping[str, int], ends: float, workers: int = 1
    ) -> None:
        self.ends = ends
        self._plan, self._ranks, self._workers = plan, ranks, workers
        self._order = {key: place for place, key in enumerate(plan)}
        self._began: dict[str, float] = {}
        self._took = self._expected = 0.0
        self._over = 0

    @property
    def pace(self) -> float:
        """What stories take, over what they were expected to take."""
        if self._over < _ENOUGH or not self._expected:
            return 1.0
        return min(max(self._took / self._expected, _FASTEST), _SLOWEST)

    def began(self, key: str, now: float) -> None:
        """A story begins."""
        self._began[key] = now

    def over(self, key: str, now: float) -> None:
        """A story has ended."""
        if key in self._began:
            self._took += now - self._began[key]
            self._expected += self._plan[key].cost
            self._over += 1

    def pick(self, board: Board, now: float) -> str | None:
        """What to begin now, of all that is ready; None where nothing of it would end in time."""
        left, before = self.ends - now, self._before(board)
        able = [key for key in board.ready() if self._in_time(key, left, before)]
        return min(able, key=lambda key: (self._rank(key), self._order[key]), default=None)

    def given_up(self, board: Board, now: float) -> list[str]:
        """What will never be begun: all that waits once the time is over; what is ready and was not picked,
        once nothing runs that could change that.
        """
        if now >= self.ends:
            return [key for key in board.waiting if self._plan[key].gate != _CLEANUP]
        return [] if board.running else board.ready()

    def _rank(self, key: str) -> int:
        return self._ranks.get(key, SPARE)

    def _in_time(self, key: str, left: float, before: float) -> bool:
        """Whether a story ends in the seconds left; a spare one together with what comes ``before`` it."""
        row = self._plan[key]
        if row.gate == _CLEANUP:
            return True
        spare = self._rank(key) >= SPARE
        return self.pace * (row.cost + (before if spare else 0.0)) <= left

    def _before(self, board: Board) -> float:
        """Seconds that what is not spare, and still waits, will take."""
        waiting = (self._plan[key] for key in board.waiting if self._rank(key) < SPARE)
        return sum(row.cost for row in waiting if row.runs and row.gate != _CLEANUP) / self._workers
