"""The board: which scenario may run now, and which never will. Serial runs and workers play on the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from harness.plan.planned import PlannedScenario
from harness.plan.room import Room

_PRIORITY = ("blocked", "not_reached", "left_out", "out_of_reach", "not_applicable")
_WORDS = {
    "blocked": "blocked by",
    "not_reached": "the run ended before",
    "left_out": "left out with",
    "out_of_reach": "it needs what is out of reach:",
    "not_applicable": "it needs what does not apply:",
}


class Unable(NamedTuple):
    """A scenario that will not run: ``outcome`` is blocked, out_of_reach, not_applicable, left_out or
    not_reached.

    ``root`` is the key of the need that could not be met, the one nearest the root of the plan.
    """

    key: str
    outcome: str
    root: str | None
    reason: str


@dataclass(frozen=True)
class _Finished:
    met: bool
    outcome: str
    root: str | None


class Board:
    """What is waiting, running and finished in one run.

    ``plan`` is in running order (as ``make_plan`` gives it), ``budget`` the number of servers that may run
    at once, ``tenants`` how many of them in the tenant of each account. A caller loops: report ``unable()``,
    ``start`` some of ``ready()``, ``finish`` each with its outcome, until ``done``.

    The outcomes do not depend on the order in which scenarios finish: one is blocked only when all of its
    needs are settled, and its root is chosen by the plan's order. Servers that a story leaves running count
    until what it names in ``until`` is over; it is not started where the others could then never end. What
    no order has room for is out of reach: nothing waits for ever.
    """

    def __init__(
        self,
        plan: Iterable[PlannedScenario],
        budget: int = 4,
        tenants: Mapping[str, int] | None = None,
    ) -> None:
        self.plan = {planned.key: planned for planned in plan}
        self.budget = budget
        self.tenants = dict(tenants or {})
        self._room = Room(self.plan.values(), budget, self.tenants)
        self._ample = self._room.ample
        self._order = {key: index for index, key in enumerate(self.plan)}
        self._needs = {key: self._known(planned.needs) for key, planned in self.plan.items()}
        self._after = {key: self._known(planned.after) for key, planned in self.plan.items()}
        self._waiting = dict.fromkeys(self.plan)
        self._running: dict[str, int] = {}
        self._left_running: dict[str, int] = {}
        self._finished: dict[str, _Finished] = {}
        self._ran: set[str] = set()
        self._ready: list[str] | None = None
        greedy = [key for key, planned in self.plan.items() if planned.servers > budget]
        if greedy:
            raise ValueError(f"more servers at once than the budget of {budget}: {', '.join(greedy)}")

    @property
    def done(self) -> bool:
        """Whether nothing waits and nothing runs."""
        return not self._waiting and not self._running

    @property
    def waiting(self) -> tuple[str, ...]:
        """Keys that were neither started nor settled, in running order."""
        return tuple(self._waiting)

    @property
    def running(self) -> tuple[str, ...]:
        """Keys that were started and not finished."""
        return tuple(self._running)

    def outcome(self, key: str) -> str | None:
        """How a finished scenario ended, or None."""
        finished = self._finished.get(key)
        return finished.outcome if finished else None

    def root(self, key: str) -> str | None:
        """What a scenario that could not run was waiting for, or None."""
        finished = self._finished.get(key)
        return finished.root if finished else None

    def ready(self) -> list[str]:
        """Keys that may start now, in running order; each of them alone fits the budget.

        What leaves servers running stands there only where all the others can still end, or where nothing
        else is left to do.
        """
        if self._ready is None:
            able = [key for key in self._waiting if self._may_start(key) and self.fits(key)]
            safe = able if self._ample else [key for key in able if self._ends_well(key)]
            self._ready = safe or ([] if self._running else able)
        return list(self._ready)

    def fits(self, key: str) -> bool:
        """Whether this one can run beside those that do: servers enough, nothing that both hold, and none of
        them takes something out.
        """
        if self._running and (self.plan[key].disturbs or any(self.plan[k].disturbs for k in self._running)):
            return False
        held = {name for other in self._running for name in self.plan[other].holds}
        return held.isdisjoint(self.plan[key].holds) and self._has_room(key)

    def _has_room(self, key: str) -> bool:
        planned = self.plan[key]
        if not planned.servers:
            return True
        there = [*self._running.items(), *self._left_running.items()]
        mine = sum(count for other, count in there if self.plan[other].account == planned.account)
        in_all = sum(count for _, count in there)
        most = self.tenants.get(planned.account, self.budget)
        return in_all + planned.servers <= self.budget and mine + planned.servers <= most

    def _ends_well(self, key: str) -> bool:
        """Whether everything else can still end once this one has left its servers running."""
        planned = self.plan[key]
        if not planned.servers or not planned.until:
            return True
        never = [other for other in self._finished if other not in self._ran]
        return self._room.suffices([*self._ran, key], never)

    def start(self, key: str) -> None:
        """Note that a ready scenario runs; raises ``ValueError`` for one that is not ready."""
        if key not in self._waiting or not self._may_start(key) or not self.fits(key):
            raise ValueError(f"{key} is not ready")
        self._ready = None
        del self._waiting[key]
        self._running[key] = self.plan[key].servers
        self._ran.add(key)

    def finish(self, key: str, *, met: bool, outcome: str) -> None:
        """Note how a running scenario ended; raises ``ValueError`` for one that does not run."""
        if key not in self._running:
            raise ValueError(f"{key} does not run")
        self._ready = None
        servers = self._running.pop(key)
        self._finished[key] = _Finished(met, outcome, None)
        if self.plan[key].until and servers:
            self._left_running[key] = servers
        self._give_back()

    def unable(self) -> list[Unable]:
        """Settle what can never run, each once: not described, out of reach, or with an unmet need."""
        found: list[Unable] = []
        while True:
            new = [row for key in self._waiting if (row := self._verdict(key)) is not None]
            new = new or self._without_room()
            if not new:
                return found
            self._settle(new)
            found += new

    def leave_out(self, keys: Iterable[str], reason: str) -> list[Unable]:
        """Give up some that wait: there is no time for them. What needs them is left out with them."""
        rows = [Unable(key, "left_out", None, reason) for key in keys if key in self._waiting]
        self._settle(rows)
        return rows

    def stop(self) -> list[Unable]:
        """Give up what waits, save the clean-up, which still runs (``-x``)."""
        rows = self.unable()
        given_up = [key for key in self._waiting if not self.plan[key].after_all]
        stopped = [Unable(key, "not_reached", None, "the run ended early") for key in given_up]
        self._settle(stopped)
        return rows + stopped

    def _without_room(self) -> list[Unable]:
        """What nothing but the number of servers keeps from running, where nothing runs any more: one story
        at a time, first such that servers stay for, so that these can go.
        """
        if self._running or self.ready():
            return []
        reason = f"there is no room for its servers ({self.budget} at once)"
        left = [key for key in self._waiting if self._may_start(key)]
        kept_up = [key for key in left if self._room.holds_up(key, self._left_running)]
        return [Unable(key, "out_of_reach", None, reason) for key in (kept_up or left)[-1:]]

    def _settle(self, rows: Iterable[Unable]) -> None:
        self._ready = None
        for row in rows:
            del self._waiting[row.key]
            self._finished[row.key] = _Finished(False, row.outcome, row.root)
        self._give_back()

    def _give_back(self) -> None:
        """Servers that a story left running are gone when what they were for is over."""
        for key in list(self._left_running):
            if all(other in self._finished for other in self._known(self.plan[key].until)):
                del self._left_running[key]

    def _may_start(self, key: str) -> bool:
        planned = self.plan[key]
        if not planned.runs or not all(map(self._met, self._needs[key])):
            return False
        if not all(other in self._finished for other in self._after[key]):
            return False
        return not (planned.after_all or planned.late) or self._others_over(planned)

    def _verdict(self, key: str) -> Unable | None:
        planned = self.plan[key]
        if not planned.applies:
            return Unable(key, "not_applicable", None, planned.reason)
        if not planned.reach:
            return Unable(key, "out_of_reach", None, planned.reason)
        needs = self._needs[key]
        if not all(need in self._finished for need in needs):
            return None
        unmet = [need for need in needs if not self._met(need)]
        return self._blocked(key, unmet) if unmet else None

    def _blocked(self, key: str, unmet: list[str]) -> Unable:
        def rank(need: str) -> tuple[int, int]:
            outcome = self._finished[need].outcome
            outcome = outcome if outcome in _PRIORITY else "blocked"
            return _PRIORITY.index(outcome), self._order[self._root(need)]

        worst = min(unmet, key=rank)
        root = self._root(worst)
        outcome = _PRIORITY[rank(worst)[0]]
        return Unable(key, outcome, root, f"{_WORDS[outcome]} {root}")

    def _root(self, need: str) -> str:
        return self._finished[need].root or need

    def _met(self, need: str) -> bool:
        finished = self._finished.get(need)
        return finished is not None and finished.met

    def _known(self, keys: Iterable[str]) -> list[str]:
        return [key for key in keys if key in self.plan]

    def _others_over(self, planned: PlannedScenario) -> bool:
        """Whether all that comes before is over: for what is late all others, for the clean-up that, too."""
        left = (self.plan[key] for key in (*self._waiting, *self._running))
        return all(other.after_all or (planned.late and other.late) for other in left)
