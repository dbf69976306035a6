"""What a comparison comes to for a job: 0, 1 where a condition is met, 2 where it cannot be judged."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from reports.compare.model import Against, Comparison
from reports.text import count, line

_ALONE = ("only here", "gone")


class Condition(StrEnum):
    """What a job is to fail on."""

    new = "new"
    flip = "flip"
    slower = "slower"


def outcome(sides: Comparison, conditions: Iterable[Condition]) -> tuple[int, list[str]]:
    """The exit code, and a sentence for each column that a condition is met or cannot be judged in."""
    met, open_ = [], []
    for number, column in enumerate(sides.columns[1:], 1):
        against = sides.against[number]
        name = line(column.name, 60)
        for condition in dict.fromkeys(conditions):
            found = _met(condition, against)
            if found:
                met.append(f"{name}: {found}")
            elif why := _open(condition, sides, number):
                open_.append(f"{name}: {why}")
    return (1 if met else 2 if open_ else 0), [*met, *open_]


def _met(condition: Condition, against: Against) -> str:
    if condition is Condition.flip:
        return f"{count(against.worse, 'scenario')} flipped to worse" if against.worse else ""
    if condition is Condition.slower:
        slower = against.words.get("slower", 0) + against.slower_figures
        return f"{count(slower, 'time')} slower" if slower else ""
    said = [count(len(against.new), "new deviation")] if against.new else []
    said += [f"{count(len(against.failures), 'new scenario')} failing"] if against.failures else []
    return ", ".join(said)


def _open(condition: Condition, sides: Comparison, number: int) -> str:
    """Why nothing can be said: no scenario, no time of the two can be compared, or a run ended early."""
    column, against = sides.columns[number], sides.against[number]
    if any(run.ended_early for run in column.runs[-1:]):
        return "the run ended early"
    if condition is Condition.slower:
        return "" if against.words else "no time can be compared"
    shared = sum(len(row.subjects) for row in sides.verdicts if row.changes[number] not in _ALONE)
    if not shared:
        return "no scenario is in both"
    return "no scenario can be compared" if against.incomparable >= shared else ""
