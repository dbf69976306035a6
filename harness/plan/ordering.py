"""A running order: by gate and as declared, but never before what is needed; what disturbs after all others,
the clean-up last.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import replace

from harness.errors import Problem
from harness.plan.planned import PlannedScenario


def in_order(rows: Sequence[PlannedScenario], problems: list[Problem]) -> list[PlannedScenario]:
    """Sort stably; a cycle, or a story that waits for the clean-up, is added to ``problems``."""
    by_key = {row.key: row for row in rows}
    index = {key: (row.after_all, row.late, place) for place, (key, row) in enumerate(by_key.items())}
    before = {key: _before(row, by_key) for key, row in by_key.items()}
    problems += [
        Problem("", f"{key} cannot wait for {other}: that one runs after all stories")
        for key, others in before.items()
        for other in others
        if by_key[other].after_all and not by_key[key].after_all
    ]
    followers: dict[str, list[str]] = {key: [] for key in by_key}
    for key, others in before.items():
        for other in others:
            followers[other].append(key)
    waits = {key: len(others) for key, others in before.items()}
    free = [(index[key], key) for key, count in waits.items() if not count]
    heapq.heapify(free)
    ordered: list[PlannedScenario] = []
    while free:
        _, key = heapq.heappop(free)
        ordered.append(by_key[key])
        for follower in followers[key]:
            waits[follower] -= 1
            if not waits[follower]:
                heapq.heappush(free, (index[follower], follower))
    if len(ordered) < len(by_key):
        problems.append(Problem("", f"scenarios wait for each other: {' → '.join(_cycle(before, waits))}"))
    return ordered


def with_late(rows: Sequence[PlannedScenario]) -> list[PlannedScenario]:
    """The same, with what disturbs marked as late, and all that waits for such."""
    late = {row.key for row in rows if row.disturbs}
    before = len(late) - 1
    while before < len(late):
        before = len(late)
        late |= {row.key for row in rows if not late.isdisjoint((*row.needs, *row.after))}
    return [replace(row, late=row.key in late and not row.after_all) for row in rows]


def _before(row: PlannedScenario, by_key: Mapping[str, PlannedScenario]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for key in (*row.needs, *row.after) if key in by_key))


def _cycle(before: Mapping[str, Sequence[str]], waits: Mapping[str, int]) -> list[str]:
    """One cycle among the keys that still wait, written from a scenario to what it waits for and back."""
    path = [next(key for key, count in waits.items() if count)]
    while True:
        following = next(key for key in before[path[-1]] if waits[key])
        if following in path:
            return [*path[path.index(following) :], following]
        path.append(following)
