"""What a search for contradictions holds in its hands: the description, who runs what, and all places."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from harness.arch.grammar import Description
from harness.arch.layout import Layout
from harness.arch.paths import Path, show
from harness.arch.sources import Sources
from harness.errors import Problem


@dataclass(frozen=True)
class Doubts:
    """Looks for contradictions in a description that the grammar accepts."""

    description: Description
    sources: Sources

    @cached_property
    def layout(self) -> Layout:
        """Who runs what."""
        return Layout(self.description)

    def problem(self, path: Path, message: str, **more: str) -> Problem:
        """A problem at the place of a path."""
        return Problem(str(self.sources.place(path)), message, show(path), **more)

    def at(self, path: Path) -> str:
        """The other place, for sentences."""
        return str(self.sources.place(path))
