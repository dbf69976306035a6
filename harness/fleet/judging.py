"""Facts of one host held against the clauses about it, with the judge of a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from harness.arch.clauses import Clause, ClauseTable
from harness.arch.paths import Path, show
from harness.evidence.sight import judge_clause
from harness.fleet.findings import Said, Severity
from harness.fleet.observed import Observed

_WORDS = {
    "at_least": "at least ",
    "nearly": "about at least ",
    "at_most": "at most ",
    "objective": "at most ",
    "about": "about ",
}
_LISTS = ("includes", "exactly")


@dataclass
class Held:
    """What came of one host: how many clauses hold, what is otherwise, what could not be seen → why.

    ``judged`` names all that was seen; ``own`` what could not and is said of this host alone.
    """

    verified: int = 0
    said: list[Said] = field(default_factory=list)
    unseen: dict[str, str] = field(default_factory=dict)
    judged: set[str] = field(default_factory=set)
    own: set[str] = field(default_factory=set)


def held(node: str, observations: Iterable[Observed], table: ClauseTable) -> Held:
    """Judge observations of a node; those that bear on no clause say nothing."""
    result, seen = Held(), dict[Path, bool]()
    for each in observations:
        if each.names is not None:
            result.said += _named(node, each, table)
        elif (clause := table.clauses.get(each.path)) is not None:
            _judge(node, clause, each, result, seen)
    result.verified = sum(seen.values())
    return result


def _judge(node: str, clause: Clause, each: Observed, result: Held, seen: dict[Path, bool]) -> None:
    what = below(node, each.path)
    if each.unknown:
        result.unseen[what] = each.unknown
        if each.path[0] == "nodes":
            result.own.add(what)
        return
    result.judged.add(what)
    holds = judge_clause(clause, each.value) == "verified"
    seen[each.path] = seen.get(each.path, True) and holds
    if not holds:
        result.said.append(_otherwise(what, clause, each))


def _otherwise(what: str, clause: Clause, each: Observed) -> Said:
    about = f" ({each.about})" if each.about else ""
    if clause.comparator in _LISTS and isinstance(each.value, list):
        lacks = [item for item in clause.value if item not in each.value]
        more = [item for item in each.value if item not in clause.value] * (clause.comparator == "exactly")
        words = [f"without {told(lacks)}"] * bool(lacks) + [f"with {told(more)}"] * bool(more)
        return Said(_severity(clause), what, ", ".join(words) + about)
    wanted = _WORDS.get(clause.comparator, "") + told(clause.value)
    return Said(_severity(clause), what, told(each.value) + about, wanted)


def _named(node: str, each: Observed, table: ClauseTable) -> Iterator[Said]:
    """Described and not there, once a name; there and not described, where a collection is closed."""
    assert each.names is not None
    length, names = len(each.path), set(each.names)
    described: dict[str, Clause] = {}
    for clause in table.below(each.path):
        if len(clause.path) > length:
            described.setdefault(clause.path[length], clause)
    for name, clause in described.items():
        if name not in names:
            yield Said(_severity(clause), below(node, (*each.path, name)), "absent")
    heaviest: Severity = "wrong" if _has_must(table, each.path) else "doubtful"
    for name in sorted(names - described.keys()) if table.collections.get(each.path) else ():
        yield Said(heaviest, below(node, (*each.path, name)), "there, and not described")


def _has_must(table: ClauseTable, path: Path) -> bool:
    """What is not described weighs as much as the heaviest of what is; of nothing, all of it."""
    levels = {clause.level for clause in table.below(path)}
    return not levels or "must" in levels


def below(node: str, path: Path) -> str:
    """A path as it is printed for many nodes at once: without the node's own part."""
    return show(path[2:] if path[:2] == ("nodes", node) else path)


def told(value: Any) -> str:
    """A described or observed value for people."""
    if value is None:
        return "absent"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return ", ".join(map(told, value)) or "none"
    return str(value)[:200]


def _severity(clause: Clause) -> Severity:
    return "wrong" if clause.level == "must" else "doubtful"
