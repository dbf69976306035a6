"""The answer of a run, GO, NO-GO or could not judge, and the sentences it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.arch.clauses import ClauseTable
from harness.arch.paths import Path, show
from harness.evidence.aside import Aside
from harness.evidence.carrying import words as carried
from harness.evidence.coverage import in_scope
from harness.evidence.verdicts import ClauseVerdict, Coverage, Extra, Go, ScenarioVerdict, State

TOKEN = "identity.token"  # noqa: S105 - a scenario's id
CATALOGUE = "preflight.catalogue"
_SHOWN = 3


@dataclass(frozen=True)
class Answer:
    """The word and its reasons, the weightiest first."""

    go: Go
    because: tuple[str, ...]


def answer(
    table: ClauseTable,
    clauses: Mapping[Path, ClauseVerdict],
    scenarios: Mapping[str, ScenarioVerdict],
    extras: Sequence[Extra],
    covered: Coverage,
    ended_early: bool,
    planned: bool = True,
    aside: Aside | None = None,
) -> Answer:
    """NO-GO if any ``must`` failed or deviates; else no answer if any is open or the minimum is not there;
    else GO. ``planned`` says whether the record holds a plan: without it, nobody knows what is missing.
    ``aside`` is what the user put aside.
    """
    against = _against(table, clauses, scenarios, extras)
    open_ = _open(table, clauses, scenarios)
    early = ["The run ended early."] if ended_early else []
    lacking = _lacking(scenarios, covered, planned, aside)
    if against:
        return Answer("NO-GO", (*against, *early, *open_, *lacking))
    if early or open_ or lacking:
        return Answer("COULD NOT JUDGE", (*early, *open_, *lacking))
    return Answer(
        "GO",
        ("Every must clause and scenario in scope and in reach was verified.", *_beside(covered, scenarios)),
    )


def banner(
    go: Go,
    covered: Coverage,
    scenarios: Mapping[str, ScenarioVerdict],
    scope: str,
    captured: Sequence[str] = (),
    waivers: Sequence[str] = (),
) -> str:
    """One line: the answer with what it rests on; ``captured`` says which clouds described themselves,
    ``waivers`` which of them want something done.
    """
    lent = f" ({covered.carried} carried)" if covered.carried else ""
    outside = covered.asides.get("scope", 0)
    looked = covered.total - outside
    parts = [*carried(scenarios), f"{covered.verified} of {looked} clauses verified{lent}"]
    deviating = covered.states.get("deviates", 0) - covered.waived
    failed = sum(v.verdict == "fail" and (v.counts or not v.waivers) for v in scenarios.values())
    parts += [f"{deviating} deviate{'s'[: deviating == 1]}"] if deviating else []
    parts += [f"{failed} scenario{'s'[: failed > 1]} failed"] if failed else []
    open_ = sum(covered.states.get(state, 0) for state in ("unknown", "blocked"))
    parts += [f"{open_} unknown or blocked"] if open_ else []
    parts += [
        f"{_unseen(covered)} out of reach",
        f"{covered.waived + _excused(scenarios)} waived",
        *waivers,
        f"scope {scope}",
    ]
    source = f". Captured from the cloud itself ({'; '.join(captured)}): as it was, not as it was meant"
    return f"{go}: {', '.join(parts)}{source if captured else ''}"


def out_of_reach(
    clauses: Mapping[Path, ClauseVerdict], scenarios: Mapping[str, ScenarioVerdict]
) -> dict[str, tuple[str, ...]]:
    """Each reason once, with the scenarios and clauses that it hides."""
    found: dict[str, list[str]] = {}
    for key, scenario in scenarios.items():
        if scenario.verdict == "out_of_reach":
            found.setdefault(scenario.reason, []).append(key)
    for path, clause in clauses.items():
        if clause.state == "out_of_reach":
            found.setdefault(clause.reason, []).append(show(path))
    return {reason: tuple(things) for reason, things in found.items()}


def _against(
    table: ClauseTable,
    clauses: Mapping[Path, ClauseVerdict],
    scenarios: Mapping[str, ScenarioVerdict],
    extras: Sequence[Extra],
) -> list[str]:
    failed = [f"{key} ({v.reason})" for key, v in scenarios.items() if v.verdict == "fail" and v.counts]
    deviating = [f"{show(p)} ({v.reason})" for p, v in _must(table, clauses, "deviates")]
    strange = [str(extra) for extra in extras if extra.level == "must" and extra.waiver is None]
    return [
        *_sentence(failed, "scenario failed", "scenarios failed"),
        *_sentence(deviating, "must clause deviates", "must clauses deviate"),
        *_sentence(
            strange, "thing is there that was not described", "things are there that were not described"
        ),
    ]


def _open(
    table: ClauseTable, clauses: Mapping[Path, ClauseVerdict], scenarios: Mapping[str, ScenarioVerdict]
) -> list[str]:
    rows = []
    for state in ("blocked", "unknown"):
        keys = [key for key, verdict in scenarios.items() if verdict.verdict == state and verdict.counts]
        rows += _sentence(keys, f"scenario is {state}", f"scenarios are {state}")
        paths = [show(path) for path, _ in _must(table, clauses, state)]
        rows += _sentence(paths, f"must clause is {state}", f"must clauses are {state}")
    return rows


def _must(
    table: ClauseTable, clauses: Mapping[Path, ClauseVerdict], state: str | State
) -> Iterable[tuple[Path, ClauseVerdict]]:
    for path, verdict in clauses.items():
        if verdict.state == state and verdict.waiver is None and table.clauses[path].level == "must":
            yield path, verdict


def _lacking(
    scenarios: Mapping[str, ScenarioVerdict], covered: Coverage, planned: bool, aside: Aside | None
) -> list[str]:
    rows = [] if planned else ["There is no plan: what was to run is not known."]
    rows += [
        f"There is no {what}: {key} was not completed."
        for key, what in ((TOKEN, "token"), (CATALOGUE, "catalogue"))
        if key not in scenarios or not scenarios[key].met
    ]
    named = aside.bare({area: part.verified for area, part in covered.areas.items()}) if aside else []
    empty = [area for area, part in covered.areas.items() if in_scope(part) and not part.verified]
    bare = list(dict.fromkeys((*empty, *named)))
    if not bare and not covered.verified:
        rows.append("No clause was verified at all.")
    return rows + ([f"No clause was verified in: {', '.join(bare)}."] if bare else [])


def _beside(covered: Coverage, scenarios: Mapping[str, ScenarioVerdict]) -> list[str]:
    counted = (
        (
            _unseen(covered),
            "clause is",
            "clauses are",
            "out of reach; each reason is listed",
        ),
        (covered.waived, "deviation is", "deviations are", "waived"),
        (_excused(scenarios), "scenario is", "scenarios are", "waived"),
    )
    return [f"{count} {one if count == 1 else many} {what}." for count, one, many, what in counted if count]


def _unseen(covered: Coverage) -> int:
    """How many clauses this access cannot see, apart from those that were put aside."""
    aside = covered.asides.get("scope", 0) + covered.asides.get("absent", 0)
    return covered.states.get("out_of_reach", 0) - aside


def _excused(scenarios: Mapping[str, ScenarioVerdict]) -> int:
    """How many scenarios a waiver of their own takes out of the answer."""
    return sum(
        not verdict.counts and any(waiver.scenario == key for waiver in verdict.waivers)
        for key, verdict in scenarios.items()
    )


def _sentence(found: Sequence[str], one: str, many: str) -> list[str]:
    if not found:
        return []
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return [f"{len(found)} {one if len(found) == 1 else many}: {'; '.join(found[:_SHOWN])}{more}."]
