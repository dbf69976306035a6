"""What the user put aside: all that is outside of the run's scope, and nodes that are not there yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from harness.arch.areas import areas_without
from harness.arch.clauses import ClauseTable
from harness.arch.paths import Path
from harness.evidence.absence import Absence, Absent
from harness.evidence.fold import owns, pattern
from harness.evidence.reader import Row
from harness.evidence.sight import Sight, Stranger, sights
from harness.evidence.verdicts import ClauseVerdict, ScenarioVerdict

OUTSIDE = "outside of the scope of this run"


@dataclass(frozen=True)
class Aside:
    """``bounds`` are the paths at or below which clauses are in scope (None: all are), ``outside`` the keys
    of stories that run for others alone.
    """

    absent: Absent
    bounds: tuple[Path, ...] | None = None
    outside: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        table: ClauseTable,
        absent: Sequence[Absence],
        now: float,
        bounds: Iterable[str] | None = None,
        plan: Iterable[Mapping[str, Any]] = (),
    ) -> Aside:
        """For a run's table, its absent nodes as of ``now`` (epoch seconds), and its plan."""
        gone = {each.node for each in absent if not each.over(now)}
        roles = {path[1]: c.value for path, c in table.clauses.items() if path[::2] == ("nodes", "roles")}
        areas = areas_without(roles, gone) if gone else frozenset()
        return cls(
            Absent(absent, now, areas),
            None if bounds is None else tuple(pattern(text) for text in bounds),
            frozenset(str(row["key"]) for row in plan if row.get("outside")),
        )

    def sights(
        self,
        table: ClauseTable,
        rows: Sequence[Row],
        ledger_ids: Collection[str],
        evidence: frozenset[str] | None,
    ) -> tuple[list[Sight], list[Stranger]]:
        """What was seen of what is to be judged."""
        table, rows = self.absent.without(table, rows)
        seen, strangers = sights(table, rows, ledger_ids, evidence)
        self.absent.see(seen)
        kept = [sight for sight in seen if self.absent.about(sight.path) is None]
        return (
            [sight for sight in kept if self._judged(sight.path, sight.scenario)],
            [each for each in strangers if self._judged(each.path, each.scenario)],
        )

    def _judged(self, path: Path, scenario: str | None) -> bool:
        """In scope is what is below its bounds, and what a story in scope saw."""
        return scenario not in self.outside or self.within(path)

    def within(self, path: Path) -> bool:
        """Whether a clause is in scope by its path."""
        return self.bounds is None or any(owns(bound, path) for bound in self.bounds)

    def clause(self, path: Path, verdict: ClauseVerdict | None) -> ClauseVerdict | None:
        """The verdict of a clause that was put aside; ``verdict`` is from what was seen of it."""
        about = self.absent.about(path) or (self.absent.leaves(path) if verdict is None else None)
        if verdict is None and not self.within(path):
            return ClauseVerdict("out_of_reach", OUTSIDE, aside="scope")
        return ClauseVerdict("out_of_reach", about.sentence, aside="absent") if about else verdict

    def scenario(self, planned: Mapping[str, Any], verdict: ScenarioVerdict) -> ScenarioVerdict:
        """One outside of the scope counts for nothing but what needs it; one of a node that should be there
        by now, and was not looked at, is unknown.
        """
        if planned.get("outside"):
            return replace(verdict, counts=False)
        late = next((each for each in self.absent.late if each.node == planned.get("absent")), None)
        if late is None or verdict.verdict != "out_of_reach":
            return verdict
        reason = f"{late.node} was absent until {late.until_text}, which is over: nobody looked at it"
        return replace(verdict, verdict="unknown", reason=reason, counts=planned.get("level") == "must")

    def bare(self, verified: Mapping[str, int]) -> list[str]:
        """The areas that the scope names and of which nothing was verified; ``verified`` is by area."""
        named = [bound[0] for bound in self.bounds or () if len(bound) == 1]
        return [area for area in named if not verified.get(area)]
