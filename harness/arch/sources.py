"""What a resolved value goes back to: the merged tree, asked for places, origins and levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast, get_args

from harness.arch.clauses import Level, Origin
from harness.arch.paths import Path, show
from harness.arch.source import Entry, Place
from harness.arch.suggest import did_you_mean
from harness.errors import Problem

LEVELS = get_args(Level)


@dataclass(frozen=True)
class Sources:
    """The merged tree without its ``level`` keys, and these apart."""

    tree: Entry
    levels: Mapping[Path, tuple[Level, Place]] = field(default_factory=dict)

    def entry(self, path: Path) -> Entry | None:
        """What was written at exactly this path."""
        found = list(self.tree.along(path))
        return found[-1] if len(found) == len(path) + 1 else None

    def place(self, path: Path) -> Place:
        """Where the path was written, or the nearest mapping above it."""
        return list(self.tree.along(path))[-1].place

    def first(self, *paths: Path) -> Path:
        """The first of the paths that was written; the last one if none was."""
        return next((path for path in paths if self.entry(path)), paths[-1])

    def written(self, path: Path) -> Place | None:
        """Where the user, not a base, wrote something at or below the path."""
        entry = self.entry(path)
        return _written(entry) if entry else None

    def origin(self, path: Path, rule: str = "") -> Origin:
        """The origin of a value that stands at the path, or that a rule made from what stands there."""
        *_, last = found = list(self.tree.along(path))
        place, rule = last.place, rule or ("default" if len(found) <= len(path) and last.items else "")
        if place.captured:
            return Origin("captured", place.file, place.line, rule)
        if rule:
            return Origin("derived", place.file, place.line, rule)
        return Origin("inherited" if place.inherited else "written", place.file, place.line)

    def level_path(self, path: Path) -> Path | None:
        """The mapping whose level holds at a path, if any."""
        above = (path[:length] for length in range(len(path), -1, -1))
        return next((each for each in above if each in self.levels), None)

    def level(self, path: Path) -> Level:
        """``must`` unless the path or a mapping above it says otherwise; the nearest one counts."""
        found = self.level_path(path)
        return "must" if found is None else self.levels[found][0]


def captures(tree: Entry) -> tuple[str, ...]:
    """From what the captured parts of a tree were captured, each said once."""
    found: dict[str, None] = {}
    parts = [tree]
    while parts:
        part = parts.pop()
        if not part.items and part.place.captured:
            found[part.place.captured] = None
        parts += part.items.values()
    return tuple(sorted(found))


def take_levels(tree: Entry) -> tuple[Sources, list[Problem]]:
    """Take the ``level`` keys off a tree."""
    levels: dict[Path, tuple[Level, Place]] = {}
    problems: list[Problem] = []

    def strip(entry: Entry, path: Path) -> Entry:
        if not entry.items:
            return entry
        level = entry.items.get("level")
        if level and level.value in LEVELS:
            levels[path] = (cast("Level", level.value), level.place)
        elif level:
            word = level.value if isinstance(level.value, str) else ""
            expected, hint = ", ".join(LEVELS), did_you_mean(word, LEVELS) if word else ""
            problems.append(
                Problem(str(level.place), "not a level", show((*path, "level")), expected, word, hint)
            )
        children = {
            name: strip(child, (*path, name)) for name, child in entry.items.items() if name != "level"
        }
        return Entry(children, entry.place)

    return Sources(strip(tree, ()), levels), problems


def _written(entry: Entry) -> Place | None:
    if not isinstance(entry.value, Mapping):
        return None if entry.place.inherited else entry.place
    if not entry.items and not entry.place.inherited:
        return entry.place
    return next((place for child in entry.items.values() if (place := _written(child))), None)
