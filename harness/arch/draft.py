"""A resolved tree in the making, with notes on what its parts follow from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from harness.arch.clauses import Clause
from harness.arch.leaves import Leaf
from harness.arch.paths import Path
from harness.arch.sources import Sources


@dataclass(frozen=True)
class Note:
    """Where in the written tree a part comes from, and by which rule; no rule means that it stands there."""

    source: Path
    rule: str = ""


@dataclass
class Draft:
    """Values by path. What has no note was written at the same path."""

    sources: Sources
    data: dict[str, Any] = field(default_factory=dict)
    notes: dict[Path, Note] = field(default_factory=dict)
    silent: set[Path] = field(default_factory=set)
    """Values that promise nothing about this cloud and make no clause."""

    def put(self, path: Path, value: Any, source: Path | None = None, rule: str = "") -> None:
        """Set a value; the mapping above must be there."""
        above = self.data
        for part in path[:-1]:
            above = above[part]
        above[path[-1]] = _settled(value)
        if source is not None:
            self.note(path, source, rule)

    def deep(self, path: Path, value: Any, source: Path, rule: str = "") -> None:
        """Set a value, with the mappings above it where they are not there yet."""
        above = self.data
        for part in path[:-1]:
            above = above.setdefault(part, {})
        self.put(path, value, source, rule)

    def at(self, path: Path) -> Any:
        """The value at a path; None where there is none."""
        found: Any = self.data
        for part in path:
            found = found.get(part) if isinstance(found, dict) else None
        return found

    def note(self, path: Path, source: Path, rule: str = "") -> None:
        """Say what a part follows from."""
        self.notes[path] = Note(source, rule)

    def clause(self, path: Path, value: Any, leaf: Leaf) -> Clause:
        """The clause of a leaf, with its origin and level."""
        note, rest = self._nearest(path)
        source = note.source if note.rule else note.source + rest
        origin, level = self.sources.origin(source, note.rule), self.sources.level(source)
        return Clause(path, value, origin, level, leaf.visible, leaf.comparator, leaf.measured)

    def source(self, path: Path) -> Path:
        """Where in the written tree a resolved path comes from."""
        note, rest = self._nearest(path)
        return note.source if note.rule else note.source + rest

    def _nearest(self, path: Path) -> tuple[Note, Path]:
        for length in range(len(path), 0, -1):
            note = self.notes.get(path[:length])
            if note:
                return note, path[length:]
        return Note(()), path


def _settled(value: Any) -> Any:
    """Lists are sets here: in one order, whatever the order they were written in."""
    if isinstance(value, dict):
        return {name: _settled(child) for name, child in value.items()}
    return sorted(value) if isinstance(value, list | tuple) else value
