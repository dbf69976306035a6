"""Clauses: the leaves of a resolved architecture, in the form in which a run stores and judges them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from harness.arch.paths import Path, parse, show

Visible = Literal["api", "host", "ring", "none"]
Level = Literal["must", "should", "info"]


@dataclass(frozen=True)
class Origin:
    """Where a clause comes from: a line that the user wrote, a base architecture, a rule; or ``captured``, as
    the cloud itself was found, also where a rule made it from that.
    """

    kind: Literal["written", "inherited", "derived", "captured"]
    file: str = ""
    line: int = 0
    rule: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return " ".join(part for part in (self.kind, place, self.rule and f"({self.rule})") if part)


@dataclass(frozen=True)
class Clause:
    """One leaf: ``value`` is JSON-able; sets are sorted lists;
    durations are seconds; sizes as the field says.

    ``measured`` clauses are about what a story took (an objective): a resource of this run may verify them.
    """

    path: Path
    value: Any
    origin: Origin
    level: Level
    visible: Visible
    comparator: str
    measured: bool = False

    @property
    def area(self) -> str:
        """The first part of the path: identity, catalogue, compute, …"""
        return self.path[0]

    def __str__(self) -> str:
        return show(self.path)


@dataclass(frozen=True)
class ClauseTable:
    """All clauses of one resolved RA with its collections (path → closed), enough to judge a stored run.

    ``captured`` says from which clouds, and when, what is described was captured rather than meant.
    """

    name: str
    release: str
    fingerprint: str
    clauses: Mapping[Path, Clause]
    collections: Mapping[Path, bool] = field(default_factory=dict)
    captured: tuple[str, ...] = ()

    def below(self, path: Path) -> Iterator[Clause]:
        """Every clause at or below a path, in order of the description."""
        return (clause for key, clause in self.clauses.items() if key[: len(path)] == path)

    def to_json(self) -> dict[str, Any]:
        """A JSON-able form; ``from_json`` reads it back."""
        return {
            "name": self.name,
            "release": self.release,
            "fingerprint": self.fingerprint,
            "clauses": [{**asdict(c), "path": show(c.path)} for c in self.clauses.values()],
            "collections": {show(path): closed for path, closed in self.collections.items()},
            "captured": list(self.captured),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ClauseTable:
        """Read what ``to_json`` wrote; raises ``KeyError``, ``TypeError``,
        ``ValueError`` on anything else.
        """
        rows = [
            Clause(**{**row, "path": parse(row["path"]), "origin": Origin(**row["origin"])})
            for row in data["clauses"]
        ]
        return cls(
            name=data["name"],
            release=data["release"],
            fingerprint=data["fingerprint"],
            clauses={row.path: row for row in rows},
            collections={parse(path): closed for path, closed in data["collections"].items()},
            captured=tuple(map(str, data.get("captured", ()))),
        )
