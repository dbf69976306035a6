"""Architecture coverage: verified clauses over all leaves, by area,
and over those that can be seen from outside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from harness.arch.clauses import Clause, ClauseTable
from harness.arch.paths import Path
from harness.evidence.verdicts import ClauseVerdict, Coverage, Share

SEEN_FROM_OUTSIDE = ("api", "ring")


def coverage(
    table: ClauseTable, verdicts: Mapping[Path, ClauseVerdict], carried: Collection[str] = ()
) -> Coverage:
    """The figures of a run; areas stand in the order of the description. ``carried`` are scenarios that an
    earlier run told.
    """
    by_area: dict[str, list[Clause]] = {}
    for clause in table.clauses.values():
        by_area.setdefault(clause.area, []).append(clause)
    lent = set(carried)
    whole = share([*table.clauses.values()], verdicts)
    return Coverage(
        whole.verified,
        whole.total,
        whole.reachable_verified,
        whole.reachable,
        whole.states,
        whole.asides,
        areas={area: share(clauses, verdicts) for area, clauses in by_area.items()},
        waived=sum(v.state == "deviates" and v.waiver is not None for v in verdicts.values()),
        carried=sum(v.state == "verified" and v.scenario in lent for v in verdicts.values()),
    )


def share(clauses: Collection[Clause], verdicts: Mapping[Path, ClauseVerdict]) -> Share:
    """The figures of some clauses."""
    rows = [(clause.visible in SEEN_FROM_OUTSIDE, verdicts[clause.path].state) for clause in clauses]
    return Share(
        verified=sum(state == "verified" for _, state in rows),
        total=len(rows),
        reachable_verified=sum(outside and state == "verified" for outside, state in rows),
        reachable=sum(outside for outside, _ in rows),
        states=Counter(state for _, state in rows),
        asides=Counter(verdicts[clause.path].aside for clause in clauses),
    )


def in_scope(part: Share) -> bool:
    """Whether anything of an area could be looked at in this run, or only absent nodes have it."""
    looked = sum(n for state, n in part.states.items() if state not in ("out_of_reach", "not_applicable"))
    absent = part.asides.get("absent", 0)
    return bool(looked or (absent and absent + part.asides.get("scope", 0) == part.total))
