"""The one judge: from a description, a plan and a record to verdicts. Pure: no file, no clock, no cloud.

observations ──┐
names ─────────┼─> fold, per clause ──┐
verdict rows ──┴─> stories ───────────┴─> inherit ─> coverage ─> answer
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from harness.arch.clauses import ClauseTable
from harness.arch.paths import Path
from harness.evidence import carrying
from harness.evidence.absence import Absence
from harness.evidence.accepted import Accepted
from harness.evidence.answer import answer, banner, out_of_reach
from harness.evidence.aside import Aside
from harness.evidence.carried import From
from harness.evidence.coverage import coverage
from harness.evidence.fold import Owner, fold, inherit, owners, owns
from harness.evidence.reader import Row
from harness.evidence.sight import Sight, evidence_rows, judge_clause, looked
from harness.evidence.standing import Seen, counted, sentences, standings
from harness.evidence.stories import Stories, deviations, extras, rooted
from harness.evidence.timed import timed
from harness.evidence.verdicts import ClauseVerdict, Judgement, ScenarioVerdict
from harness.evidence.waivers import Waiver

__all__ = ["judge", "judge_clause", "judge_scenario"]


def judge(
    table: ClauseTable,
    plan: Iterable[Mapping[str, Any]],
    rows: Sequence[Row],
    waivers: Iterable[Waiver] = (),
    ledger_ids: Collection[str] = frozenset(),
    now: float = 0.0,
    *,
    scope: str = "all",
    deselected: Iterable[Mapping[str, Any]] = (),
    carried: Mapping[str, From | None] | None = None,
    bounds: Iterable[str] | None = None,
    absent: Sequence[Absence] = (),
) -> Judgement:
    """Judge a run from its record.

    ``plan`` and ``deselected`` are the rows of ``plan.json``, ``ledger_ids`` what the run created
    (``Ledger.ids()``), ``now`` the run's own time (epoch seconds), by which waivers expire. ``carried`` says
    of each key of the plan whose result is an earlier run's where it is from; its rows are among ``rows``.
    ``bounds`` are the printed paths that the plan says are in scope, ``absent`` nodes that need not be there.
    """
    accepted = Accepted(waivers, now)
    stories = Stories(rows)
    lent = carried or {}
    stale = carrying.stale(rows, lent, stories.verdicts)
    plan = list(plan)
    aside = Aside.of(table, absent, now, bounds, plan)
    seen, strangers = aside.sights(
        table, [row for row in rows if row.get("scenario") not in stale], ledger_ids, evidence_rows(rows)
    )
    strange = extras(table, strangers, accepted)
    planned = _with_unplanned(plan, stories)
    found = deviations(table, seen, strange, accepted)
    judged = {
        key: aside.scenario(row, stories.verdict(row, found.get(key, ()), accepted))
        for key, row in planned.items()
    }
    needs = {key: row.get("needs") or () for key, row in planned.items()}
    musts = {key for key, row in planned.items() if row.get("level", "must") == "must"}
    musts -= {key for key, row in planned.items() if row.get("outside")}
    scenarios = carrying.over(rooted(judged, needs), lent, stale, needs, musts)
    ran = frozenset(key for key in stories.ran() if not _given_up(scenarios.get(key)))
    seen = [sight for sight in seen if not _given_up(scenarios.get(sight.scenario or ""))]
    clauses = _clauses(table, seen, accepted, planned, scenarios, ran, owners(deselected), aside)
    covered = coverage(table, clauses, [key for key, each in scenarios.items() if each.carried])
    ended_early = not any(row["kind"] == "run" and row.get("phase") == "end" for row in rows)
    within = timed(rows)
    said = within.over(answer(table, clauses, scenarios, strange, covered, ended_early, bool(plan), aside))
    judged_so = Seen(clauses, scenarios, strange, looked(rows), stories.ran())
    waived = standings(accepted.all, judged_so, now)
    words = (*counted(waived), *aside.absent.words(), *within.words)
    return Judgement(
        clauses=clauses,
        scenarios=scenarios,
        extras=strange,
        go=said.go,
        because=(*said.because, *aside.absent.sentences(), *sentences(waived)),
        coverage=covered,
        banner=banner(said.go, covered, scenarios, scope, table.captured, words),
        ended_early=ended_early,
        out_of_reach=out_of_reach(clauses, scenarios),
        waivers=waived,
        absent=aside.absent,
    )


def _given_up(verdict: ScenarioVerdict | None) -> bool:
    """Whether it is carried and holds no more: what it saw is no evidence of today."""
    return verdict is not None and verdict.carried is not None and verdict.verdict in ("unknown", "blocked")


def judge_scenario(
    table: ClauseTable,
    planned: Mapping[str, Any],
    rows: Sequence[Row],
    waivers: Iterable[Waiver] = (),
    ledger_ids: Collection[str] = frozenset(),
    now: float = 0.0,
    absent: Sequence[Absence] = (),
) -> ScenarioVerdict:
    """Judge one scenario while the run goes on, from its own rows (its verdict row among them).

    ``planned`` is its row of the plan. As these rows are a part of the record, whether cited rows exist is
    not looked at.
    """
    accepted = Accepted(waivers, now)
    own = [row for row in rows if row.get("scenario") == planned["key"]]
    aside = Aside.of(table, absent, now, plan=[planned])
    seen, strangers = aside.sights(table, own, ledger_ids, None)
    found = deviations(table, seen, extras(table, strangers, accepted), accepted)
    return aside.scenario(planned, Stories(own).verdict(planned, found.get(planned["key"], ()), accepted))


def _with_unplanned(plan: Iterable[Mapping[str, Any]], stories: Stories) -> dict[str, Mapping[str, Any]]:
    """The plan by key, and what has a verdict without being planned."""
    planned = {str(row["key"]): row for row in plan}
    return planned | {key: {"key": key} for key in stories.verdicts if key not in planned}


def _clauses(
    table: ClauseTable,
    seen: Iterable[Sight],
    accepted: Accepted,
    planned: Mapping[str, Mapping[str, Any]],
    scenarios: Mapping[str, ScenarioVerdict],
    ran: frozenset[str],
    left_out: Sequence[Owner],
    aside: Aside,
) -> dict[Path, ClauseVerdict]:
    by_path: dict[Path, list[Sight]] = {}
    for sight in seen:
        by_path.setdefault(sight.path, []).append(sight)
    owning = owners(planned.values())
    verdicts = {}
    for path, clause in table.clauses.items():
        verdict = aside.clause(path, fold(clause, by_path.get(path, ()), accepted))
        if verdict is None:
            mine, theirs = _owners_of(path, owning), _owners_of(path, left_out)
            verdict = inherit(clause, mine, scenarios, ran, theirs)
        verdicts[path] = verdict
    return verdicts


def _owners_of(path: Path, owning: Iterable[Owner]) -> list[str]:
    return list(dict.fromkeys(key for key, owned in owning if owns(owned, path)))
