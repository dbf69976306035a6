"""The resolved architecture beside what was seen: each leaf with origin, verdict and observation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from harness.arch import clauses as described
from harness.arch.clauses import ClauseTable
from harness.arch.paths import show
from harness.evidence.verdicts import ClauseVerdict, Judgement
from harness.evidence.waivers import Waiver
from reports.budget import small
from reports.model import STATES, Area, Clause, Coverage, Deviation, Scenario, State, Unverified
from reports.stories import text

_EXAMPLES = 40
_MEANS = ("api", "ring", "host", "none")


def annotate(table: ClauseTable, judgement: Judgement) -> list[Clause]:
    """Every clause in the order of the description."""
    return [_line(clause, judgement.clauses[path]) for path, clause in table.clauses.items()]


def _line(clause: described.Clause, verdict: ClauseVerdict) -> Clause:
    seen = verdict.state in ("verified", "deviates")
    return Clause(
        path=str(clause),
        area=clause.area,
        group=show(clause.path[:-1]) or clause.area,
        described=clause.value,
        observed=small(verdict.observed) if seen else None,
        seen=seen,
        comparator=clause.comparator,
        origin=str(clause.origin),
        file=clause.origin.file,
        line=clause.origin.line,
        level=clause.level,
        visible=clause.visible,
        measured=clause.measured,
        state=verdict.state,
        reason=text(verdict.reason),
        scenario=verdict.scenario or "",
        waived=waived(verdict.waiver),
        cites=list(verdict.cites),
    )


def deviation(clause: Clause) -> Deviation:
    """A deviating clause as the stories and causes show it."""
    return Deviation(
        path=clause.path,
        described=clause.described,
        observed=clause.observed,
        level=clause.level,
        reason=clause.reason,
        waived=clause.waived,
        cites=clause.cites,
    )


def undescribed(judgement: Judgement) -> list[tuple[str, Deviation]]:
    """(scenario key, deviation) for every name that a closed collection does not describe."""
    return [
        (
            extra.scenario or "",
            Deviation(
                path=text(str(extra)),
                described=None,
                observed="present",
                level=extra.level,
                reason="there, but not described",
                waived=waived(extra.waiver),
                undescribed=True,
                cites=list(extra.cites),
            ),
        )
        for extra in judgement.extras
    ]


def coverage(clauses: Sequence[Clause], carried: int = 0) -> Coverage:
    """Counted over the leaves themselves, whole, by area and by the means of seeing; ``carried`` of the
    verified ones were seen by an earlier run.
    """
    areas = dict.fromkeys(clause.area for clause in clauses)
    by_means = {means: [c for c in clauses if c.visible == means] for means in _MEANS}
    return Coverage(
        verified=_verified(clauses),
        total=len(clauses),
        carried=carried,
        counts=_counts(clauses),
        areas=[_area(name, [clause for clause in clauses if clause.area == name]) for name in areas],
        visible={means: (_verified(rows), len(rows)) for means, rows in by_means.items() if rows},
    )


def unverified(clauses: Iterable[Clause]) -> list[Unverified]:
    """The leaves that were not verified, by state and reason; the most first within a state."""
    found: dict[tuple[State, str], list[str]] = {}
    for clause in clauses:
        if clause.state not in ("verified", "deviates"):
            found.setdefault((clause.state, clause.reason), []).append(clause.path)
    ordered = sorted(found.items(), key=lambda item: (STATES.index(item[0][0]), -len(item[1]), item[0][1]))
    return [
        Unverified(state=state, reason=reason, count=len(paths), paths=paths[:_EXAMPLES])
        for (state, reason), paths in ordered
    ]


def unreached(scenarios: Iterable[Scenario]) -> list[tuple[str, int]]:
    """Why stories were out of reach, and how many for each reason; the most first."""
    found = Counter(each.reason for each in scenarios if each.verdict == "out_of_reach")
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def waived(waiver: Waiver | None) -> str:
    """A waiver as a sentence: reason, owner, ticket, until."""
    if waiver is None:
        return ""
    parts = [waiver.reason, waiver.owner, waiver.ticket, f"until {waiver.until_text}"]
    return ", ".join(part for part in parts if part)


def _verified(clauses: Iterable[Clause]) -> int:
    return sum(clause.state == "verified" for clause in clauses)


def _counts(clauses: Iterable[Clause]) -> dict[State, int]:
    tally = Counter(clause.state for clause in clauses)
    return {state: tally[state] for state in STATES if tally[state]}


def _area(name: str, clauses: Sequence[Clause]) -> Area:
    return Area(name=name, verified=_verified(clauses), total=len(clauses), counts=_counts(clauses))
