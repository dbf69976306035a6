"""What a capture comes to, while it is gathered: a tree, and what must be said beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from harness.arch.clauses import Level
from harness.arch.paths import Path
from harness.describing.trees import Tree, text
from harness.errors import CloudError, OutOfReach

_LONGEST = 100
OURS = "deployday-"
"""What the harness makes is called so; it belongs to no description."""


@dataclass
class Found:
    """``base`` is the tree that is extended, ``tree`` what was found, in the words of the grammar.

    ``unseen`` maps a reason to what could not be seen for it; ``assumed`` and ``odd`` are sentences: what is
    taken for granted, and what a description cannot say or should not.
    """

    base: Tree
    tree: Tree = field(default_factory=dict)
    levels: dict[Path, Level] = field(default_factory=dict)
    unseen: dict[str, list[str]] = field(default_factory=dict)
    assumed: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)

    def put(self, path: Path, value: Any) -> None:
        """Say something; ``None`` takes away what the base says, if it does."""
        if value is None and self.based(path) is None:
            return
        above = self.tree
        for part in path[:-1]:
            above = above.setdefault(part, {})
        above[path[-1]] = text(value)

    def based(self, path: Path) -> Any:
        """What the base says at a path, if anything."""
        value: Any = self.base
        for part in path:
            value = value.get(part) if isinstance(value, Mapping) else None
        return value

    def only(self, path: Path, names: Mapping[str, Any]) -> None:
        """Say the whole of a map by name: what of the base's is not there is taken away."""
        for name, value in names.items():
            self.put((*path, name), value)
        for name in self.based(path) or {}:
            if name not in names:
                self.put((*path, name), None)

    def blind(self, what: str, why: str) -> None:
        """Something could not be seen."""
        named = self.unseen.setdefault(why, [])
        if what not in named:
            named.append(what)

    @contextmanager
    def looking(self, what: str) -> Iterator[None]:
        """What a service refuses or does not answer inside of the block is not seen, and the rest goes on."""
        try:
            yield
        except (CloudError, OutOfReach) as error:
            self.blind(what, shown(str(error)))


def shown(said: str) -> str:
    """What somebody else said, as one short line."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in said).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
