"""What workers waited for: the story that began after a gap says what kept it from beginning earlier.

The plan says what a story needs, holds and asks for; the record says when each was told. Of everything that
had to end first, what ended last is the reason of a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from reports.model import Pause, Scenario
from reports.record import Record
from reports.stories import number

RATE_LIMIT = "rate limit"
"""What the door calls its waits."""
_LEAST, _UNSAID = 0.1, 0.5
"""Seconds; what is shorter is the step from one story to the next. Without a reason in the plan: more."""


class _Told(NamedTuple):
    """When a story was told, in seconds after the run's start."""

    key: str
    worker: str
    began: float
    ended: float


class _Reason(NamedTuple):
    """Something that ended, whereupon a story could begin."""

    moment: float
    what: Any
    by: str


def pauses(record: Record, scenarios: Iterable[Scenario]) -> list[Pause]:
    """All of them that lasted a tenth of a second, in order."""
    told = sorted(_told(record, scenarios), key=lambda each: each.began)
    known = _Known({str(row["key"]): row for row in record.plan}, {each.key: each for each in told}, record)
    found = [known.pause(since, story) for since, story in _gaps(told)]
    telling = [pause for pause in found if pause.what != "harness" or pause.seconds >= _UNSAID]
    return sorted([*telling, *_rate_limits(record)], key=lambda pause: pause.began)


def _told(record: Record, scenarios: Iterable[Scenario]) -> Iterator[_Told]:
    for scenario in scenarios:
        if scenario.started is not None and scenario.worker:
            began = scenario.started - record.started
            yield _Told(scenario.key, scenario.worker, began, began + scenario.duration)


def _gaps(told: Iterable[_Told]) -> Iterator[tuple[float, _Told]]:
    """(when the worker became free, what it told next)."""
    free: dict[str, float] = {}
    for each in told:
        since = free.get(each.worker)
        if since is not None and each.began - since >= _LEAST:
            yield since, each
        free[each.worker] = max(each.ended, since or 0.0)


class _Known:
    """The plan and when each story of it was told."""

    def __init__(
        self, plan: Mapping[str, Mapping[str, Any]], told: Mapping[str, _Told], record: Record
    ) -> None:
        self.plan = plan
        self.told = told
        options = record.run.get("options")
        servers = options.get("servers") if isinstance(options, dict) else None
        self.budget = servers if isinstance(servers, int) else None
        self.tenants = record.tenants
        self._asking = [
            self.told[key] for key, row in plan.items() if key in told and number(row.get("servers"))
        ]

    def pause(self, since: float, story: _Told) -> Pause:
        """The gap before a story, with what ended last before it."""
        reasons = [reason for reason in self._reasons(story) if since < reason.moment <= story.began + 0.05]
        last = max(reasons, default=_Reason(since, "harness", ""))
        return Pause(
            worker=story.worker,
            key=story.key,
            what=last.what,
            by=last.by,
            began=round(max(0.0, since), 3),
            seconds=round(story.began - since, 3),
        )

    def _reasons(self, story: _Told) -> Iterator[_Reason]:
        row = self.plan.get(story.key, {})
        for key in (*(row.get("needs") or ()), *(row.get("after") or ())):
            if key in self.told:
                yield _Reason(self.told[key].ended, "need", key)
        if row.get("after_all") or row.get("late"):
            yield from self._others(row)
        yield from self._turns(story, row)
        yield from self._servers(story, row)

    def _others(self, row: Mapping[str, Any]) -> Iterator[_Reason]:
        """What is told after all others waits for each of them."""
        for key, other in self.plan.items():
            later = other.get("after_all") or (row.get("late") and other.get("late"))
            if key in self.told and not later:
                yield _Reason(self.told[key].ended, "gate", key)

    def _turns(self, story: _Told, row: Mapping[str, Any]) -> Iterator[_Reason]:
        """What held the same thing meanwhile, or had to be told alone."""
        mine = set(row.get("holds") or ())
        for key, each in self.told.items():
            other = self.plan.get(key, {})
            shared = mine.intersection(other.get("holds") or ())
            if each.began < story.began and (shared or row.get("disturbs") or other.get("disturbs")):
                yield _Reason(each.ended, "turn", key)

    def _servers(self, story: _Told, row: Mapping[str, Any]) -> Iterator[_Reason]:
        """The ends after which there was room for its servers."""
        asked = int(number(row.get("servers")))
        if not asked or self.budget is None:
            return
        for each in self._asking:
            gone = self._gone(each)
            if gone <= story.began + 0.05 and self._over(gone - 0.001, asked, row):
                yield _Reason(gone, "budget", each.key)

    def _over(self, moment: float, asked: int, row: Mapping[str, Any]) -> bool:
        """Whether so many servers more were too many at a moment, for the run or for the account."""
        there = [self.plan[each.key] for each in self._asking if each.began <= moment < self._gone(each)]
        mine = [other for other in there if other.get("account") == row.get("account")]
        most = self.tenants.get(str(row.get("account")), self.budget or 0)
        return _sum(there) + asked > (self.budget or 0) or _sum(mine) + asked > most

    def _gone(self, each: _Told) -> float:
        """When the servers of a story were gone: as it ended, or as those ended that it leaves them to."""
        until = self.plan[each.key].get("until") or ()
        return max([each.ended, *(self.told[key].ended for key in until if key in self.told)])


def _sum(rows: Sequence[Mapping[str, Any]]) -> int:
    return int(sum(number(row.get("servers")) for row in rows))


def _rate_limits(record: Record) -> Iterator[Pause]:
    for row in record.rows:
        if row["kind"] == "wait" and row.get("what") == RATE_LIMIT and row.get("scenario"):
            seconds = round(number(row.get("seconds")), 3)
            if seconds >= _LEAST:
                began = round(max(0.0, row["t"] - record.started - seconds), 3)
                key, worker = str(row["scenario"]), str(row["worker"])
                yield Pause(worker=worker, key=key, what="rate limit", began=began, seconds=seconds)
