"""How long a plan takes: the board played with durations instead of a cloud."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence

from harness.plan.board import Board
from harness.plan.planned import PlannedScenario

_BURST = 60.0
"""Seconds of a rate limit's pace that a user may send at once: the stock limits are a minute's."""
_SENDING = ("compute", "guests", "network")


def seconds(
    scenarios: Sequence[PlannedScenario],
    workers: int,
    budget: int,
    duration: Callable[[PlannedScenario], float],
    tenants: Mapping[str, int] | None = None,
    pace: Mapping[str, float] | None = None,
) -> float:
    """Seconds until the last scenario ends when every one that can run passes; 0 for an empty plan.

    ``tenants`` as the board has it; ``pace`` is the seconds between two POSTs that a rate limit lets each
    user keep up.
    """
    board = Board(scenarios, budget, tenants)
    by_key = {planned.key: planned for planned in scenarios}
    limits = {user: _Bucket(each) for user, each in (pace or {}).items() if each}
    running: list[tuple[float, str]] = []
    now = 0.0
    while not board.done:
        board.unable()
        while len(running) < workers and (ready := board.ready()):
            planned = by_key[ready[0]]
            board.start(planned.key)
            held = limits[planned.account].take(now, posts(planned)) if planned.account in limits else 0.0
            heapq.heappush(running, (now + held + duration(planned), planned.key))
        if not running:
            break
        now, key = heapq.heappop(running)
        board.finish(key, met=True, outcome="completed")
    return now


def posts(planned: PlannedScenario) -> int:
    """About how many POSTs a story sends to compute: what it declares, else one where it is about compute."""
    return max(planned.creates, int(planned.gate in _SENDING))


class _Bucket:
    """A user's POSTs: it leaks one every ``pace`` seconds, and holds a minute's worth."""

    def __init__(self, pace: float) -> None:
        self.pace = pace
        self._full_until = 0.0

    def take(self, now: float, count: int) -> float:
        """Send so many; the seconds for which they are held up."""
        self._full_until = max(self._full_until, now) + count * self.pace
        return max(0.0, self._full_until - now - max(_BURST, self.pace))
