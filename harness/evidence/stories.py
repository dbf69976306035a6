"""From a scenario's own rows to its verdict: how it ended, and what it saw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from harness.arch.clauses import ClauseTable, Level
from harness.arch.paths import Path, show
from harness.evidence.accepted import Accepted
from harness.evidence.priority import FROM_OUTCOME, LEVELS, RAN, first
from harness.evidence.reader import Row, row_id
from harness.evidence.sight import Sight, Stranger
from harness.evidence.verdicts import Extra, ScenarioVerdict
from harness.evidence.waivers import Waiver

ENDED_EARLY = "ended early"


@dataclass(frozen=True)
class Deviation:
    """Something that a scenario saw to be otherwise than described."""

    path: Path
    level: Level
    text: str
    waiver: Waiver | None


class Stories:
    """The rows of a record by scenario: starts, verdicts, and the evidence that they cite."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.begun = {
            row["scenario"] for row in rows if row["kind"] == "scenario" and row.get("phase") == "start"
        }
        self.verdicts: dict[str, Row] = {}
        for row in sorted((row for row in rows if row["kind"] == "verdict"), key=lambda row: row["t"]):
            if row.get("outcome") in FROM_OUTCOME and row.get("scenario"):
                self.verdicts[row["scenario"]] = row
        self.by_id = {row_id(row): row for row in rows}
        self._steps = {row["scenario"]: row for row in rows if row["kind"] == "step" and row.get("scenario")}

    def ran(self) -> frozenset[str]:
        """Keys of the scenarios that came to an end of their own."""
        return frozenset(key for key, row in self.verdicts.items() if row["outcome"] in RAN)

    def verdict(
        self, planned: Mapping[str, Any], found: Sequence[Deviation], accepted: Accepted
    ) -> ScenarioVerdict:
        """One scenario's verdict; its component and root may still be empty where it is blocked."""
        key = str(planned["key"])
        row = self.verdicts.get(key)
        base = self._without_a_verdict(planned) if row is None else self._from_row(row)
        base = replace(
            base,
            step=self._broken_step(key),
            deviations=tuple(dict.fromkeys(show(each.path) for each in found)),
            waivers=_once(each.waiver for each in found if each.waiver),
        )
        heavy = [each for each in found if each.level == "must" and each.waiver is None]
        if base.verdict == "pass" and heavy:
            more = f", and {len(heavy) - 1} more" if len(heavy) > 1 else ""
            base = replace(base, verdict="fail", reason=f"{heavy[0].text}{more}")
        return _counted(base, key, str(planned.get("level", "must")), accepted)

    def _from_row(self, row: Row) -> ScenarioVerdict:
        outcome = row["outcome"]
        cites = tuple(str(cite) for cite in row.get("cites") or ())
        return ScenarioVerdict(
            verdict=FROM_OUTCOME[outcome],
            met=bool(row.get("met", outcome == "completed")) and outcome == "completed",
            reason=str(row.get("reason") or ("" if outcome == "completed" else _words(outcome))),
            root=row.get("root") if outcome not in RAN else None,
            component=str(row.get("component") or self._component(cites)),
            cites=cites,
            duration=_number(row.get("duration")),
        )

    def _without_a_verdict(self, planned: Mapping[str, Any]) -> ScenarioVerdict:
        reason = str(planned.get("reason") or "")
        if not planned.get("applies", True):
            return ScenarioVerdict("not_applicable", False, reason or "the description does not have it")
        if not planned.get("reach", True):
            return ScenarioVerdict("out_of_reach", False, reason or "this access cannot see it")
        during = "while it ran" if planned["key"] in self.begun else "before it began"
        return ScenarioVerdict("unknown", False, f"{ENDED_EARLY}, {during}")

    def _broken_step(self, key: str) -> str:
        """The sentence of its last step, where that was not completed."""
        last = self._steps.get(key, {})
        return "" if last.get("ok") is True else str(last.get("title") or "")

    def _component(self, cites: Iterable[str]) -> str:
        """The service behind the last cited exchange or command."""
        found = [str(self.by_id[cite].get("component") or "") for cite in cites if cite in self.by_id]
        return next((name for name in reversed(found) if name), "")


def deviations(
    table: ClauseTable, seen: Iterable[Sight], extras: Iterable[Extra], accepted: Accepted
) -> dict[str | None, list[Deviation]]:
    """What deviates, by the scenario that saw it."""
    found: dict[str | None, list[Deviation]] = {}
    for sight in seen:
        if sight.state == "deviates" and not sight.void:
            clause = table.clauses[sight.path]
            what = sight.reason or f"described {clause.value!r}, observed {sight.observed!r}"
            waiver = accepted.clause(sight.path, sight.observed)
            deviation = Deviation(sight.path, clause.level, f"{clause}: {what}", waiver)
            found.setdefault(sight.scenario, []).append(deviation)
    for extra in extras:
        deviation = Deviation(extra.path, extra.level, f"{extra}: not described, and there", extra.waiver)
        found.setdefault(extra.scenario, []).append(deviation)
    return found


def extras(table: ClauseTable, strangers: Iterable[Stranger], accepted: Accepted) -> tuple[Extra, ...]:
    """Undescribed names, each once; they weigh as much as the heaviest clause of their collection."""
    found: dict[Path, Extra] = {}
    for each in strangers:
        level = first(LEVELS, (clause.level for clause in table.below(each.collection)), "must")
        extra = Extra(each.path, level, each.cites, each.scenario, accepted.uninvited(each.path))
        found.setdefault(each.path, extra)
    return tuple(found.values())


def rooted(
    verdicts: Mapping[str, ScenarioVerdict], needs: Mapping[str, Sequence[str]]
) -> dict[str, ScenarioVerdict]:
    """The same verdicts with root and component of what is blocked filled in from the needs."""
    done = dict(verdicts)
    for key, verdict in verdicts.items():
        if verdict.verdict == "blocked":
            root = verdict.root if verdict.root in verdicts else _root(key, verdicts, needs)
            component = verdicts[root].component if root else verdict.component
            reason = verdict.reason if verdict.root or not root else f"blocked by {root}"
            done[key] = replace(verdict, root=root or verdict.root, component=component, reason=reason)
    return done


def _root(
    key: str, verdicts: Mapping[str, ScenarioVerdict], needs: Mapping[str, Sequence[str]]
) -> str | None:
    """The unmet need farthest up: itself not blocked."""
    left, seen = list(needs.get(key, ())), {key}
    while left:
        need = left.pop(0)
        if need in seen or need not in verdicts or verdicts[need].met:
            continue
        seen.add(need)
        if verdicts[need].verdict != "blocked":
            return need
        left += needs.get(need, ())
    return None


def _counted(verdict: ScenarioVerdict, key: str, level: str, accepted: Accepted) -> ScenarioVerdict:
    if verdict.verdict not in ("fail", "blocked", "unknown"):
        return replace(verdict, counts=False)
    waiver = accepted.scenario(key, verdict.reason, verdict.step)
    if waiver:
        verdict = replace(verdict, waivers=(waiver, *verdict.waivers))
    return replace(verdict, counts=level == "must" and waiver is None)


def _once(waivers: Iterable[Waiver]) -> tuple[Waiver, ...]:
    """Each once; what a waiver expects may be a list, so they have no hash."""
    found: list[Waiver] = []
    for waiver in waivers:
        if waiver not in found:
            found.append(waiver)
    return tuple(found)


def _words(outcome: str) -> str:
    return outcome.replace("_", " ")


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
