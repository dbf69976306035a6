"""Nodes that are described and not there yet: what is said of them waits until a date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from harness.arch.clauses import ClauseTable
from harness.arch.paths import Path, parse
from harness.evidence.reader import Row
from harness.evidence.sight import Sight

SOON = 14 * 86400.0
_LATEST = 32503680000.0  # the year 3000


@dataclass(frozen=True)
class Absence:
    """One node that is not there until a moment (epoch seconds), and why."""

    node: str
    reason: str
    until: float

    @property
    def until_text(self) -> str:
        """The end in UTC, for people; a whole day is its date."""
        text = datetime.fromtimestamp(self.until, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return text.removesuffix("T23:59:59Z")

    @property
    def sentence(self) -> str:
        """Why nobody looks at the node."""
        return f"{self.node} is absent until {self.until_text}: {self.reason}"

    def over(self, now: float) -> bool:
        """Whether the node is to be there at that time."""
        return now > self.until

    def to_json(self) -> dict[str, Any]:
        """As a run stores it."""
        return {"node": self.node, "reason": self.reason, "until": self.until}


def absences(data: Any) -> tuple[Absence, ...]:
    """What a run stored of its absent nodes; what is not of that form is left out."""
    rows = [row for row in data if isinstance(row, dict)] if isinstance(data, list) else []
    return tuple(
        Absence(str(row["node"]), str(row.get("reason", "")), float(row["until"]))
        for row in rows
        if isinstance(row.get("node"), str)
        and isinstance(row.get("until"), int | float)
        and 0 <= row["until"] < _LATEST
    )


@dataclass
class Absent:
    """The absent nodes of a run as of a moment; it remembers which of them were seen after all.

    ``areas`` are those that only absent nodes have.
    """

    all: Sequence[Absence]
    now: float
    areas: frozenset[str] = frozenset()
    there: dict[str, None] = field(default_factory=dict)

    @cached_property
    def waiting(self) -> list[Absence]:
        """Those that need not be there yet."""
        return [each for each in self.all if not each.over(self.now)]

    @cached_property
    def late(self) -> list[Absence]:
        """Those that should be there by now: what was not looked at counts again."""
        return [each for each in self.all if each.over(self.now)]

    def about(self, path: Path) -> Absence | None:
        """The absent node that a clause is about: by its name, or by one of its devices (``node/device``)."""
        return self._by_node.get(_node(path)) if self.waiting else None

    @cached_property
    def _by_node(self) -> dict[str, Absence]:
        return {each.node: each for each in self.waiting}

    def leaves(self, path: Path) -> Absence | None:
        """The absent node without which nobody serves the area of a clause."""
        return self.waiting[0] if self.waiting and path[0] in self.areas else None

    def without(self, table: ClauseTable, rows: Sequence[Row]) -> tuple[ClauseTable, Sequence[Row]]:
        """The same without the absent nodes in lists of names, described and observed alike: such a list is
        right with them and without them.
        """
        names = {each.node for each in self.waiting}
        lists = {
            path: [each for each in clause.value if each not in names]
            for path, clause in table.clauses.items()
            if path[0] == "objects" and isinstance(clause.value, list) and names & set(clause.value)
        }
        if not lists:
            return table, rows
        clauses = dict(table.clauses) | {
            path: replace(table.clauses[path], value=value) for path, value in lists.items()
        }
        return replace(table, clauses=clauses), [_less(row, names, lists) for row in rows]

    def see(self, sights: Iterable[Sight]) -> None:
        """Remember which of them somebody saw; a ring that names a node says nothing of it."""
        for sight in sights:
            if sight.observed is not None and not sight.void and sight.path[0] != "objects":
                about = self.about(sight.path)
                self.there |= {about.node: None} if about else {}

    def words(self) -> list[str]:
        """``absent 2 nodes until 2026-12-01``, for a banner."""
        if not self.all:
            return []
        ends = sorted({each.until: each.until_text for each in self.waiting}.items())
        count = len(self.waiting)
        until = ends[0][1] if len(ends) == 1 else f"{ends[0][1]} to {ends[-1][1]}" if ends else ""
        found = [f"absent {count} node{'s'[: count != 1]} until {until}"] if count else []
        return found + ([f"{len(self.late)} no longer absent"] if self.late else [])

    def sentences(self) -> list[str]:
        """What is to be known of each, those that somebody must do something about first."""
        late = [
            f"{each.node} was absent until {each.until_text}, which is over: it counts again."
            for each in self.late
        ]
        there = [f"{node} is called absent, and is there: take it out of the site." for node in self.there]
        waiting = [
            f"{each.sentence}{' (ends soon)' if each.until < self.now + SOON else ''}."
            for each in self.waiting
            if each.node not in self.there
        ]
        areas = [f"Only absent nodes have: {', '.join(sorted(self.areas))}."] if self.areas else []
        return [*late, *there, *areas, *waiting]


def _node(path: Path) -> str:
    """The node that a clause is about, empty for none."""
    if path[0] == "objects":
        return next((part.partition("/")[0] for part in path if "/" in part), "")
    found = path[1:2] if path[0] == "nodes" else path[2:3] if path[:2] == ("compute", "hosts") else ()
    return found[0] if found else ""


def _less(row: Row, names: set[str], lists: Mapping[Path, Any]) -> Row:
    """An observation of one of these lists, without the names."""
    observed = row.get("observed")
    if row["kind"] != "observation" or not isinstance(observed, list) or _path(row) not in lists:
        return row
    return {**row, "observed": [each for each in observed if each not in names]}


def _path(row: Row) -> Path | None:
    try:
        return parse(str(row.get("clause")))
    except ValueError:
        return None
