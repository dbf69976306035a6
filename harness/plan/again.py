"""What of an earlier run is run again, and why; everything else may be carried. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harness.arch.clauses import Clause, ClauseTable
from harness.arch.paths import Path, show
from harness.evidence.fold import pattern
from harness.fleet.since import Changed
from harness.plan.planned import Plan, PlannedScenario

ALWAYS = ("preflight", "hosts", "cleanup")
"""Gates that are never carried: whether there is a cloud, what the hosts say in the visit that every run pays
them, and the proof that nothing is left behind.
"""
OLDEST = 24 * 3600.0
"""Seconds after which a result is told anew, whatever stayed the same."""

KINDS = {
    "fail": "failed",
    "deviates": "saw deviations",
    "blocked": "blocked",
    "unknown": "not judged",
    "out_of_reach": "out of reach",
    "unrun": "not run",
    "changed": "",
    "old": "told more than a day ago",
    "always": "always run",
    "needed": "needed by these",
}
"""Why something runs again, in the order in which it is told."""

_GATES = {
    "identity": ("identity",),
    "images": ("images",),
    "compute": ("compute", "guests"),
    "network": ("network", "guests"),
    "volumes": ("volumes",),
    "objects": ("objects", "rings"),
}


@dataclass(frozen=True)
class Earlier:
    """What an earlier run came to for one scenario, or carried itself. ``verdict`` is *deviates* for a story
    that was told to its end and failed for what it saw.

    ``rests`` are the components that its rows speak of, and ``@node`` for each host that it looked into;
    ``saw`` the clauses that it observed. ``at`` is when it was told, in epoch seconds.
    """

    verdict: str
    version: str
    at: float
    rests: frozenset[str] = frozenset()
    saw: frozenset[Path] = frozenset()
    deviates: bool = False


@dataclass(frozen=True)
class Why:
    """Why a scenario runs again: a key of ``KINDS``, and for what changed the words."""

    kind: str
    text: str = ""

    def __str__(self) -> str:
        return self.text or KINDS[self.kind]


@dataclass(frozen=True)
class Choice:
    """Key → why it runs again, and those that can be carried, in the plan's order."""

    again: Mapping[str, Why] = field(default_factory=dict)
    carried: tuple[str, ...] = ()

    def groups(self) -> Iterator[tuple[Why, list[str]]]:
        """The reasons in the order of their weight, the more frequent first, each with its keys."""
        counts = Counter(self.again.values())
        kinds = list(KINDS)
        for why in sorted(counts, key=lambda each: (kinds.index(each.kind), -counts[each])):
            yield why, [key for key, own in self.again.items() if own == why]


def choose(
    plan: Plan,
    earlier: Mapping[str, Earlier],
    changed: Sequence[Changed],
    redescribed: Sequence[Path],
    now: float,
) -> Choice:
    """Decide for every scenario of a plan that runs; what is needed by others is not among it yet.

    ``redescribed`` are paths of clauses that are described otherwise than then.
    """
    found = {row.key: _why(row, earlier.get(row.key), changed, redescribed, now) for row in plan.running}
    found |= dict(_everything(plan, redescribed, earlier)) if redescribed else {}
    again = {key: why for key, why in found.items() if why is not None}
    _spread(plan, again)
    left = tuple(row.key for row in plan.running if row.key not in again)
    return Choice({row.key: again[row.key] for row in plan.scenarios if row.key in again}, left)


def with_needed(choice: Choice, chosen: Plan) -> Choice:
    """The same, once it is planned what that needs: ``chosen`` is the plan of what runs again."""
    running = {row.key for row in chosen.running}
    again = {row.key: choice.again.get(row.key, Why("needed")) for row in chosen.running}
    return Choice(again, tuple(key for key in choice.carried if key not in running))


def redescribed(before: ClauseTable, now: ClauseTable) -> list[Path]:
    """Paths of clauses that came, went or say something else."""
    paths = dict.fromkeys((*before.clauses, *now.clauses))
    return [path for path in paths if _said(before.clauses.get(path)) != _said(now.clauses.get(path))]


def _said(clause: Clause | None) -> object:
    return clause and (clause.value, clause.level, clause.comparator, clause.visible, clause.measured)


def _why(
    row: PlannedScenario,
    then: Earlier | None,
    changed: Iterable[Changed],
    redescribed_: Iterable[Path],
    now: float,
) -> Why | None:
    """The weightiest reason; None where it can be carried."""
    if then is None:
        return Why("always") if row.gate in ALWAYS else Why("unrun")
    if then.verdict != "pass":
        return Why(then.verdict if then.verdict in KINDS else "unrun")
    if then.deviates:
        return Why("deviates")
    if row.gate in ALWAYS:
        return Why("always")
    if not then.version or then.version != row.version:
        return Why("changed", "what they tell is another story now")
    described = next((path for path in redescribed_ if _about(row, then, path)), None)
    if described is not None:
        return Why("changed", f"{show(described)} is described otherwise")
    touched = next((each for each in changed if each.touches(then.rests)), None)
    if touched is not None:
        return Why("changed", touched.text)
    return Why("old") if now - then.at > OLDEST else None


def _about(row: PlannedScenario, then: Earlier, path: Path) -> bool:
    """Whether a story looks at the part of the description that a clause stands in."""
    part = _part(path)
    if row.gate in _GATES.get(path[0], ()) or (path[0] == "nodes" and row.subject == path[1]):
        return True
    return any(_within(part, seen) for seen in then.saw) or any(_within(part, owned) for owned in _owned(row))


def _owned(row: PlannedScenario) -> Iterator[Path]:
    for text in row.owns:
        try:
            yield pattern(text)
        except ValueError:
            continue


def _part(path: Path) -> Path:
    """One node, one objective, or one area: who looks at a piece of it may rest on it as a whole."""
    return path[:2] if path[0] in ("nodes", "objectives") else path[:1]


def _within(part: Path, path: Path) -> bool:
    return len(path) >= len(part) and all(p in ("*", o) for p, o in zip(path, part, strict=False))


def _everything(
    plan: Plan, paths: Sequence[Path], earlier: Mapping[str, Earlier]
) -> Iterator[tuple[str, Why | None]]:
    """Where no story at all looks at a part that is described otherwise, nobody knows what rests on it."""
    blank = Earlier("pass", "", 0.0)
    parts = {_part(path): path for path in reversed(paths)}
    for path in parts.values():
        if not any(_about(row, earlier.get(row.key, blank), path) for row in plan.scenarios):
            text = f"{show(path)} is described otherwise"
            yield from ((key, Why("changed", text)) for key in _passed(plan, earlier))
            return


def _passed(plan: Plan, earlier: Mapping[str, Earlier]) -> Collection[str]:
    told = {key for key, then in earlier.items() if then.verdict == "pass" and not then.deviates}
    return [row.key for row in plan.running if row.key in told and row.gate not in ALWAYS]


def _spread(plan: Plan, again: dict[str, Why]) -> None:
    """What needs something that runs again because something changed rests on that, too."""
    for row in plan.running:  # in running order: needs stand before
        if row.key in again:
            continue
        roots = (again[need] for need in row.needs if need in again and again[need].kind == "changed")
        if (why := next(roots, None)) is not None:
            again[row.key] = why
