"""From what was seen of a clause, and from the scenarios that own it, to its one verdict."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from harness.arch.clauses import Clause
from harness.arch.paths import Path, parse
from harness.evidence.accepted import Accepted
from harness.evidence.priority import FOLD, INHERITED, first
from harness.evidence.sight import Sight
from harness.evidence.verdicts import ClauseVerdict, ScenarioVerdict, State

Owner = tuple[str, Path]
"""A scenario's key and a pattern of paths that it owns; ``*`` stands for any one part."""

_STAR = re.compile(r"\.\*(?=[.\[]|\Z)|\[\*\]")
_STATE_OF: dict[str, State] = {
    "blocked": "blocked",
    "out_of_reach": "out_of_reach",
    "not_applicable": "not_applicable",
}


def pattern(text: str) -> Path:
    """A printed prefix of paths with ``*`` for any one part, as ``compute.flavors.*.ram``."""
    return parse(_STAR.sub('["*"]', text))


def owners(plan: Iterable[Mapping[str, Any]]) -> list[Owner]:
    """Who owns what, from the rows of a plan; a pattern that cannot be read owns nothing."""
    found = []
    for row in plan:
        for text in row.get("owns") or ():
            try:
                found.append((str(row["key"]), pattern(str(text))))
            except ValueError:
                continue
    return found


def owns(owned: Path, path: Path) -> bool:
    """Whether a pattern covers a path: each of its parts stands there, or is ``*``."""
    return len(owned) <= len(path) and all(
        ours in ("*", theirs) for ours, theirs in zip(owned, path, strict=False)
    )


def fold(clause: Clause, seen: Sequence[Sight], accepted: Accepted) -> ClauseVerdict | None:
    """One verdict from all that was seen; ``None`` where nothing was."""
    valid = [sight for sight in seen if not sight.void]
    if not valid:
        return ClauseVerdict("unknown", seen[0].reason, None, (), seen[0].scenario) if seen else None
    state = first(FOLD, (sight.state for sight in valid), "unknown")
    weighty = [sight for sight in valid if sight.state == state]
    if state != "deviates":
        shown = weighty[0]
        return ClauseVerdict(state, shown.reason, shown.observed, shown.cites, shown.scenario)
    covers = [(sight, accepted.clause(clause.path, sight.observed)) for sight in weighty]
    shown, waiver = next(((sight, w) for sight, w in covers if w is None), covers[0])
    reason = shown.reason or f"described {clause.value!r}, observed {shown.observed!r}"
    return ClauseVerdict(state, reason, shown.observed, shown.cites, shown.scenario, waiver)


def inherit(
    clause: Clause,
    owning: Sequence[str],
    scenarios: Mapping[str, ScenarioVerdict],
    ran: frozenset[str],
    left_out: Sequence[str] = (),
) -> ClauseVerdict:
    """The verdict of a clause that nobody saw, from its owners (``left_out``: owners not selected)."""
    if not owning:
        return ClauseVerdict("out_of_reach", _unowned(clause, left_out))
    found = {key: _inherited(clause, key, scenarios[key], key in ran) for key in owning}
    state = first(INHERITED, (verdict.state for verdict in found.values()), "unknown")
    return next(verdict for verdict in found.values() if verdict.state == state)


def _unowned(clause: Clause, left_out: Sequence[str]) -> str:
    if left_out:
        return f"left out by the selection of this run: {', '.join(left_out)}"
    if clause.visible == "none":
        return f"cannot be seen: {clause.origin.rule or 'no API, file or command shows it'}"
    return "no check looks at it yet"


def _inherited(clause: Clause, key: str, owner: ScenarioVerdict, ran: bool) -> ClauseVerdict:
    own = (waiver for waiver in owner.waivers if waiver.scenario == key)
    waiver = next(own, None) if owner.verdict in ("fail", "blocked", "unknown") else None
    verdict = ClauseVerdict("unknown", f"{key} ran and did not observe it", scenario=key, waiver=waiver)
    if ran:
        return verdict
    return replace(verdict, state=_STATE_OF.get(owner.verdict, "unknown"), reason=owner.reason)
