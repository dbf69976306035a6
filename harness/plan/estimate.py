"""How long a plan takes: the board played with durations instead of a cloud."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence

from harness.plan.board import Board
from harness.plan.planned import PlannedScenario


def seconds(
    scenarios: Sequence[PlannedScenario],
    workers: int,
    budget: int,
    duration: Callable[[PlannedScenario], float],
) -> float:
    """Seconds until the last scenario ends when every one that can run passes; 0 for an empty plan."""
    board = Board(scenarios, budget)
    by_key = {planned.key: planned for planned in scenarios}
    running: list[tuple[float, str]] = []
    now = 0.0
    while not board.done:
        board.unable()
        while len(running) < workers and (ready := board.ready()):
            board.start(ready[0])
            heapq.heappush(running, (now + duration(by_key[ready[0]]), ready[0]))
        if not running:
            break
        now, key = heapq.heappop(running)
        board.finish(key, met=True, outcome="completed")
    return now
