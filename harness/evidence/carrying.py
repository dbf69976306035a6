"""What the judge makes of carried results: they hold as long as what they rest on, and say whose they are.

Pure: the record says what was found to be otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from harness.evidence.carried import STALE, From
from harness.evidence.reader import Row
from harness.evidence.verdicts import ScenarioVerdict

LOST = "its result cannot be read any more"


def stale(rows: Iterable[Row], carried: Mapping[str, From | None], told: Iterable[str]) -> dict[str, str]:
    """Carried results that hold no more, with the reason: what the run found too late, and what was lost.

    ``carried`` is every key that is carried, with None where nobody knows from where; ``told`` are those that
    have a verdict.
    """
    there = set(told)
    found = {key: LOST for key, where in carried.items() if where is None or key not in there}
    for row in rows:
        if row["kind"] == "run" and row.get("phase") == STALE and isinstance(row.get("keys"), dict):
            found |= {key: str(why) for key, why in row["keys"].items() if key in carried}
    return found


def over(
    verdicts: Mapping[str, ScenarioVerdict],
    carried: Mapping[str, From | None],
    held_back: Mapping[str, str],
    needs: Mapping[str, Sequence[str]],
    musts: Collection[str],
) -> dict[str, ScenarioVerdict]:
    """The same verdicts; those that are carried say so. They are unknown where they hold no more, and blocked
    where something that they need does not hold now.

    ``held_back`` is what ``stale`` gave, ``needs`` are of every key, in the plan's order; ``musts`` are those
    that there is no GO without.
    """
    done = dict(verdicts)
    for key in (key for key in verdicts if key in carried):
        told = replace(done[key], carried=carried[key])
        root = _root(needs.get(key, ()), done)
        done[key] = told
        if key in held_back or root:
            lost = _lost(told, held_back.get(key, ""), root)
            done[key] = replace(lost, met=False, counts=key in musts)
    return done


def words(verdicts: Mapping[str, ScenarioVerdict]) -> list[str]:
    """``31 run now, 268 carried from 14:02 UTC``; nothing where nothing is carried.

    A day stands there where the earlier runs are not all of one day.
    """
    told = [v.carried for v in verdicts.values() if v.carried is not None and v.verdict == "pass"]
    if not any(v.carried is not None for v in verdicts.values()):
        return []
    now = sum(
        v.carried is None and v.verdict not in ("not_applicable", "out_of_reach") for v in verdicts.values()
    )
    began = sorted({each.started for each in told}, reverse=True)
    days = {_utc(each).date() for each in began}
    form = "%H:%M UTC" if len(days) == 1 else "%Y-%m-%d %H:%M UTC"
    parts = [
        f"{sum(each.started == start for each in told)} carried from {_utc(start).strftime(form)}"
        for start in began
    ]
    return [f"{now} run now", *(parts or ["0 carried"])]


def _root(needs: Iterable[str], verdicts: Mapping[str, ScenarioVerdict]) -> str:
    """The root of what keeps a carried result from holding: an unmet need, or what blocks that."""
    unmet = next((need for need in needs if need in verdicts and not verdicts[need].met), "")
    return (verdicts[unmet].root or unmet) if unmet else ""


def _lost(told: ScenarioVerdict, why: str, root: str) -> ScenarioVerdict:
    if why:
        return replace(told, verdict="unknown", reason=f"carried, and not told again: {why}")
    return replace(told, verdict="blocked", root=root, reason=f"carried, and blocked by {root} now")


def _utc(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC)


def carried_of(plan: Mapping[str, Any], results: Mapping[str, From]) -> dict[str, From | None]:
    """What a run carries by its plan, and from where."""
    rows = (row for row in plan.get("carried") or () if isinstance(row, dict) and "key" in row)
    return {str(row["key"]): results.get(str(row["key"])) for row in rows}
